//! Paths that the routes and the rate limits share.

/// Polled by clients until the QR code was scanned.
pub const CHECK_FOLLOW: &str = "/api/v1/auth/wechat/check-follow";
