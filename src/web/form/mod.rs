//! Forms that are sent to the address of their own page, as typed values. An action (`web::action`) reads and saves them; a form
//! that is refused goes back to its page, which shows it again with what was typed and why.

mod bulk_add;
mod import;
mod line;
mod quick;
mod submitted_form;

pub mod editor;

pub use bulk_add::{BulkAddForm, WrongLine};
pub use editor::{Button, EditorForm};
pub use import::{ImportError, ImportFile};
pub use line::{Line, Written};
pub use quick::QuickForm;
pub use submitted_form::{FORM_MAX_BYTES, SubmittedForm, Upload, read};

use crate::core::CoreError;
use std::sync::Arc;

/// What a page shows after a form was sent to it and the browser was not redirected.
#[derive(Debug, Clone)]
pub enum ReturnedForm {
    Editor(Arc<EditorForm>),
    Quick(Arc<QuickForm>),
    BulkAdd(Arc<BulkAddForm>),
    /// Why the import file was refused.
    Import(String),
    /// The form could not be processed: the page shows the error instead of its content.
    Failed(Arc<CoreError>),
}
