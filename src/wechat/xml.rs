//! Parses push documents and writes reply documents, with the subset of XML that these need.
//!
//! The parser refuses what the platform never sends: DOCTYPE, processing instructions, namespaces, entities beyond the
//! five of XML, and anything too big, too deep or with too many elements. [`parse_push`] also reads what the platform
//! does send and XML does not allow: control characters, bytes that are not UTF-8, CDATA inside CDATA. The writer puts
//! every text into CDATA and escapes the end of CDATA in it.

use std::fmt;

mod clean;
mod repair;
mod survey;

/// The largest plain push, in bytes. A follower can send a few KiB at most.
pub const PLAIN_MAX_BYTES: usize = 64 * 1024;

/// The largest encrypted push, in bytes: base64 of the above, and in the compatible mode the plain fields again.
pub const ENVELOPE_MAX_BYTES: usize = 256 * 1024;

/// One element: its own text, and its children in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The element's name, as sent.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The element's own text: CDATA unwrapped, not trimmed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All children, in order.
    pub fn children(&self) -> &[Element] {
        &self.children
    }

    /// The first child called `name`. The first of duplicates wins, everywhere in this program.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child called `name`.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text)
    }
}

/// Why a document could not be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlError {
    /// More bytes than the caller allows.
    TooLarge,
    /// Not UTF-8. For a push: another encoding by its declaration or its first bytes, or markup disguised as another
    /// byte sequence.
    Encoding,
    /// A DOCTYPE, a processing instruction or a namespace.
    Forbidden,
    /// Nested too deeply, too many elements, or a tag that is too long.
    TooRich,
    /// Not well-formed, or the root is not `<xml>`.
    Malformed,
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the document is too large",
            Self::Encoding => "the document is not UTF-8",
            Self::Forbidden => "the document uses XML that the platform never sends",
            Self::TooRich => "the document has too many or too deep elements",
            Self::Malformed => "the document is not well-formed",
        })
    }
}

impl std::error::Error for XmlError {}

/// Parses a push document of at most `max_bytes` bytes.
///
/// Takes time linear in `max_bytes`, and no more stack than ten elements need.
///
/// # Errors
/// [`XmlError`]; the size is checked first.
pub fn parse(bytes: &[u8], max_bytes: usize) -> Result<Element, XmlError> {
    if bytes.len() > max_bytes {
        return Err(XmlError::TooLarge);
    }
    read(std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?)
}

/// Parses a push whose signature is valid, of at most `max_bytes` bytes, and repairs what people break by what they
/// type and paste: the platform puts it into the document unescaped, delivers a refused push again, and tells the
/// person of a fault.
///
/// Limits and forbidden markup come first, before anything is repaired. Then characters that XML 1.0 forbids are
/// dropped, bytes that are not UTF-8 become replacement characters, and CDATA inside CDATA belongs to its field. A
/// repair adds no field before the fields that people write, so it never changes the sender
/// ([`Message::read`](super::message::Message::read) takes the sender from there only).
///
/// Takes time linear in `max_bytes`.
///
/// # Errors
/// [`XmlError`]; the size is checked first.
pub fn parse_push(bytes: &[u8], max_bytes: usize) -> Result<Element, XmlError> {
    if bytes.len() > max_bytes {
        return Err(XmlError::TooLarge);
    }
    let text = clean::decoded(bytes)?;
    match survey::survey(&text) {
        Ok(()) | Err(XmlError::Malformed) => {}
        Err(error) => return Err(error),
    }
    let text = clean::cleaned(&text);
    let mut outcome = read(&text);
    for repair in [repair::nested_sections, repair::whole_fields] {
        if outcome != Err(XmlError::Malformed) {
            break;
        }
        if let Some(repaired) = repair(&text) {
            outcome = read(&repaired);
        }
    }
    outcome
}

/// Parses a document within the limits.
fn read(text: &str) -> Result<Element, XmlError> {
    survey::survey(text)?;
    let document = roxmltree::Document::parse(text).map_err(|_| XmlError::Malformed)?;
    let root = document.root_element();
    if !root.has_tag_name("xml") {
        return Err(XmlError::Malformed);
    }
    own(root)
}

/// Copies a node and its descendants; the survey has limited the depth.
fn own(node: roxmltree::Node<'_, '_>) -> Result<Element, XmlError> {
    if node.tag_name().namespace().is_some() {
        return Err(XmlError::Forbidden);
    }
    let text = node.children().filter(roxmltree::Node::is_text).filter_map(|child| child.text()).collect();
    let children = node.children().filter(roxmltree::Node::is_element).map(own).collect::<Result<_, _>>()?;
    Ok(Element { name: node.tag_name().name().to_owned(), text, children })
}

/// A reply document under construction. Names are fixed, so they are `'static`; texts are untrusted.
#[derive(Debug)]
pub struct Writer(String);

impl Writer {
    /// Begins a document with its `<xml>` root.
    pub fn new() -> Self {
        Self("<xml>".to_owned())
    }

    /// Adds an element with only `text` in it: characters outside XML 1.0 are dropped, and `]]>` is split over two
    /// CDATA sections, so that an echoed message cannot add elements.
    #[must_use]
    pub fn text(mut self, name: &'static str, text: &str) -> Self {
        let allowed: String = text.chars().filter(|c| is_xml_char(*c)).collect();
        let guarded = allowed.replace("]]>", "]]]]><![CDATA[>");
        self.0.extend(["<", name, "><![CDATA[", &guarded, "]]></", name, ">"]);
        self
    }

    /// Like [`text`](Self::text), but omits the element for `None`.
    #[must_use]
    pub fn text_if(self, name: &'static str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Adds an element with an integer.
    #[must_use]
    pub fn number(mut self, name: &'static str, number: i64) -> Self {
        self.0.extend(["<", name, ">", &number.to_string(), "</", name, ">"]);
        self
    }

    /// Adds an element whose children `fill` writes.
    #[must_use]
    pub fn nest(mut self, name: &'static str, fill: impl FnOnce(Self) -> Self) -> Self {
        self.0.extend(["<", name, ">"]);
        let mut filled = fill(self);
        filled.0.extend(["</", name, ">"]);
        filled
    }

    /// Ends the document.
    pub fn finish(mut self) -> String {
        self.0.push_str("</xml>");
        self.0
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

/// The `Char` production of XML 1.0, section 2.2 (Rust's `char` already leaves out the surrogates).
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests;
