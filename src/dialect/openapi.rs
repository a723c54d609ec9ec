//! One OpenAPI 3.1 document over all dialects: each has its part beside its code, and this module merges them.
//!
//! The parts are standard OpenAPI with three extensions, which the merge removes. `x-en` holds the English of the texts beside it.
//! `x-failures` holds the responses that every call of the dialect may give. `x-forms` says that each JSON body may also be a form. Samples for curl (`x-codeSamples`) are generated from
//! the examples of the calls, so they always agree.

mod curl;

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

/// The calls of one dialect, for the documentation page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The dialect's identifier in the program.
    pub tag: String,
    pub name: String,
    pub about: String,
    pub calls: Vec<Call>,
}

/// One call, for the documentation page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub summary: String,
    pub about: String,
    pub curl: String,
    /// Status codes and their meaning.
    pub answers: Vec<(String, String)>,
}

/// The document's calls, grouped by dialect.
#[must_use]
pub fn groups(document: &Value) -> Vec<Group> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let group = |tag: &Value| Group {
        tag: text(&tag["name"]),
        name: text(&tag["x-displayName"]),
        about: text(&tag["description"]),
        calls: calls(document, &tag["name"]),
    };
    document["tags"].as_array().into_iter().flatten().map(group).collect()
}

fn calls(document: &Value, tag: &Value) -> Vec<Call> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten().filter(|(_, call)| call["tags"][0] == *tag) {
            let curl = text(&call["x-codeSamples"][0]["source"]);
            let about = text(&call["description"]).split("```").next().unwrap_or_default().trim().to_owned();
            let answers = call["responses"].as_object().into_iter().flatten();
            let answers =
                answers.map(|(status, answer)| (status.clone(), text(&resolved(document, answer)["description"])));
            found.push(Call {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&call["summary"]),
                about,
                curl,
                answers: answers.collect(),
            });
        }
    }
    found
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
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
