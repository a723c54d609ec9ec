//! One import: its difference and the button that applies it, how far it is, or what it did.

use super::{Desk, Room, difference, editor, param, progress};
use crate::{
    core::{
        CoreError,
        reply::transfer::{
            Mode, Plan,
            job::{self, Failure, Job, Look, Order, State},
        },
    },
    web::{
        action::Flash,
        page::{Halt, Leaf, Posted, Visitor, page},
        part::{Card, Check, Kind, LinkButton, Notice, Submit, Tone},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

/// Said in the address while an import runs: the page then comes again by itself.
pub const RUNNING: &str = "running";

/// True for the address of an import that runs.
pub fn is_running(path: &str, query: &str) -> bool {
    path.contains("/replies/import/") && query == RUNNING
}

#[component]
pub fn ImportJobPage() -> impl IntoView {
    let id = param("job");
    page(move |visitor| import(visitor, id))
}

async fn import(visitor: Visitor, id: i64) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let ctx = &visitor.here.ctx;
    if let Some(posted) = visitor.here.posted() {
        start(&visitor, desk, id, posted).await?;
        return Err(Halt::Go(format!("{}?{RUNNING}", address(desk, id))));
    }
    let job = found(desk, job::find(ctx, desk.owner_id, id).await)?;
    let is_followed = visitor.here.has(RUNNING);
    match job.state {
        State::Running(_) if !is_followed => Err(Halt::Go(format!("{}?{RUNNING}", address(desk, id)))),
        State::Running(now) => Ok(progress::running(desk, id, now)),
        _ if is_followed => Err(Halt::Go(address(desk, id))),
        State::Done(outcome) => Ok(progress::done(desk, outcome)),
        State::Failed(failure) if failure.is_platforms() => {
            let flash = Flash::notice(Tone::Warning, unread(desk, failure));
            Err(Halt::Tell(desk.scope.below("import"), Box::new(flash)))
        }
        State::Waiting => look(&visitor, desk, &job, None).await,
        State::Failed(failure) => look(&visitor, desk, &job, Some(failure)).await,
    }
}

/// The page of an import.
pub fn address(desk: Desk, id: i64) -> String {
    desk.scope.below(&format!("import/{id}"))
}

/// Whose hour is over leads back to where files come in.
fn found<T>(desk: Desk, found: Result<T, CoreError>) -> Result<T, Halt> {
    found.map_err(|error| match error {
        CoreError::NotFound => {
            let flash = Flash::notice(Tone::Warning, Transfer::of(desk.lang).gone);
            Halt::Tell(desk.scope.below("import"), Box::new(flash))
        }
        other => other.into(),
    })
}

async fn start(visitor: &Visitor, desk: Desk, id: i64, posted: &Posted) -> Result<(), Halt> {
    let order = Order {
        mode: Mode::of(&posted.text("mode")),
        mark: posted.text("mark"),
        is_partial: posted.value("partial").is_some(),
    };
    match job::start(&visitor.here.ctx, &editor(visitor, desk), id, order).await {
        // Pressed twice.
        Err(CoreError::Conflict) => Ok(()),
        started => found(desk, started),
    }
}

async fn look(visitor: &Visitor, desk: Desk, job: &Job, failure: Option<Failure>) -> Result<Leaf, Halt> {
    let t = Transfer::of(desk.lang);
    let ask = difference::Ask::read(|name| visitor.here.query(name));
    let found = found(desk, job::look(&visitor.here.ctx, desk.owner_id, job.id, ask.mode).await)?;
    let place = address(desk, job.id);
    let failed = failure.map(|failure| failed(desk, failure));
    let modes = modes(desk, &ask, &place);
    let (apply, difference) = (apply(desk, &found, &place), difference::difference(desk, &found.plan, &ask, &place));
    let body = view! {
        {failed}
        <Card title=name(desk, job) note=t.expires actions=move || modes>{apply}</Card>
        {difference}
    };
    let acts = view! { <LinkButton href=desk.scope.below("import") text=t.other_file kind=Kind::Plain small=true /> };
    Ok(desk.leaf(Room::Import, t.difference, "", acts.into_any(), body.into_any()))
}

fn name(desk: Desk, job: &Job) -> String {
    if job.name.is_empty() { Transfer::of(desk.lang).from_platform.to_owned() } else { job.name.clone() }
}

fn failed(desk: Desk, failure: Failure) -> AnyView {
    let t = Transfer::of(desk.lang);
    let text = match failure {
        Failure::Conflict => t.failed_conflict,
        Failure::Flaws => t.failed_flaws,
        Failure::Other | Failure::Right | Failure::Code(_) | Failure::Unreachable => t.failed_other,
    };
    view! { <Notice tone=Tone::Danger><p>{text}</p></Notice> }.into_any()
}

/// Why the platform's rules were not read.
fn unread(desk: Desk, failure: Failure) -> String {
    let t = Transfer::of(desk.lang);
    let why = match failure {
        Failure::Right => t.platform_right.to_owned(),
        Failure::Code(code) => fill(t.platform_code, &[("code", &code.to_string())]),
        _ => t.platform_busy.to_owned(),
    };
    fill(t.platform_failed, &[("why", &why)])
}

/// What becomes of rules that the file does not have.
fn modes(desk: Desk, ask: &difference::Ask, place: &str) -> AnyView {
    let t = Transfer::of(desk.lang);
    let link = |mode: Mode, text: &'static str| {
        let current = (mode == ask.mode).then_some("true");
        view! { <a href=difference::Ask::of(mode).address(place) aria-current=current>{text}</a> }
    };
    view! {
        <span class="small-text soft">{t.mode}</span>
        <nav class="seg" aria-label=t.mode>{link(Mode::Merge, t.merge)} {link(Mode::Replace, t.replace)}</nav>
    }
    .into_any()
}

/// The button that does it, or why there is none.
fn apply(desk: Desk, Look { plan, mark }: &Look, place: &str) -> AnyView {
    let t = Transfer::of(desk.lang);
    if plan.is_empty() {
        let text = if plan.flaws.is_empty() { t.nothing.to_owned() } else { left_out(t.partial_needed, plan) };
        return view! { <p>{text}</p> }.into_any();
    }
    if !plan.may_remove() {
        return view! { <Notice tone=Tone::Warning><p>{t.replace_unsure}</p></Notice> }.into_any();
    }
    let partial = (!plan.flaws.is_empty()).then(|| {
        view! {
            <p>{left_out(t.partial_needed, plan)}</p>
            <Check label=left_out(t.partial, plan) name="partial" />
        }
    });
    let warning = (!plan.removed.is_empty()).then(|| {
        let text = fill(t.replace_warning, &[("n", &plan.removed.len().to_string())]);
        view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
    });
    let text = fill(t.apply, &[("n", &plan.len().to_string())]);
    view! {
        <form class="stack" method="post" action=place.to_owned() data-import>
            <input type="hidden" name="mode" value=plan.mode.as_str() />
            <input type="hidden" name="mark" value=mark.clone() />
            {warning}
            {partial}
            <div class="row"><Submit text /></div>
        </form>
    }
    .into_any()
}

fn left_out(template: &str, plan: &Plan) -> String {
    let mut lines: Vec<usize> = plan.flaws.iter().map(|flaw| flaw.line).collect();
    lines.dedup();
    fill(template, &[("n", &lines.len().to_string())])
}
