//! Imports go down: no room imports one above it, and no files import each other in a circle.

use super::{graph::Graph, sources};

/// The rooms of `src`, the lowest layer first. Rooms of one layer do not import each other.
const LAYERS: [&[&str]; 12] = [
    &["base", "text", "file_mode"],
    &["config"],
    &["telemetry", "wechat", "ilink", "store"],
    &["core"],
    &["http"],
    &["dialect"],
    &["web"],
    &["sandbox"],
    &["app"],
    &["server"],
    &["command"],
    &["main"],
];

fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn layer(file: &str) -> usize {
    let layer = LAYERS.iter().position(|rooms| rooms.contains(&room(file)));
    layer.unwrap_or_else(|| panic!("{file} is in no room of LAYERS"))
}

/// The imports that lead to a room of the same layer or of a higher one.
fn upward(graph: &Graph) -> Vec<String> {
    let is_wrong = |(from, to): &(&str, &str)| room(from) != room(to) && layer(from) <= layer(to);
    graph.pairs().filter(is_wrong).map(|(from, to)| format!("{from} imports {to}")).collect()
}

#[test]
fn no_room_imports_one_above_it() {
    let graph = Graph::of(&sources());
    assert_eq!(upward(&graph), [""; 0]);
    assert!(graph.pairs().count() > 1_000, "the rule has something to look at");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_eq!(Graph::of(&sources()).circle(), None);
}

#[test]
fn no_dialect_imports_another() {
    let graph = Graph::of(&sources());
    let dialect = |file: &str| file.strip_prefix("dialect/")?.split_once('/').map(|(dialect, _)| dialect.to_owned());
    let mut seen = 0;
    for (from, to) in graph.pairs() {
        let (Some(own), Some(other)) = (dialect(from), dialect(to)) else { continue };
        assert_eq!(own, other, "{from} imports {to}");
        seen += 1;
    }
    assert!(seen > 10, "the rule has something to look at");
}

fn graph(files: &[(&str, &str)]) -> Graph {
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Graph::of(&files)
}

fn pairs(files: &[(&str, &str)]) -> Vec<String> {
    graph(files).pairs().map(|(from, to)| format!("{from} {to}")).collect()
}

#[test]
fn an_upward_import_is_found() {
    let web = ("web/page.rs", "pub struct Page;");
    for text in [
        "use crate::web::page::Page;",
        "use crate::{base::{self as b}, web::{page::{Page as P}}};",
        "fn f() -> crate::web::page::Page { todo!() }",
        "use crate::web as w; fn f(_: w::page::Page) {}",
        "use super::super::web::page;",
    ] {
        let found = graph(&[web, ("base/mod.rs", ""), ("web/mod.rs", "pub mod page;"), ("core/rule.rs", text)]);
        assert!(upward(&found).contains(&"core/rule.rs imports web/page.rs".to_owned()), "{text}: {found:?}");
    }
    assert_eq!(upward(&graph(&[web, ("sandbox/mod.rs", "use crate::web::page::Page;")])), [""; 0]);
    // Rooms of one layer do not import each other.
    let found = graph(&[("store/mod.rs", "use crate::wechat::api::Client;"), ("wechat/api.rs", "")]);
    assert_eq!(upward(&found), ["store/mod.rs imports wechat/api.rs"]);
}

#[test]
fn a_circle_is_found() {
    let (a, b) = (("core/a.rs", "use super::b::B;"), ("core/b.rs", "use crate::core::c::{self, C};"));
    let whole = graph(&[a, b, ("core/c.rs", "fn f() { super::a::f() }"), ("core/mod.rs", "mod a; mod b; mod c;")]);
    assert_eq!(whole.circle().unwrap(), ["core/a.rs", "core/b.rs", "core/c.rs"]);
    assert_eq!(graph(&[a, b, ("core/c.rs", "use super::d;"), ("core/d.rs", "")]).circle(), None);
    // A module and its submodules count as one.
    assert_eq!(graph(&[("core/a.rs", "mod x; pub use x::X;"), ("core/a/x.rs", "use super::Y;")]).circle(), None);
}

#[test]
fn a_re_export_leads_to_the_file_that_defines_the_name() {
    let files = [
        ("core/mod.rs", "mod a; pub use a::{A as First, inner::Deep};"),
        ("core/a.rs", "mod inner; pub(crate) use inner::A;"),
        ("core/a/inner.rs", "pub struct A;"),
        ("web/mod.rs", "use crate::core::{First, Deep};"),
        ("http/mod.rs", "use crate::core; fn f(_: core::First) {}"),
    ];
    let expected = ["http/mod.rs core/a/inner.rs", "http/mod.rs core/mod.rs", "web/mod.rs core/a/inner.rs"];
    assert_eq!(pairs(&files), expected);
}

#[test]
fn comments_texts_and_tests_are_ignored() {
    let text = r##"
        // use crate::web::page;
        /* use crate::web::page; /* nested */ use crate::web::page; */
        const A: (&str, &str, char) = ("use crate::web::page; \" ", r#"crate::web::page "quoted" "#, '"');
        fn f<'a>(x: &'a str) -> impl Sized + use<'a> { x }
        #[cfg(test)]
        use crate::web::page;
        #[cfg(test)]
        #[path = "x.rs"]
        mod tests { fn f() { if true { crate::web::page::f() } } }
        use crate::base::b;
    "##;
    let found = pairs(&[("core/a.rs", text), ("web/page.rs", ""), ("base/b.rs", "")]);
    assert_eq!(found, ["core/a.rs base/b.rs"]);
}
