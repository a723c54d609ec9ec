//! Calls that show whether the account's settings fit, and change nothing.

use super::{ApiError, Client};

impl Client {
    /// Asks for an `access_token` as if none were known. The platform gives the present one again, which stays valid.
    ///
    /// # Errors
    /// [`ApiError`]: 40013 for a wrong appid, 40001 and 40125 for a wrong secret, 40164 for an address outside of the whitelist.
    pub async fn check_credentials(&self) -> Result<(), ApiError> {
        self.tokens.check().await
    }

    /// The platform's clock in epoch seconds, from the header `Date` of any answer.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Malformed`] for an answer without a date.
    pub async fn server_time(&self) -> Result<i64, ApiError> {
        self.transport.server_time().await
    }
}

/// The address that the platform refused, from its message for 40164: `invalid ip 203.0.113.24 ipv6 ::ffff:203.0.113.24, not in whitelist`.
#[must_use]
pub fn refused_address(message: &str) -> Option<std::net::IpAddr> {
    let words = message.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    words.filter_map(|word| word.parse::<std::net::IpAddr>().ok()).map(|ip| ip.to_canonical()).next()
}

#[cfg(test)]
mod tests {
    use super::refused_address;

    #[test]
    fn the_refused_address_is_found_in_the_message() {
        for (message, address) in [
            ("invalid ip 203.0.113.24 ipv6 ::ffff:203.0.113.24, not in whitelist rid: 1-2-3", Some("203.0.113.24")),
            ("invalid ip 2001:db8::1, not in whitelist hint: [x]", Some("2001:db8::1")),
            ("invalid ip ::ffff:203.0.113.24, not in whitelist", Some("203.0.113.24")),
            ("not in whitelist", None),
        ] {
            assert_eq!(refused_address(message).map(|ip| ip.to_string()).as_deref(), address, "{message}");
        }
    }
}
