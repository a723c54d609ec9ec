//! Switches that tests, and the phone's choice of account, change at run time: further methods of [`Platform`].

use super::{Platform, fault_injection::Injection, world::AccountKind};
use tokio::sync::watch;
use url::Url;

impl Platform {
    /// The kind of account.
    #[must_use]
    pub fn kind(&self) -> AccountKind {
        self.state.look(|world| world.kind)
    }

    /// Changes the kind of account, from the next call on.
    pub async fn set_kind(&self, kind: AccountKind) {
        self.state.change(|world| world.kind = kind).await;
    }

    /// Changes the push address without verifying it.
    pub fn set_push_url(&self, url: Url) {
        self.state.set_line(|line| line.push_url = Some(url));
    }

    /// Changes the push address if it echoes the verification, as saving it in the platform's console does.
    ///
    /// # Errors
    /// One line: what was wrong with the echo. The push address then stays unchanged.
    pub async fn save_push_url(&self, url: Url) -> Result<(), String> {
        self.state.verify(&url).await?;
        self.set_push_url(url);
        Ok(())
    }

    /// The result of the verification at the start; `None` if it is running, or there was none.
    #[must_use]
    pub fn verified(&self) -> Option<Result<(), String>> {
        self.state.line().verified
    }

    /// Applies a fault to the next `times` calls of `path` (`/cgi-bin/stable_token`), after the pending ones.
    pub fn inject(&self, path: &str, injection: Injection, times: usize) {
        self.state.faults.inject(path, injection, times);
    }

    /// Removes all pending faults.
    pub fn clear_injections(&self) {
        self.state.faults.clear();
    }

    /// The number of calls to `path` since the start.
    #[must_use]
    pub fn calls(&self, path: &str) -> usize {
        self.state.faults.calls(path)
    }

    /// Invalidates every access token, as a change of the secret does.
    pub async fn revoke_tokens(&self) {
        let now_ms = self.state.clock.now_ms();
        self.state.change(|world| world.tokens.revoke(now_ms)).await;
    }

    /// A number that increases with every change of users, chats and codes.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.state.revisions()
    }

    /// The number of subscribers to the revisions.
    pub fn followers(&self) -> usize {
        self.state.followers()
    }
}
