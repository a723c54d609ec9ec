//! The house rules that a compiler does not know: who may write SQL, who may talk to whom.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every source file with its path below `src/`, its own tests left out.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs")
                && !name.ends_with("tests.rs")
                && !name.contains("/tests/")
            {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push((name, text));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// The lines outside comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The files outside `allowed` that have a line for which `is_wrong` holds.
fn offenders(allowed: &[&str], is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in sources() {
        if allowed.iter().any(|a| name.starts_with(a)) {
            continue;
        }
        found
            .extend(code(&text).filter(|(_, l)| is_wrong(l)).map(|(at, line)| format!("{name}:{at}: {}", line.trim())));
    }
    found
}

const NONE: [String; 0] = [];

/// True where a string literal of the line begins like a statement.
fn has_statement(line: &str) -> bool {
    let verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "DROP TABLE ", "ALTER TABLE "];
    line.split('"').skip(1).step_by(2).any(|literal| verbs.iter().any(|verb| literal.trim_start().starts_with(verb)))
}

#[test]
fn only_the_store_writes_sql() {
    assert_eq!(offenders(&["store/"], has_statement), NONE);
    let is_asked = |l: &str| l.contains(".sql(") || l.contains(".sql_of(") || l.contains("sqlx::query");
    assert_eq!(offenders(&["store/"], is_asked), NONE);
    // The rule has something to look at.
    assert!(offenders(&[], has_statement).len() > 20);
}

#[test]
fn no_statement_is_put_together_from_values() {
    assert_eq!(offenders(&["store/link.rs"], |l| l.contains("AssertSqlSafe")), NONE);
    let is_built = |l: &str| ["format!(", "write!(", "push_str("].iter().any(|how| l.contains(how)) && has_statement(l);
    assert_eq!(offenders(&[], is_built), NONE);
    // What is handed to the one place that is not a literal is `'static`: no value can be in it.
    let link = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/link.rs")).unwrap();
    assert!(link.contains("fn sql(&self, text: &'static str)") && link.matches("AssertSqlSafe(").count() == 1);
    assert!(link.contains("fn sql_of(&self, pieces: &[&'static str])") && link.matches("assembled(").count() == 4);
    assert_eq!(offenders(&[], |l| l.contains(".leak()") || l.contains("Box::leak")), NONE);
}

#[test]
fn the_domain_knows_neither_http_nor_pages() {
    let outside = ["axum", "leptos", "tower", "hyper", "reqwest", "crate::http", "crate::web", "crate::dialect"];
    let (core, store): (Vec<_>, Vec<_>) = (below("core/"), below("store/"));
    for (name, text) in core.iter().chain(&store) {
        for (at, line) in code(text) {
            let found = outside.iter().find(|word| {
                line.contains(&format!("{word}::"))
                    || line.contains(&format!("use {word}"))
                    || line.contains(&format!("{word} ")) && line.trim_start().starts_with("use ")
            });
            assert_eq!(found, None, "{name}:{at}: {line}");
        }
    }
    assert!(store.iter().all(|(_, text)| !text.contains("crate::core")), "the store knows no domain");
}

#[test]
fn no_dialect_knows_another() {
    let dialects: Vec<String> = below("dialect/")
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("dialect/")?.split_once('/').map(|(dialect, _)| dialect.to_owned()))
        .collect();
    for (name, text) in below("dialect/") {
        for other in dialects.iter().filter(|other| !name.starts_with(&format!("dialect/{other}/"))) {
            if name == "dialect/mod.rs" {
                continue;
            }
            for path in [format!("dialect::{other}"), format!("super::super::{other}")] {
                assert!(!text.contains(&path), "{name} knows {other}");
            }
        }
    }
    assert!(!dialects.is_empty());
}

#[test]
fn only_the_platforms_own_module_talks_to_it() {
    // A policy and a comment may name the hosts that pictures come from; a client is made in one place.
    assert_eq!(offenders(&["wechat/", "ilink/", "sandbox/"], |l| l.contains("reqwest::")), NONE);
    let hosts = ["api.weixin.qq.com", "open.weixin.qq.com", "ilinkai.weixin.qq.com"];
    let is_host = |l: &str| hosts.iter().any(|host| l.contains(host));
    assert_eq!(offenders(&["wechat/", "ilink/", "sandbox/", "config/"], is_host), NONE);
}

#[test]
fn time_and_chance_are_arguments() {
    let machine = ["SystemTime::now", "now_utc()", "Utc::now", "rand::rng()", "thread_rng", "rand::random"];
    let is_asked = |l: &str| machine.iter().any(|name| l.contains(name));
    assert_eq!(offenders(&["core/clock.rs", "core/chance.rs"], is_asked), NONE);
}

/// T-36: what is compared in constant time stays so. A `==` between a given and an expected signature or token would not be.
#[test]
fn secrets_are_not_compared_with_the_equals_sign() {
    let names = ["signature", "secret", "aes_key", "expose_secret()", "password"];
    let is_compared = |l: &str| {
        let sides =
            |operator: &str| l.split_once(operator).map(|(a, b)| (a.trim_end().to_owned(), b.trim_start().to_owned()));
        ["==", "!="].iter().filter_map(|op| sides(op)).any(|(left, right)| {
            let last = left.rsplit([' ', '(']).next().unwrap_or_default().to_owned();
            let first = right.split([' ', ')', ';']).next().unwrap_or_default().to_owned();
            let is_literal = |s: &str| s.starts_with('"') || s.starts_with("Some(\"") || s.ends_with("len()");
            names.iter().any(|n| last.ends_with(n) || first.ends_with(n)) && !is_literal(&first) && !is_literal(&last)
        })
    };
    // The stand-in of the sandbox guards nothing.
    assert_eq!(offenders(&["config/", "sandbox/"], is_compared), NONE);
}

fn below(folder: &str) -> Vec<(String, String)> {
    sources().into_iter().filter(|(name, _)| name.starts_with(folder)).collect()
}

/// What users are found by is kept beside what it is made of.
#[test]
fn whoever_changes_a_name_makes_the_user_findable_anew() {
    let searched = ["username =", "nickname =", "real_name =", "email =", "phone ="];
    let mut changes = 0;
    for (name, text) in sources() {
        for function in text.split("\n}\n") {
            let is_change = function.split("UPDATE users SET ").skip(1).any(|rest| {
                let set = rest.split(" WHERE ").next().unwrap_or_default();
                searched.iter().any(|column| set.contains(column))
            });
            changes += usize::from(is_change);
            assert!(!is_change || function.contains("update_search_key(db, id).await"), "{name}: {function}");
        }
    }
    assert_eq!(changes, 6, "the rule has something to look at");
}
