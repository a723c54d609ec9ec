//! The document as the documentation pages show it: dialects, their calls, and what each call takes and answers.

use super::{
    METHODS, document,
    schema::{Field, fields, kind, resolved},
};
use crate::text::Lang;
use serde_json::Value;
use std::sync::LazyLock;

/// Stands for the installation's address in the samples of [`groups`].
const SERVER: &str = "{server}";

/// One dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The dialect's identifier in the program.
    pub tag: String,
    pub name: String,
    pub about: String,
    pub calls: Vec<Call>,
    /// What every call of the dialect may answer.
    pub failures: Vec<Answer>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Unique in the document: `follow.credits`.
    pub id: String,
    /// In capitals.
    pub method: String,
    pub path: String,
    pub summary: String,
    pub about: String,
    /// The ways to identify the caller, any of which suffices; empty if everyone may call it.
    pub access: Vec<Access>,
    pub parameters: Vec<Parameter>,
    pub body: Option<RequestBody>,
    curl: String,
    /// Without those of [`Group::failures`].
    pub answers: Vec<Answer>,
}

impl Call {
    /// The sample for curl, for an installation at `server` (without a trailing slash).
    #[must_use]
    pub fn curl(&self, server: &str) -> String {
        self.curl.replace(SERVER, server)
    }
}

/// How a caller is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Bearer,
    Session,
    OpenidHeader,
}

/// Where a parameter stands in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
}

impl Place {
    /// The word in the document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// A parameter outside of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub place: Place,
    pub field: Field,
    /// Empty without one.
    pub example: String,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestBody {
    /// The media type that is documented first.
    pub content_type: String,
    /// True if the same fields may be sent as a form.
    pub may_be_form: bool,
    pub fields: Vec<Field>,
    pub example: String,
    /// The fields of a form of parts, with their examples; empty for other types.
    pub parts: Vec<(String, String)>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: String,
    pub about: String,
    /// The media types.
    pub content_types: Vec<String>,
    /// Empty without one.
    pub example: String,
    pub fields: Vec<Field>,
}

/// All dialects, in the order of the documentation.
#[must_use]
pub fn groups(lang: Lang) -> &'static [Group] {
    static ZH: LazyLock<Vec<Group>> = LazyLock::new(|| read(&document(Lang::Zh, SERVER)));
    static EN: LazyLock<Vec<Group>> = LazyLock::new(|| read(&document(Lang::En, SERVER)));
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

fn read(document: &Value) -> Vec<Group> {
    let group = |tag: &Value| Group {
        tag: text(&tag["name"]),
        name: text(&tag["x-displayName"]),
        about: text(&tag["description"]),
        calls: calls(document, &tag["name"]),
        failures: failures(document, &text(&tag["name"])),
    };
    document["tags"].as_array().into_iter().flatten().map(group).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The shared responses are named after the dialect and the status.
fn failures(document: &Value, tag: &str) -> Vec<Answer> {
    let all = document["components"]["responses"].as_object();
    let own = all.into_iter().flatten().filter_map(|(name, value)| {
        let status = name.strip_prefix(tag)?.strip_prefix('.')?;
        status.bytes().all(|b| b.is_ascii_digit()).then(|| answer(document, status, value))
    });
    own.collect()
}

fn calls(document: &Value, tag: &Value) -> Vec<Call> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        let own = methods.as_object().into_iter().flatten();
        for (method, value) in own.filter(|(name, call)| METHODS.contains(&name.as_str()) && call["tags"][0] == *tag) {
            found.push(call(document, (path, method), value));
        }
    }
    found
}

fn call(document: &Value, (path, method): (&str, &str), value: &Value) -> Call {
    let shared = |answer: &Value| {
        let name = answer["$ref"].as_str().and_then(|name| name.rsplit('.').next());
        name.is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()))
    };
    let answers = value["responses"].as_object().into_iter().flatten();
    let schemes = value["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    Call {
        id: text(&value["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&value["summary"]),
        about: text(&value["description"]).split("```").next().unwrap_or_default().trim().to_owned(),
        access: schemes.flat_map(|scheme| scheme.keys()).filter_map(|name| access(name)).collect(),
        parameters: value["parameters"].as_array().into_iter().flatten().filter_map(parameter).collect(),
        body: body(document, &value["requestBody"]),
        curl: text(&value["x-codeSamples"][0]["source"]),
        answers: answers
            .filter(|(_, value)| !shared(value))
            .map(|(status, value)| answer(document, status, value))
            .collect(),
    }
}

fn access(scheme: &str) -> Option<Access> {
    match scheme {
        "bearer" => Some(Access::Bearer),
        "session" => Some(Access::Session),
        "openid" => Some(Access::OpenidHeader),
        _ => None,
    }
}

fn parameter(value: &Value) -> Option<Parameter> {
    let place = match value["in"].as_str()? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return None,
    };
    let field = Field {
        name: text(&value["name"]),
        kind: kind(&value["schema"]),
        is_required: value["required"] == true,
        about: text(&value["description"]),
    };
    Some(Parameter { place, field, example: sample(&value["example"]) })
}

fn body(document: &Value, value: &Value) -> Option<RequestBody> {
    let kinds = value["content"].as_object()?;
    let (content_type, content) = kinds.iter().next()?;
    let parts = content["example"].as_object().filter(|_| content_type == "multipart/form-data");
    Some(RequestBody {
        content_type: content_type.clone(),
        may_be_form: content_type == "application/json" && kinds.contains_key("application/x-www-form-urlencoded"),
        fields: fields(document, &content["schema"]),
        example: sample(&content["example"]),
        parts: parts.into_iter().flatten().map(|(name, value)| (name.clone(), sample(value))).collect(),
    })
}

fn answer(document: &Value, status: &str, value: &Value) -> Answer {
    let value = resolved(document, value);
    let kinds = value["content"].as_object();
    let content_types: Vec<String> = kinds.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let contents = || kinds.into_iter().flatten().map(|(_, content)| content);
    let example = contents().find_map(|content| match &content["example"] {
        Value::Null => content["examples"].as_object()?.values().next().map(|first| &first["value"]),
        example => Some(example),
    });
    Answer {
        status: status.to_owned(),
        about: text(&value["description"]),
        content_types,
        example: example.map(sample).unwrap_or_default(),
        fields: contents().next().map(|content| fields(document, &content["schema"])).unwrap_or_default(),
    }
}

/// An example as text: texts verbatim, everything else as indented JSON.
fn sample(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}
