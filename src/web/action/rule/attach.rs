//! Stores the files uploaded with a rule, and refers to them in the rule. Unused files are deleted after a day, so a step before
//! saving may store them already.

use crate::{
    core::{
        CoreError, FieldError, OfficialCtx, Problem,
        rule::{
            Content, error_text,
            media::{
                Kind, may_be_thumb,
                storage::{self, StoredFile},
            },
        },
    },
    web::{
        form::{EditorForm, editor::field},
        page::rule::RuleScope,
        text::replies::edit::Edit,
    },
};

/// Stores the chosen files and refers to them in the contents; a file that cannot be stored becomes a flaw of its
/// content.
///
/// # Errors
/// An error that the file did not cause.
pub async fn attach(ctx: &OfficialCtx, scope: RuleScope, form: &mut EditorForm) -> Result<(), CoreError> {
    for (index, upload) in std::mem::take(&mut form.files) {
        let problem = if upload.is_too_large {
            let problem = Problem::TooManyBytes(Kind::Video.max_bytes());
            Some(error_text::describe(scope.lang, &FieldError { field: "file", problem }))
        } else {
            match storage::add(ctx, scope.owner_id, &upload.name, upload.bytes.to_vec()).await {
                Ok(kept) => form.draft.contents.get_mut(index).and_then(|content| name(scope, content, &kept)),
                Err(CoreError::Invalid(flaws)) => flaws.first().map(|flaw| error_text::describe(scope.lang, flaw)),
                Err(other) => return Err(other),
            }
        };
        form.flaws.extend(problem.map(|problem| (field("file", index), problem)));
    }
    Ok(())
}

/// Refers to a file in its content; returns an error text if the file has the wrong kind.
fn name(scope: RuleScope, content: &mut Content, kept: &StoredFile) -> Option<String> {
    let (is_thumb, wanted) = (content.has_thumb(), content.file_kind()?);
    let place = content.media_mut()?;
    let t = Edit::of(scope.lang);
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
