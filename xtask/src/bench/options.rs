//! The options of `cargo xtask bench`.

use super::contender;
use crate::shell::{Failure, Result};
use std::path::PathBuf;

pub const USAGE: &str = "cargo xtask bench [--rounds 5] [--seconds 5] [--rules 100,1000,10000,100000] [--only compare,rules,credits,memory,pages,users] \
                         [--users 1000,1000000] [--engines sqlite,postgres,mariadb] [--plans] [--dev] [--program target/release/weida] [--no-peers] [--out docs/BENCHMARKS.md]";

/// Where a whole benchmark is written; a part of one is printed only.
const DOCUMENT: &str = "docs/BENCHMARKS.md";
/// The parts of a benchmark, in their order.
pub const PARTS: [&str; 6] = ["compare", "rules", "credits", "memory", "pages", USERS];
/// The part that needs another tool alone.
const USERS: &str = "users";
/// Databases on which the user list is measured.
const ENGINES: [&str; 3] = ["sqlite", "postgres", "mariadb"];

/// How the benchmark is run.
#[derive(Debug, Clone)]
pub struct Options {
    pub rounds: usize,
    /// How long each measurement lasts.
    pub seconds: f64,
    /// The sizes of rule sets.
    pub rules: Vec<usize>,
    /// The numbers of users.
    pub users: Vec<usize>,
    /// The databases of the user list.
    pub engines: Vec<String>,
    /// Print how the engines run its statements.
    pub has_plans: bool,
    /// Measure the user list without optimisation.
    pub is_dev: bool,
    pub parts: Vec<String>,
    pub has_peers: bool,
    /// The release build of Weida.
    pub program: PathBuf,
    /// The tool that sends requests.
    pub tool: PathBuf,
    /// The document is written here; `None` prints it only.
    pub out: Option<PathBuf>,
    /// The command line, for the document.
    pub command: String,
}

/// The options without the programs, which are built later.
#[derive(Debug)]
struct Given {
    options: Options,
    program: Option<String>,
}

impl Options {
    /// Parses the arguments, and builds what is measured.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let Given { mut options, program } = given(arguments)?;
        if options.parts != [USERS] {
            (options.program, options.tool) = contender::programs(program.as_deref())?;
        }
        Ok(options)
    }

    pub fn has(&self, part: &str) -> bool {
        self.parts.iter().any(|it| it == part)
    }
}

fn given(arguments: &[String]) -> Result<Given> {
    let wrong = |what: String| Failure::new(what).fix(USAGE);
    let mut options = Options {
        rounds: 5,
        seconds: 5.0,
        rules: vec![100, 1_000, 10_000, 100_000],
        users: vec![1_000, 1_000_000],
        engines: ENGINES.map(str::to_owned).to_vec(),
        has_plans: false,
        is_dev: false,
        parts: PARTS.map(str::to_owned).to_vec(),
        has_peers: true,
        program: PathBuf::new(),
        tool: PathBuf::new(),
        out: None,
        command: std::iter::once("cargo xtask bench".to_owned())
            .chain(arguments.iter().cloned())
            .collect::<Vec<_>>()
            .join(" "),
    };
    let (mut program, mut words) = (None, arguments.iter());
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().ok_or_else(|| wrong(format!("{word} needs a value")));
        match word.as_str() {
            "--rounds" => options.rounds = number(&value()?).ok_or_else(|| wrong("--rounds takes 1 or more".into()))?,
            "--seconds" => {
                let seconds = value()?.parse().ok().filter(|seconds| *seconds > 0.0);
                options.seconds = seconds.ok_or_else(|| wrong("--seconds takes a number above 0".into()))?;
            }
            "--rules" => {
                let sizes = value()?.split(',').map(number).collect::<Option<Vec<usize>>>();
                options.rules = sizes.ok_or_else(|| wrong("--rules takes numbers like 100,1000".into()))?;
            }
            "--only" => {
                options.parts = value()?.split(',').map(str::to_owned).collect();
                if let Some(unknown) = options.parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
                    return Err(wrong(format!("there is no part {unknown:?}: {}", PARTS.join(", "))));
                }
            }
            "--users" => {
                let sizes = value()?.split(',').map(number).collect::<Option<Vec<usize>>>();
                options.users = sizes.ok_or_else(|| wrong("--users takes numbers like 1000,1000000".into()))?;
            }
            "--engines" => {
                options.engines = value()?.split(',').map(str::to_owned).collect();
                if let Some(unknown) = options.engines.iter().find(|engine| !ENGINES.contains(&engine.as_str())) {
                    return Err(wrong(format!("there is no engine {unknown:?}: {}", ENGINES.join(", "))));
                }
            }
            "--plans" => options.has_plans = true,
            "--dev" => options.is_dev = true,
            "--program" => program = Some(value()?),
            "--no-peers" => options.has_peers = false,
            "--out" => options.out = Some(value()?.into()),
            other => return Err(wrong(format!("bench has no option {other:?}"))),
        }
    }
    if options.out.is_none() && options.parts.len() == PARTS.len() {
        options.out = Some(DOCUMENT.into());
    }
    Ok(Given { options, program })
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options> {
        given(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).map(|given| given.options)
    }

    #[test]
    fn options_have_defaults_and_are_checked() {
        let all = parsed("").unwrap();
        assert_eq!((all.rounds, all.rules.len(), all.parts.len(), all.out), (5, 4, 6, Some(DOCUMENT.into())));
        let short = parsed("--rounds 1 --seconds 0.5 --rules 100,1000 --only pages --no-peers").unwrap();
        assert_eq!((short.rounds, short.rules.clone(), short.has_peers), (1, vec![100, 1000], false));
        assert!(short.has("pages") && !short.has("compare") && short.out.is_none());
        assert_eq!(
            short.command,
            "cargo xtask bench --rounds 1 --seconds 0.5 --rules 100,1000 --only pages --no-peers"
        );
        let users = parsed("--only users --users 1000 --engines sqlite,mariadb --plans").unwrap();
        assert_eq!((users.users.clone(), users.engines.len(), users.has_plans), (vec![1_000], 2, true));
        for wrong in
            ["--rounds 0", "--users 0", "--engines oracle", "--seconds x", "--only nothing", "--rules", "pages"]
        {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
