//! Rules of the code base that the compiler does not check: which modules may write SQL, and which may use which.

mod graph;
mod imports;
mod lexer;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every source file with its path below `src/`, without its unit tests.
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
    // The rule finds statements at all.
    assert!(offenders(&[], has_statement).len() > 20);
}

#[test]
fn no_statement_is_formatted_from_values() {
    // One concatenates literals, the other cuts the files of the migrations.
    assert_eq!(offenders(&["store/link.rs", "store/schema.rs"], |l| l.contains("AssertSqlSafe")), NONE);
    let is_built = |l: &str| ["format!(", "write!(", "push_str("].iter().any(|how| l.contains(how)) && has_statement(l);
    assert_eq!(offenders(&[], is_built), NONE);
    // The only function that takes a computed statement takes `&'static str`, so no value can be in it.
    let link = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/link.rs")).unwrap();
    assert!(link.contains("fn sql(&self, text: &'static str)") && link.matches("AssertSqlSafe(").count() == 1);
    assert!(link.contains("fn sql_of(&self, pieces: &[&'static str])") && link.matches("assembled(").count() == 4);
    assert_eq!(offenders(&[], |l| l.contains(".leak()") || l.contains("Box::leak")), NONE);
}

#[test]
fn the_core_uses_neither_http_nor_pages() {
    let outside = ["axum", "leptos", "tower", "hyper", "reqwest"];
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
}

#[test]
fn only_the_wechat_module_calls_the_platform() {
    // A content policy and a comment may name the platform's picture hosts; HTTP clients are created in one place.
    assert_eq!(offenders(&["base/tls.rs", "wechat/", "ilink/", "sandbox/"], |l| l.contains("reqwest::")), NONE);
    let hosts = ["api.weixin.qq.com", "open.weixin.qq.com", "ilinkai.weixin.qq.com"];
    let is_host = |l: &str| hosts.iter().any(|host| l.contains(host));
    assert_eq!(offenders(&["wechat/", "ilink/", "sandbox/", "config/"], is_host), NONE);
}

#[test]
fn clock_and_rng_are_arguments() {
    let machine = ["SystemTime::now", "now_utc()", "Utc::now", "rand::rng()", "thread_rng", "rand::random"];
    let is_asked = |l: &str| machine.iter().any(|name| l.contains(name));
    assert_eq!(offenders(&["base/clock.rs", "base/rng.rs"], is_asked), NONE);
}

/// T-36: secrets are compared in constant time. `==` on a signature or token would not be.
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
    // The sandbox's simulated platform protects nothing.
    assert_eq!(offenders(&["config/", "sandbox/"], is_compared), NONE);
}

fn below(folder: &str) -> Vec<(String, String)> {
    sources().into_iter().filter(|(name, _)| name.starts_with(folder)).collect()
}

/// Every statement that changes a searched column also updates the search key.
#[test]
fn a_change_of_a_searched_column_updates_the_search_key() {
    let searched = ["username =", "nickname =", "real_name =", "email =", "phone ="];
    let mut changes = 0;
    for (name, text) in sources() {
        for function in text.split("\n}\n") {
            let is_change = function.split("UPDATE users SET ").skip(1).any(|rest| {
                let set = rest.split(" WHERE ").next().unwrap_or_default();
                searched.iter().any(|column| set.contains(column))
            }) || function.contains("db.sql(column.update");
            changes += usize::from(is_change);
            assert!(!is_change || function.contains("update_search_key(db, id).await"), "{name}: {function}");
        }
    }
    assert_eq!(changes, 4, "number of such statements");
}

/// Every statement that changes what the index of the user list holds marks the user; see `store::user_index`.
#[test]
fn a_change_of_a_filtered_column_marks_the_user() {
    let columns =
        ["level =", "role =", "is_enabled =", "is_subscribed = 1", "is_subscribed = 0", "unionid =", "user_id ="];
    let mut changes = 0;
    for (name, text) in below("store/") {
        for function in text.split("\n}\n") {
            let mut statements =
                function.split("UPDATE users SET ").skip(1).chain(function.split("UPDATE identities SET ").skip(1));
            let is_change = statements.any(|rest| {
                let set = rest.split(" WHERE ").next().unwrap_or_default();
                columns.iter().any(|column| set.starts_with(column) || set.contains(&format!(" {column}")))
            });
            changes += usize::from(is_change);
            let marks =
                ["user_index::update_marked", "user_index::update_owner_marked", "update_search_key(db, id).await"];
            assert!(!is_change || marks.iter().any(|mark| function.contains(mark)), "{name}: {function}");
        }
    }
    assert_eq!(changes, 9, "number of such functions");
}

/// T-133: leptos prints the text of `<title>` and `<textarea>` unescaped; `web/escape.rs` escapes both.
#[test]
fn titles_and_text_areas_are_escaped() {
    let frames = ["web/page/console/mod.rs", "web/page/frame.rs", "web/page/visitor_frame.rs"];
    assert_eq!(offenders(&frames, |l| l.contains("<Title")), NONE);
    assert_eq!(offenders(&[], |l| l.contains("inner_html") || l.contains("<Script") || l.contains("<Style>")), NONE);
    for frame in frames {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(frame);
        let frame = fs::read_to_string(path).unwrap();
        assert_eq!((frame.matches("<Title").count(), frame.matches("<Title text=escaped(").count()), (1, 1));
    }
    let mut boxes = 0;
    for (name, text) in below("web/").into_iter().chain(below("sandbox/")).filter(|(name, _)| name != "web/escape.rs") {
        let found = text.matches("</textarea>").count();
        boxes += found;
        assert_eq!(found, text.matches("inside_textarea(").count(), "{name}");
    }
    assert_eq!(boxes, 4, "number of text areas");
}

