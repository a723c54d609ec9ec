//! The page to upload an import file, and to download exports.

use super::{RuleScope, Section};
use crate::{
    core::rule::transfer::{FILE_MAX_BYTES, MOST_ROWS},
    web::{
        component::{Card, Icon, Kind, Shape, Submit},
        form::ReturnedForm,
        page::{PageContent, PageError, Visitor, page},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

#[component]
pub fn ImportPage() -> impl IntoView {
    page(import)
}

async fn import(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let t = Transfer::of(scope.lang);
    let refused = match visitor.request.returned() {
        Some(ReturnedForm::Import(error)) => Some(error.clone()),
        _ => None,
    };
    let platform = scope.is_accounts().then(|| platform(scope));
    let (upload, export) = (upload(scope, refused), export(scope));
    let body = view! {
        <div class="transfer">
            <div class="stack wide">{upload} {platform}</div>
            {export}
        </div>
    };
    Ok(scope.page(Section::Import, t.title, t.note, ().into_any(), body.into_any()))
}

fn upload(scope: RuleScope, error: Option<String>) -> AnyView {
    let t = Transfer::of(scope.lang);
    let (mb, rows) = ((FILE_MAX_BYTES / 1024 / 1024).to_string(), MOST_ROWS.to_string());
    let wrong = error.is_some();
    let error = error.map(|error| {
        view! { <p class="field-error" id="file-error"><Icon shape=Shape::Bad /><span>{error}</span></p> }
    });
    view! {
        <Card title=t.upload note=fill(t.upload_note, &[("mb", &mb), ("rows", &rows)])>
            <form class="stack" method="post" enctype="multipart/form-data" action=scope.owner.below("import")>
                <div class="field">
                    <div class="field-top"><label for="file">{t.file}</label></div>
                    <input
                        class="input file"
                        id="file"
                        name="file"
                        type="file"
                        accept=".csv,.txt,.json,text/csv,application/json"
                        required
                        autofocus=wrong
                        aria-invalid=wrong.then_some("true")
                        aria-describedby=if wrong { "file-error file-hint" } else { "file-hint" }
                    />
                    {error}
                    <p class="field-hint" id="file-hint">{t.file_hint}</p>
                </div>
                <div class="row"><Submit text=t.look /></div>
            </form>
        </Card>
    }
    .into_any()
}

fn platform(scope: RuleScope) -> AnyView {
    let t = Transfer::of(scope.lang);
    view! {
        <Card title=t.platform note=t.platform_note>
            <form method="post" action=scope.owner.below("import")>
                <input type="hidden" name="from" value="platform" />
                <Submit text=t.platform_do kind=Kind::Plain />
            </form>
        </Card>
    }
    .into_any()
}

fn export(scope: RuleScope) -> AnyView {
    let t = Transfer::of(scope.lang);
    let file = move |format: &str, text: &'static str, note: &'static str| {
        let href = scope.owner.below(&format!("export.{format}"));
        view! {
            <a class="button plain block" href=href download>{text}</a>
            <p class="field-hint">{note}</p>
        }
    };
    view! {
        <Card title=t.export note=t.export_note>
            <div class="stack tight">{file("csv", t.export_csv, t.export_csv_note)}</div>
            <div class="stack tight">{file("json", t.export_json, t.export_json_note)}</div>
        </Card>
    }
    .into_any()
}
