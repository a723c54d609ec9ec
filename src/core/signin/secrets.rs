//! The secrets of a browser's sign-in session, in one `HttpOnly` cookie.

use crate::{base::secret::Use, core::Ctx};

/// The three secrets of the browser's side. `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Proves that this browser began the session.
    browser: String,
    /// Polls the session's state; also in the page's script.
    poll: String,
    /// Shown on the page, to be sent to the account.
    code: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    pub(super) fn new(ctx: &Ctx) -> Self {
        Self {
            browser: ctx.rng.token(),
            poll: ctx.rng.token(),
            code: ctx.rng.digits(ctx.settings.settings.signin.code_digits),
        }
    }

    /// Parses a cookie's value; `None` if it is malformed.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        let mut parts = cookie.split('.');
        let (browser, poll, code) = (parts.next()?, parts.next()?, parts.next()?);
        let is_token = |t: &str| t.len() == 22 && t.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_code = (4..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
        (parts.next().is_none() && is_token(browser) && is_token(poll) && is_code).then(|| Self {
            browser: browser.to_owned(),
            poll: poll.to_owned(),
            code: code.to_owned(),
        })
    }

    /// The cookie's value.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.browser, self.poll, self.code)
    }

    /// The secret with which the page's script polls the state.
    #[must_use]
    pub fn poll(&self) -> &str {
        &self.poll
    }

    /// The digits that the page shows.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    pub(super) fn browser_hash(&self, ctx: &Ctx) -> String {
        ctx.hash(Use::Browser, &self.browser)
    }

    pub(super) fn poll_hash(&self, ctx: &Ctx) -> String {
        ctx.hash(Use::Poll, &self.poll)
    }

    pub(super) fn code_hash(&self, ctx: &Ctx) -> String {
        ctx.hash(Use::Code, &self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn only_the_shape_that_was_made_here_is_read() {
        let good = "0123456789abcdefABCDEF.0123456789abcdefABCDEX.012345";
        assert_eq!(Secrets::parse(good).unwrap().to_cookie(), good);
        for bad in [
            "",
            ".",
            "..",
            "a.b.c",
            &good[1..],
            &format!("{good}.x"),
            &good.replace('A', "é"),
            &good.replace("012345", "01234x"),
        ] {
            assert!(Secrets::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{:?}", Secrets::parse(good)), "Some(Secrets(…))");
    }
}
