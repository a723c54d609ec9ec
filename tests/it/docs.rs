//! The documents agree with the tree: files that they name are there, and comments are in plain words.

use std::{
    fs,
    path::{Path, PathBuf},
};

const DOCUMENTS: [&str; 10] = [
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/ARCHITECTURE.md",
    "docs/CLAIMS.md",
    "docs/DEPLOY.md",
    "docs/DEPLOY.zh-CN.md",
    "docs/WECHAT.md",
];

/// Words that hide who does something, and the former private vocabulary.
const UNPLAIN: [&str; 14] = [
    "somebody",
    "nobody",
    "whoever",
    "rival",
    "rivals",
    "told",
    "deed",
    "deeds",
    "put away",
    "made anew",
    "stranger",
    "strangers",
    "shelf",
    "unite",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The paths in backticks that begin with one of the folders of the repository.
fn paths_in(text: &str) -> impl Iterator<Item = &str> {
    let folders = ["src/", "tests/", "xtask/", "docs/", "migrations/", "end2end/", "scripts/", "examples/", "benches/"];
    text.split('`').skip(1).step_by(2).filter(move |code| {
        folders.iter().any(|folder| code.starts_with(folder)) && !code.contains(['*', '<', '{', ' ', '…'])
    })
}

#[test]
fn files_that_the_documents_name_exist() {
    let mut seen = 0;
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for path in paths_in(&text) {
            seen += 1;
            assert!(root().join(path).exists(), "{document} names {path}, which does not exist");
        }
    }
    assert!(seen > 80, "only {seen} paths were found");
}

/// The files below a folder with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|end| endings.iter().any(|wanted| end == *wanted)) {
                found.push(path);
            }
        }
    }
    found
}

/// How often a text has a word, as a whole word in any case.
fn count(text: &str, word: &str) -> usize {
    let text = text.to_lowercase();
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word)
        .filter(|(at, _)| {
            !is_letter(text[..*at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next())
        })
        .count()
}

#[test]
fn comments_and_documents_are_in_plain_words() {
    let mut comments = Vec::new();
    for (folder, endings) in [
        ("src", &["rs"][..]),
        ("tests", &["rs"]),
        ("xtask/src", &["rs"]),
        ("benches", &["rs"]),
        ("end2end", &["ts", "rs"]),
    ] {
        for file in files(folder, endings).into_iter().filter(|file| !file.ends_with("tests/it/docs.rs")) {
            let text = fs::read_to_string(&file).unwrap();
            for (at, line) in text.lines().enumerate() {
                let Some((_, comment)) = line.split_once("//") else { continue };
                let found: usize = UNPLAIN.iter().map(|word| count(comment, word)).sum();
                comments.extend((0..found).map(|_| format!("{}:{}: {}", file.display(), at + 1, line.trim())));
            }
        }
    }
    assert!(comments.len() < 40, "{} places: {comments:#?}", comments.len());
    for document in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let found: Vec<_> = UNPLAIN.iter().filter(|word| count(&text, word) > 0).collect();
        assert!(found.is_empty(), "{document}: {found:?}");
    }
    assert_eq!((count("Told by a rival, untold", "told"), count("stranger's", "stranger")), (1, 1));
}
