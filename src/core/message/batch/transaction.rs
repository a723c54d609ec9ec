//! The transaction of a batch: a few reads for all messages, the plans in memory, and a few statements of many rows.

use super::{
    plan::{self, Follower, Planned},
    waiting::{Batched, Unit},
};
use crate::{
    core::{
        CoreError, OfficialCtx,
        account::User,
        message::{
            decide::{Input, RuleSets},
            follower,
            given_reply::{self, GivenReply, OfBefore},
            replay,
        },
        rule::{self, ACCOUNT, rule_set::RuleSet},
    },
    store::{
        self, Link as _, StoreError, Tx, delivery::AnsweredRow, identity::IdentityRow, rule_count::Answered,
        used_signature::SignatureRow,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// How often a batch that collides is tried; then each message gets a transaction of its own.
const TRIES: u32 = 4;

/// Answers a batch; the outcomes have the order of the messages.
pub(super) async fn answer(ctx: &OfficialCtx, units: &[Unit]) -> Vec<Batched> {
    let account = match rule::cache::load(ctx, ACCOUNT).await {
        Ok(account) => account,
        Err(CoreError::Unavailable) => return vec![Batched::Unavailable; units.len()],
        Err(_) => return vec![Batched::Alone; units.len()],
    };
    for attempt in 0..TRIES {
        match attempt_once(ctx, units, &account, attempt > 0).await {
            Ok(outcomes) => return outcomes,
            // A signature or a delivery that is known already: the next attempt reads them.
            Err(StoreError::Duplicate) if attempt == 0 => {}
            Err(error) if error.is_retryable() => tokio::time::sleep(Duration::from_millis(5 << attempt)).await,
            Err(StoreError::Unavailable(error)) => {
                tracing::error!(%error, "the database cannot be reached");
                return vec![Batched::Unavailable; units.len()];
            }
            Err(error) => {
                tracing::debug!(%error, "a batch of messages failed: each gets a transaction of its own");
                break;
            }
        }
    }
    vec![Batched::Alone; units.len()]
}

/// What is done for one message.
#[derive(Debug)]
enum Work {
    Replayed,
    /// A redelivery: the stored answer.
    Stored(Option<GivenReply>),
    /// The same push as an earlier one of this batch.
    SameAs(usize),
    New(Box<Planned>),
    Alone,
}

/// Answers a batch, once. Used signatures are read where `is_careful`, or where a delivery is known; otherwise one that was used before
/// fails as a duplicate, and nothing is done.
async fn attempt_once(
    ctx: &OfficialCtx,
    units: &[Unit],
    account: &Arc<RuleSet>,
    is_careful: bool,
) -> Result<Vec<Batched>, StoreError> {
    let mut tx = ctx.store.begin_urgent().await?;
    let mut stored = stored_answers(ctx, &mut tx, units).await?;
    let used = if is_careful || !stored.is_empty() { used_signatures(&mut tx, units).await? } else { Vec::new() };
    let replayed = replayed(units, &used);
    let (mut first, mut new) = (HashMap::new(), Vec::new());
    let mut works: Vec<Work> = Vec::with_capacity(units.len());
    for (at, unit) in units.iter().enumerate() {
        works.push(if replayed.contains(&at) {
            Work::Replayed
        } else if let Some(reply) = stored.remove(&at) {
            Work::Stored(reply)
        } else if let Some(same) = first.get(unit.delivery.as_str()) {
            Work::SameAs(*same)
        } else {
            first.insert(unit.delivery.as_str(), at);
            new.push(at);
            Work::Alone
        });
    }
    let people = People::read(ctx, &mut tx, new.iter().map(|at| &units[*at])).await?;
    for at in new {
        if let Some(planned) = people.plan(ctx, &units[at], account) {
            works[at] = Work::New(Box::new(planned));
        }
    }
    write(ctx, &mut tx, (units, &works), &used, &people).await?;
    tx.commit().await?;
    Ok(apply(ctx, units, works))
}

type Signature<'a> = (i64, &'a str);

fn signature(row: &SignatureRow) -> Signature<'_> {
    (row.signed_at, &row.signature_hash)
}

/// The signatures that were used before, with the digests of their bodies.
async fn used_signatures(tx: &mut Tx, units: &[Unit]) -> Result<Vec<SignatureRow>, StoreError> {
    let given: Vec<SignatureRow> = units.iter().filter_map(|unit| unit.signature.clone()).collect();
    if given.is_empty() { Ok(given) } else { store::used_signature::list_used(tx, &given).await }
}

/// The messages whose signature was used with another body: before, or earlier in this batch.
fn replayed(units: &[Unit], used: &[SignatureRow]) -> HashSet<usize> {
    let mut bodies: HashMap<Signature<'_>, &str> =
        used.iter().map(|row| (signature(row), row.body_hash.as_str())).collect();
    let mut replayed = HashSet::new();
    for (at, unit) in units.iter().enumerate() {
        let Some(row) = &unit.signature else { continue };
        if *bodies.entry(signature(row)).or_insert(&row.body_hash) != row.body_hash {
            replayed.insert(at);
        }
    }
    replayed
}

