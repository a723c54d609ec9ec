//! Handles one received message: its record and its answers in the outbox are one transaction.

use super::{
    item::{self, OutboxItem},
    secret::{Field, encrypt},
    state::{Blocked, Connection},
    window::Window,
};
use crate::{
    base::secret::{Use, unordered},
    core::{
        CoreError, OfficialCtx,
        account::{self, User},
        message::personal::{self, PersonalInput, PersonalOutcome},
    },
    ilink::message::{Content, Message, Sender},
    store::{
        self, Tx,
        ilink_connection::Held,
        ilink_message::{CHANNEL, OutboxRow},
        message::MessageRow,
    },
    text::cut,
};

/// The most characters of a message that are stored.
const STORED_MAX_CHARS: usize = 1_000;
/// The width of `messages.openid`.
const PERSON_MAX_CHARS: usize = 64;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    /// Handled, now or before.
    Handled,
    /// Not from the person, or not for this program.
    Ignored,
    /// The task holds the connection no longer: nothing was done.
    Lost,
}

/// Handles a message of the person who connected; all others are ignored.
pub(super) async fn receive(ctx: &OfficialCtx, c: &mut Connection, message: &Message) -> Result<Received, CoreError> {
    if message.from_user_id != c.person || message.sender != Sender::User || message.group_id.is_some() {
        metrics::counter!("weida_ilink_ignored_total").increment(1);
        return Ok(Received::Ignored);
    }
    let started_at = ctx.now();
    let input = input_of(message);
    let id = id_of(ctx, message);
    let rule_sets = personal::rule_sets(ctx, c.held.user_id).await?;
    // The platform's time counts, but never a later one than ours.
    let written_at = message.created_at_ms.filter(|at| (1..=started_at).contains(at)).unwrap_or(started_at);
    let context_token = message.context_token.as_ref();
    let context = context_token.map(|token| encrypt(ctx, c.held.user_id, Field::ContextToken, token));
    let handled = store::transact!(ctx.store, |tx| -> Result<Handled, CoreError> {
        let Some(user) = locked(ctx, tx, c.held.user_id).await? else { return Ok(Handled::Lost) };
        if store::ilink_message::has_received(tx, c.held.user_id, &id).await? {
            return Ok(Handled::Before);
        }
        if !store::ilink_connection::update_received(tx, c.held, context.clone(), written_at).await? {
            return Ok(Handled::Lost);
        }
        store::ilink_message::insert_received(tx, c.held.user_id, &id, started_at).await?;
        let question = open_question(ctx, tx, c.held).await?;
        let outcome = personal::answer(ctx, tx, &rule_sets, &user, (&input, question.as_deref())).await?;
        if let Some((question, until)) = outcome.question.clone() {
            store::ilink_connection::update_question(tx, c.held.user_id, question, until).await?;
        }
        let items = item::items(&outcome.replies);
        insert_items(ctx, tx, c.held.user_id, &items).await?;
        store::message::insert_message(tx, &logged(ctx, c, &input, &outcome, started_at)).await?;
        Ok(Handled::Now { answered_by: outcome.answered_by.as_str(), has_items: !items.is_empty() })
    })?;
    match handled {
        Handled::Lost => return Ok(Received::Lost),
        Handled::Before => return Ok(Received::Handled),
        Handled::Now { answered_by, has_items } => {
            metrics::counter!("weida_ilink_messages_total", "answered_by" => answered_by).increment(1);
            c.has_waiting |= has_items;
        }
    }
    c.window = Window { inbound_at: Some(written_at), sent: 0 };
    c.was_reminded = false;
    c.blocked = Blocked::No;
    if let Some(token) = context_token {
        c.context_token = Some(token.clone());
    }
    Ok(Received::Handled)
}

