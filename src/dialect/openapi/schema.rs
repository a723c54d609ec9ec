//! The fields of a JSON schema, as flat lists: `user.level`, `items[].id`.

use serde_json::Value;

/// Fields below this depth are left out.
const MAX_DEPTH: usize = 3;

/// A field of a request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// With the names of the objects around it.
    pub name: String,
    /// The JSON type, or the allowed values.
    pub kind: String,
    pub is_required: bool,
    /// Empty without one.
    pub about: String,
}

/// The fields of a schema. Fields of alternatives are listed together; those that are not in all of them are not required.
pub(super) fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    collect(document, schema, "", 0, &mut found);
    found
}

fn collect(document: &Value, schema: &Value, prefix: &str, depth: usize, found: &mut Vec<Field>) {
    let schema = resolved(document, schema);
    if depth > MAX_DEPTH {
        return;
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array().into_iter().flatten().any(|required| required == name);
        add(document, (&format!("{prefix}{name}"), required), field, depth, found);
    }
    if schema["additionalProperties"].is_object() {
        add(document, (&format!("{prefix}*"), false), &schema["additionalProperties"], depth, found);
    }
    for alternatives in ["allOf", "anyOf", "oneOf"] {
        for one in schema[alternatives].as_array().into_iter().flatten() {
            let mut of_one = Vec::new();
            collect(document, one, prefix, depth, &mut of_one);
            for mut field in of_one {
                field.is_required &= alternatives == "allOf";
                if !found.iter().any(|known| known.name == field.name) {
                    found.push(field);
                }
            }
        }
    }
}

fn add(document: &Value, (name, is_required): (&str, bool), field: &Value, depth: usize, found: &mut Vec<Field>) {
    let own_about = field["description"].as_str();
    let field = resolved(document, field);
    let about = own_about.or_else(|| field["description"].as_str()).unwrap_or_default().to_owned();
    if !found.iter().any(|known| known.name == name) {
        found.push(Field { name: name.to_owned(), kind: kind(field), is_required, about });
    }
    match field["type"].as_str() {
        Some("array") => collect(document, &field["items"], &format!("{name}[]."), depth + 1, found),
        _ => collect(document, field, &format!("{name}."), depth + 1, found),
    }
}

/// The type of a schema: `integer`, `string | null`, `"vip" | "normal"`.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    if !schema["const"].is_null() {
        return schema["const"].to_string();
    }
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        Value::String(kind) if kind == "array" => match self::kind(&schema["items"]).as_str() {
            "" | "any" => "array".to_owned(),
            item => format!("array of {item}"),
        },
        Value::String(kind) => match schema["format"].as_str() {
            Some(format @ ("binary" | "date-time")) => format!("{kind} ({format})"),
            _ => kind.clone(),
        },
        _ if schema["properties"].is_object() => "object".to_owned(),
        _ => "any".to_owned(),
    }
}

/// Follows a reference within the document.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}
