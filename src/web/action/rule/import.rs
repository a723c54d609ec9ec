//! Imports: a file becomes a job with its own page, and the page's button applies it.

use super::{Outcome, change_by};
use crate::{
    core::{
        CoreError,
        rule::{
            Source,
            edit::Editor,
            transfer::{
                error_text,
                job::{self, ImportRequest},
            },
        },
    },
    web::{
        form::{ImportError, ImportFile, ReturnedForm, SubmittedForm},
        page::{
            PageRequest,
            rule::{RuleScope, import},
        },
        text::replies::transfer::Transfer,
    },
};

/// Creates an import job and redirects to its page; otherwise returns the error text.
///
/// # Errors
/// An error that the input did not cause.
pub async fn begin(request: &PageRequest, scope: RuleScope, form: &SubmittedForm) -> Result<Outcome, CoreError> {
    let (ctx, editor) = (&request.ctx, importer(request, scope));
    let begun = match ImportFile::try_from(form) {
        Ok(ImportFile::Platform) if scope.is_accounts() => Ok(job::begin_from_platform(ctx, &editor).await?),
        Ok(ImportFile::Platform) => Err(ImportError::NoFile),
        Ok(ImportFile::Upload(file)) => {
            job::begin(ctx, &editor, &file.name, &file.bytes).await?.map_err(ImportError::File)
        }
        Err(error) => Err(error),
    };
    Ok(match begun {
        Ok(id) => Outcome::Redirect(import::address(scope, id), None),
        Err(ImportError::NoFile) => returned(Transfer::of(scope.lang).file_none.to_owned()),
        Err(ImportError::File(flaw)) => returned(error_text::file(scope.lang, &flaw)),
    })
}

fn returned(error: String) -> Outcome {
    Outcome::Returned(ReturnedForm::Import(error))
}

/// Starts to apply the job and redirects to its progress; an expired job redirects to the upload page.
///
/// # Errors
/// An error that the input did not cause.
pub async fn start(
    request: &PageRequest,
    scope: RuleScope,
    id: i64,
    form: ImportRequest,
) -> Result<Outcome, CoreError> {
    match job::start(&request.ctx, &importer(request, scope), id, form).await {
        // The button was pressed twice.
        Ok(()) | Err(CoreError::Conflict) => Ok(Outcome::Redirect(import::running_address(scope, id), None)),
        Err(CoreError::NotFound) => {
            let (path, flash) = import::expired(scope);
            Ok(Outcome::redirect(path, flash))
        }
        Err(other) => Err(other),
    }
}

/// The editor with the source "import", which the history distinguishes from manual edits.
fn importer(request: &PageRequest, scope: RuleScope) -> Editor {
    Editor { door: Source::Import, ..change_by(request, scope) }
}
