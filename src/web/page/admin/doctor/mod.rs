//! `/admin/doctor`: the checks of `weida doctor` within the running program, the last pushes, and what the account may do.

mod finding;
mod push;
mod right;

use super::console;
use crate::{
    core::{
        account::directory::Admin,
        doctor::{self, Finding, Given, Level, Report},
    },
    http::{guard, proxy, state::AppState},
    text::Lang,
    web::{
        component::{Copy, Icon, Shape},
        page::{Ago, ConsolePage, PageContent, PageError, Visitor, head, path::DOCTOR},
        text::{doctor::Doctor, fill},
    },
};
use leptos::prelude::*;

#[component]
pub fn DoctorPage() -> impl IntoView {
    // Read during setup, while the context is available.
    let state: AppState = expect_context();
    console(move |visitor, _: Admin| examined(visitor, state))
}

async fn examined(visitor: Visitor, state: AppState) -> Result<PageContent, PageError> {
    let (ctx, lang) = (&visitor.request.ctx, visitor.request.lang());
    let seen = proxy::stored(ctx).await?;
    let given = Given {
        private_files: (state.private_files)(ctx),
        push: ctx.account.push.clone(),
        push_path: guard::PUSH_PATH,
        undeclared_proxy: seen.map(|seen| seen.peer),
    };
    let report = doctor::examine_running(ctx, &given).await;
    let t = Doctor::of(lang);
    let now = ctx.now();
    let body = view! {
        <div class="doctor">
            <div class="doctor-main">{main(lang, &report)}</div>
            <aside class="doctor-side" aria-label=t.title>
                {push::section(lang, report.pushes.as_ref(), now)}
                {right::section(lang, &report.rights)}
            </aside>
        </div>
    };
    let console = ConsolePage {
        place: DOCTOR.to_owned(),
        head: Some(head(t.title, state_of(t, &report), acts(lang, &report, now))),
        is_filled: false,
        skip: None,
        start: None,
    };
    Ok(PageContent { console: Some(console), ..PageContent::wide(t.title, body) })
}

fn state_of(t: &'static Doctor, report: &Report) -> String {
    let values = [("fine", report.count(Level::Fine).to_string()), ("all", report.findings.len().to_string())];
    fill(t.count, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn acts(lang: Lang, report: &Report, now: i64) -> AnyView {
    let t = Doctor::of(lang);
    view! {
        <span class="soft doctor-asked">{t.asked} " " <Ago lang at=report.asked_at now /></span>
        <span class="doctor-copy" title=t.report><Copy text=as_text(lang, report) lang /></span>
        <form method="post" action="/do/doctor-again">
            <button type="submit" class="button plain"><Icon shape=Shape::Again />{t.again}</button>
        </form>
    }
    .into_any()
}

/// What does not work first, then what could be better, then one line for each of the others.
fn main(lang: Lang, report: &Report) -> AnyView {
    let t = Doctor::of(lang);
    let of = |level: Level| report.findings.iter().filter(move |finding| finding.level == level);
    let sick = of(Level::Fault).chain(of(Level::Warning)).map(|sick| finding::sick(lang, sick)).collect_view();
    let none = (report.count(Level::Fine) == report.findings.len()).then(|| {
        view! {
            <p class="doctor-none"><Icon shape=Shape::Good /><b>{t.all_fine}</b> {t.all_fine_text}</p>
        }
    });
    let fine = of(Level::Fine).map(|fine| finding::line(lang, fine)).collect_view();
    view! {
        {none} {sick}
        <h2 class="doctor-h">{t.fine} " " <span class="soft">{report.count(Level::Fine)}</span></h2>
        <ul class="checks">{fine}</ul>
    }
    .into_any()
}

/// The report as plain text, to be pasted into a question.
fn as_text(lang: Lang, report: &Report) -> String {
    let t = Doctor::of(lang);
    let line = |finding: &Finding| {
        let mark = match finding.level {
            Level::Fine => "✓",
            Level::Warning => "!",
            Level::Fault => "✗",
        };
        let mend = finding.mend.as_ref().map(|mend| format!("\n  → {}", finding::text(lang, mend)));
        format!(
            "{mark} {}: {}{}",
            t.check(finding.check),
            finding::text(lang, &finding.found),
            mend.unwrap_or_default()
        )
    };
    report.findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
