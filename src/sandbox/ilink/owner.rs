//! The owner's own WeChat: scans, agrees, writes to the bot, and reads what it sends.

use super::IlinkPlatform;
use super::chat::{Content, FileKind, Line, LineBy};
use super::contact::{Contact, Counts, WINDOW_MS};
use super::login;
use super::qr::{NumberAsked, QrView, Stage};
use super::state::World;
use crate::ilink::media::MediaKey;
use serde_json::{Value, json};

/// The longest text that can be written.
const TEXT_MAX_CHARS: usize = 4_000;
/// A program that did not poll for this long is not there.
const ABSENT_MS: i64 = 60_000;
/// The number of context tokens that stay valid.
const CONTEXTS_MAX: usize = 20;

/// Why an action was refused. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such QR code, or it expired or was scanned already.
    NoCode,
    /// There is nothing to confirm.
    NothingScanned,
    /// There is no bot.
    NoBot,
    Empty,
    TooLong,
}

/// What the owner's WeChat shows.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts that a page shows, not the states of a machine")]
pub struct OwnerView {
    /// A login that was scanned and is not confirmed yet.
    pub scan: Option<ScanView>,
    /// True if the bot has a valid token.
    pub is_connected: bool,
    /// True if there was a bot: the chat is there.
    pub has_bot: bool,
    /// True if a program polls.
    pub is_polling: bool,
    pub is_typing: bool,
    /// How many messages the bot may still send.
    pub left: u32,
    /// When the bot's window ends, epoch milliseconds; `None` before the owner's first message.
    pub window_ends_ms: Option<i64>,
    /// Messages that the program has not handled yet.
    pub waiting: usize,
    pub lines: Vec<Line>,
    pub counts: Counts,
}

/// A login in the owner's WeChat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanView {
    /// This number must be typed into the program's page.
    Number(String),
    /// May be confirmed.
    Scanned,
}

impl IlinkPlatform {
    /// The QR codes that can be scanned, newest first.
    #[must_use]
    pub fn codes(&self) -> Vec<QrView> {
        let now_ms = self.0.clock.now_ms();
        self.0.world().logins.waiting(now_ms)
    }

    /// Scans a QR code by its content. `is_moved`: the program is sent to another host first.
    ///
    /// # Errors
    /// [`Refusal::NoCode`].
    pub fn scan(&self, owner: &str, content: &str, number: NumberAsked, is_moved: bool) -> Result<(), Refusal> {
        let now_ms = self.0.clock.now_ms();
        let number = (number == NumberAsked::Yes).then(|| self.0.rng.digits(2));
        let scanned = self.0.change(|world| world.logins.scan(content.trim(), owner, number, is_moved, now_ms));
        scanned.ok_or(Refusal::NoCode)
    }

    /// Confirms the login that was scanned.
    ///
    /// # Errors
    /// [`Refusal::NothingScanned`]: also while a number is to be typed in.
    pub fn confirm(&self, owner: &str) -> Result<(), Refusal> {
        let now_ms = self.0.clock.now_ms();
        let is_done = self.0.change(|world| login::confirm(&self.0, world, owner, now_ms));
        if is_done { Ok(()) } else { Err(Refusal::NothingScanned) }
    }

    /// Refuses the login that was scanned: its QR code expires.
    ///
    /// # Errors
    /// [`Refusal::NothingScanned`].
    pub fn cancel(&self, owner: &str) -> Result<(), Refusal> {
        let now_ms = self.0.clock.now_ms();
        self.0.change(|world| {
            let login = world.logins.of(owner, now_ms).ok_or(Refusal::NothingScanned)?;
            login.set(Stage::Canceled);
            Ok(())
        })
    }

    /// Connects without a QR code, for tests: returns the bot's token and id.
    pub fn connect(&self, owner: &str) -> (String, String) {
        let now_ms = self.0.clock.now_ms();
        self.0.change(|world| {
            let contact = world.contacts.entry(owner.to_owned()).or_default();
            let token = login::connect(&self.0, contact, now_ms);
            (token, contact.bot_id.clone())
        })
    }

    /// Ends the validity of the bot's token.
    pub fn expire_token(&self, owner: &str) {
        self.0.change(|world| {
            if let Some(contact) = world.contacts.get_mut(owner) {
                contact.token = None;
                contact.notify();
            }
        });
    }

    /// Writes a text to the bot.
    ///
    /// # Errors
    /// [`Refusal::NoBot`], [`Refusal::Empty`], [`Refusal::TooLong`].
    pub fn say(&self, owner: &str, text: &str) -> Result<(), Refusal> {
        match text.trim().chars().count() {
            0 => return Err(Refusal::Empty),
            1..=TEXT_MAX_CHARS => {}
            _ => return Err(Refusal::TooLong),
        }
        let item = json!({ "type": 1, "text_item": { "text": text } });
        self.receive(owner, item, Content::Text(text.to_owned()), None)
    }

