//! The forms of an import: the source of the rules, then the confirmation.

use super::{SubmittedForm, Upload};
use crate::core::rule::transfer::{FILE_MAX_BYTES, FileFlaw, Mode, job::ImportRequest};

/// Where the rules to be imported come from.
#[derive(Debug, Clone)]
pub enum ImportFile {
    /// The rules that are set up on the platform.
    Platform,
    Upload(Upload),
}

/// Why no import can begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    NoFile,
    File(FileFlaw),
}

impl TryFrom<&SubmittedForm> for ImportFile {
    type Error = ImportError;

    fn try_from(submitted: &SubmittedForm) -> Result<Self, ImportError> {
        if submitted.value("from") == Some("platform") {
            return Ok(Self::Platform);
        }
        let file = submitted.file("file").ok_or(ImportError::NoFile)?;
        if file.is_too_large {
            return Err(ImportError::File(FileFlaw::TooLarge(FILE_MAX_BYTES)));
        }
        Ok(Self::Upload(file.clone()))
    }
}

impl From<&SubmittedForm> for ImportRequest {
    fn from(submitted: &SubmittedForm) -> Self {
        Self {
            mode: Mode::of(&submitted.text("mode")),
            mark: submitted.text("mark"),
            is_partial: submitted.value("partial").is_some(),
        }
    }
}
