//! Snapshots of rules: as JSON to restore them, and as a hash to detect changes.

use super::{Rule, draft::Draft};
use sha2::{Digest as _, Sha256};

/// The JSON of a rule, to be stored.
pub(super) fn write(rule: &Rule) -> String {
    serde_json::to_string(rule).unwrap_or_default()
}

/// The rule of a stored JSON; `None` if a later version wrote it in an unknown format.
pub(super) fn read(json: &str) -> Option<Rule> {
    serde_json::from_str(json).ok()
}

/// A hash of a rule's contents in 32 hexadecimal digits. Number, hits and revision do not count.
pub(super) fn mark(draft: &Draft) -> String {
    let json = serde_json::to_vec(draft).unwrap_or_default();
    let mut digest = hex::encode(Sha256::digest(json));
    digest.truncate(32);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::rule::{MatchType, TriggerKind};

    #[test]
    fn a_mark_changes_with_what_is_said() {
        let draft = Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Exact, "100 元");
        assert_eq!(mark(&draft), mark(&draft.clone()));
        assert_eq!(mark(&draft).len(), 32);
        assert_ne!(mark(&draft), mark(&Draft { is_enabled: false, ..draft.clone() }));
        assert_ne!(mark(&draft), mark(&Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Prefix, "100 元")));
    }
}
