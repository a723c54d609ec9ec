//! Exporting a user's data: one JSON document, streamed in parts because it may not fit into memory. What is in it, and under which names, is
//! the list of [`store::personal_data`].

use crate::{
    core::{CoreError, Ctx},
    store::{
        self,
        personal_data::{self, Export},
        rule::RuleRecord,
    },
};
use futures::Stream;
use serde_json::{Value, json};

/// The most rows of a list that are exported; the latest ones.
const MOST: i64 = 10_000;
/// The most rules or rows in memory at a time.
const PAGE: usize = 100;

/// Everything the program stores about a user, as parts of one JSON document. No hashes, no secrets. One export per user at a time:
/// until the stream is read to its end, or dropped.
///
/// # Errors
/// [`CoreError::NotFound`] if the user no longer exists; [`CoreError::Busy`] while another export of the user runs. A part fails
/// if the database becomes unreachable; the stream then ends.
pub async fn export(
    ctx: &Ctx,
    user_id: i64,
) -> Result<impl Stream<Item = Result<String, CoreError>> + Send + 'static, CoreError> {
    let alone = ctx.exports_in_flight.enter(user_id).ok_or(CoreError::Busy)?;
    let mut db = ctx.store.read().await?;
    store::user::find_user(&mut db, user_id).await?.ok_or(CoreError::NotFound)?;
    let mut rules: Vec<i64> =
        store::rule::list_revisions(&mut db, user_id).await?.into_iter().map(|(id, _)| id).collect();
    drop(db);
    rules.sort_unstable();
    let ctx = ctx.clone();
    Ok(async_stream::try_stream! {
        let _alone = alone;
        yield "{\"rules\":[".to_owned();
        for (at, page) in rules.chunks(PAGE).enumerate() {
            let found = store::rule::list_by_id(&mut ctx.store.read().await?, page).await?;
            yield written(at == 0, found.iter().map(rule));
        }
        yield "]".to_owned();
        for (name, table) in personal_data::list_sections() {
            let is_one = matches!(table.export, Export::One(_));
            yield format!(",\"{name}\":{}", if is_one { "" } else { "[" });
            let (mut below, mut left) = (i64::MAX, MOST);
            while left > 0 {
                let most = left.min(i64::try_from(PAGE).unwrap_or(left));
                let mut db = ctx.store.read().await?;
                let (rows, last) = personal_data::list_exported(&mut db, table, user_id, (below, most)).await?;
                drop(db);
                if is_one && rows.is_empty() {
                    // Deleted meanwhile.
                    yield "null".to_owned();
                }
                yield written(left == MOST, rows.into_iter());
                let Some(last) = last else { break };
                (below, left) = (last, left - most);
            }
            yield if is_one { String::new() } else { "]".to_owned() };
        }
        yield "}".to_owned();
    })
}

fn rule(r: &RuleRecord) -> Value {
    json!({
        "number": r.rule.number, "name": r.rule.name, "enabled": r.rule.is_enabled == 1, "hits": r.rule.hits,
        "keywords": r.keywords.iter().map(|k| &k.keyword).collect::<Vec<_>>(),
        "contents": r.contents.iter().map(|c| json!({ "kind": c.kind, "body": c.body })).collect::<Vec<_>>(),
    })
}

/// The next elements of a list, without a leading comma for the first.
fn written(is_first: bool, values: impl Iterator<Item = Value>) -> String {
    let text = values.map(|value| value.to_string()).collect::<Vec<_>>().join(",");
    if is_first || text.is_empty() { text } else { format!(",{text}") }
}
