//! The contents of a rule, one block each.

use super::{RuleScope, media};
use crate::{
    core::{
        message::PART_MAX_BYTES,
        rule::{
            AnswerMode, Content,
            content::{ContentNames, MOST_CONTENTS, Part},
            draft::Limits,
            media::Kind,
        },
    },
    web::{
        component::{Area, Field, Icon, Segment, Shape},
        form::{EditorForm, editor::field},
        text::{fill, replies::edit::Edit},
    },
    wechat::reply::TEXT_MAX_BYTES,
};
use leptos::prelude::*;

/// All contents, the buttons to add one, and the answer mode.
pub fn contents(scope: RuleScope, form: &EditorForm, limits: Limits) -> AnyView {
    let t = Edit::of(scope.lang);
    let of = form.draft.contents.len();
    let blocks =
        form.draft.contents.iter().enumerate().map(|(index, content)| block(scope, form, limits, index, content));
    let whole = form.error("contents").or_else(|| form.error("news"));
    let options = [AnswerMode::All, AnswerMode::Random]
        .map(|a| (a.as_str().to_owned(), scope.texts().answer(a).to_owned()))
        .to_vec();
    view! {
        {blocks.collect_view()}
        {whole.map(|text| view! { <p class="field-error" role="alert"><Icon shape=Shape::Bad /><span>{text}</span></p> })}
        {(of < MOST_CONTENTS).then(|| add(scope))}
        {if of > 1 {
            view! { <Segment label=t.answer name="answer" options value=form.draft.answer.as_str() /> }.into_any()
        } else {
            view! { <input type="hidden" name="answer" value=form.draft.answer.as_str() /> }.into_any()
        }}
    }
    .into_any()
}

fn add(scope: RuleScope) -> impl IntoView {
    let t = Edit::of(scope.lang);
    let buttons = Content::blanks().map(|content| {
        let (kind, name) = (content.kind(), ContentNames::of(scope.lang).name(&content));
        view! {
            <button class="button plain small" name="step" value=format!("add-{kind}") formnovalidate>
                <Icon shape=Shape::Plus />{name}
            </button>
        }
    });
    view! { <div class="row content-adds"><span class="soft small-text">{t.content_add}</span>{buttons.collect_view()}</div> }
}

fn block(
    scope: RuleScope,
    form: &EditorForm,
    limits: Limits,
    index: usize,
    content: &Content,
) -> impl IntoView + use<> {
    let of = form.draft.contents.len();
    let head = (of > 1 || !matches!(content, Content::Text { .. })).then(|| head(scope, index, of, content));
    let fields = fields(scope, form, limits, index, content);
    view! {
        <div class="content-block">
            <input type="hidden" name=field("kind", index) value=content.kind() />
            {head}
            {fields}
        </div>
    }
}

/// The content's kind, and the buttons to move or remove it.
fn head(scope: RuleScope, index: usize, of: usize, content: &Content) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let n = (index + 1).to_string();
    let button = |act: &str, text: &str, shape: Shape, is_there: bool| {
        let (value, label) = (format!("{act}-content-{n}"), fill(text, &[("n", &n)]));
        is_there.then(|| {
            view! {
                <button class="button quiet small square" name="step" value=value aria-label=label formnovalidate>
                    <Icon shape />
                </button>
            }
        })
    };
    view! {
        <div class="content-head">
            <span class="badge">{n.clone()} " " {ContentNames::of(scope.lang).name(content)}</span>
            <div class="row">
                {button("up", t.content_up, Shape::Up, index > 0)}
                {button("down", t.content_down, Shape::Down, index + 1 < of)}
                {button("drop", t.content_drop, Shape::Cross, of > 1)}
            </div>
        </div>
    }
}

fn text_field(scope: RuleScope, form: &EditorForm, limits: Limits, index: usize, text: &str) -> AnyView {
    let t = Edit::of(scope.lang);
    let name = field("text", index);
    let label = if index == 0 { t.content.to_owned() } else { fill(t.content_n, &[("n", &(index + 1).to_string())]) };
    // A longer text is sent in parts if the account may continue it: only otherwise does the meter turn red.
    let parts = (limits.text_max_bytes > TEXT_MAX_BYTES).then(|| parts(scope, &name, text));
    view! {
        <Area
            label
            name=name.clone()
            value=text.to_owned()
            error=form.error(&name)
            placeholder=t.text_example
            rows=4
            autofocus=form.has_focus(&name)
            max_bytes=u32::try_from(TEXT_MAX_BYTES).unwrap_or(u32::MAX)
        />
        {parts}
        {vars(scope, &name)}
    }
    .into_any()
}

