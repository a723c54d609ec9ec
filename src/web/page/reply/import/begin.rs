//! Where a file comes in, and where files are taken away.

use super::{Desk, Room, editor};
use crate::{
    core::reply::transfer::{FILE_MAX_BYTES, FileFlaw, MOST_ROWS, job, words},
    web::{
        page::{Halt, Leaf, Posted, Visitor, page},
        part::{Card, Icon, Kind, Shape, Submit},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

#[component]
pub fn ImportPage() -> impl IntoView {
    page(import)
}

async fn import(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let t = Transfer::of(desk.lang);
    let refused = match visitor.here.posted().cloned() {
        Some(posted) => take(&visitor, desk, &posted).await?,
        None => None,
    };
    let platform = desk.is_accounts().then(|| platform(desk));
    let (upload, export) = (upload(desk, refused), export(desk));
    let body = view! {
        <div class="transfer">
            <div class="stack wide">{upload} {platform}</div>
            {export}
        </div>
    };
    Ok(desk.leaf(Room::Import, t.title, t.note, ().into_any(), body.into_any()))
}

/// What was sent becomes a job with a page of its own; else why not.
async fn take(visitor: &Visitor, desk: Desk, posted: &Posted) -> Result<Option<String>, Halt> {
    let (ctx, editor, t) = (&visitor.here.ctx, editor(visitor, desk), Transfer::of(desk.lang));
    if posted.value("from") == Some("platform") && desk.is_accounts() {
        let id = job::begin_from_platform(ctx, &editor).await?;
        return Err(Halt::Go(desk.scope.below(&format!("import/{id}"))));
    }
    let Some(file) = posted.file("file") else {
        return Ok(Some(t.file_none.to_owned()));
    };
    if file.is_too_large {
        return Ok(Some(words::file(desk.lang, &FileFlaw::TooLarge(FILE_MAX_BYTES))));
    }
    match job::begin(ctx, &editor, &file.name, &file.bytes).await? {
        Ok(id) => Err(Halt::Go(desk.scope.below(&format!("import/{id}")))),
        Err(flaw) => Ok(Some(words::file(desk.lang, &flaw))),
    }
}

fn upload(desk: Desk, error: Option<String>) -> AnyView {
    let t = Transfer::of(desk.lang);
    let (mb, rows) = ((FILE_MAX_BYTES / 1024 / 1024).to_string(), MOST_ROWS.to_string());
    let wrong = error.is_some();
    let error = error.map(|error| {
        view! { <p class="field-error" id="file-error"><Icon shape=Shape::Bad /><span>{error}</span></p> }
    });
    view! {
        <Card title=t.upload note=fill(t.upload_note, &[("mb", &mb), ("rows", &rows)])>
            <form class="stack" method="post" enctype="multipart/form-data" action=desk.scope.below("import")>
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

fn platform(desk: Desk) -> AnyView {
    let t = Transfer::of(desk.lang);
    view! {
        <Card title=t.platform note=t.platform_note>
            <form method="post" action=desk.scope.below("import")>
                <input type="hidden" name="from" value="platform" />
                <Submit text=t.platform_do kind=Kind::Plain />
            </form>
        </Card>
    }
    .into_any()
}

fn export(desk: Desk) -> AnyView {
    let t = Transfer::of(desk.lang);
    let file = move |format: &str, text: &'static str, note: &'static str| {
        let href = desk.scope.below(&format!("export.{format}"));
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
