//! What must hold after crashes: every answered push is in the message log once, a redelivery gets the same answer, and every balance is
//! what its ledger says.

use crate::{
    bench::load,
    shell::{Context, Failure, Result},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// One row a follower: how many of their messages are in the log.
pub const LOG: &str = "SELECT openid, COUNT(*) FROM messages GROUP BY openid";
/// Users whose balance is not the sum of their ledger, or not what was granted minus what was spent.
pub const LEDGER: &str = "SELECT COUNT(*) FROM users u WHERE u.credits <> u.credits_granted - u.credits_spent \
                          OR u.credits <> (SELECT COALESCE(SUM(e.delta), 0) FROM credit_entries e WHERE e.user_id = u.id)";
/// Grants and spends in the ledger: the check above would hold in an empty one.
pub const ENTRIES: &str = "SELECT COUNT(*) FROM credit_entries";

/// What the checks counted.
#[derive(Debug, Default)]
pub struct Verified {
    pub answered: usize,
    /// Answered only after at least one failure.
    pub repeated: usize,
    /// Redeliveries with the identical answer.
    pub same: u64,
    pub ledger_entries: u64,
    pub faults: Vec<String>,
}

/// Checks a journal of `load run` with one follower for each push. `query` asks the database and returns lines of cells separated by
/// tabs; `to` are the running instances.
pub fn verify(tool: &Path, journal: &Path, to: &str, query: &dyn Fn(&str) -> Result<String>) -> Result<Verified> {
    let mut verified = Verified::default();
    let (answered, repeated) = read(journal)?;
    (verified.answered, verified.repeated) = (answered.len(), repeated);
    if answered.is_empty() {
        return Err(Failure::new("no push was answered: nothing was tested"));
    }
    let logged = counts(&query(LOG)?)?;
    let lost: Vec<&String> = answered.iter().filter(|openid| !logged.contains_key(*openid)).collect();
    if let Some(first) = lost.first() {
        verified.faults.push(format!("{} answered pushes are not in the log, the first from {first}", lost.len()));
    }
    let twice = answered.iter().filter(|openid| logged.get(*openid).is_some_and(|count| *count > 1)).count();
    if twice > 0 {
        verified.faults.push(format!("{twice} answered pushes are in the log more than once"));
    }
    let wrong = number(&query(LEDGER)?)?;
    if wrong > 0 {
        verified.faults.push(format!("{wrong} balances are not what their ledger says"));
    }
    verified.ledger_entries = number(&query(ENTRIES)?)?;
    if verified.ledger_entries == 0 {
        verified.faults.push("no credit was granted or spent: the ledger was not tested".to_owned());
    }
    let arguments = [format!("to={to}"), format!("journal={}", journal.display())];
    let redelivered = load::finish(load::start(tool, "redeliver", &arguments)?)?;
    let redelivered: Value = serde_json::from_str(&redelivered).context("the output of load")?;
    let count = |name: &str| redelivered[name].as_u64().unwrap_or(0);
    verified.same = count("same");
    if count("differ") + count("unanswered") > 0 {
        verified.faults.push(format!(
            "redeliveries: {} answers differ, {} got none: {}",
            count("differ"),
            count("unanswered"),
            redelivered["examples"]
        ));
    }
    let after = counts(&query(LOG)?)?;
    if after.values().sum::<u64>() > logged.values().sum::<u64>() {
        verified.faults.push("redeliveries were logged as new messages".to_owned());
    }
    Ok(verified)
}

/// The followers whose push was answered, and how many pushes had to be repeated.
fn read(journal: &Path) -> Result<(BTreeSet<String>, usize)> {
    let text = fs::read_to_string(journal).context(journal.display())?;
    let (mut answered, mut repeated) = (BTreeSet::new(), 0);
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).context(journal.display())?;
        answered.insert(entry["openid"].as_str().unwrap_or_default().to_owned());
        repeated += usize::from(entry["attempt"].as_u64() > Some(1));
    }
    Ok((answered, repeated))
}

fn counts(lines: &str) -> Result<BTreeMap<String, u64>> {
    let row = |line: &str| {
        let (openid, count) = line.split_once('\t').ok_or_else(|| Failure::new(format!("{line:?} is no row")))?;
        Ok((openid.to_owned(), count.trim().parse().context(line)?))
    };
    lines.lines().map(row).collect()
}

fn number(text: &str) -> Result<u64> {
    text.trim().parse().context(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_journals_are_read() {
        let expected = BTreeMap::from([("oA".to_owned(), 1), ("oB".to_owned(), 2)]);
        assert_eq!(counts("oA\t1\noB\t2\n").unwrap(), expected);
        assert!(counts("nonsense").is_err());
        let file = std::env::temp_dir().join(format!("weida-journal-{}", std::process::id()));
        fs::write(&file, "{\"openid\":\"oA\",\"attempt\":1}\n{\"openid\":\"oB\",\"attempt\":3}\n").unwrap();
        assert_eq!(read(&file).unwrap(), (["oA".to_owned(), "oB".to_owned()].into(), 1));
        fs::remove_file(&file).unwrap();
    }
}