/// The answers to redeliveries, also to those of pushes that an earlier version answered.
async fn stored_answers(
    ctx: &OfficialCtx,
    tx: &mut Tx,
    units: &[Unit],
) -> Result<HashMap<usize, Option<GivenReply>>, StoreError> {
    let keys: Vec<String> = units.iter().map(|unit| unit.delivery.clone()).collect();
    let (mut rows, has_unordered) = store::delivery::list_batch(tx, &keys).await?;
    if has_unordered {
        let keys: Vec<String> = units.iter().flat_map(|unit| unit.keys_of_before.clone()).collect();
        rows.extend(store::delivery::list_deliveries(tx, &keys).await?);
    }
    let rows: HashMap<String, _> = rows.into_iter().collect();
    let mut stored = HashMap::new();
    if rows.is_empty() {
        return Ok(stored);
    }
    for (at, unit) in units.iter().enumerate() {
        let given = rows.get(&unit.delivery).map(|row| given_reply::read(ctx, &unit.delivery, row.clone()));
        let mut of_before = unit
            .keys_of_before
            .iter()
            .filter_map(|key| given_reply::read_of_before(ctx, &unit.message, key, rows.get(key)?.clone()));
        if let Some(reply) = given.or_else(|| of_before.next().map(|OfBefore(reply)| reply)) {
            stored.insert(at, reply);
        }
    }
    Ok(stored)
}

/// The senders of a batch.
struct People {
    identities: HashMap<String, IdentityRow>,
    /// Those of [`Self::identities`] that are not stored yet: these followers write for the first time.
    new: HashSet<String>,
    users: HashMap<i64, User>,
    /// Unionids of several users, who may have to be asked whether to join them.
    shared: BTreeSet<String>,
    /// Users who have rules; their rule sets are in the cache, or not.
    owners: BTreeSet<i64>,
    /// The rule set of users without rules.
    empty: Arc<RuleSet>,
}

impl People {
    async fn read(ctx: &OfficialCtx, tx: &mut Tx, units: impl Iterator<Item = &Unit>) -> Result<Self, StoreError> {
        let openids: BTreeSet<String> =
            units.filter(|unit| Input::of(&unit.message).is_some()).map(|unit| unit.message.from.clone()).collect();
        let openids: Vec<String> = openids.into_iter().collect();
        let identities = store::identity::list_locked(tx, &ctx.account.appid, &openids).await?;
        let users: BTreeSet<i64> = identities.iter().filter_map(|identity| identity.user_id).collect();
        let users: Vec<i64> = users.into_iter().collect();
        let unionids: BTreeSet<String> = identities.iter().filter_map(|identity| identity.unionid.clone()).collect();
        let unionids: Vec<String> = unionids.into_iter().collect();
        let unread: Vec<i64> =
            users.iter().copied().filter(|user_id| rule::cache::cached(ctx, *user_id).is_none()).collect();
        let rows = store::user::list_users(tx, &users).await?;
        let mut identities: HashMap<String, IdentityRow> =
            identities.into_iter().map(|identity| (identity.openid.clone(), identity)).collect();
        let is_new = |openid: &String| !identities.contains_key(openid) && follower::is_openid(openid);
        let new: HashSet<String> = openids.into_iter().filter(is_new).collect();
        identities.extend(new.iter().map(|openid| (openid.clone(), follower::new_identity(ctx, openid, None))));
        Ok(Self {
            shared: store::identity::list_shared_unionids(tx, &unionids).await?.into_iter().collect(),
            owners: store::rule_edit::list_owners(tx, &unread).await?.into_iter().collect(),
            identities,
            new,
            users: rows.into_iter().map(|row| (row.id, User::at(row, ctx.now()))).collect(),
            empty: Arc::new(RuleSet::new(Vec::new())),
        })
    }

    /// The plan for a message; `None` if it needs a transaction of its own.
    fn plan(&self, ctx: &OfficialCtx, unit: &Unit, account: &Arc<RuleSet>) -> Option<Planned> {
        let Some(input) = Input::of(&unit.message) else { return Some(plan::unanswerable(ctx, unit)) };
        // One who followed again has a transaction of their own.
        let identity = self.identities.get(&unit.message.from).filter(|identity| identity.is_subscribed == 1)?;
        if identity.unionid.as_ref().is_some_and(|unionid| self.shared.contains(unionid)) {
            return None;
        }
        let own = match identity.user_id {
            Some(user_id) if matches!(input, Input::Text(_)) => Some((user_id, self.rule_set(ctx, user_id)?)),
            _ => None,
        };
        let rule_sets = RuleSets { account: account.clone(), own };
        let user = identity.user_id.and_then(|user_id| self.users.get(&user_id));
        plan::plan(ctx, unit, &rule_sets, &input, Follower { identity, user })
    }

