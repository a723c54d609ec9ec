//! Every setting with its default and what it means, as `Leptos.toml` lists them: the file is part of the program.

/// The settings file that is shipped. Each key stands there with its default behind a `#`.
const SHIPPED: &str = include_str!("../../Leptos.toml");
/// Keys that stand there with an example: by default they are empty.
const EXAMPLES: [&str; 2] = ["server.trusted-proxies", "server.cors-origins"];
/// Tables whose keys are names of the operator.
const OPEN_TABLES: [&str; 1] = ["quota."];

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cataloged {
    /// `signin.confirm`
    pub key: String,
    /// As text: a list's items are separated by `, `.
    pub default: String,
}

/// All settings, in the order of the file.
#[must_use]
pub fn catalog() -> Vec<Cataloged> {
    let (mut table, mut found) = (String::new(), Vec::new());
    for line in SHIPPED.lines() {
        if let Some(name) = line.trim_start_matches('#').strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = format!("{name}.");
            continue;
        }
        let Some((key, value)) = line.strip_prefix('#').and_then(|line| line.split_once(" = ")) else { continue };
        let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if is_key && !OPEN_TABLES.iter().any(|open| table.starts_with(open)) {
            let key = format!("{table}{key}");
            let default = if EXAMPLES.contains(&key.as_str()) { String::new() } else { text_of(value) };
            found.push(Cataloged { key, default });
        }
    }
    found
}

/// A value of the file as text, without the remark behind it.
fn text_of(value: &str) -> String {
    let value = value.split_once(" #").map_or(value, |(value, _)| value).trim();
    match value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        Some(list) => list.split("\", \"").map(|item| item.trim_matches('"')).collect::<Vec<_>>().join(", "),
        None => value.trim_matches('"').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::catalog;

    #[test]
    fn the_shipped_file_lists_every_setting_once() {
        let all = catalog();
        let default =
            |key: &str| all.iter().find(|of| of.key == key).unwrap_or_else(|| panic!("{key}")).default.clone();
        assert_eq!(default("signin.confirm"), "always");
        assert_eq!(default("signin.welcome-credits"), "100");
        assert_eq!(default("chat.commands.help"), "帮助, ？, 菜单, help");
        assert_eq!(default("token.expiration-days"), "7");
        assert_eq!(default("wechat.appid"), "");
        assert!(!all.iter().any(|of| of.key.starts_with("quota")));
        let mut keys: Vec<&str> = all.iter().map(|of| of.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert!(keys.len() == all.len() && keys.len() > 70, "{}", keys.len());
        for (name, key) in crate::config::ENVIRONMENT {
            assert!(keys.contains(key), "{name} {key}");
        }
    }
}
