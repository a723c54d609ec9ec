//! What the console shows of the account.

use super::{account::Origin, secret};
use crate::{
    base::secret::Use,
    core::{CoreError, Ctx, audit, message::AnsweredBy, secret_key::OfficialAccountField},
    store::{
        self,
        audit::AuditEntry,
        official_account::{CONNECTED, DISCONNECTED, DRAFT, ENVIRONMENT, OfficialAccountRow},
    },
};
use secrecy::SecretString;

/// The letters and digits of tokens and keys.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The number of changes that are shown.
const HISTORY_MAX: i64 = 20;
const TOKEN_CHARS: usize = 32;
const AES_KEY_CHARS: usize = 43;

/// How far the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The environment defines the account.
    Environment,
    /// There is none.
    None,
    /// Saved, while the sandbox still runs.
    Draft,
    /// In force; WeChat has not used it yet.
    Waiting,
    /// WeChat has used it; no message has arrived.
    Verified,
    /// A message has arrived.
    Answering,
}

/// What is shown of a row. No secret is.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: i64,
    pub version: i64,
    pub name: String,
    pub appid: String,
    pub qr_url: String,
    pub is_plain: bool,
    pub has_previous_key: bool,
    /// Epoch milliseconds.
    pub verified_at: Option<i64>,
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub id: i64,
    pub kind: String,
    /// `None`: contents are not stored, or are not text.
    pub content: Option<String>,
    pub answered_by: AnsweredBy,
    pub took_us: i64,
    /// Epoch milliseconds.
    pub received_at: i64,
}

/// The account on its page.
#[derive(Debug, Clone)]
pub struct View {
    pub state: State,
    /// The environment's or the sandbox's appid; that of the row is in `shown`.
    pub appid: String,
    pub is_plain: bool,
    pub shown: Option<Shown>,
    /// What is to be entered at WeChat: token, and key unless pushes are plaintext. `None` once WeChat has used them: they are never shown
    /// again.
    pub to_copy: Option<(SecretString, Option<SecretString>)>,
    pub arrived: Option<Arrived>,
    pub is_sandbox: bool,
}

impl View {
    /// Id and version, which a form carries.
    #[must_use]
    pub fn seen(&self) -> (i64, i64) {
        self.shown.as_ref().map_or((0, 0), |shown| (shown.id, shown.version))
    }

    /// The state as one word: the page that shows it loads itself again when it changes.
    #[must_use]
    pub fn word(&self) -> String {
        let (id, version) = self.seen();
        let arrived = self.arrived.as_ref().map_or(0, |arrived| arrived.id);
        format!("{:?}-{id}-{version}-{arrived}", self.state).to_lowercase()
    }
}

/// The account of which the page speaks: the connected one, else a draft, else the last one that was connected.
pub(super) fn subject_of(rows: &[OfficialAccountRow]) -> Option<&OfficialAccountRow> {
    let of = |state: &str| rows.iter().filter(|row| row.state == state).max_by_key(|row| row.changed_at);
    of(CONNECTED).or_else(|| of(DRAFT)).or_else(|| of(DISCONNECTED)).or_else(|| of(ENVIRONMENT))
}

/// Reads the state of the account.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx) -> Result<View, CoreError> {
    let now = ctx.accounts.now();
    let is_sandbox = now.origin == Origin::Sandbox;
    let mut view = View {
        state: State::None,
        appid: now.appid.clone(),
        is_plain: now.is_plain,
        shown: None,
        to_copy: None,
        arrived: None,
        is_sandbox,
    };
    if now.origin == Origin::Environment {
        view.state = State::Environment;
        return Ok(view);
    }
    let mut db = ctx.store.read().await?;
    let rows = store::official_account::list_accounts(&mut db).await?;
    let Some(row) = subject_of(&rows) else {
        view.to_copy = Some(suggested(ctx, (0, 0))).map(|(token, key)| (token, Some(key)));
        return Ok(view);
    };
    view.state = match (row.state.as_str(), row.verified_at) {
        (DRAFT, _) if is_sandbox => State::Draft,
        (CONNECTED, None) => State::Waiting,
        (CONNECTED, Some(_)) => State::Verified,
        _ => State::None,
    };
    if let (State::Verified, Some(since)) = (view.state, row.connected_at) {
        view.arrived = store::official_account::find_last_message(&mut db, &row.appid, since).await?.map(Arrived::from);
        if view.arrived.is_some() {
            view.state = State::Answering;
        }
    }
    view.to_copy = to_copy(ctx, row, view.state);
    view.shown = Some(Shown {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        appid: row.appid.clone(),
        qr_url: row.qr_url.clone(),
        is_plain: row.aes_key.is_none() && row.push_token.is_some(),
        has_previous_key: row.previous_aes_key.is_some(),
        verified_at: row.verified_at,
    });
    Ok(view)
}

/// The last changes of an account, newest first.
///
/// # Errors
/// The database cannot be reached.
pub async fn history(ctx: &Ctx, id: i64) -> Result<Vec<AuditEntry>, CoreError> {
    let mut db = ctx.store.read().await?;
    Ok(store::audit::list_about(&mut db, &audit::official_account(id), HISTORY_MAX).await?)
}

fn to_copy(ctx: &Ctx, row: &OfficialAccountRow, state: State) -> Option<(SecretString, Option<SecretString>)> {
    let of = |field| secret::decrypted(&ctx.secret_key, row, field);
    let (token, key) = (of(OfficialAccountField::Token), of(OfficialAccountField::AesKey));
    match state {
        State::Draft | State::Waiting => Some((token?, key)),
        State::None => {
            // What saving the form makes.
            let (new_token, new_key) = suggested(ctx, (row.id, row.version));
            Some((token.unwrap_or(new_token), Some(key.unwrap_or(new_key))))
        }
        State::Environment | State::Verified | State::Answering => None,
    }
}

/// A new token and a new key for the account with this id and version. They follow from the hash key, so that every instance shows the
/// same ones, and rendering a page stores nothing; a saved account has others next time.
#[must_use]
pub fn suggested(ctx: &Ctx, (id, version): (i64, i64)) -> (SecretString, SecretString) {
    let made = |what: &str, chars: usize| {
        let hashes = (0..2).map(|part| ctx.hash(Use::OfficialAccount, &format!("{what}/{id}/{version}/{part}")));
        let bytes = hashes.flat_map(|hash| hex::decode(hash).unwrap_or_default());
        let text: String = bytes.take(chars).map(|byte| char::from(BASE62[usize::from(byte) % BASE62.len()])).collect();
        SecretString::from(text)
    };
    (made("token", TOKEN_CHARS), made("aes-key", AES_KEY_CHARS))
}

impl From<store::official_account::ArrivedRow> for Arrived {
    fn from(row: store::official_account::ArrivedRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            content: row.content.filter(|content| !content.is_empty()),
            answered_by: AnsweredBy::of(&row.answered_by),
            took_us: row.took_us,
            received_at: row.received_at,
        }
    }
}
