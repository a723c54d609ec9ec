//! Generates curl samples from the examples in the document.

use serde_json::Value;
use url::form_urlencoded::Serializer;

/// The line break of a sample.
const BREAK: &str = " \\\n  ";

/// The sample for one call.
pub(super) fn sample(server: &str, path: &str, method: &str, call: &Value) -> String {
    let mut query = Serializer::new(String::new());
    let (mut path, mut words) = (path.to_owned(), Vec::new());
    for parameter in call["parameters"].as_array().into_iter().flatten() {
        let (Some(name), Some(value)) = (parameter["name"].as_str(), text(&parameter["example"])) else { continue };
        match parameter["in"].as_str() {
            Some("header") => words.push(format!("-H {}", quoted(&format!("{name}: {value}")))),
            Some("path") => path = path.replace(&format!("{{{name}}}"), &value),
            _ => {
                query.append_pair(name, &value);
            }
        }
    }
    let query = query.finish();
    let address = if query.is_empty() { format!("{server}{path}") } else { format!("{server}{path}?{query}") };
    let start = if method == "get" { "curl".to_owned() } else { format!("curl -X {}", method.to_uppercase()) };
    let mut line = vec![format!("{start} {}", quoted(&address))];
    line.extend(credentials_of(call));
    line.append(&mut words);
    line.extend(body(&call["requestBody"]["content"]));
    line.join(BREAK)
}

/// The authentication arguments: the first method that the call accepts.
fn credentials_of(call: &Value) -> Option<String> {
    let scheme = call["security"][0].as_object()?.keys().next()?;
    match scheme.as_str() {
        // In double quotes, so that the shell expands the token.
        "bearer" => Some(r#"-H "Authorization: Bearer $TOKEN""#.to_owned()),
        "session" => Some("-b cookies.txt".to_owned()),
        _ => None,
    }
}

fn body(content: &Value) -> Vec<String> {
    let (kind, example) = match content.as_object().and_then(|kinds| kinds.iter().next()) {
        Some((kind, content)) => (kind.as_str(), &content["example"]),
        None => return Vec::new(),
    };
    if kind == "multipart/form-data" {
        let fields = example.as_object().into_iter().flatten();
        return fields
            .filter_map(|(name, value)| Some(format!("-F {}", quoted(&format!("{name}={}", text(value)?)))))
            .collect();
    }
    let data = text(example).unwrap_or_default();
    vec![format!("-H {}", quoted(&format!("Content-Type: {kind}"))), format!("-d {}", quoted(&data))]
}

/// A value as an argument: texts verbatim, everything else as JSON; `None` for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Quotes a text as one shell word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
