//! Every answer on the tapes, and every example in the OpenAPI document, matches its declared schema and has no undeclared field.

use serde_json::Value;
use std::{fs, path::Path};
use weida::{dialect::openapi, text::Lang};

/// Validates a value against its schema and returns the faults. Supports the schema words that the document uses.
fn flaws(document: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document.pointer(pointer.trim_start_matches('#')).expect(pointer);
        return flaws(document, target, value, path);
    }
    let mut found = Vec::new();
    for (word, needs_all) in [("anyOf", false), ("oneOf", false), ("allOf", true)] {
        let Some(schemas) = schema[word].as_array() else { continue };
        // Alternatives say which fields are required; their types are declared beside.
        let each: Vec<_> = schemas.iter().map(|one| flaws(document, one, value, path)).collect();
        let holds = if needs_all { each.iter().all(Vec::is_empty) } else { each.iter().any(Vec::is_empty) };
        if !holds {
            found.push(format!("{path}: not as {word}: {each:?}"));
        }
    }
    if let Some(only) = schema.get("const").filter(|only| *only != value) {
        found.push(format!("{path}: {value} is not {only}"));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        found.push(format!("{path}: {value} is none of {}", schema["enum"]));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    if !types.is_empty() && !types.iter().any(is) {
        found.push(format!("{path}: {value} is no {types:?}"));
    }
    if let Some(items) = value.as_array() {
        let items = items.iter().enumerate();
        found.extend(items.flat_map(|(at, item)| flaws(document, &schema["items"], item, &format!("{path}/{at}"))));
    }
    if let Some(fields) = value.as_object().filter(|_| !types.is_empty()) {
        for (name, field) in fields {
            let declared = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
            match declared {
                Some(declared) => found.extend(flaws(document, declared, field, &format!("{path}/{name}"))),
                None => found.push(format!("{path}/{name}: not declared")),
            }
        }
        let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(
            needed
                .filter(|name| !fields.contains_key(*name))
                .map(|name| format!("{path}/{name}: required, and missing")),
        );
    }
    found
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().map(|pointer| pointer.trim_start_matches('#'));
    pointer.map_or(value, |pointer| document.pointer(pointer).expect(pointer))
}

#[test]
fn every_example_matches_its_schema() {
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let (mut found, mut seen) = (Vec::new(), 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let answers = call["responses"].as_object().unwrap().iter();
            let answers = answers.map(|(status, answer)| (status.as_str(), &resolved(&document, answer)["content"]));
            for (status, content) in answers.chain([("request", &call["requestBody"]["content"])]) {
                let Some(content) = content.get("application/json") else { continue };
                seen += 1;
                let location = format!("{method} {path} {status}");
                found.extend(flaws(&document, &content["schema"], &content["example"], &location));
            }
        }
    }
    assert!(found.is_empty() && seen > 200, "{seen} examples: {found:#?}");
}

#[test]
fn every_answer_on_the_tapes_is_declared() {
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tape");
    let (mut found, mut seen) = (Vec::new(), 0);
    for tape in fs::read_dir(folder).unwrap() {
        let path = tape.unwrap().path();
        for entry in fs::read_to_string(&path).unwrap().split("== ").skip(1) {
            let (asked, answered) = entry.split_once("\n--\n").unwrap();
            let title = asked.lines().next().unwrap();
            let (method, address) = asked.lines().nth(1).unwrap().split_once(' ').unwrap();
            let call = address.split('?').next().unwrap().trim_end_matches('/');
            let call = &document["paths"][call][method.to_lowercase()];
            if call.is_null() {
                // An unknown method or address.
                continue;
            }
            seen += 1;
            let location = format!("{} — {title}", path.file_stem().unwrap().to_string_lossy());
            let (status, body) = (answered.lines().next().unwrap(), answered.split_once("\n\n").unwrap().1);
            let Some(answer) = call["responses"].get(status) else {
                found.push(format!("{location}: {status} is not declared"));
                continue;
            };
            let schema = &resolved(&document, answer)["content"]["application/json"]["schema"];
            found.extend(flaws(&document, schema, &serde_json::from_str(body).unwrap(), &location));
        }
    }
    assert!(found.is_empty() && seen > 200, "{seen} answers: {found:#?}");
}

/// Checks that the validation finds faults.
#[test]
fn a_field_that_is_not_declared_is_found() {
    let document = serde_json::json!({ "it": { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } } });
    let found = |value: Value| flaws(&document, &serde_json::json!({ "$ref": "#/it" }), &value, "");
    assert!(found(serde_json::json!({ "a": 1 })).is_empty());
    for wrong in [serde_json::json!({ "a": 1, "b": 1 }), serde_json::json!({}), serde_json::json!({ "a": "1" })] {
        assert_eq!(found(wrong).len(), 1);
    }
}
