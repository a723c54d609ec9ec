//! Runs the tool `load` and reads what it measured.

use crate::shell::{Context, Failure, Result};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// What one run of `load` measured. Times are milliseconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// Answers per second.
    pub rate: f64,
    pub median: f64,
    pub p99: f64,
    pub answered: u64,
    pub failed: u64,
    /// Why requests failed, and how often.
    pub causes: BTreeMap<String, u64>,
    /// For each target the longest time without an answer.
    pub gaps: Vec<u64>,
}

impl Load {
    pub fn parse(json: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(json).context("the output of load")?;
        let number = |name: &str| json[name].as_f64().unwrap_or(0.0);
        let count = |name: &str| json[name].as_u64().unwrap_or(0);
        let causes = json["causes"].as_object().into_iter().flatten();
        Ok(Self {
            rate: number("rate"),
            median: number("median_ms"),
            p99: number("p99_ms"),
            answered: count("answered"),
            failed: count("failed"),
            causes: causes.map(|(cause, times)| (cause.clone(), times.as_u64().unwrap_or(0))).collect(),
            gaps: json["gaps_ms"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect(),
        })
    }
}

/// Runs `load run` with these arguments, and fails if nothing was answered.
pub fn run(tool: &Path, arguments: &[String]) -> Result<Load> {
    finish(start(tool, "run", arguments)?).and_then(|output| {
        let load = Load::parse(&output)?;
        if load.answered == 0 {
            return Err(Failure::new(format!("nothing was answered: {:?}", load.causes)));
        }
        Ok(load)
    })
}

/// A `load` that runs.
pub struct Started {
    child: Child,
    output: BufReader<ChildStdout>,
}

/// Starts `load` in the background. Returns when it has prepared everything and sends requests.
pub fn start(tool: &Path, command: &str, arguments: &[String]) -> Result<Started> {
    let mut load = Command::new(tool);
    load.arg(command).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = load.spawn().context(tool.display())?;
    let output = child.stdout.take().ok_or_else(|| Failure::new("load has no output"))?;
    let mut started = Started { child, output: BufReader::new(output) };
    match started.output.read_line(&mut String::new()).context("the output of load")? {
        0 => finish(started).and_then(|_| Err(Failure::new("load ended before it began"))),
        _ => Ok(started),
    }
}

/// Waits for a `load` that was started, and returns the line of its result.
pub fn finish(started: Started) -> Result<String> {
    let Started { child, mut output } = started;
    let mut result = String::new();
    output.read_to_string(&mut result).context("the output of load")?;
    let ended = child.wait_with_output().context("load")?;
    if ended.status.success() {
        return Ok(result);
    }
    Err(Failure::new(String::from_utf8_lossy(&ended.stderr).trim().to_owned()))
}

/// The median of several numbers; 0 of none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_load_is_read() {
        let json = r#"{"answered": 9, "failed": 1, "causes": {"status 500": 1}, "rate": 4.5, "median_ms": 1.5, "p99_ms": 3.0, "gaps_ms": [7, 9]}"#;
        let load = Load::parse(json).unwrap();
        assert_eq!((load.answered, load.rate, load.p99), (9, 4.5, 3.0));
        assert_eq!((load.causes["status 500"], load.gaps), (1, vec![7, 9]));
        assert!(Load::parse("no JSON").is_err());
    }

    #[test]
    fn a_median_is_the_middle_one() {
        assert_eq!([median([3.0, 1.0, 2.0]), median([])].map(|number| number.to_string()), ["2", "0"]);
    }
}
