//! Components of pages: rendered by the server, without inline styles and inline scripts.
//!
//! Each has a style sheet of the same name in `style/part/`. `view!` escapes text; no component takes markup as a string.

mod avatar;
mod badge;
mod bar;
mod button;
mod card;
mod cell;
mod chart;
mod choice;
mod code;
mod confirm;
mod diff;
mod empty;
mod face;
mod fact;
mod field;
mod fold;
mod foot;
mod icon;
mod meter;
mod notice;
mod pager;
mod phone;
mod piece;
mod prefs;
mod profile_field;
mod qr;
mod savebar;
mod says;
mod spark;
mod tab;
mod table;
mod visitor_bar;
mod words;

pub use avatar::Avatar;
pub use badge::Badge;
pub use bar::{Account, AccountMenu, NavLink, TopBar};
pub use button::{Kind, LinkButton, Submit};
pub use card::{Card, Figure, PageHead};
pub use cell::{Cell, Cells, SwitchCell, Tint};
pub use chart::{Bars, Column, Curve, Heat, HeatRow, Trend};
pub use choice::{Check, Pick, Segment};
pub use code::{CodeBlock, Copy, CopyId, Digits};
pub use confirm::ConfirmCard;
pub use diff::text_diff;
pub use empty::Empty;
pub use face::Face;
pub use fact::{Fact, Facts};
pub use field::{Area, Field};
pub use fold::Fold;
pub use foot::Footer;
pub use icon::{Icon, Mark, Shape};
pub use meter::Meter;
pub use notice::{Notice, Toast, Tone};
pub use pager::{Pager, StepPager};
pub use phone::{Bubble, PhoneChat, PhoneMessage, Piece, chat_line};
pub use piece::pieces;
pub use prefs::{LangSwitch, PREFS_PATH, ThemeSwitch};
pub use profile_field::profile_field;
pub use qr::QrFrame;
pub use savebar::SaveBar;
pub use says::{Line, Mood, Says, Sign};
pub use spark::Spark;
pub use tab::{Tab, Tabs};
pub use table::{Head, Table};
pub use visitor_bar::VisitorBar;
pub use words::Words;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lang, Prefs};
    use leptos::prelude::*;

    const HOSTILE: &str = "\"><script>alert(1)</script>";

    #[test]
    fn what_people_write_never_becomes_markup() {
        let link = Piece::Link { href: "JavaScript:alert(1)".to_owned(), text: "tap".to_owned() };
        let bubbles = vec![
            Bubble::Mine(PhoneMessage::text(HOSTILE)),
            Bubble::Line(HOSTILE.to_owned()),
            Bubble::Theirs(PhoneMessage::Text(vec![link])),
        ];
        let prefs = Prefs { address: HOSTILE.to_owned(), ..Prefs::default() };
        let html = view! {
            <Field label=HOSTILE name="n" value=HOSTILE error=HOSTILE />
            <Area label="l" name="a" value="</textarea><script>" />
            <PhoneChat lang=Lang::Zh title=HOSTILE bubbles />
            <Digits code=HOSTILE />
            <Copy lang=Lang::En text=HOSTILE />
            <LangSwitch prefs />
        }
        .to_html();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("JavaScript:"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;"), "{html}");
    }

    #[test]
    fn no_part_needs_what_our_content_policy_refuses() {
        let html = view! {
            <TopBar prefs=Prefs::default() />
            <QrFrame src="/qr.png" alt="x" press=true />
            <Says lines=vec![Line::always("a", "b", Mood::Good, Sign::Icon(Shape::Check))] />
            <Meter name="m" used=3 limit=Some(10) />
            <Footer lang=Lang::Zh />
        }
        .to_html();
        for refused in [" style=", " onclick=", "javascript:", "data:"] {
            assert!(!html.contains(refused), "{refused} in {html}");
        }
    }

    #[test]
    fn an_error_is_said_at_its_field_and_takes_the_focus() {
        let html = view! { <Field label="l" name="user" error="taken" hint="3 to 20" /> }.to_html();
        for part in
            [r#"aria-invalid="true""#, r#"aria-describedby="user-error user-hint""#, r#"id="user-error""#, " autofocus"]
        {
            assert!(html.contains(part), "{part} in {html}");
        }
        let html = view! { <Field label="l" name="user" /> }.to_html();
        for part in ["aria-invalid", "aria-describedby", "autofocus", "maxlength"] {
            assert!(!html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn a_code_is_copied_without_the_gap_that_is_shown() {
        let html = view! { <Digits code="482713" /><Copy lang=Lang::Zh text="482713" /> }.to_html().replace("<!>", "");
        assert!(html.contains(r#"data-copy="482713""#) && html.contains("<span>482</span>"), "{html}");
    }
}
