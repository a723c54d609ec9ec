//! What a rule said at some time: as JSON to bring it back, and as a mark to tell whether it says the same still.

use super::{Rule, draft::Draft};
use sha2::{Digest as _, Sha256};

/// The JSON of a rule, to be kept.
pub(super) fn write(rule: &Rule) -> String {
    serde_json::to_string(rule).unwrap_or_default()
}

/// The rule of a kept JSON; None where a later version wrote it in a form that is not known here.
pub(super) fn read(json: &str) -> Option<Rule> {
    serde_json::from_str(json).ok()
}

/// 32 hexadecimal digits that stand for what a rule says. Its number, hits and revision do not count.
pub(super) fn mark(draft: &Draft) -> String {
    let json = serde_json::to_vec(draft).unwrap_or_default();
    let mut digest = hex::encode(Sha256::digest(json));
    digest.truncate(32);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::reply::{Cause, Matching};

    #[test]
    fn a_mark_changes_with_what_is_said() {
        let draft = Draft::of_text(Cause::Keyword, "价格", Matching::Exact, "100 元");
        assert_eq!(mark(&draft), mark(&draft.clone()));
        assert_eq!(mark(&draft).len(), 32);
        assert_ne!(mark(&draft), mark(&Draft { is_enabled: false, ..draft.clone() }));
        assert_ne!(mark(&draft), mark(&Draft::of_text(Cause::Keyword, "价格", Matching::Prefix, "100 元")));
    }
}
