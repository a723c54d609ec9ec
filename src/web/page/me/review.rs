//! `/me/review`: access set up before the user signed in with their own WeChat; each item can be revoked.

use crate::{
    core::{
        account::{
            User,
            review::{self, Review},
            session::{SignInMethod, WebSession},
        },
        rule::{Content, Rule, content::ContentNames},
    },
    http::session,
    text::{Lang, cut},
    web::{
        component::{Cell, Cells, Empty, Kind, Notice, PageHead, Shape, Submit, Tone},
        page::{PageContent, PageError, PageRequest, Visitor, page},
        text::{fill, me::Me, review::Review as Words},
    },
};
use leptos::prelude::*;

/// The most characters of a reply that are shown.
const REPLY_CHARS: usize = 40;

#[component]
pub fn ReviewPage() -> impl IntoView {
    page(shown)
}

async fn shown(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let request = &visitor.request;
    // A browser that only proved the password must not confirm that it belongs to the owner.
    if session::door_of(&request.session).await != Some(SignInMethod::WeChat) {
        return Err(PageError::Redirect("/me".to_owned()));
    }
    let t = Words::of(request.lang());
    let review = review::look(&request.ctx, &user, &session::secret_of(&request.session)).await?;
    if review.is_empty() {
        let go_on = finish(request, t.go_on);
        let body = view! {
            <PageHead title=t.title />
            <Empty title=t.nothing text=t.nothing_note shape=Shape::Good>
                {go_on}
            </Empty>
        };
        return Ok(PageContent::narrow(t.title, body));
    }
    let body = view! {
        <PageHead title=t.title note=fill(t.note, &[("name", &user.nickname)]) />
        {password(request, &user, &review)}
        {browsers(request, &review.browsers)}
        {tokens(request, &review)}
        {rules(request, &review)}
        <div class="stack tight">
            {finish(request, t.keep)}
            <form method="post" action="/do/review-all">
                {next(request)}
                <Submit text=t.end_all kind=Kind::PlainDanger block=true />
            </form>
        </div>
    };
    Ok(PageContent::narrow(t.title, body))
}

/// The notice on `/me` while there are items to review.
pub fn notice(request: &PageRequest, user: &User, door: Option<SignInMethod>) -> Option<AnyView> {
    if user.review_generation.is_none() || door != Some(SignInMethod::WeChat) {
        return None;
    }
    let t = Words::of(request.lang());
    let view = view! {
        <Notice tone=Tone::Warning>
            <p>{t.due} " " <a href="/me/review">{t.due_link}</a></p>
        </Notice>
    };
    Some(view.into_any())
}

/// The hidden field with the redirect target.
fn next(request: &PageRequest) -> impl IntoView + use<> {
    let next = request.next();
    (!next.is_empty()).then(|| view! { <input type="hidden" name="next" value=next /> })
}

fn finish(request: &PageRequest, text: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/do/review-keep">
            {next(request)}
            <Submit text block=true />
        </form>
    }
}

/// The button that revokes one item.
fn end(request: &PageRequest, kind: &'static str, id: String, label: &str) -> impl IntoView + use<> {
    let t = Words::of(request.lang());
    let label = fill(t.end_one, &[("what", label)]);
    view! {
        <form method="post" action="/do/review-end">
            {next(request)}
            <input type="hidden" name="kind" value=kind />
            <Submit text=t.end name="id" value=id label kind=Kind::QuietDanger small=true />
        </form>
    }
}

fn password(request: &PageRequest, user: &User, review: &Review) -> Option<AnyView> {
    let t = Words::of(request.lang());
    let label = match &user.username {
        Some(name) => fill(t.password_of, &[("name", name)]),
        None => t.password.to_owned(),
    };
    let act = end(request, "password", String::new(), &label);
    let row = view! { <Cell label note=t.password_note>{act}</Cell> };
    let view = view! { <Cells title=t.password>{row}</Cells> };
    review.has_password.then(|| view.into_any())
}

fn browsers(request: &PageRequest, browsers: &[WebSession]) -> Option<AnyView> {
    let (t, me) = (Words::of(request.lang()), Me::of(request.lang()));
    let rows = browsers.iter().map(|browser| {
        let door = super::devices::door(me, browser.door);
        let note = format!("{door} · {}", browser.address);
        let what = format!("{} ({})", browser.browser_label, browser.address);
        let act = end(request, "browser", browser.public_id.clone(), &what);
        view! { <Cell label=browser.browser_label.clone() note>{act}</Cell> }
    });
    let rows = rows.collect_view();
    (!browsers.is_empty()).then(|| view! { <Cells title=t.browsers>{rows}</Cells> }.into_any())
}

fn tokens(request: &PageRequest, review: &Review) -> Option<AnyView> {
    let t = Words::of(request.lang());
    let act = end(request, "tokens", String::new(), t.tokens_all);
    let row = view! { <Cell label=t.tokens_all note=t.tokens_note>{act}</Cell> };
    let view = view! { <Cells title=t.tokens>{row}</Cells> };
    review.has_tokens.then(|| view.into_any())
}

fn rules(request: &PageRequest, review: &Review) -> Option<AnyView> {
    let lang = request.lang();
    let t = Words::of(lang);
    let rows = review.rules.iter().map(|rule| {
        let label = name_of(rule);
        let act = end(request, "rule", rule.number.to_string(), &label);
        view! { <Cell label note=reply_of(lang, rule)>{act}</Cell> }
    });
    let rows = rows.collect_view();
    let shown = i64::try_from(review.rules.len()).unwrap_or(i64::MAX);
    let more = review.rules_total - shown;
    let note = if more > 0 { fill(t.rules_more, &[("n", &more.to_string())]) } else { t.rules_note.to_owned() };
    (!review.rules.is_empty()).then(|| view! { <Cells title=t.rules note>{rows}</Cells> }.into_any())
}

/// The first keyword, else the name, else the number.
fn name_of(rule: &Rule) -> String {
    match rule.keywords.first() {
        Some(keyword) => keyword.text.clone(),
        None if rule.name.is_empty() => rule.number.to_string(),
        None => rule.name.clone(),
    }
}

fn reply_of(lang: Lang, rule: &Rule) -> String {
    match rule.contents.first() {
        Some(Content::Text { text }) => {
            let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            cut::shown(&line, REPLY_CHARS)
        }
        Some(other) => ContentNames::of(lang).name(other).to_owned(),
        None => String::new(),
    }
}
