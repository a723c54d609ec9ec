//! The contents of a rule, one block each.

use super::{Desk, Form, attach, form::field};
use crate::{
    core::{
        message::PART_MAX_BYTES,
        reply::{Answer, Content, content::MOST_CONTENTS, draft::Limits},
    },
    web::{
        part::{Area, Field, Icon, Segment, Shape},
        text::{fill, replies::edit::Edit},
    },
    wechat::reply::TEXT_MAX_BYTES,
};
use leptos::prelude::*;

/// The kinds that can be added, in the order of their buttons.
const KINDS: [&str; 6] = ["text", "image", "news", "voice", "video", "music"];

/// All contents, the buttons that add one, and how several answer.
pub fn contents(desk: Desk, form: &Form, limits: Limits) -> AnyView {
    let t = Edit::of(desk.lang);
    let of = form.draft.contents.len();
    let blocks =
        form.draft.contents.iter().enumerate().map(|(index, content)| block(desk, form, limits, index, content));
    let whole = form.error("contents").or_else(|| form.error("news"));
    let options =
        [Answer::All, Answer::Random].map(|a| (a.as_str().to_owned(), desk.texts().answer(a).to_owned())).to_vec();
    view! {
        {blocks.collect_view()}
        {whole.map(|text| view! { <p class="field-error" role="alert"><Icon shape=Shape::Bad /><span>{text}</span></p> })}
        {(of < MOST_CONTENTS).then(|| add(desk))}
        {if of > 1 {
            view! { <Segment label=t.answer name="answer" options value=form.draft.answer.as_str() /> }.into_any()
        } else {
            view! { <input type="hidden" name="answer" value=form.draft.answer.as_str() /> }.into_any()
        }}
    }
    .into_any()
}

fn add(desk: Desk) -> impl IntoView {
    let (t, c) = (Edit::of(desk.lang), desk.texts());
    let buttons = KINDS.map(|kind| {
        let name = c.content(&super::form::blank(kind));
        view! {
            <button class="button plain small" name="step" value=format!("add-{kind}") formnovalidate>
                <Icon shape=Shape::Plus />{name}
            </button>
        }
    });
    view! { <div class="row content-adds"><span class="soft small-text">{t.content_add}</span>{buttons.collect_view()}</div> }
}

fn block(desk: Desk, form: &Form, limits: Limits, index: usize, content: &Content) -> impl IntoView + use<> {
    let of = form.draft.contents.len();
    let head = (of > 1 || !matches!(content, Content::Text { .. })).then(|| head(desk, index, of, content));
    let fields = match content {
        Content::Text { text } => text_field(desk, form, limits, index, text),
        other => other_fields(desk, form, index, other),
    };
    view! {
        <div class="content-block">
            <input type="hidden" name=field("kind", index) value=content.kind() />
            {head}
            {fields}
        </div>
    }
}

/// What it is, and the buttons that move or remove it.
fn head(desk: Desk, index: usize, of: usize, content: &Content) -> impl IntoView + use<> {
    let t = Edit::of(desk.lang);
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
            <span class="badge">{n.clone()} " " {desk.texts().content(content)}</span>
            <div class="row">
                {button("up", t.content_up, Shape::Up, index > 0)}
                {button("down", t.content_down, Shape::Down, index + 1 < of)}
                {button("drop", t.content_drop, Shape::Cross, of > 1)}
            </div>
        </div>
    }
}

fn text_field(desk: Desk, form: &Form, limits: Limits, index: usize, text: &str) -> AnyView {
    let t = Edit::of(desk.lang);
    let name = field("text", index);
    let label = if index == 0 { t.content.to_owned() } else { fill(t.content_n, &[("n", &(index + 1).to_string())]) };
    // A longer one is continued, where it may be: the meter turns red only where nothing goes on.
    let parts = (limits.text_max_bytes > TEXT_MAX_BYTES).then(|| parts(desk, &name, text));
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
        {vars(desk, &name)}
    }
    .into_any()
}

/// How many messages a long text becomes; the page's script keeps it right.
fn parts(desk: Desk, name: &str, text: &str) -> impl IntoView + use<> {
    let t = Edit::of(desk.lang);
    // What fits into one message is one; of several, the first has the hint that there are more.
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

/// Variables and a link, put in at the cursor by buttons; without a script, a list of what may be typed.
fn vars(desk: Desk, name: &str) -> impl IntoView + use<> {
    let t = Edit::of(desk.lang);
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

/// The fields of what is not text.
fn other_fields(desk: Desk, form: &Form, index: usize, content: &Content) -> AnyView {
    let t = Edit::of(desk.lang);
    let one = |name: &str, label: &'static str, value: &str, hint: &'static str| {
        let name = field(name, index);
        let (error, autofocus) = (form.error(&name), form.has_focus(&name));
        view! { <Field label name value=value.to_owned() error hint autofocus autocomplete="off" /> }.into_any()
    };
    let fields = match content {
        Content::Text { .. } => Vec::new(),
        Content::Image { media } | Content::Voice { media } => {
            vec![medium(desk, form, index, content, ("media", media))]
        }
        Content::Video { media, title, description } => vec![
            medium(desk, form, index, content, ("media", media)),
            one("title", t.item_title, title, ""),
            one("description", t.description, description, ""),
        ],
        Content::Music { title, description, url, hq_url, thumb } => vec![
            one("title", t.item_title, title, ""),
            one("description", t.description, description, ""),
            one("url", t.url, url, ""),
            one("hq_url", t.hq_url, hq_url, ""),
            medium(desk, form, index, content, ("thumb", thumb)),
        ],
        Content::News { title, description, picture_url, url } => vec![
            one("title", t.item_title, title, ""),
            one("description", t.description, description, ""),
            one("url", t.url, url, ""),
            one("picture_url", t.picture_url, picture_url, ""),
        ],
    };
    fields.into_iter().collect_view().into_any()
}

/// A picture, voice or video: by the platform's media id, or as a file. One that is kept here is shown, and can be replaced.
fn medium(desk: Desk, form: &Form, index: usize, content: &Content, (name, media): (&str, &str)) -> AnyView {
    let t = Edit::of(desk.lang);
    let (name, file) = (field(name, index), field("file", index));
    let is_thumb = matches!(content, Content::Music { .. });
    let (label, hint) = match content {
        Content::Voice { .. } => (t.media, t.file_voice_hint),
        Content::Video { .. } => (t.media, t.file_video_hint),
        Content::Music { .. } => (t.thumb, t.file_thumb_hint),
        _ => (t.media, t.file_image_hint),
    };
    let (error, autofocus) = (form.error(&name), form.has_focus(&name));
    let value = media.to_owned();
    let (known, choose) = match attach::place(media) {
        Some(place) => {
            let is_picture = is_thumb || matches!(content, Content::Image { .. });
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
                accept=attach::accepted(content)
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described
            />
            {wrong.map(|text| view! { <p class="field-error" id=error_id><Icon shape=Shape::Bad /><span>{text}</span></p> })}
            <p class="field-hint" id=hint_id>{hint}</p>
        </div>
    }
    .into_any()
}
