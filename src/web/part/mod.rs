//! The parts that pages are made of: rendered by the server only, no wasm, no inline style, no inline script.
//!
//! Each part is a component with its own style sheet of the same name in `style/part/`. Text is escaped by `view!`; nothing here
//! takes markup as a string.

mod badge;
mod bar;
mod button;
mod card;
mod cell;
mod choice;
mod code;
mod confirm;
mod empty;
mod fact;
mod field;
mod foot;
mod icon;
mod meter;
mod notice;
mod pager;
mod phone;
mod prefs;
mod qr;
mod savebar;
mod stepper;
mod tab;
mod words;

pub use badge::Badge;
pub use bar::{Account, NavLink, TopBar};
pub use button::{Kind, LinkButton, Submit};
pub use card::{Card, Figure, PageHead};
pub use cell::{Cell, Cells};
pub use choice::{Check, Pick, Segment};
pub use code::{CodeBlock, CodeDisplay, CopyId};
pub use confirm::ConfirmCard;
pub use empty::Empty;
pub use fact::{Fact, Facts};
pub use field::{Area, Field};
pub use foot::Footer;
pub use icon::{Icon, Mark, Shape};
pub use meter::Meter;
pub use notice::{Notice, Toast, Tone};
pub use pager::Pager;
pub use phone::{Bubble, PhoneChat, Piece, Said};
pub use prefs::{LangSwitch, PREFS_PATH, ThemeSwitch};
pub use qr::{QrPanel, QrState};
pub use savebar::SaveBar;
pub use stepper::Stepper;
pub use tab::{SideNav, Tab, Tabs};
pub use words::Words;