/// The number of messages of a long text, updated by the page's script.
fn parts(scope: RuleScope, name: &str, text: &str) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    // A text up to one message stays whole; of several parts, the first has the hint that there are more.
    let n = if text.len() <= TEXT_MAX_BYTES { 1 } else { text.len().div_ceil(PART_MAX_BYTES) };
    let hint = fill(t.text_parts, &[("n", &n.to_string())]);
    view! {
        <p class="field-hint" role="status" data-parts=name.to_owned() data-text=t.text_parts data-size=TEXT_MAX_BYTES.to_string() data-part=PART_MAX_BYTES.to_string() hidden=n < 2>
            <span>{hint}</span>
            " "
            {t.parts_more}
        </p>
    }
}

/// Buttons that insert variables and a link at the cursor; without a script, a list of them.
fn vars(scope: RuleScope, name: &str) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let vars = [
        ("{{nickname}}", t.var_nickname),
        ("{{user_id}}", t.var_user_id),
        ("{{time}}", t.var_time),
        ("{{keyword}}", t.var_keyword),
        ("{{1}}", t.var_group),
    ];
    let link = ("<a href=\"https://\"></a>", t.link);
    let buttons = vars.into_iter().chain([link]).map(|(text, called)| {
        view! { <button type="button" class="chip" data-insert=text data-into=name.to_owned()>{called}</button> }
    });
    let list = vars.map(|(text, called)| view! { <code>{text}</code> " " {called} " " });
    view! {
        <div class="vars" role="group" aria-label=t.vars><span class="soft">{t.vars}</span>{buttons.collect_view()}</div>
        <p class="vars-list field-hint">{t.vars_list} " " {list.collect_view()}</p>
    }
}

/// The fields of a content.
fn fields(scope: RuleScope, form: &EditorForm, limits: Limits, index: usize, content: &Content) -> AnyView {
    let t = Edit::of(scope.lang);
    let one = |part: Part, label: &'static str, value: &str| {
        let name = part.field(index);
        let (error, autofocus) = (form.error(name), form.has_focus(name));
        view! { <Field label name value=value.to_owned() error autofocus autocomplete="off" /> }.into_any()
    };
    let fields: Vec<AnyView> = content
        .parts()
        .into_iter()
        .map(|(part, text)| match part {
            Part::Text => text_field(scope, form, limits, index, text),
            Part::Media | Part::Thumb => medium(scope, form, index, content, part),
            Part::Title => one(part, t.item_title, text),
            Part::Description => one(part, t.description, text),
            Part::Url => one(part, t.url, text),
            Part::HqUrl => one(part, t.hq_url, text),
            Part::PictureUrl => one(part, t.picture_url, text),
        })
        .collect();
    fields.into_iter().collect_view().into_any()
}

/// A picture, voice or video: a media id of the platform, or a file. A stored file is shown and can be replaced.
fn medium(scope: RuleScope, form: &EditorForm, index: usize, content: &Content, part: Part) -> AnyView {
    let t = Edit::of(scope.lang);
    let (name, file, media) = (part.field(index), field("file", index), content.part(part));
    let (label, hint) = match content.file_kind() {
        _ if part == Part::Thumb => (t.thumb, t.file_thumb_hint),
        Some(Kind::Voice) => (t.media, t.file_voice_hint),
        Some(Kind::Video) => (t.media, t.file_video_hint),
        Some(Kind::Image) | None => (t.media, t.file_image_hint),
    };
    let (error, autofocus) = (form.error(name), form.has_focus(name));
    let value = media.to_owned();
    let (known, choose) = match media::place(media) {
        Some(place) => {
            let is_picture = content.file_kind() == Some(Kind::Image);
            let picture = is_picture.then(|| view! { <img src=place.clone() alt="" loading="lazy" /> });
            let kept = view! {
                <div class="kept">
                    {picture}
                    <a href=place target="_blank">{t.file_kept}</a>
                    <input type="hidden" name=name value=value />
                </div>
            };
            (kept.into_any(), t.file_replace)
        }
        None => (
            view! { <Field label name value error hint=t.media_hint autofocus autocomplete="off" /> }.into_any(),
            t.file,
        ),
    };
    let wrong = form.error(&file);
    let described = if wrong.is_some() { format!("{file}-error {file}-hint") } else { format!("{file}-hint") };
    let (error_id, hint_id) = (format!("{file}-error"), format!("{file}-hint"));
    view! {
        {known}
        <div class="field">
            <label class="field-legend" for=file.clone()>{choose}</label>
            <input
                class="input file"
                type="file"
                id=file.clone()
                name=file
                accept=media::accepted(content)
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described
            />
            {wrong.map(|text| view! { <p class="field-error" id=error_id><Icon shape=Shape::Bad /><span>{text}</span></p> })}
            <p class="field-hint" id=hint_id>{hint}</p>
        </div>
    }
    .into_any()
}
