//! The last pushes: a bar each, what they took, and a table with each of them.

use crate::{
    core::doctor::memory::{KEPT, Outcome, PushLog, PushSeen},
    text::Lang,
    web::{
        component::{Fact, Facts},
        page::Ago,
        text::{doctor::Doctor, fill},
    },
};
use leptos::prelude::*;

/// Width and height of the picture in its own units; it stretches to the room there is.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 44.0;
/// The part of its place that a bar has.
const BAR_PART: f64 = 0.7;
/// The platform hangs up after this time (docs/WECHAT.md, 2.1): the highest bar.
const HIGHEST_MS: f64 = 5_000.0;

/// The section at the side.
pub fn section(lang: Lang, log: Option<&PushLog>, now: i64) -> AnyView {
    let t = Doctor::of(lang);
    let empty = PushLog::default();
    let log = log.unwrap_or(&empty);
    let title = fill(t.pushes, &[("n", &KEPT.to_string())]);
    let refused: u64 = log.refused.values().map(|refused| refused.count).sum();
    let refused = (refused > 0).then(|| {
        let text = fill(t.refused_times, &[("n", &refused.to_string())]);
        view! { <Fact name=t.refused>{text}</Fact> }
    });
    if log.last.is_empty() {
        return view! {
            <section>
                <h2>{title}</h2>
                <p class="soft">{t.pushes_none}</p>
                {refused.map(|refused| view! { <Facts>{refused}</Facts> })}
            </section>
        }
        .into_any();
    }
    let repeated = match log.repeated {
        0 => t.repeated_none.to_owned(),
        n => fill(t.repeated_times, &[("n", &n.to_string())]),
    };
    let took = |percent| millis(t, log.percentile_ms(percent).unwrap_or_default());
    let (median, p99, slowest) = (took(50), took(99), took(100));
    view! {
        <section>
            <h2>{title}</h2>
            {picture(t, log)}
            {legend(t, log)}
            <Facts>
                <Fact name=t.median>{median}</Fact>
                <Fact name=t.p99>{p99}</Fact>
                <Fact name=t.slowest>{slowest}</Fact>
                <Fact name=t.repeated>{repeated}</Fact>
                {refused}
            </Facts>
            {table(lang, log, now)}
            <p class="soft doctor-note">{t.here}</p>
        </section>
    }
    .into_any()
}

fn millis(t: &'static Doctor, n: u32) -> String {
    fill(t.millis, &[("n", &n.to_string())])
}

fn picture(t: &'static Doctor, log: &PushLog) -> impl IntoView + use<> {
    let place = WIDTH / 50.0;
    let bars = log.last.iter().zip(0_u8..).map(|(seen, n)| {
        let height = HEIGHT * height_of(seen.took_ms);
        let (x, y, width) = (f64::from(n) * place, HEIGHT - height, place * BAR_PART);
        view! {
            <rect class=class_of(seen.outcome) x=format!("{x:.1}") y=format!("{y:.1}") width=format!("{width:.1}") height=format!("{height:.1}") rx="1.5" />
        }
    });
    view! {
        <svg class="beat" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=t.beat>
            {bars.collect_view()}
        </svg>
    }
}

/// The share of the picture's height, logarithmic: so that both 10 ms and 1 s stand out.
fn height_of(took_ms: u32) -> f64 {
    let share = (f64::from(took_ms) + 1.0).ln() / HIGHEST_MS.ln();
    share.clamp(0.06, 1.0)
}

fn class_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "of-hit",
        Outcome::Empty => "of-empty",
        Outcome::Repeated => "of-again",
        Outcome::Failed => "of-failed",
    }
}

fn legend(t: &'static Doctor, log: &PushLog) -> impl IntoView + use<> {
    let all = [Outcome::Answered, Outcome::Empty, Outcome::Repeated, Outcome::Failed];
    let shown = all.into_iter().filter(|outcome| log.count(*outcome) > 0).map(|outcome| {
        let text = format!("{} {}", t.outcome(outcome), log.count(outcome));
        view! { <span class=format!("beat-key {}", class_of(outcome))>{text}</span> }
    });
    view! { <p class="beat-legend">{shown.collect_view()}</p> }
}

fn table(lang: Lang, log: &PushLog, now: i64) -> impl IntoView + use<> {
    let t = Doctor::of(lang);
    let rows = log.last.iter().rev().map(|PushSeen { at, took_ms, outcome }| {
        view! {
            <tr>
                <th scope="row"><Ago lang at=*at now /></th>
                <td>{t.outcome(*outcome)}</td>
                <td class="num">{millis(t, *took_ms)}</td>
            </tr>
        }
    });
    view! {
        <details class="chart-table">
            <summary>{t.table}</summary>
            <div class="table-wrap" tabindex="0">
                <table class="table">
                    <thead><tr><th scope="col">{t.time}</th><th scope="col">{t.outcome}</th><th scope="col" class="num">{t.took}</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
