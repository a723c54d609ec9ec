//! The head of a sign-in page: what the account says, as a bubble of the chat. Its title is what to do or what happened, and its
//! state is below the title, so that both are the first thing on the page.

use super::{Face, Icon, Shape};
use leptos::prelude::*;

/// The colour of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// Waits, or gives a fact.
    #[default]
    Plain,
    /// Something arrived or succeeded.
    Good,
    /// It can go on after another try.
    Warn,
    /// Something was wrong.
    Bad,
}

impl Mood {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "says-line",
            Self::Good => "says-line good",
            Self::Warn => "says-line warn",
            Self::Bad => "says-line bad",
        }
    }
}

/// What stands before the state's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Nothing.
    None,
    /// Three dots: the page waits.
    Dots,
    /// An icon.
    Icon(Shape),
}

/// Title and state, for one status of the session or for all.
#[derive(Debug, Clone)]
pub struct Line {
    /// The statuses (`data-when`) in which it is shown; `None`: always.
    pub when: Option<&'static str>,
    pub title: String,
    pub state: String,
    pub mood: Mood,
    pub sign: Sign,
}

impl Line {
    /// A line of a page that has one status only.
    pub fn always(title: impl Into<String>, state: impl Into<String>, mood: Mood, sign: Sign) -> Self {
        Self { when: None, title: title.into(), state: state.into(), mood, sign }
    }
}

/// The bubble. The page's script replaces it as a part, and shows another line by the status attribute of the page.
#[component]
pub fn Says(
    /// One line per status.
    lines: Vec<Line>,
) -> impl IntoView {
    let titles =
        lines.iter().map(|line| view! { <span data-when=line.when>{line.title.clone()}</span> }).collect_view();
    let states = lines.into_iter().map(state).collect_view();
    view! {
        <div class="says" data-part="says">
            <Face />
            <div class="says-bubble">
                <h1>{titles}</h1>
                <div class="says-state" role="status">{states}</div>
            </div>
        </div>
    }
}

fn state(Line { when, state, mood, sign, .. }: Line) -> impl IntoView {
    let sign = match sign {
        Sign::None => None,
        Sign::Dots => Some(view! { <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> }.into_any()),
        Sign::Icon(shape) => Some(view! { <Icon shape /> }.into_any()),
    };
    view! { <p class=mood.class() data-when=when>{sign}<span>{state}</span></p> }
}