    /// Sends a file to the bot, encrypted as WeChat does it. `text`: the transcript of a voice message, or the name of a file.
    ///
    /// # Errors
    /// [`Refusal::NoBot`], [`Refusal::Empty`].
    pub fn send_file(&self, owner: &str, kind: FileKind, text: &str, bytes: &[u8]) -> Result<(), Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        let (key, param) = (MediaKey::random(self.0.rng.as_ref()), self.0.letters(64));
        let sealed = key.encrypt(bytes);
        // WeChat writes the key of a picture as bytes, and those of other files as digits. (S)
        let written = if kind == FileKind::Image { key.to_base64() } else { key.to_base64_of_hex() };
        let media = json!({ "encrypt_query_param": param, "aes_key": written, "encrypt_type": 1 });
        let item = match kind {
            FileKind::Image => json!({ "type": 2, "image_item": { "media": media, "aeskey": key.to_hex() } }),
            FileKind::Voice => {
                json!({ "type": 3, "voice_item": { "media": media, "encode_type": 6, "playtime": 3_000, "text": text } })
            }
            FileKind::File => {
                json!({ "type": 4, "file_item": { "media": media, "file_name": text, "len": bytes.len().to_string() } })
            }
            FileKind::Video => json!({ "type": 5, "video_item": { "media": media, "video_size": sealed.len() } }),
        };
        let name = if kind == FileKind::Voice { String::new() } else { text.to_owned() };
        let content = Content::File { kind, file: param.clone(), name };
        self.receive(owner, item, content, Some((param, sealed, key)))
    }

    fn receive(
        &self,
        owner: &str,
        item: Value,
        content: Content,
        file: Option<(String, Vec<u8>, MediaKey)>,
    ) -> Result<(), Refusal> {
        let state = &self.0;
        let (now_ms, token, client_id) = (state.clock.now_ms(), state.letters(60), state.letters(16));
        state.change(|world| {
            let id = world.next_message_id();
            let World { contacts, files, .. } = world;
            let contact = contacts.get_mut(owner).filter(|c| !c.bot_id.is_empty()).ok_or(Refusal::NoBot)?;
            if let Some((param, sealed, key)) = file {
                files.add(param, sealed.into(), key);
            }
            contact.chat.add(now_ms, LineBy::Owner, content);
            (contact.last_inbound_ms, contact.sent) = (Some(now_ms), 0);
            contact.contexts.push_back(token.clone());
            while contact.contexts.len() > CONTEXTS_MAX {
                contact.contexts.pop_front();
            }
            let bot_id = contact.bot_id.clone();
            contact.receive(|seq| {
                json!({
                    "seq": seq,
                    "message_id": id,
                    "from_user_id": owner,
                    "to_user_id": bot_id,
                    "client_id": client_id,
                    "create_time_ms": now_ms,
                    "session_id": format!("{owner}#{bot_id}"),
                    "message_type": 1,
                    "message_state": 2,
                    "item_list": [item],
                    "context_token": token,
                })
            });
            if contact.token.is_none() || is_absent(contact, now_ms) {
                contact.chat.add(now_ms, LineBy::WeChat, Content::Unreachable);
            }
            Ok(())
        })
    }

    /// What the owner's WeChat shows.
    #[must_use]
    pub fn owner(&self, owner: &str) -> OwnerView {
        let now_ms = self.0.clock.now_ms();
        let mut world = self.0.world();
        let scan = world.logins.of(owner, now_ms).and_then(|login| match &login.stage {
            Stage::Number { number, .. } => Some(ScanView::Number(number.clone())),
            Stage::Scanned => Some(ScanView::Scanned),
            _ => None,
        });
        let Some(contact) = world.contacts.get(owner) else { return OwnerView { scan, ..OwnerView::default() } };
        OwnerView {
            scan,
            is_connected: contact.token.is_some(),
            has_bot: !contact.bot_id.is_empty(),
            is_polling: contact.polling > 0,
            is_typing: now_ms < contact.typing_until_ms,
            left: contact.left(now_ms),
            window_ends_ms: contact.last_inbound_ms.map(|at_ms| at_ms + WINDOW_MS),
            waiting: contact.waiting(),
            lines: contact.chat.lines(),
            counts: contact.counts,
        }
    }

    /// True if this person's bot has a valid token.
    #[must_use]
    pub fn is_connected(&self, owner: &str) -> bool {
        self.0.world().contacts.get(owner).is_some_and(|contact| contact.token.is_some())
    }

    /// A file of a chat, decrypted.
    #[must_use]
    pub fn file(&self, file: &str) -> Option<Vec<u8>> {
        self.0.world().files.plain(file)
    }
}

fn is_absent(contact: &Contact, now_ms: i64) -> bool {
    contact.polling == 0 && now_ms - contact.polled_at_ms > ABSENT_MS
}