    /// A user's own rule set; `None` if it has rules and must be read first.
    fn rule_set(&self, ctx: &OfficialCtx, user_id: i64) -> Option<Arc<RuleSet>> {
        let cached = rule::cache::cached(ctx, user_id);
        cached.or_else(|| (!self.owners.contains(&user_id)).then(|| self.empty.clone()))
    }
}

/// Writes what the messages lead to. Signatures, deliveries and rules are in the order of their keys, so that concurrent transactions wait
/// instead of colliding; where the counts of days collide, the batch is done again.
async fn write(
    ctx: &OfficialCtx,
    tx: &mut Tx,
    (units, works): (&[Unit], &[Work]),
    used: &[SignatureRow],
    people: &People,
) -> Result<(), StoreError> {
    let used: HashSet<Signature<'_>> = used.iter().map(signature).collect();
    let is_done = |work: &Work| match work {
        Work::Stored(_) | Work::New(_) => true,
        Work::SameAs(first) => matches!(works[*first], Work::New(_)),
        Work::Replayed | Work::Alone => false,
    };
    let mut signatures: BTreeMap<Signature<'_>, &SignatureRow> = BTreeMap::new();
    let (mut deliveries, mut messages) = (BTreeMap::new(), Vec::new());
    let mut followers: BTreeMap<&str, &IdentityRow> = BTreeMap::new();
    let (mut hits, mut owners): (BTreeMap<i64, i64>, BTreeMap<i64, Answered>) = (BTreeMap::new(), BTreeMap::new());
    for (unit, work) in units.iter().zip(works) {
        if let Some(row) = unit.signature.as_ref().filter(|row| is_done(work) && !used.contains(&signature(row))) {
            signatures.insert(signature(row), row);
        }
        let Work::New(planned) = work else { continue };
        if people.new.contains(&unit.message.from) {
            followers.insert(&unit.message.from, &people.identities[&unit.message.from]);
        }
        let row = AnsweredRow {
            dedupe_key: unit.delivery.clone(),
            received_at: unit.started_at,
            appid: ctx.account.appid.clone(),
            openid: unit.message.from.clone(),
            reply: planned.reply.as_ref().map(|reply| serde_json::to_string(reply).unwrap_or_default()),
        };
        deliveries.insert(unit.delivery.as_str(), row);
        messages.push(planned.row.clone());
        if let Some(rule_id) = planned.rule_id {
            *hits.entry(rule_id).or_default() += 1;
        }
        if let Some((owner_id, is_hit)) = planned.counted {
            let counted = owners.entry(owner_id).or_default();
            *(if is_hit { &mut counted.hits } else { &mut counted.misses }) += 1;
        }
    }
    store::rule_count::lock_rules(tx, &hits).await?;
    let (signatures, deliveries): (Vec<SignatureRow>, Vec<AnsweredRow>) =
        (signatures.into_values().cloned().collect(), deliveries.into_values().collect());
    let followers: Vec<IdentityRow> = followers.into_values().cloned().collect();
    let mut script = store::Script::new(tx.engine());
    store::identity::insert_identities(&mut script, &followers);
    store::used_signature::insert_signatures(&mut script, &signatures);
    store::delivery::insert_answered(&mut script, &deliveries);
    store::message::insert_messages(&mut script, &messages);
    rule::stats::batch(ctx, &mut script, &hits, &owners);
    script.run(tx).await
}

/// The outcomes, and what follows from them after the commit.
fn apply(ctx: &OfficialCtx, units: &[Unit], works: Vec<Work>) -> Vec<Batched> {
    let mut outcomes: Vec<Batched> = Vec::with_capacity(units.len());
    for (unit, work) in units.iter().zip(works) {
        outcomes.push(match work {
            Work::Replayed => {
                replay::record_refusal();
                Batched::Replayed
            }
            Work::Stored(reply) => {
                metrics::counter!("weida_redeliveries_total").increment(1);
                Batched::Repeated(reply)
            }
            Work::SameAs(first) => match &outcomes[first] {
                Batched::Given(reply) | Batched::Repeated(reply) => {
                    metrics::counter!("weida_redeliveries_total").increment(1);
                    Batched::Repeated(reply.clone())
                }
                other => other.clone(),
            },
            Work::New(planned) => {
                metrics::counter!("weida_messages_total", "answered_by" => planned.answered_by.as_str()).increment(1);
                planned.effects.apply(ctx, &unit.message.from);
                Batched::Given(planned.reply.map(GivenReply::Typed))
            }
            Work::Alone => Batched::Alone,
        });
    }
    outcomes
}
