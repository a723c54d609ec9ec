//! Faults that tests and the phone's buttons inject.

use std::sync::{Mutex, PoisonError};

/// The calls that a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `get_qrcode_status`.
    Login,
    /// `getupdates`.
    Updates,
    /// `sendmessage`.
    Send,
    /// Each call of the bot API, and of the login.
    All,
}

/// What replaces a call's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This `ret`; nothing was done.
    Ret(i64),
    /// `ret: 0` without `message_id`; the message is dropped. For [`Scope::Send`].
    Dropped,
    /// Everything was done, and the connection breaks before the answer.
    Cut,
    /// This HTTP status, with HTML.
    Status(u16),
    /// Status 200 with HTML.
    Html,
    /// No answer.
    Hang,
    /// The right answer with 5 MiB beside it.
    Large,
    /// The right answer with raw control characters in a text.
    Control,
    /// A `redirect_host` or `baseurl` that is not the platform's. For [`Scope::Login`].
    ForeignHost,
}

/// Pending faults.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<(Scope, Fault, usize)>>);

impl Faults {
    pub fn inject(&self, scope: Scope, fault: Fault, times: usize) {
        self.list().push((scope, fault, times));
    }

    pub fn clear(&self) {
        self.list().clear();
    }

    pub fn pending(&self) -> Vec<(Scope, Fault, usize)> {
        self.list().clone()
    }

    /// The fault of one call.
    pub fn take(&self, scope: Scope) -> Option<Fault> {
        let mut list = self.list();
        let at = list.iter().position(|(of, _, _)| *of == scope || *of == Scope::All)?;
        let (_, fault, times) = &mut list[at];
        let fault = *fault;
        if *times != usize::MAX {
            *times -= 1;
        }
        list.retain(|(_, _, times)| *times > 0);
        Some(fault)
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<(Scope, Fault, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
