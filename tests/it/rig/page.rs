//! Checks pages with an HTML parser that works like a browser's.

use html5ever::{ParseOpts, driver::parse_document, tendril::TendrilSink as _, tree_builder::TreeBuilderOpts};
use scraper::{ElementRef, Html, HtmlTreeSink, Node};

/// A page as a browser parses it; without scripts the content of `<noscript>` is markup too.
pub fn parsed(html: &str, has_scripts: bool) -> Html {
    let tree_builder = TreeBuilderOpts { scripting_enabled: has_scripts, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    parse_document(HtmlTreeSink::new(Html::new_document()), options).one(html)
}

/// Returns true for an address on the page's own site.
pub fn is_local(address: &str) -> bool {
    address.is_empty() || address.starts_with(['?', '#']) || address.starts_with('/') && !address.starts_with("//")
}

/// Returns the element if it could be injected: a forbidden element, attribute or target.
fn injected(element: ElementRef<'_>) -> Option<String> {
    let value = element.value();
    let name = value.name();
    let attribute = |name: &str| value.attr(name).unwrap_or_default();
    let address = attribute("href").to_ascii_lowercase();
    let is_wrong = match name {
        "x-mark" | "plaintext" | "base" | "iframe" | "object" | "embed" | "frame" | "xmp" => true,
        // A waiting page may reload itself; it must not redirect elsewhere.
        "meta" if value.attr("http-equiv").is_some() => {
            !attribute("http-equiv").eq_ignore_ascii_case("refresh") || attribute("content").parse::<u32>().is_err()
        }
        "form" => !is_local(attribute("action")),
        "a" => {
            !(is_local(&address)
                || address.starts_with("https://")
                || address.starts_with("http://")
                || address.starts_with("weixin:"))
        }
        "script" => !is_local(attribute("src")) || element.text().any(|text| text.contains("mark")),
        // Names of the page for search engines: nothing is loaded from them.
        "link" if matches!(attribute("rel"), "canonical" | "alternate") => {
            !address.starts_with("https://") && !address.starts_with("http://")
        }
        "link" | "source" | "audio" | "video" => !is_local(attribute("href")) || !is_local(attribute("src")),
        "img" => !is_local(attribute("src")) && !attribute("src").starts_with("https://"),
        _ => false,
    };
    let is_odd = |name: &str| name.starts_with("on") || name == "style" || name == "srcdoc" || name.contains("mark");
    let has_odd = value.attrs().any(|(name, _)| is_odd(name));
    let leads_away = !is_local(attribute("formaction"));
    (is_wrong || has_odd || leads_away).then(|| format!("{value:?}"))
}

/// Returns the faults of a page.
pub fn flaws(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for has_scripts in [true, false] {
        let page = parsed(html, has_scripts);
        let elements = page.root_element().descendants().filter_map(ElementRef::wrap);
        let (mut titles, mut mains, mut footers) = (0, 0, 0);
        for element in elements {
            found.extend(injected(element));
            let is_in =
                |name: &str| element.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == name);
            match element.value().name() {
                "title" if !is_in("svg") => {
                    titles += 1;
                    let text: String = element.text().collect();
                    if !is_in("head")
                        || element.children().any(|child| !matches!(child.value(), Node::Text(_)))
                        || !text.contains(" · ")
                    {
                        found.push(format!("title: {text}"));
                    }
                }
                "main" => mains += 1,
                "footer" => footers += 1,
                _ => {}
            }
        }
        // Pages of the console have a navigation instead of a footer.
        if (titles, mains) != (1, 1) || (footers < 1 && !html.contains("class=\"shell\"")) {
            found.push(format!("{titles} titles, {mains} mains, {footers} footers"));
        }
    }
    found
}

/// Every text and attribute of a page.
pub fn texts(html: &str) -> String {
    let page = parsed(html, false);
    let mut all = String::new();
    for node in page.tree.nodes() {
        match node.value() {
            Node::Text(text) => all.push_str(text),
            Node::Element(element) => element.attrs().for_each(|(_, value)| {
                all.push('\n');
                all.push_str(value);
            }),
            _ => {}
        }
    }
    all
}

/// Checks that the check finds injected markup.
#[test]
fn injected_markup_is_found() {
    let page = |title: &str, body: &str| {
        format!(
            "<!DOCTYPE html><html><head><title>{title} · W</title></head><body><main>{body}</main><footer></footer></body></html>"
        )
    };
    assert_eq!(flaws(&page("a &lt;b", "<form action=\"/do/x\"><a href=\"/me\">x</a></form>")), Vec::<String>::new());
    for (title, body) in [
        ("</title><plaintext>", ""),
        ("</title><x-mark>", ""),
        ("a", "<textarea></textarea><x-mark></textarea>"),
        ("a", "<meta http-equiv=refresh content='0;url=//mark.test'>"),
        ("a", "<noscript><meta http-equiv=refresh content='0;url=//mark.test'></noscript>"),
        ("a", "<form action=//mark.test>"),
        ("a", "<form action=https://mark.test>"),
        ("a", "<button formaction=//mark.test>"),
        ("a", "<a href=javascript:mark()>x</a>"),
        ("a", "<img src=x onerror=mark()>"),
        ("a", "<base href=//mark.test>"),
        ("a", "</main><main>"),
    ] {
        assert!(!flaws(&page(title, body)).is_empty(), "{title} {body}");
    }
}
