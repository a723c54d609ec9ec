//! Line icons, drawn for this program on a grid of 20, and the logo.

use leptos::prelude::*;

/// The icon's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A tick.
    Check,
    /// A cross.
    Cross,
    /// A chevron to the right.
    Right,
    /// A chevron to the left.
    Left,
    /// A chevron down.
    Down,
    /// A chevron up.
    Up,
    /// An i in a circle.
    Info,
    /// A triangle with an exclamation mark.
    Warning,
    /// A circle with a tick.
    Good,
    /// A circle with a cross.
    Bad,
    /// A clock.
    Clock,
    /// A phone.
    Phone,
    /// A screen.
    Screen,
    /// An arrow to a line: download.
    Download,
    /// A person.
    Person,
    /// Three lines.
    Menu,
    /// Three dots in a row.
    More,
    /// Two sheets.
    Copy,
    /// A magnifying glass.
    Search,
    /// A plus.
    Plus,
    /// A circle of arrows.
    Again,
    /// A speech bubble.
    Chat,
    /// A key.
    Key,
    /// A door with an arrow: sign out.
    Leave,
    /// An empty tray.
    Tray,
    /// The corners of a QR code.
    Scan,
    /// Sound waves.
    Sound,
    /// A picture with a hill and a sun.
    Picture,
    /// A speech bubble with lines: replies.
    Replies,
    /// A star in a circle: credits.
    Star,
    /// A bin.
    Trash,
    /// A shield: a review of access.
    Shield,
    /// An arrow back: a rule.
    Reply,
    /// A flask: a test.
    Flask,
    /// Columns on two axes.
    Chart,
    /// An arrow up over a tray.
    Upload,
    /// A clock with an arrow back.
    History,
    /// Two people.
    People,
    /// A heart with its beat.
    Heart,
    /// A gear.
    Gear,
    /// Six dots: a handle.
    Grip,
    /// Three lines, each shorter.
    Filter,
    /// An arrow beside lines.
    Sort,
    /// A letter.
    Text,
    /// A sheet with lines.
    Article,
    /// A camera.
    Film,
    /// A note of music.
    Note,
}

