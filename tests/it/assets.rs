//! Static files: never compressed per request, cached by browsers as immutable; the previous version's files stay available.

use crate::rig::{App, BEGINNING_MS, Database, Engine, http};
use reqwest::{Response, StatusCode, header};
use std::{path::Path, sync::Arc};
use weida::base::clock::FakeClock;

const NOW: &str = "page.0123456789abcdef.js";
const BEFORE: &str = "page.fedcba9876543210.js";
/// A text that every compression shortens.
const CONTENT: &str = "let answer = 42;\n";

/// Writes a site as the build leaves it. The compressed variants hold bytes that no compression gives, so the body shows which file
/// answered.
fn build(site: &Path) {
    let pkg = site.join("pkg");
    std::fs::create_dir_all(&pkg).unwrap();
    let content = CONTENT.repeat(1000);
    for name in [NOW, BEFORE, "weida.0123456789abcdef.css"] {
        for (ending, bytes) in [("", content.as_str()), (".br", "by the build: br"), (".gz", "by the build: gz")] {
            std::fs::write(pkg.join(format!("{name}{ending}")), bytes).unwrap();
        }
    }
    let manifest = serde_json::json!({ "files": {
        "/page.js": NOW,
        "/pkg/weida.css": "weida.0123456789abcdef.css",
    }, "previous": { "files": [BEFORE], "replaced_at": 1 } });
    std::fs::write(pkg.join("manifest.json"), manifest.to_string()).unwrap();
    // Files without a compressed copy.
    for name in ["page.js", "plain.css", "plain.svg", "robots.txt", "plain.json", "plain.html"] {
        std::fs::write(site.join(name), &content).unwrap();
    }
}

async fn get(app: &App, path: &str, more: &[(&str, &str)]) -> Response {
    let mut request = http().get(app.url(path));
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn text(answer: &Response, name: header::HeaderName) -> String {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

async fn app_on(site: &Path, database: &Database) -> App {
    build(site);
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("LEPTOS_SITE_ROOT", site.to_str().unwrap())]).await
}

/// T-170: the program sends the build's files for every accepted encoding and compresses none itself.
#[tokio::test]
async fn no_file_is_compressed_at_a_request() {
    let (site, database) = (tempfile::tempdir().unwrap(), Database::open(Engine::Sqlite).await.unwrap());
    let app = app_on(site.path(), &database).await;
    for name in [NOW, BEFORE, "weida.0123456789abcdef.css"] {
        for (accepted, encoding, body) in [
            ("gzip, deflate, br", "br", "by the build: br"),
            ("gzip", "gzip", "by the build: gz"),
            ("identity", "", CONTENT.repeat(1000).as_str()),
        ] {
            let answer = get(&app, &format!("/pkg/{name}"), &[("accept-encoding", accepted)]).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert_eq!(text(&answer, header::CONTENT_ENCODING), encoding, "{name}");
            assert_eq!(text(&answer, header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{name}");
            assert!(text(&answer, header::VARY).to_ascii_lowercase().contains("accept-encoding"), "{name}");
            assert!(answer.headers().get(header::SET_COOKIE).is_none(), "{name}");
            assert_eq!(answer.bytes().await.unwrap(), body.as_bytes(), "{name}");
        }
    }
    for name in ["page.js", "plain.css", "plain.svg", "robots.txt", "plain.json", "plain.html"] {
        let answer = get(&app, &format!("/{name}"), &[("accept-encoding", "gzip, deflate, br")]).await;
        assert_eq!(text(&answer, header::CONTENT_ENCODING), "", "{name}");
        assert_eq!(text(&answer, header::CACHE_CONTROL), "no-cache", "{name}");
        let seen = text(&answer, header::LAST_MODIFIED);
        assert_eq!(answer.bytes().await.unwrap().len(), CONTENT.len() * 1000, "{name}");
        let again = get(&app, &format!("/{name}"), &[("if-modified-since", seen.as_str())]).await;
        assert_eq!(
            (again.status(), text(&again, header::CACHE_CONTROL).as_str()),
            (StatusCode::NOT_MODIFIED, "no-cache")
        );
    }
}

/// Pages use the build's file names; a 404 for an old name is not cacheable.
#[tokio::test]
async fn pages_name_files_by_their_content() {
    let (site, database) = (tempfile::tempdir().unwrap(), Database::open(Engine::Sqlite).await.unwrap());
    let app = app_on(site.path(), &database).await;
    let page = get(&app, "/docs", &[]).await.text().await.unwrap();
    for path in [format!("/pkg/{NOW}"), "/pkg/weida.0123456789abcdef.css".to_owned()] {
        assert!(page.contains(&format!("\"{path}\"")), "{path}: {page}");
    }
    assert!(!page.contains("\"/page.js\"") && !page.contains("/pkg/weida.css"), "{page}");
    let missing = get(&app, "/pkg/page.00000000000000ff.js", &[]).await;
    assert_eq!((missing.status(), text(&missing, header::CACHE_CONTROL).as_str()), (StatusCode::NOT_FOUND, "no-store"));
}

/// Dynamic answers are compressed, except small ones, very large ones and those to cross-site requests.
#[tokio::test]
async fn pages_are_compressed_for_our_own_requests_only() {
    let (site, database) = (tempfile::tempdir().unwrap(), Database::open(Engine::Sqlite).await.unwrap());
    let app = app_on(site.path(), &database).await;
    let accepts = ("accept-encoding", "gzip, deflate, br");
    for path in ["/login", "/register", "/api/openapi.json"] {
        let plain = get(&app, path, &[]).await.bytes().await.unwrap();
        let answer = get(&app, path, &[accepts, ("sec-fetch-site", "same-origin")]).await;
        let is_large = plain.len() > 512 * 1024;
        assert_eq!(text(&answer, header::CONTENT_ENCODING), if is_large { "" } else { "gzip" }, "{path}");
        assert!(text(&answer, header::VARY).contains("accept-encoding"), "{path}");
        for (name, value) in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("referer", "https://evil.test/")]
        {
            let answer = get(&app, path, &[accepts, (name, value)]).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(text(&answer, header::CONTENT_ENCODING), "", "{path} {name} {value}");
        }
    }
    let small = get(&app, "/healthz", &[accepts]).await;
    assert_eq!(text(&small, header::CONTENT_ENCODING), "");
}
