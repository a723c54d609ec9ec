//! The routes of all pages, and the HTML document around them.

use crate::{
    http::{cookie::Jar, headers::page_policy},
    sandbox::{PersonalPage, SandboxPage},
    web::page,
};
use axum::http::{HeaderValue, header, request::Parts};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The document: the visitor's language and theme, a policy that allows only our own scripts, and no script on pages that
/// need none.
pub fn shell() -> impl IntoView {
    // Otherwise leptos would serialize every resource into pages without a script (shared context).
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    set_policy();
    let asked = use_context::<Parts>();
    let prefs = asked.as_ref().map(page::prefs_of).unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang=prefs.lang.html_lang() data-theme=prefs.theme.code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f7f6" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d0f0e" />
                <link rel="icon" href="/favicon.ico" sizes="32x32" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                {asked.as_ref().and_then(reload)}
                {page::script("/page.js")}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Every page there is.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=page::NotFound>
                <Route path=path!("/") view=page::HomePage ssr=SsrMode::Async />
                <Route path=path!("/register") view=page::RegisterPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=page::LoginPage ssr=SsrMode::Async />
                <Route path=path!("/signin") view=page::SigninPage ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=page::ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=page::SetupPage ssr=SsrMode::Async />
                <Route path=path!("/me") view=page::MePage ssr=SsrMode::Async />
                <Route path=path!("/me/profile") view=page::ProfilePage ssr=SsrMode::Async />
                <Route path=path!("/me/linked") view=page::LinkedPage ssr=SsrMode::Async />
                <Route path=path!("/me/password") view=page::PasswordPage ssr=SsrMode::Async />
                <Route path=path!("/me/devices") view=page::DevicesPage ssr=SsrMode::Async />
                <Route path=path!("/me/credits") view=page::CreditsPage ssr=SsrMode::Async />
                <Route path=path!("/me/usage") view=page::UsagePage ssr=SsrMode::Async />
                <Route path=path!("/me/unbind") view=page::UnbindPage ssr=SsrMode::Async />
                <Route path=path!("/me/review") view=page::ReviewPage ssr=SsrMode::Async />
                <Route path=path!("/me/wechat") view=page::ChannelPage ssr=SsrMode::Async />
                <Route path=path!("/me/wechat/disconnect") view=page::ChannelDisconnectPage ssr=SsrMode::Async />
                <Route path=path!("/me/delete") view=page::DeletePage ssr=SsrMode::Async />
                <Route path=path!("/replies") view=page::RepliesPage ssr=SsrMode::Async />
                <Route path=path!("/replies/new") view=page::NewRulePage ssr=SsrMode::Async />
                <Route path=path!("/replies/several") view=page::BulkAddPage ssr=SsrMode::Async />
                <Route path=path!("/replies/history") view=page::HistoryPage ssr=SsrMode::Async />
                <Route path=path!("/replies/history/:change") view=page::ChangePage ssr=SsrMode::Async />
                <Route path=path!("/replies/bench") view=page::rule::BenchPage ssr=SsrMode::Async />
                <Route path=path!("/replies/unanswered") view=page::rule::UnansweredPage ssr=SsrMode::Async />
                <Route path=path!("/replies/messages") view=page::rule::MessagesPage ssr=SsrMode::Async />
                <Route path=path!("/replies/messages/:message") view=page::rule::MessagePage ssr=SsrMode::Async />
                <Route path=path!("/replies/numbers") view=page::rule::StatsPage ssr=SsrMode::Async />
                <Route path=path!("/replies/import") view=page::rule::ImportPage ssr=SsrMode::Async />
                <Route path=path!("/replies/import/:job") view=page::rule::ImportJobPage ssr=SsrMode::Async />
                <Route path=path!("/replies/:number") view=page::RulePage ssr=SsrMode::Async />
                <Route path=path!("/replies/:number/history") view=page::RuleHistoryPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies") view=page::RepliesPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/new") view=page::NewRulePage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/several") view=page::BulkAddPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/history") view=page::HistoryPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/history/:change") view=page::ChangePage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/bench") view=page::rule::BenchPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/unanswered") view=page::rule::UnansweredPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/messages") view=page::rule::MessagesPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/messages/:message") view=page::rule::MessagePage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/numbers") view=page::rule::StatsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/import") view=page::rule::ImportPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/import/:job") view=page::rule::ImportJobPage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/:number") view=page::RulePage ssr=SsrMode::Async />
                <Route path=path!("/admin/replies/:number/history") view=page::RuleHistoryPage ssr=SsrMode::Async />
                <Route path=path!("/docs") view=page::DocsPage ssr=SsrMode::Async />
                <Route path=path!("/docs/:dialect") view=page::DialectPage ssr=SsrMode::Async />
                <Route path=path!("/admin") view=page::AdminPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users") view=page::UsersPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id") view=page::UserPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id/delete") view=page::UserDeletePage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id/disable") view=page::UserDisablePage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id/promote") view=page::UserPromotePage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id/dismiss") view=page::UserDismissPage ssr=SsrMode::Async />
                <Route path=path!("/admin/doctor") view=page::DoctorPage ssr=SsrMode::Async />
                <Route path=path!("/admin/start") view=page::ChecklistPage ssr=SsrMode::Async />
                <Route path=path!("/admin/connect") view=page::ConnectPage ssr=SsrMode::Async />
                <Route path=path!("/admin/connect/disconnect") view=page::DisconnectPage ssr=SsrMode::Async />
                <Route path=path!("/admin/settings") view=page::SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/codes") view=page::CodesPage ssr=SsrMode::Async />
                <Route path=path!("/admin/codes/new") view=page::NewCodesPage ssr=SsrMode::Async />
                <Route path=path!("/admin/codes/:id") view=page::CodeBatchPage ssr=SsrMode::Async />
                <Route path=path!("/sandbox") view=SandboxPage ssr=SsrMode::Async />
                <Route path=path!("/sandbox/personal") view=PersonalPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Reloads a waiting page without a script periodically, unless the visitor turned that off.
fn reload(asked: &Parts) -> Option<impl IntoView + use<>> {
    // A notice that is shown once must be read before the page reloads.
    let has_told = [true, false].iter().any(|is_https| Jar::Flash.read(&asked.headers, *is_https).is_some());
    let (path, query) = (asked.uri.path(), asked.uri.query().unwrap_or_default());
    let secs = match () {
        () if path == "/signin" && !query.contains("still") => Some(if has_told { "30" } else { "5" }),
        () if path == "/me/wechat" && query.contains("scan") => Some("5"),
        () if page::rule::is_running_import(path, query) => Some("1"),
        () => None,
    };
    secs.map(|secs| view! { <noscript><meta http-equiv="refresh" content=secs /></noscript> })
}

fn set_policy() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce)) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
