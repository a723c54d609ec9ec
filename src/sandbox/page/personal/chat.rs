//! The chat with the bot, and what the owner's WeChat asks.

use super::Shown;
use crate::{
    sandbox::{
        ilink::{Content, FileKind, Line, LineBy, ScanView},
        page::{bubble::moment, chat::status_bar},
    },
    web::component::{Bubble, Icon, Kind, Notice, PhoneChat, PhoneMessage, Piece, Shape, Submit},
};
use leptos::prelude::*;

/// The shown length of every voice message.
const VOICE_SECS: u32 = 3;
/// The time is shown again after this much silence, as in WeChat.
const SILENCE_MS: i64 = 5 * 60_000;

pub(super) fn chat(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let foot = match (&shown.owner.scan, shown.owner.has_bot) {
        (Some(scan), _) => ask(shown, scan).into_any(),
        (None, true) => writing(shown).into_any(),
        (None, false) => view! { <p class="soft small-text">{t.first}</p> }.into_any(),
    };
    view! {
        <div class="sandbox-phone" id="phone">
            <div class="device">
                {status_bar(shown.now_ms)}
                <PhoneChat lang=shown.lang title=t.bot bubbles=bubbles(shown) owner=shown.person.nickname.clone()>
                    <div id="sandbox-foot" data-live>
                        {foot}
                    </div>
                </PhoneChat>
                <div class="device-home" aria-hidden="true"></div>
            </div>
        </div>
    }
}

/// A scanned login.
fn ask(shown: &Shown, scan: &ScanView) -> impl IntoView + use<> {
    let t = shown.t;
    let openid = shown.person.openid.clone();
    let cancel = view! { <Submit text=t.cancel kind=Kind::Plain formaction="/sandbox/personal/cancel" /> };
    let inside = match scan {
        ScanView::Number(number) => {
            let number = number.clone();
            view! {
                <Notice title=t.number_title>
                    <p class="sandbox-number mono" id="sandbox-number">
                        {number}
                    </p>
                </Notice>
                {cancel}
            }
            .into_any()
        }
        ScanView::Scanned => view! {
            <Notice title=t.ask_title>
                <p>{t.ask_text}</p>
            </Notice>
            <Submit text=t.confirm />
            {cancel}
        }
        .into_any(),
    };
    view! {
        <form class="sandbox-confirm" method="post" action="/sandbox/personal/confirm">
            <input type="hidden" name="person" value=openid />
            {inside}
        </form>
    }
}

fn writing(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let kinds = [("image", t.image), ("voice", t.voice), ("file", t.file), ("video", t.video)];
    let kinds = kinds
        .map(|(kind, text)| view! { <Submit text=text kind=Kind::Plain small=true name="kind" value=kind /> })
        .into_iter()
        .collect_view();
    view! {
        <div class="device-input">
        <form class="sandbox-say" method="post" action="/sandbox/personal/say">
            <input type="hidden" name="person" value=shown.person.openid.clone() />
            <input
                class="input"
                id="text"
                name="text"
                aria-label=t.message
                placeholder=t.message_example
                autocomplete="off"
                required
            />
            <Submit text=t.send />
        </form>
        <details class="sandbox-more" id="sandbox-more">
            <summary>
                <Icon shape=Shape::Plus />
                <span class="sr-only">{t.more}</span>
            </summary>
            <div class="sandbox-acts">
                <form class="sandbox-kinds" method="post" action="/sandbox/personal/send" aria-label=t.kinds>
                    <input type="hidden" name="person" value=shown.person.openid.clone() />
                    {kinds}
                </form>
            </div>
        </details>
        </div>
    }
}

fn bubbles(shown: &Shown) -> Vec<Bubble> {
    let (t, mut bubbles, mut last_ms) = (shown.t, Vec::new(), i64::MIN);
    for line in &shown.owner.lines {
        if line.at_ms.saturating_sub(last_ms) > SILENCE_MS {
            bubbles.push(Bubble::Line(moment(line.at_ms)));
        }
        last_ms = line.at_ms;
        bubbles.push(match (&line.content, line.by) {
            (Content::Connected, _) => Bubble::Line(t.note_connected.to_owned()),
            (Content::Unreachable, _) => Bubble::Line(t.note_unreachable.to_owned()),
            (_, LineBy::Owner) => Bubble::Mine(message(shown, line)),
            (_, LineBy::Bot | LineBy::WeChat) => Bubble::Theirs(message(shown, line)),
        });
    }
    if shown.owner.is_typing {
        bubbles.push(Bubble::Line(t.typing.to_owned()));
    }
    bubbles
}

/// WeChat shows a bot's text as it is; a web address in it is no link here.
fn message(shown: &Shown, line: &Line) -> PhoneMessage {
    let t = shown.t;
    let card = |title: &str, label: &str, file: &str| PhoneMessage::Card {
        title: if title.is_empty() { label.to_owned() } else { title.to_owned() },
        summary: label.to_owned(),
        href: Some(address(file)),
        picture: None,
    };
    match &line.content {
        Content::Text(text) => PhoneMessage::Text(vec![Piece::Words(text.clone())]),
        Content::File { kind: FileKind::Image, file, .. } => {
            PhoneMessage::Picture { src: address(file), alt: t.label_picture.to_owned() }
        }
        Content::File { kind: FileKind::Voice, .. } => PhoneMessage::Voice { secs: VOICE_SECS },
        Content::File { kind: FileKind::File, file, name } => card(name, t.label_file, file),
        Content::File { kind: FileKind::Video, file, name } => card(name, t.label_video, file),
        Content::Connected => PhoneMessage::text(t.note_connected),
        Content::Unreachable => PhoneMessage::text(t.note_unreachable),
    }
}

/// The address of a file of the chat. Its name is letters and digits.
fn address(file: &str) -> String {
    format!("/sandbox/personal/media/{file}")
}