impl Shape {
    const fn path(self) -> &'static str {
        match self {
            Self::Check => "M4 10.5 8.2 14.5 16 6",
            Self::Cross => "M5 5l10 10M15 5 5 15",
            Self::Right => "M8 5l5 5-5 5",
            Self::Left => "M12 5l-5 5 5 5",
            Self::Down => "M5 8l5 5 5-5",
            Self::Up => "M5 12l5-5 5 5",
            Self::Info => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 9.5v4M10 6.5v.01",
            Self::Warning => "M10 3 2.4 16.2h15.2zM10 8.2v3.6M10 14v.01",
            Self::Good => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M6.8 10.3 9.2 12.6 13.4 8",
            Self::Bad => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M7.5 7.5l5 5M12.5 7.5l-5 5",
            Self::Clock => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 6v4.2l2.8 1.8",
            Self::Phone => {
                "M6.5 2.5h7a1.3 1.3 0 0 1 1.3 1.3v12.4a1.3 1.3 0 0 1-1.3 1.3h-7a1.3 1.3 0 0 1-1.3-1.3V3.8a1.3 1.3 0 0 1 1.3-1.3M9 15h2"
            }
            Self::Screen => "M4.8 4h10.4a1 1 0 0 1 1 1v8.2H3.8V5a1 1 0 0 1 1-1M1.8 16h16.4",
            Self::Download => "M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13",
            Self::Person => "M10 3a3.3 3.3 0 1 0 0 6.6A3.3 3.3 0 0 0 10 3M3.5 17c.5-3.2 3.2-4.8 6.5-4.8s6 1.6 6.5 4.8",
            Self::Menu => "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
            Self::More => "M4.5 10v.01M10 10v.01M15.5 10v.01",
            Self::Copy => "M8 7h8v10H8zM12 7V3H4v10h4",
            Self::Search => "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Again => "M16 6.5A7 7 0 1 0 17 10M16.5 3v3.8h-3.8",
            Self::Chat => {
                "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-3.5 3v-3h-1A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4"
            }
            Self::Key => "M6.8 8.8a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2M9.4 9.9 16.5 3M13.5 6l2.5 2.5",
            Self::Leave => "M12 4H4.5v12H12M8.5 10H17M14 7l3 3-3 3",
            Self::Tray => "M3 11.5 5.2 4h9.6l2.2 7.5V16H3zM3 11.5h4.2l1 2h3.6l1-2H17",
            Self::Scan => "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M6.5 10h7",
            Self::Picture => "M3 4h14v12H3zM3 13.5l4-4 4 4 2.5-2.5 3.5 3.5M13 7.5v.01",
            Self::Replies => {
                "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-3.5 3v-3h-1A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4M6.5 7.5h7M6.5 10.5h4.5"
            }
            Self::Star => {
                "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 6.2l1.2 2.4 2.6.4-1.9 1.9.4 2.6-2.3-1.2-2.3 1.2.4-2.6L6.2 9l2.6-.4z"
            }
            Self::Trash => "M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5 5.8 17h8.4L15 5.5M8.5 9v5M11.5 9v5",
            Self::Shield => "M10 2.5 16 5v4.6c0 3.8-2.5 6.6-6 7.9-3.5-1.3-6-4.1-6-7.9V5zM7.2 9.9l2 2 3.6-3.8",
            Self::Reply => "M7.5 5 3 9.2l4.5 4.2M3 9.2h8.5a5 5 0 0 1 5 5v2",
            Self::Flask => "M7.5 3h5M8.3 3v5L4 15.2A1.2 1.2 0 0 0 5 17h10a1.2 1.2 0 0 0 1-1.8L11.7 8V3M6.2 12.2h7.6",
            Self::Chart => "M3.5 3.5v13h13M7.2 13v-3M10.7 13V6.5M14.2 13V9",
            Self::Upload => "M10 13.5V4M6 7.5 10 3.5l4 4M3.5 13.5v3h13v-3",
            Self::History => "M3.5 8a6.9 6.9 0 1 1-.3 3.2M3.4 3.8V8h4.2M10 6.3v4l2.7 1.6",
            Self::People => {
                "M7.5 3.8a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8M2 16.5c.4-2.9 2.4-4.4 5.5-4.4s5.1 1.5 5.5 4.4M13 4.2a2.7 2.7 0 0 1 0 5M14.8 12.2c1.9.5 2.9 1.9 3.2 4.1"
            }
            Self::Heart => {
                "M10 16.8S3 13 3 7.9A3.7 3.7 0 0 1 10 6a3.7 3.7 0 0 1 7 1.9c0 5.1-7 8.9-7 8.9M3.6 10.4h3.2l1.4-2.5 2 4.2 1.3-1.7h2"
            }
            Self::Gear => {
                "M10 7.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M10 2.5v2.2M10 15.3v2.2M17.5 10h-2.2M4.7 10H2.5M15.3 4.7l-1.6 1.6M6.3 13.7l-1.6 1.6M15.3 15.3l-1.6-1.6M6.3 6.3 4.7 4.7"
            }
            Self::Grip => "M7.5 5v.01M12.5 5v.01M7.5 10v.01M12.5 10v.01M7.5 15v.01M12.5 15v.01",
            Self::Filter => "M3.5 5h13M6 10h8M8.5 15h3",
            Self::Sort => "M6 4v12M3 13l3 3 3-3M11 5h6M11 10h4M11 15h2",
            Self::Text => "M5 5.5V4h10v1.5M10 4v12M8 16h4",
            Self::Article => "M4 3.5h12v13H4zM7 7h6M7 10h6M7 13h3.5",
            Self::Film => "M3 6h9v8H3zM12 9l5-2.5v7L12 11",
            Self::Note => {
                "M7.5 15.5V5l8-1.5v10M7.5 15.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0M15.5 13.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0"
            }
            Self::Sound => "M6 8a4 4 0 0 1 0 4M9 6a7 7 0 0 1 0 8M12 4a10.5 10.5 0 0 1 0 12",
        }
    }
}

/// A decorative icon; the text beside it carries the meaning.
#[component]
pub fn Icon(
    /// The shape.
    shape: Shape,
    /// An additional class.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}").trim_end().to_owned() viewBox="0 0 20 20" aria-hidden="true">
            <path d=shape.path() />
        </svg>
    }
}

/// The logo: a speech bubble with a tick.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <path class="mark-bubble" d="M10 3h12a8 8 0 0 1 8 8v7a8 8 0 0 1-8 8h-6.5L9.2 30.2a.8.8 0 0 1-1.2-.7V26a8 8 0 0 1-6-7.7V11a8 8 0 0 1 8-8" />
            <path class="mark-stroke" d="M10 14.8l4.3 4.2L22.5 10" />
        </svg>
    }
}