/// Shared helpers are in `rig/`: no test module uses another one.
#[test]
fn no_test_module_uses_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let (mut folders, mut files) = (vec![root.clone()], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            // The modules of `rig` and of these rules belong together.
            let is_apart = ["rig", "house"].contains(&name.as_str());
            if path.is_dir() && !is_apart {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files += 1;
                let text = fs::read_to_string(&path).unwrap();
                for (at, line) in code(&text) {
                    let is_helper = |rest: &str| rest.starts_with("rig::") || rest.starts_with("every_engine!");
                    let is_own = line.split("crate::").skip(1).all(is_helper) && !line.contains("super::");
                    assert!(is_own, "{name}:{at}: {}", line.trim());
                }
            }
        }
    }
    assert!(files > 50, "the tests were not found");
}

/// Modules of the core whose functions write.
const WRITING_MODULES: [&str; 8] = [
    "core::account::deletion",
    "core::account::profile",
    "core::rule::edit",
    "core::rule::media::storage",
    "core::rule::reorder",
    "core::signin::collect",
    "core::signin::enter_code",
    "core::signin::reset",
];

/// Functions that write, of modules that are also read from.
const WRITING_FUNCTIONS: [&str; 34] = [
    "admin::set_up(",
    "batch::create(",
    "batch::stop(",
    "begin::bind(",
    "begin::login(",
    "begin::register(",
    "begin::renew(",
    "browsers::revoke(",
    "browsers::revoke_others(",
    "checklist::skip(",
    "directory::adjust_credits(",
    "directory::delete(",
    "directory::end_session(",
    "directory::set_enabled(",
    "directory::set_level_until(",
    "directory::set_role(",
    "directory::sign_out_everywhere(",
    "directory::update_fields(",
    "doctor::forget(",
    "history::restore(",
    "history::undo(",
    "identity::unbind(",
    "job::begin(",
    "job::begin_from_platform(",
    "job::start(",
    "official_account::activate(",
    "official_account::disconnect(",
    "official_account::renew(",
    "official_account::save(",
    "redemption::redeem(",
    "review::end(",
    "setting::set(",
    "setting::undo(",
    "unanswered::dismiss(",
];

/// Rendering a page changes nothing: every form goes to an action.
#[test]
fn pages_do_not_write() {
    let (pages, actions) = (below("web/page/"), below("web/action/"));
    for (name, text) in &pages {
        let imports = imports(text);
        let module = WRITING_MODULES.iter().find(|module| imports.iter().any(|path| is_below(path, module)));
        assert_eq!(module, None, "{name} imports a module that writes");
        let code: String = code(text).map(|(_, line)| line).collect();
        let call = WRITING_FUNCTIONS.iter().find(|call| code.contains(*call));
        assert_eq!(call, None, "{name} calls a function that writes");
    }
    // Every entry of both lists exists: the actions use it.
    let imports: Vec<String> = actions.iter().flat_map(|(_, text)| imports(text)).collect();
    for module in WRITING_MODULES {
        assert!(imports.iter().any(|path| is_below(path, module)), "no action imports {module}");
    }
    for call in WRITING_FUNCTIONS {
        assert!(actions.iter().any(|(_, text)| text.contains(call)), "no action calls {call}");
    }
    assert!(pages.iter().any(|(_, text)| self::imports(text).iter().any(|path| is_below(path, "core::rule::search"))));
}

fn is_below(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The paths below `crate` that a file imports or names, `use` trees written out.
fn imports(text: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find("crate::") {
        rest = &rest[at + "crate::".len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_:{}, \n*".contains(c))).unwrap_or(rest.len());
        expand("", &rest[..end], &mut found);
    }
    found
}

/// Writes the beginning of a text out as a `use` tree; returns what stands behind the tree.
fn expand<'a>(prefix: &str, tree: &'a str, found: &mut Vec<String>) -> &'a str {
    let tree = tree.trim_start();
    let end = tree.find(|c: char| !(c.is_alphanumeric() || "_:*".contains(c))).unwrap_or(tree.len());
    let (path, mut rest) = (format!("{prefix}{}", &tree[..end]), &tree[end..]);
    let is_group = path.is_empty() || path.ends_with("::");
    let Some(inside) = rest.strip_prefix('{').filter(|_| is_group) else {
        found.push(path.trim_end_matches("::self").to_owned());
        return rest;
    };
    rest = inside;
    loop {
        rest = expand(&path, rest, found).trim_start();
        // A name of its own: `self as browsers`.
        rest = rest.strip_prefix("as ").map_or(rest, |alias| alias.trim_start_matches(|c| c != ',' && c != '}'));
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        match rest.strip_prefix('}') {
            Some(behind) => return behind,
            None if rest.is_empty() => return rest,
            None => {}
        }
    }
}

#[test]
fn use_trees_are_written_out() {
    let text = "use crate::{\n    core::{\n        Ctx,\n        rule::edit::{self, Plan},\n        account::session::{self as browsers},\n    },\n    web,\n};\nlet x = crate::core::rule::search::find(1);";
    let expected = [
        "core::Ctx",
        "core::rule::edit",
        "core::rule::edit::Plan",
        "core::account::session",
        "web",
        "core::rule::search::find",
    ];
    assert_eq!(imports(text), expected);
}
