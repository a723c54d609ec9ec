//! The platform's events that this program may use.
//!
//! Names are compared case-insensitively: the platform's own spelling is inconsistent (`SCAN`, `subscribe`).

use super::{Place, place, text, trimmed};
use crate::wechat::xml::Element;

mod job;
mod privacy;
mod subscription;

pub use job::{MassSendResult, PublishResult, PublishedArticle, TemplateOutcome};
pub use privacy::{UserDataChange, UserDataEvent};
pub use subscription::{SubscriptionChoice, SubscriptionStage};

/// An event with its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A user followed. `scene` is set if it was by a parametric QR code, `key` is the `EventKey` as sent (after a
    /// payment it is `last_trade_no_…`).
    Subscribe { scene: Option<String>, ticket: Option<String>, key: Option<String> },
    /// A user unfollowed. A reply cannot reach them, and their stored data must be deleted.
    Unsubscribe,
    /// A follower scanned a parametric QR code.
    Scan { scene: String, ticket: Option<String> },
    /// A follower's position: decimal degrees, and the precision in metres, as sent.
    Position { latitude: String, longitude: String, precision: String },
    /// A menu item was tapped.
    Click { key: String },
    /// A menu link was opened.
    View { url: String, menu_id: Option<String> },
    /// A menu item opened a mini program.
    ViewMiniProgram { page_path: String, menu_id: Option<String> },
    /// A code was scanned from the menu. With `waits`, WeChat shows the follower that a reply is being prepared.
    ScanCode { waits: bool, key: String, scan_type: String, result: String },
    /// Pictures were chosen from the menu; they follow as image messages.
    Pictures { source: PictureSource, key: String, md5_sums: Vec<String> },
    /// A location was chosen from the menu; it follows as a location message.
    LocationSelect { key: String, place: Place },
    /// A template message was delivered, or failed.
    TemplateSent { outcome: TemplateOutcome },
    /// A mass message was sent, or failed.
    MassSent(MassSendResult),
    /// An article was published, or failed.
    Published(PublishResult),
    /// The follower's choices about subscription messages, or the delivery of one.
    Subscription { stage: SubscriptionStage, choices: Vec<SubscriptionChoice> },
    /// A user changed or withdrew data that the account may store. Concerns `openid`, not the sender.
    UserData(UserDataEvent),
    /// A customer-service session began, ended or was transferred to another agent.
    ServiceSession { step: SessionStep, account: Option<String>, from: Option<String>, to: Option<String> },
    /// The platform's debugging tool sent a test event.
    Debug { text: String },
    /// The state of the account's own verification.
    Verification { expires_at_secs: Option<i64>, failed_at_secs: Option<i64>, reason: Option<String> },
    /// An event this program does not know.
    Unknown { name: String },
}

/// The source of chosen pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSource {
    /// `pic_sysphoto`
    Camera,
    /// `pic_photo_or_album`
    CameraOrAlbum,
    /// `pic_weixin`
    Album,
}

/// The change of a customer-service session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStep {
    /// `kf_create_session`
    Created,
    /// `kf_close_session`
    Closed,
    /// `kf_switch_session`
    Switched,
}

impl Event {
    /// Parses the event `name` from its push document.
    pub(super) fn read(name: &str, root: &Element) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "subscribe" => subscribe(root),
            "unsubscribe" => Self::Unsubscribe,
            "scan" => Self::Scan { scene: key(root), ticket: trimmed(root, "Ticket") },
            "location" => Self::Position {
                latitude: text(root, "Latitude"),
                longitude: text(root, "Longitude"),
                precision: text(root, "Precision"),
            },
            "click" => Self::Click { key: key(root) },
            "view" => Self::View { url: key(root), menu_id: menu_id(root) },
            "view_miniprogram" => Self::ViewMiniProgram { page_path: key(root), menu_id: menu_id(root) },
            "scancode_push" => scan_code(root, false),
            "scancode_waitmsg" => scan_code(root, true),
            "pic_sysphoto" => pictures(root, PictureSource::Camera),
            "pic_photo_or_album" => pictures(root, PictureSource::CameraOrAlbum),
            "pic_weixin" => pictures(root, PictureSource::Album),
            "location_select" => {
                Self::LocationSelect { key: key(root), place: place(root.child("SendLocationInfo").unwrap_or(root)) }
            }
            "templatesendjobfinish" => Self::TemplateSent { outcome: TemplateOutcome::read(root) },
            "masssendjobfinish" => Self::MassSent(MassSendResult::read(root)),
            "publishjobfinish" => Self::Published(PublishResult::read(root)),
            "kf_create_session" => session(root, SessionStep::Created),
            "kf_close_session" => session(root, SessionStep::Closed),
            "kf_switch_session" => session(root, SessionStep::Switched),
            "debug_demo" => Self::Debug { text: text(root, "debug_str") },
            folded => rarer(folded, root).unwrap_or_else(|| Self::Unknown { name: name.to_owned() }),
        }
    }
}

/// Groups of events with related names.
fn rarer(folded: &str, root: &Element) -> Option<Event> {
    if let Some(event) = SubscriptionStage::read(folded, root) {
        return Some(event);
    }
    if let Some(change) = UserDataChange::named(folded) {
        return Some(Event::UserData(UserDataEvent::read(change, root)));
    }
    let is_verification = matches!(
        folded,
        "annual_renew"
            | "verify_expired"
            | "qualification_verify_success"
            | "qualification_verify_fail"
            | "naming_verify_success"
            | "naming_verify_fail"
    );
    is_verification.then(|| Event::Verification {
        expires_at_secs: seconds(root, "ExpiredTime"),
        failed_at_secs: seconds(root, "FailTime"),
        reason: trimmed(root, "FailReason"),
    })
}

/// Only one `qrscene_` is the platform's prefix; a second one belongs to the scene.
fn subscribe(root: &Element) -> Event {
    let key = trimmed(root, "EventKey");
    let scene = key.as_deref().and_then(|key| key.strip_prefix("qrscene_")).map(str::to_owned);
    Event::Subscribe { scene, ticket: trimmed(root, "Ticket"), key }
}

fn scan_code(root: &Element, waits: bool) -> Event {
    let info = root.child("ScanCodeInfo").unwrap_or(root);
    Event::ScanCode { waits, key: key(root), scan_type: text(info, "ScanType"), result: text(info, "ScanResult") }
}

fn pictures(root: &Element, source: PictureSource) -> Event {
    let list = root.child("SendPicsInfo").and_then(|info| info.child("PicList"));
    let items = list.map(Element::children).unwrap_or_default();
    Event::Pictures { source, key: key(root), md5_sums: items.iter().map(|item| text(item, "PicMd5Sum")).collect() }
}

fn session(root: &Element, step: SessionStep) -> Event {
    Event::ServiceSession {
        step,
        account: trimmed(root, "KfAccount"),
        from: trimmed(root, "FromKfAccount"),
        to: trimmed(root, "ToKfAccount"),
    }
}

fn key(root: &Element) -> String {
    trimmed(root, "EventKey").unwrap_or_default()
}

/// The platform uses two spellings.
fn menu_id(root: &Element) -> Option<String> {
    trimmed(root, "MenuId").or_else(|| trimmed(root, "MenuID"))
}

fn seconds(root: &Element, name: &str) -> Option<i64> {
    trimmed(root, name)?.parse().ok()
}
