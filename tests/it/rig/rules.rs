//! What several tests of rules need.

use super::App;
use weida::core::rule::{
    ACCOUNT, Rule,
    rejection::{Fault, RuleRejection},
    search::{self},
};

pub async fn rules(app: &App) -> Vec<Rule> {
    search::list(&app.ctx, ACCOUNT).await.unwrap()
}

pub fn faults(refused: RuleRejection) -> Vec<Fault> {
    match refused {
        RuleRejection::Drafts(faults) => faults,
        RuleRejection::Core(error) => panic!("{error}"),
    }
}

/// Row counts of the rule tables, and the revision.
pub async fn everything(app: &App) -> Vec<i64> {
    let mut found = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM reply_rules",
        "SELECT COUNT(*) FROM rule_keywords",
        "SELECT COUNT(*) FROM rule_contents",
        "SELECT COUNT(*) FROM rule_changes",
        "SELECT COUNT(*) FROM rule_versions",
        "SELECT COUNT(*) FROM audit_entries",
        "SELECT revision FROM revisions WHERE topic = 'rules'",
    ] {
        found.push(app.count(sql).await);
    }
    found
}
