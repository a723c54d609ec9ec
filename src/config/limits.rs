//! Settings of the limits against guessing and flooding.

use serde::Deserialize;

/// Limits against guessing and flooding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limits {
    /// The most codes that may be tried in one sign-in session.
    pub guesses_per_session: i64,
    /// Wrong typed codes per minute and address; its wider networks may have twice as many.
    pub wrong_codes_per_address: i64,
    /// Wrong codes per minute in total, counted separately for typed and sent ones. Above it, only addresses and followers
    /// without recent failures may guess.
    pub wrong_codes_per_minute: i64,
    /// Wrong codes per hour and address, if no page requested the code (dialect B).
    pub unbound_codes_per_hour: i64,
    /// Wrong codes per minute in total above that limit, for addresses and followers without recent failures.
    pub slowed_guesses_per_minute: i64,
    /// Wrong codes sent in the chat, per minute and follower.
    pub sent_codes_per_minute: i64,
    /// Wrong passwords per minute and address.
    pub password_failures_per_minute: i64,
    /// New sign-in sessions per minute and address.
    pub new_sessions_per_minute: i64,
    /// Codes requested in the chat, per minute and follower.
    pub chat_codes_per_minute: i64,
    /// QR codes created at the platform, per minute and per day (of Asia/Shanghai), by all instances together. Above it, pages show
    /// digits.
    pub qr_codes_per_minute: i64,
    pub qr_codes_per_day: i64,
    /// Requests per second and token or session.
    pub requests_per_second: i64,
    /// The multiple of the per-address limits that loopback addresses get if the public URL is private.
    pub loopback_factor: i64,
    /// Concurrent connections in total; 0: as many as the limit of open files allows.
    pub connections: i64,
    /// Connections of one peer, and concurrent requests of one address.
    pub connections_per_address: i64,
    /// Concurrent event streams of one sign-in session.
    pub event_streams_per_session: i64,
    /// The longest that receiving a request's head may take, in seconds.
    pub header_seconds: i64,
    /// The longest that a connection may be idle, in seconds.
    pub idle_seconds: i64,
    /// The longest silence while a request's body arrives, in seconds.
    pub body_idle_seconds: i64,
    /// The minimum rate of a request's body, averaged over 20 seconds.
    pub body_bytes_per_second: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            guesses_per_session: 5,
            wrong_codes_per_address: 10,
            wrong_codes_per_minute: 30,
            unbound_codes_per_hour: 10,
            slowed_guesses_per_minute: 10,
            sent_codes_per_minute: 10,
            password_failures_per_minute: 10,
            new_sessions_per_minute: 30,
            chat_codes_per_minute: 5,
            qr_codes_per_minute: 60,
            qr_codes_per_day: 20_000,
            requests_per_second: 50,
            loopback_factor: 100,
            connections: 0,
            connections_per_address: 200,
            event_streams_per_session: 4,
            header_seconds: 10,
            idle_seconds: 60,
            body_idle_seconds: 10,
            body_bytes_per_second: 4096,
        }
    }
}
