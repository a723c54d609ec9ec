//! Files that are sent along with a rule: kept by Weida from then on, and named in the rule. Without a rule that uses them they go
//! after a day, so a step before the save may keep them already.

use super::{Desk, Form, form::field};
use crate::{
    core::{
        CoreError, Ctx, Flaw, Problem,
        reply::{
            Content,
            media::{
                KEPT, Kind,
                keep::{self, Kept},
                may_be_thumb,
            },
        },
    },
    web::{page::Posted, text::replies::edit::Edit},
};

/// The file types that a field takes, as browsers know them.
pub fn accepted(content: &Content) -> &'static str {
    match content {
        Content::Voice { .. } => ".mp3,.amr,audio/mpeg,audio/amr",
        Content::Video { .. } => "video/mp4",
        Content::Music { .. } => "image/jpeg",
        _ => "image/jpeg,image/png,image/gif",
    }
}

/// Where a file that Weida keeps is to be looked at; None for what the platform keeps.
pub fn place(media: &str) -> Option<String> {
    media.strip_prefix(KEPT).map(|key| format!("/media/{key}"))
}

/// Keeps the files that were chosen, and names them in the contents; what cannot be kept is a flaw of its content.
///
/// # Errors
/// What is no matter of the file.
pub async fn attach(ctx: &Ctx, desk: Desk, posted: &Posted, form: &mut Form) -> Result<(), CoreError> {
    for index in 0..form.draft.contents.len() {
        let Some(upload) = posted.file(&field("file", index)) else { continue };
        if upload.is_too_large {
            let most = Kind::Video.max_bytes();
            let flaw = Flaw { field: "file", problem: Problem::TooManyBytes(most) };
            form.flaws.push((field("file", index), crate::core::reply::words::told(desk.lang, &flaw)));
            continue;
        }
        let problem = match keep::add(ctx, desk.owner_id, &upload.name, upload.bytes.to_vec()).await {
            Ok(kept) => form.draft.contents.get_mut(index).and_then(|content| name(desk, content, &kept)),
            Err(CoreError::Invalid(flaws)) => {
                flaws.first().map(|flaw| crate::core::reply::words::told(desk.lang, flaw))
            }
            Err(other) => return Err(other),
        };
        form.flaws.extend(problem.map(|problem| (field("file", index), problem)));
    }
    Ok(())
}

/// Names a file in its content; says why where it is of another kind.
fn name(desk: Desk, content: &mut Content, kept: &Kept) -> Option<String> {
    let is_thumb = matches!(content, Content::Music { .. });
    let (wanted, place) = match content {
        Content::Image { media } => (Kind::Image, media),
        Content::Voice { media } => (Kind::Voice, media),
        Content::Video { media, .. } => (Kind::Video, media),
        Content::Music { thumb, .. } => (Kind::Image, thumb),
        Content::Text { .. } | Content::News { .. } => return None,
    };
    let t = Edit::of(desk.lang);
    if is_thumb && !may_be_thumb(Some(kept.format), kept.size_bytes) {
        return Some(t.file_thumb.to_owned());
    }
    if kept.format.kind() == wanted {
        *place = kept.reference();
        return None;
    }
    Some(
        match wanted {
            Kind::Image => t.file_image,
            Kind::Voice => t.file_voice,
            Kind::Video => t.file_video,
        }
        .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_kept_here_has_a_place_here() {
        assert_eq!(place("weida:abc").as_deref(), Some("/media/abc"));
        assert_eq!(place("MEDIA_ID-1"), None);
    }
}
