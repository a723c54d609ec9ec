//! The file of a content: chosen or dropped here first, or named by a media id of the platform.

use super::{RuleScope, media};
use crate::{
    core::rule::{Content, content::Part, media::Kind},
    web::{
        component::{Field, Icon, Shape},
        form::{EditorForm, editor::field},
        page::rule::content_shape,
        text::replies::edit::Edit,
    },
};
use leptos::prelude::*;

/// A picture, voice or video. A stored file is shown and can be replaced.
pub fn file(scope: RuleScope, form: &EditorForm, index: usize, content: &Content, part: Part) -> AnyView {
    let t = Edit::of(scope.lang);
    let (name, file, media) = (part.field(index), field("file", index), content.part(part).to_owned());
    let (label, hint) = match content.file_kind() {
        _ if part == Part::Thumb => (t.thumb, t.file_thumb_hint),
        Some(Kind::Voice) => (t.media, t.file_voice_hint),
        Some(Kind::Video) => (t.media, t.file_video_hint),
        Some(Kind::Image) | None => (t.media, t.file_image_hint),
    };
    let place = media::place(&media);
    let is_kept = place.is_some();
    // What is wrong with the media is mended here too: by a file.
    let wrong = form.error(&file).or_else(|| form.error(name).filter(|_| media.is_empty()));
    let is_wrong = wrong.is_some();
    let (error_id, hint_id) = (format!("{file}-error"), format!("{file}-hint"));
    let described = if is_wrong { format!("{error_id} {hint_id}") } else { hint_id.clone() };
    let kept = place.map(|place| {
        let value = media.clone();
        view! {
            <a href=place target="_blank">{t.file_kept}</a>
            <input type="hidden" name=name value=value />
        }
    });
    let picture = match media::place(&media).filter(|_| content.file_kind() == Some(Kind::Image)) {
        Some(place) => view! { <img class="file-picture" src=place alt="" loading="lazy" /> }.into_any(),
        None => view! { <span class="file-picture"><Icon shape=content_shape(content) /></span> }.into_any(),
    };
    let advanced = (!is_kept).then(|| {
        let error = form.error(name).filter(|_| !media.is_empty());
        let is_open = error.is_some() || !media.is_empty();
        view! {
            <details class="advanced" open=is_open>
                <summary>{t.advanced}</summary>
                <Field label name value=media error hint=t.media_hint autocomplete="off" />
            </details>
        }
    });
    let choose = if is_kept { t.file_replace } else { t.file };
    view! {
        <div class=if is_kept { "file" } else { "file is-empty" } data-drop>
            {picture}
            <div class="file-words">
                <p class="file-name" data-file-name>{kept}</p>
                <small class="soft" id=hint_id>{(!is_kept).then(|| view! { <span class="file-drag">{t.file_drag} " "</span> })} {hint}</small>
            </div>
            <input
                type="file"
                id=file.clone()
                name=file.clone()
                accept=media::accepted(content)
                autofocus=is_wrong || (!is_kept && form.has_focus(name))
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=described
            />
            <label class="button plain small" for=file>{choose}</label>
        </div>
        {wrong.map(|text| view! { <p class="field-error" id=error_id><Icon shape=Shape::Bad /><span>{text}</span></p> })}
        {advanced}
    }
    .into_any()
}