enum Handled {
    Lost,
    Before,
    Now { answered_by: &'static str, has_items: bool },
}

/// The user, whose row stays locked: a deletion and an edit of rules lock it first, too.
async fn locked(ctx: &OfficialCtx, db: &mut Tx, user_id: i64) -> Result<Option<User>, CoreError> {
    match account::lock_owner(db, user_id).await {
        Ok(()) => Ok(store::user::find_user(db, user_id).await?.map(|row| User::at(row, ctx.now()))),
        Err(CoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn open_question(ctx: &OfficialCtx, db: &mut Tx, held: Held) -> Result<Option<String>, CoreError> {
    let row = store::ilink_connection::find_connection(db, held.user_id).await?;
    Ok(row.filter(|row| row.question_until.is_some_and(|until| until > ctx.now())).and_then(|row| row.question))
}

/// Adds answers behind those that wait.
pub(super) async fn insert_items(
    ctx: &OfficialCtx,
    db: &mut Tx,
    user_id: i64,
    items: &[OutboxItem],
) -> Result<(), CoreError> {
    if items.is_empty() {
        return Ok(());
    }
    let (_, last) = store::ilink_message::count_items(db, user_id).await?;
    for (position, item) in (last + 1..).zip(items) {
        let row = OutboxRow {
            user_id,
            position,
            client_id: format!("weida-{}", ctx.rng.token()),
            item: item.to_stored(),
            attempts: 0,
            created_at: ctx.now(),
        };
        store::ilink_message::insert_item(db, row).await?;
    }
    Ok(())
}

/// The text of a message, or its kind. What WeChat understood of a voice counts as typed.
fn input_of(message: &Message) -> PersonalInput {
    let texts: Vec<&str> = message.items.iter().filter_map(|item| text_of(&item.content)).collect();
    if !texts.is_empty() {
        return PersonalInput::Text(texts.join("\n"));
    }
    let kind = match message.items.first().map(|item| &item.content) {
        Some(Content::Image(_)) => "image",
        Some(Content::Voice { .. }) => "voice",
        Some(Content::Video { .. }) => "video",
        Some(Content::File { .. }) => "file",
        Some(Content::Text(_) | Content::Other(_)) | None => "other",
    };
    PersonalInput::Kind(kind)
}

fn text_of(content: &Content) -> Option<&str> {
    match content {
        Content::Text(text) => Some(text.as_str()),
        Content::Voice { transcript, .. } => transcript.as_deref(),
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

/// The id by which a repetition is recognized; for a message without one, a keyed hash of its content.
fn id_of(ctx: &OfficialCtx, message: &Message) -> String {
    if let Some(id) = &message.id {
        return id.as_str().to_owned();
    }
    let texts: Vec<&str> = message.items.iter().filter_map(|item| text_of(&item.content)).collect();
    let key = format!("ilink/{}/{:?}/{}", message.from_user_id, message.created_at_ms, texts.join("\n"));
    // What the person typed may look like a number of the platform's, which an ordered hash begins with.
    unordered(&ctx.hash(Use::Delivery, &key)).to_owned()
}

fn logged(
    ctx: &OfficialCtx,
    c: &Connection,
    input: &PersonalInput,
    outcome: &PersonalOutcome,
    started_at: i64,
) -> MessageRow {
    let is_stored = ctx.live().message.keep_days > 0 && !outcome.is_secret;
    let (kind, content) = match input {
        PersonalInput::Text(text) => ("text", is_stored.then(|| cut::chars(text, STORED_MAX_CHARS).to_owned())),
        PersonalInput::Kind(kind) => (*kind, None),
    };
    MessageRow {
        id: ctx.next_id(),
        appid: CHANNEL.to_owned(),
        openid: cut::chars(&c.person, PERSON_MAX_CHARS).to_owned(),
        user_id: Some(c.held.user_id),
        kind: kind.to_owned(),
        content,
        answered_by: outcome.answered_by.as_str().to_owned(),
        rule_id: outcome.rule_id,
        reply_kind: outcome.replies.first().map_or("none", crate::core::rule::Content::kind).to_owned(),
        took_us: (ctx.now() - started_at) * 1000,
        received_at: started_at,
        trace: outcome.trace.clone().filter(|_| is_stored),
        missed: outcome.missed.clone().filter(|_| is_stored),
    }
}
