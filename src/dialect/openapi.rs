//! One OpenAPI 3.1 document over all dialects: each has its part beside its code, and this module merges them.
//!
//! The parts are standard OpenAPI with three extensions, which the merge removes. `x-en` holds the English of the texts beside it.
//! `x-failures` holds the responses that every call of the dialect may give. `x-forms` says that each JSON body may also be a form. Samples for curl (`x-codeSamples`) are generated from
//! the examples of the calls, so they always agree.

mod curl;
mod read;
mod schema;

pub use read::{Access, Answer, Call, Group, Parameter, Place, RequestBody, groups};
pub use schema::Field;

use crate::text::Lang;
use serde_json::{Value, json};

const BASE: &str = include_str!("openapi.json");
const PARTS: [&str; 5] = [
    include_str!("follow/openapi.json"),
    include_str!("assistant/openapi.json"),
    include_str!("mini_program/openapi.json"),
    include_str!("qr_login/openapi.json"),
    include_str!("cloud_hosting/openapi.json"),
];
/// The keys of an item of `paths` that are methods.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document in one language, for an installation at `server` (without a trailing slash).
#[must_use]
pub fn document(lang: Lang, server: &str) -> Value {
    let mut document = parsed(BASE);
    for part in PARTS {
        add(&mut document, parsed(part));
    }
    speak(&mut document, lang);
    document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    document["servers"] = json!([{ "url": server }]);
    for (path, methods) in objects(&mut document["paths"]) {
        for (method, call) in objects(methods).filter(|(name, _)| METHODS.contains(&name.as_str())) {
            let sample = curl::sample(server, path, method, call);
            call["x-codeSamples"] = json!([{ "lang": "Shell", "label": "curl", "source": sample }]);
            let about = call["description"].as_str().unwrap_or_default();
            call["description"] = json!(format!("{about}\n\n```sh\n{sample}\n```").trim_start());
        }
    }
    document
}

/// Parses a part. The parts are compiled in, and a test checks that they parse.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Merges a dialect's part into the document.
fn add(document: &mut Value, mut part: Value) {
    if let (Some(tags), Value::Array(own)) = (document["tags"].as_array_mut(), part["tags"].take()) {
        tags.extend(own);
    }
    let tag = document["tags"].as_array().and_then(|tags| tags.last()).map(|tag| tag["name"].clone());
    let tag = tag.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    if part["x-forms"] == true {
        for (_, methods) in objects(&mut part["paths"]) {
            for (_, call) in objects(methods) {
                let Some(content) = call.pointer_mut("/requestBody/content").and_then(Value::as_object_mut) else {
                    continue;
                };
                if let Some(json) = content.get("application/json").cloned() {
                    content.insert("application/x-www-form-urlencoded".to_owned(), json);
                }
            }
        }
    }
    if let Value::Object(failures) = part["x-failures"].take() {
        for (status, failure) in failures {
            let name = format!("{tag}.{status}");
            for (_, methods) in objects(&mut part["paths"]) {
                for (_, call) in objects(methods) {
                    if call["responses"].get(&status).is_none() {
                        call["responses"][&status] = json!({ "$ref": format!("#/components/responses/{name}") });
                    }
                }
            }
            part["components"]["responses"][name] = failure;
        }
    }
    extend(&mut document["paths"], part["paths"].take());
    for kind in ["schemas", "responses"] {
        extend(&mut document["components"][kind], part["components"][kind].take());
    }
}

fn extend(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

fn objects(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// Selects the language of every text and removes the other.
fn speak(value: &mut Value, lang: Lang) {
    match value {
        Value::Object(map) => {
            let english = map.remove("x-en");
            if let (Lang::En, Some(Value::Object(english))) = (lang, english) {
                map.extend(english);
            }
            map.values_mut().for_each(|value| speak(value, lang));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| speak(value, lang)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
