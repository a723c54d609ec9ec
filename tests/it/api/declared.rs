//! What is answered is what the document says: each answer on the tapes, and each example of the document itself, has the shape
//! that is declared for it, and no field that is not.

use serde_json::Value;
use std::{fs, path::Path};
use weida::{dialect::openapi, text::Lang};

/// What is wrong with a value by its schema; nothing: it is as declared. Knows what the document uses.
fn flaws(document: &Value, schema: &Value, value: &Value, way: &str) -> Vec<String> {
    if let Some(pointer) = schema["$ref"].as_str() {
        let place = document.pointer(pointer.trim_start_matches('#')).expect(pointer);
        return flaws(document, place, value, way);
    }
    let mut found = Vec::new();
    for (word, needs_all) in [("anyOf", false), ("oneOf", false), ("allOf", true)] {
        let Some(schemas) = schema[word].as_array() else { continue };
        // Which of the fields must be there; what they are is told beside.
        let each: Vec<_> = schemas.iter().map(|one| flaws(document, one, value, way)).collect();
        let holds = if needs_all { each.iter().all(Vec::is_empty) } else { each.iter().any(Vec::is_empty) };
        if !holds {
            found.push(format!("{way}: not as {word}: {each:?}"));
        }
    }
    if let Some(only) = schema.get("const").filter(|only| *only != value) {
        found.push(format!("{way}: {value} is not {only}"));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        found.push(format!("{way}: {value} is none of {}", schema["enum"]));
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
        found.push(format!("{way}: {value} is no {types:?}"));
    }
    if let Some(items) = value.as_array() {
        let items = items.iter().enumerate();
        found.extend(items.flat_map(|(at, item)| flaws(document, &schema["items"], item, &format!("{way}/{at}"))));
    }
    if let Some(fields) = value.as_object().filter(|_| !types.is_empty()) {
        for (name, field) in fields {
            let declared = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
            match declared {
                Some(declared) => found.extend(flaws(document, declared, field, &format!("{way}/{name}"))),
                None => found.push(format!("{way}/{name}: not declared")),
            }
        }
        let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(
            needed
                .filter(|name| !fields.contains_key(*name))
                .map(|name| format!("{way}/{name}: required, and missing")),
        );
    }
    found
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().map(|pointer| pointer.trim_start_matches('#'));
    pointer.map_or(value, |pointer| document.pointer(pointer).expect(pointer))
}

#[test]
fn every_example_is_of_its_own_shape() {
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let (mut found, mut seen) = (Vec::new(), 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let answers = call["responses"].as_object().unwrap().iter();
            let answers = answers.map(|(status, answer)| (status.as_str(), &resolved(&document, answer)["content"]));
            for (status, content) in answers.chain([("request", &call["requestBody"]["content"])]) {
                let Some(content) = content.get("application/json") else { continue };
                seen += 1;
                let way = format!("{method} {path} {status}");
                found.extend(flaws(&document, &content["schema"], &content["example"], &way));
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
                // A method or an address that there is not.
                continue;
            }
            seen += 1;
            let way = format!("{} — {title}", path.file_stem().unwrap().to_string_lossy());
            let (status, body) = (answered.lines().next().unwrap(), answered.split_once("\n\n").unwrap().1);
            let Some(answer) = call["responses"].get(status) else {
                found.push(format!("{way}: {status} is not declared"));
                continue;
            };
            let schema = &resolved(&document, answer)["content"]["application/json"]["schema"];
            found.extend(flaws(&document, schema, &serde_json::from_str(body).unwrap(), &way));
        }
    }
    assert!(found.is_empty() && seen > 200, "{seen} answers: {found:#?}");
}

/// A test that finds nothing must be able to.
#[test]
fn a_field_that_is_not_declared_is_found() {
    let document = serde_json::json!({ "it": { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } } });
    let told = |value: Value| flaws(&document, &serde_json::json!({ "$ref": "#/it" }), &value, "");
    assert!(told(serde_json::json!({ "a": 1 })).is_empty());
    for wrong in [serde_json::json!({ "a": 1, "b": 1 }), serde_json::json!({}), serde_json::json!({ "a": "1" })] {
        assert_eq!(told(wrong).len(), 1);
    }
}
