//! Checks of the generated document.

use super::{BASE, METHODS, PARTS, Place, document, groups, parsed};
use crate::text::Lang;
use serde_json::Value;
use std::collections::BTreeSet;

const SERVER: &str = "https://weida.example";

/// Collects every value of the document with its path.
fn walk<'a>(value: &'a Value, way: &str, found: &mut Vec<(String, &'a Value)>) {
    found.push((way.to_owned(), value));
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{way}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| walk(value, &format!("{way}/{at}"), found));
        }
        _ => {}
    }
}

fn everything(value: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

#[test]
fn no_part_takes_anything_from_another() {
    let mut seen = BTreeSet::new();
    for part in PARTS.map(parsed) {
        let tag = part["tags"][0]["name"].as_str().expect("every part names its dialect").to_owned();
        for kind in ["/paths", "/components/schemas", "/components/responses"] {
            for name in part.pointer(kind).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
                assert!(seen.insert(format!("{kind}/{name}")), "{kind}/{name} is there twice");
                assert!(kind == "/paths" || name.starts_with(&format!("{tag}.")), "{name} has no dialect");
            }
        }
    }
    assert!(parsed(BASE)["openapi"] == "3.1.0");
}

#[test]
fn every_reference_leads_somewhere_and_nothing_of_our_own_is_left() {
    for lang in [Lang::Zh, Lang::En] {
        let document = document(lang, SERVER);
        for (way, value) in everything(&document) {
            if let Some(pointer) = value["$ref"].as_str() {
                let place = pointer.strip_prefix('#').unwrap();
                assert!(document.pointer(place).is_some(), "{way}: {pointer}");
            }
            assert!(["/x-en", "/x-failures", "/x-forms"].iter().all(|own| !way.contains(own)), "{way}");
        }
    }
}

#[test]
fn every_call_is_told_in_both_languages() {
    let (zh, en) = (document(Lang::Zh, SERVER), document(Lang::En, SERVER));
    let has_han =
        |value: &Value| value.as_str().unwrap_or_default().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let (zh, en) = (everything(&zh), everything(&en));
    assert_eq!(zh.iter().map(|(way, _)| way).collect::<Vec<_>>(), en.iter().map(|(way, _)| way).collect::<Vec<_>>());
    for ((way, zh), (_, en)) in zh.iter().zip(&en) {
        // The texts, not a field of that name.
        if zh.is_string() && (way.ends_with("/description") || way.ends_with("/summary")) {
            let en = Value::from(en.as_str().unwrap().split("```").next().unwrap());
            assert!(!has_han(&en) || way.contains("改密") || en.as_str().unwrap().contains("`改密`"), "{way}: {en}");
            assert!(!zh.as_str().unwrap().is_empty(), "{way}");
        }
    }
}

#[test]
fn every_call_has_a_name_a_way_to_ask_and_answers() {
    let document = document(Lang::Zh, SERVER);
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{method} {path}");
            let name = call["operationId"].as_str().unwrap();
            assert!(names.insert(name) && name.starts_with(call["tags"][0].as_str().unwrap()), "{name}");
            assert!(tags.contains(call["tags"][0].as_str().unwrap()), "{name}");
            assert!(call["security"].is_array(), "{name} does not say who may call it");
            for status in ["200", "405", "413", "429"] {
                assert!(call["responses"].get(status).is_some(), "{name} {status}");
            }
            assert!(call["x-codeSamples"][0]["source"].as_str().unwrap().starts_with("curl "), "{name}");
        }
    }
    assert_eq!(tags.len(), 5);
    let listed: usize = groups(Lang::Zh).iter().map(|group| group.calls.len()).sum();
    assert_eq!(listed, names.len(), "a page lists every call");
}

#[test]
fn the_dialect_with_forms_says_so_and_no_other() {
    let document = document(Lang::En, SERVER);
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for call in methods.as_object().unwrap().values() {
            let content = &call["requestBody"]["content"];
            let has_form = content.get("application/x-www-form-urlencoded").is_some();
            assert_eq!(has_form, call["tags"][0] == "assistant" && !content.is_null(), "{path}");
            seen += usize::from(has_form);
        }
    }
    assert!(seen >= 7, "{seen}");
}

#[test]
fn a_sample_can_be_typed_as_it_stands() {
    let document = document(Lang::Zh, SERVER);
    let sample = |path: &str, method: &str| {
        document["paths"][path][method]["x-codeSamples"][0]["source"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        sample("/api/v1/image/edit", "post"),
        "curl -X POST 'https://weida.example/api/v1/image/edit' \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  \
         -H 'Idempotency-Key: edit-0001' \\\n  -F 'image=@photo.jpg' \\\n  \
         -F 'operations=[{\"op\":\"resize\",\"width\":800},{\"op\":\"format\",\"format\":\"webp\"}]'"
    );
    assert_eq!(
        sample("/mongodb/delete", "delete"),
        "curl -X DELETE 'https://weida.example/mongodb/delete?id=1001&key=01' \\\n  -b cookies.txt"
    );
    assert_eq!(
        sample("/static/qrimages/{pid}.png", "get"),
        "curl 'https://weida.example/static/qrimages/3kTMd9.png' \\\n  -b cookies.txt"
    );
    assert_eq!(
        sample("/api/count", "post"),
        "curl -X POST 'https://weida.example/api/count' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"action\":\"inc\"}'"
    );
}

#[test]
fn a_page_has_what_the_document_has() {
    for lang in [Lang::Zh, Lang::En] {
        for call in groups(lang).iter().flat_map(|group| &group.calls) {
            let path: Vec<_> = call.path.split('/').filter(|part| part.contains('{')).collect();
            let declared = call.parameters.iter().filter(|parameter| parameter.place == Place::Path).count();
            assert_eq!(path.len(), declared, "{}", call.id);
            assert!(call.answers.iter().any(|answer| answer.status == "200"), "{}", call.id);
            assert!(call.body.as_ref().is_none_or(|body| !body.example.is_empty()), "{}", call.id);
            // What every call of the dialect may answer is listed once, beside the calls.
            assert!(call.answers.iter().all(|answer| answer.status != "405"), "{}", call.id);
            for field in call.answers.iter().flat_map(|answer| &answer.fields) {
                assert!(!field.kind.is_empty(), "{} {}", call.id, field.name);
            }
        }
        for group in groups(lang) {
            assert!(group.failures.iter().any(|answer| answer.status == "405"), "{}", group.tag);
        }
    }
    let follow = groups(Lang::En).iter().find(|group| group.tag == "follow").unwrap();
    let check = follow.calls.iter().find(|call| call.id == "follow.checkFollow").unwrap();
    let fields: Vec<_> =
        check.answers[0].fields.iter().map(|field| (field.name.as_str(), field.kind.as_str())).collect();
    assert!(fields.contains(&("openid", "string | null")), "{fields:?}");
}
