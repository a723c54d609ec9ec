//! The page of one import: its difference and the apply button, its progress, or its result.

use super::{RUNNING, RuleScope, Section, address, difference, param, progress, running_address};
use crate::{
    core::{
        CoreError,
        rule::transfer::{
            Mode, Plan,
            job::{self, Failure, Job, Look, State},
        },
    },
    web::{
        action::Flash,
        component::{Check, Kind, LinkButton, Notice, Submit, Tone},
        page::{PageContent, PageError, Visitor, page},
        text::{Common, fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

/// True for the address of a running import.
pub fn is_running(path: &str, query: &str) -> bool {
    path.contains("/replies/import/") && query == RUNNING
}

#[component]
pub fn ImportJobPage() -> impl IntoView {
    let id = param("job");
    page(move |visitor| import(visitor, id))
}

async fn import(visitor: Visitor, id: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let ctx = &visitor.request.ctx;
    let job = found(scope, job::find(ctx, scope.owner_id, id).await)?;
    let is_followed = visitor.request.has(RUNNING);
    match job.state {
        State::Running(_) if !is_followed => Err(PageError::Redirect(running_address(scope, id))),
        State::Running(now) => Ok(progress::running(scope, id, now)),
        _ if is_followed => Err(PageError::Redirect(address(scope, id))),
        State::Done(outcome) => Ok(progress::done(scope, outcome)),
        State::Failed(failure) if failure.is_platforms() => {
            let flash = Flash::notice(Tone::Warning, unread(scope, failure));
            Err(PageError::RedirectWithNotice(scope.owner.below("import"), Box::new(flash)))
        }
        State::Waiting => look(&visitor, scope, &job, None).await,
        State::Failed(failure) => look(&visitor, scope, &job, Some(failure)).await,
    }
}

/// Where an expired job redirects to, and the notice there.
pub fn expired(scope: RuleScope) -> (String, Flash) {
    (scope.owner.below("import"), Flash::notice(Tone::Warning, Transfer::of(scope.lang).gone))
}

/// An expired job redirects to the upload page.
fn found<T>(scope: RuleScope, found: Result<T, CoreError>) -> Result<T, PageError> {
    found.map_err(|error| match error {
        CoreError::NotFound => {
            let (path, flash) = expired(scope);
            PageError::RedirectWithNotice(path, Box::new(flash))
        }
        other => other.into(),
    })
}

async fn look(
    visitor: &Visitor,
    scope: RuleScope,
    job: &Job,
    failure: Option<Failure>,
) -> Result<PageContent, PageError> {
    let t = Transfer::of(scope.lang);
    let query = difference::DifferenceQuery::read(|name| visitor.request.query(name));
    // This holds a file and all rules in memory: one request of a user at a time.
    let ctx = &visitor.request.ctx;
    let _guard = ctx.list_locks.lock(scope.user_id).await;
    let found = found(scope, job::look(ctx, scope.owner_id, job.id, query.mode).await)?;
    let place = address(scope, job.id);
    let is_platform = job.name.is_empty();
    let failed = failure.map(|failure| failed(scope, failure, is_platform));
    let problem = problem(scope, &found.plan, is_platform);
    let difference = difference::difference(scope, &found.plan, query, (&place, is_platform));
    let bar = apply(scope, &found, &place);
    let expires = if is_platform { t.expires_platform } else { t.expires };
    let body = view! {
        {failed}
        <div class="import-head">
            <p><b>{name(scope, job)}</b> " " <span class="soft">{expires}</span></p>
            <div class="row">{modes(scope, query, &place, is_platform)}</div>
        </div>
        {problem}
        {difference}
        {bar}
    };
    let actions =
        view! { <LinkButton href=scope.owner.below("import") text=t.other_file kind=Kind::Plain small=true /> };
    Ok(scope.page(Section::Import, t.difference, "", actions.into_any(), body.into_any()))
}

fn name(scope: RuleScope, job: &Job) -> String {
    if job.name.is_empty() { Transfer::of(scope.lang).from_platform.to_owned() } else { job.name.clone() }
}

fn failed(scope: RuleScope, failure: Failure, is_platform: bool) -> AnyView {
    let t = Transfer::of(scope.lang);
    let text = match failure {
        Failure::Conflict => t.failed_conflict,
        Failure::Flaws if is_platform => t.failed_flaws_platform,
        Failure::Flaws => t.failed_flaws,
        Failure::Other | Failure::Right | Failure::Code(_) | Failure::Unreachable => t.failed_other,
    };
    view! { <Notice tone=Tone::Danger><p>{text}</p></Notice> }.into_any()
}

/// Why the platform's rules could not be read.
fn unread(scope: RuleScope, failure: Failure) -> String {
    let t = Transfer::of(scope.lang);
    let why = match failure {
        Failure::Right => t.platform_right.to_owned(),
        Failure::Code(code) => fill(t.platform_code, &[("code", &code.to_string())]),
        _ => t.platform_busy.to_owned(),
    };
    fill(t.platform_failed, &[("why", &why)])
}

/// The choice of what happens to rules that are not in the file.
fn modes(scope: RuleScope, query: difference::DifferenceQuery, place: &str, is_platform: bool) -> AnyView {
    let t = Transfer::of(scope.lang);
    let label = if is_platform { t.mode_platform } else { t.mode };
    let link = |mode: Mode, text: &'static str| {
        let current = (mode == query.mode).then_some("true");
        view! { <a href=difference::DifferenceQuery::of(mode).address(place) aria-current=current>{text}</a> }
    };
    view! {
        <span class="small-text soft">{label}</span>
        <nav class="seg" aria-label=label>{link(Mode::Merge, t.merge)} {link(Mode::Replace, t.replace)}</nav>
    }
    .into_any()
}

/// What is to be known before the import, or why there is nothing to import.
fn problem(scope: RuleScope, plan: &Plan, is_platform: bool) -> AnyView {
    let t = Transfer::of(scope.lang);
    let or = |platform: &'static str, file: &'static str| if is_platform { platform } else { file };
    if plan.is_empty() && plan.flaws.is_empty() {
        let text = or(t.nothing_platform, t.nothing);
        let text = format!("{text} {}", counts(scope, plan));
        return view! { <Notice><p>{text}</p></Notice> }.into_any();
    }
    if !plan.may_remove() {
        let text = or(t.replace_unsure_platform, t.replace_unsure);
        return view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }.into_any();
    }
    let left_out = (!plan.flaws.is_empty()).then(|| {
        let text = left_out(or(t.partial_needed_platform, t.partial_needed), plan);
        view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
    });
    let warning = (!plan.removed.is_empty()).then(|| {
        let template = or(t.replace_warning_platform, t.replace_warning);
        let text = fill(template, &[("n", &plan.removed.len().to_string())]);
        view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
    });
    view! { {left_out} {warning} }.into_any()
}

/// The bar with the button, always in view; missing where nothing can be imported.
fn apply(scope: RuleScope, Look { plan, mark }: &Look, place: &str) -> Option<AnyView> {
    let t = Transfer::of(scope.lang);
    if plan.is_empty() || !plan.may_remove() {
        return None;
    }
    let partial = (!plan.flaws.is_empty()).then(|| view! { <Check label=left_out(t.partial, plan) name="partial" /> });
    let text = fill(t.apply, &[("n", &plan.len().to_string())]);
    let back = scope.owner.list();
    Some(
        view! {
            <form class="save-bar import-bar" method="post" action=place.to_owned() data-import>
                <input type="hidden" name="mode" value=plan.mode.as_str() />
                <input type="hidden" name="mark" value=mark.clone() />
                <p><b>{counts(scope, plan)}</b> " " <span>{t.undoable}</span></p>
                {partial}
                <LinkButton href=back text=Common::of(scope.lang).cancel kind=Kind::Plain />
                <Submit text />
            </form>
        }
        .into_any(),
    )
}

/// "新增 42 条，修改 7 条；不变 87 条".
fn counts(scope: RuleScope, plan: &Plan) -> String {
    let t = Transfer::of(scope.lang);
    let counts = [
        (t.count_added, plan.added.len()),
        (t.count_changed, plan.changed.len()),
        (t.count_removed, plan.removed.len()),
        (t.count_unchanged, plan.unchanged),
    ];
    let named = counts.into_iter().filter(|(_, n)| *n > 0).map(|(text, n)| fill(text, &[("n", &n.to_string())]));
    named.collect::<Vec<_>>().join(t.count_mark)
}

/// The number of lines that are left out.
fn left_out(template: &str, plan: &Plan) -> String {
    let mut lines: Vec<usize> = plan.flaws.iter().map(|flaw| flaw.line).collect();
    lines.dedup();
    fill(template, &[("n", &lines.len().to_string())])
}
