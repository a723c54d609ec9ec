//! `cargo xtask seed`: fills a database with users and messages, by the tool `users` (`xtask/users`).

use crate::shell::{Context, Failure, Result, brief, cargo, run, step, target_dir};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const USAGE: &str = "cargo xtask seed [--users 1000000] [--messages 0] [--seed 1] [--database URL] [--dev]";
/// Where the program has its database if nothing says otherwise.
const DEFAULT: &str = "sqlite://data/weida.db";

/// The tool, compiled with optimisation unless `is_dev`.
pub fn tool(is_dev: bool) -> Result<PathBuf> {
    step("the tool users", || {
        let mut command = cargo();
        brief(command.arg("build")).args(["--package", "weida", "--example", "users"]);
        if !is_dev {
            command.arg("--release");
        }
        run(&mut command)
    })?;
    let folder = if is_dev { "debug" } else { "release" };
    let tool = target_dir().join(folder).join("examples").join("users");
    fs::canonicalize(&tool).context(tool.display())
}

/// A run of the tool, whose settings come from its arguments alone.
pub fn command(tool: &Path, name: &str, url: &str, values: &[String]) -> Command {
    let mut command = Command::new(tool);
    for (variable, _) in env::vars_os() {
        let is_foreign = ["WEIDA_", "WECHAT_", "LEPTOS_", "DATABASE_"];
        if is_foreign.iter().any(|prefix| variable.to_string_lossy().starts_with(prefix)) {
            command.env_remove(variable);
        }
    }
    command.arg(name).arg(url).args(values).env("RUST_LOG", "warn");
    command
}

/// What is to be added to which database.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    values: Vec<String>,
    url: String,
    is_dev: bool,
}

pub fn seed(arguments: &[String]) -> Result {
    let options = options(arguments, env::var("DATABASE_URL").ok())?;
    let tool = tool(options.is_dev)?;
    println!("  {} gets {}", options.url.rsplit('@').next().unwrap_or_default(), options.values.join(" "));
    step("users and messages", || run(&mut command(&tool, "seed", &options.url, &options.values)))?;
    step("the index of the user list", || run(&mut command(&tool, "index", &options.url, &[])))
}

fn options(arguments: &[String], url: Option<String>) -> Result<Options> {
    let wrong = |what: String| Failure::new(what).fix(USAGE);
    let (mut users, mut messages, mut seed) = (1_000_000_u64, 0_u64, 1_u64);
    let mut options = Options { values: Vec::new(), url: url.unwrap_or_else(|| DEFAULT.to_owned()), is_dev: false };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().ok_or_else(|| wrong(format!("{word} needs a value")));
        let number = |text: String| text.parse().map_err(|_| wrong(format!("{word} takes a number, not {text:?}")));
        match word.as_str() {
            "--users" => users = number(value()?)?,
            "--messages" => messages = number(value()?)?,
            "--seed" => seed = number(value()?)?,
            "--database" => options.url = value()?,
            "--dev" => options.is_dev = true,
            other => return Err(wrong(format!("seed has no option {other:?}"))),
        }
    }
    options.values = vec![format!("users={users}"), format!("messages={messages}"), format!("seed={seed}")];
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options> {
        options(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), None)
    }

    #[test]
    fn options_have_defaults_and_are_checked() {
        assert_eq!(parsed("").unwrap().values, ["users=1000000", "messages=0", "seed=1"]);
        let small = parsed("--users 5 --messages 7 --seed 9 --database mysql://x --dev").unwrap();
        assert_eq!(small.values, ["users=5", "messages=7", "seed=9"]);
        assert_eq!((small.url.as_str(), small.is_dev), ("mysql://x", true));
        for wrong in ["--users", "--users x", "--more", "5"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
