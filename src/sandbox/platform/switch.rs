//! What can be switched while the stand-in runs: the part of [`Platform`] for tests, and for the phone's choice of account.

use super::{Platform, knob::Injection, world::AccountKind};
use tokio::sync::watch;
use url::Url;

impl Platform {
    /// What kind of account it is.
    #[must_use]
    pub fn kind(&self) -> AccountKind {
        self.desk.look(|world| world.kind)
    }

    /// Makes it another kind of account; it holds from the next call on.
    pub async fn set_kind(&self, kind: AccountKind) {
        self.desk.change(|world| world.kind = kind).await;
    }

    /// Sends pushes elsewhere, without asking there first.
    pub fn set_push_url(&self, url: Url) {
        self.desk.set_line(|line| line.push_url = Some(url));
    }

    /// Sends pushes elsewhere if that address echoes the verification, as saving it on the platform's website does.
    ///
    /// # Errors
    /// One line: what was wrong with the echo. Then pushes go where they went.
    pub async fn save_push_url(&self, url: Url) -> Result<(), String> {
        self.desk.verify(&url).await?;
        self.set_push_url(url);
        Ok(())
    }

    /// What came of the verification at the start; None while it is under way, or there was none.
    #[must_use]
    pub fn verified(&self) -> Option<Result<(), String>> {
        self.desk.line().verified
    }

    /// Lets something happen to the next `times` calls of `path` (`/cgi-bin/stable_token`), after what is waiting already.
    pub fn inject(&self, path: &str, injection: Injection, times: usize) {
        self.desk.knobs.inject(path, injection, times);
    }

    /// Takes back every injection that has not happened.
    pub fn clear_injections(&self) {
        self.desk.knobs.clear();
    }

    /// How often `path` was called since the start.
    #[must_use]
    pub fn calls(&self, path: &str) -> usize {
        self.desk.knobs.calls(path)
    }

    /// Makes every access token useless, as a change of the secret does.
    pub async fn revoke_tokens(&self) {
        let now_ms = self.desk.clock.now_ms();
        self.desk.change(|world| world.tokens.revoke(now_ms)).await;
    }

    /// A number that grows with every change of people, chats and codes.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.desk.revisions()
    }
}
