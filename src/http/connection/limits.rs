//! Timeouts and limits of connections.

use crate::config;
use std::time::Duration;

/// The minimum rate of a request's body.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest silence.
    pub silence: Duration,
    /// The minimum average in each `window`; time in which the program does not read is not counted.
    pub bytes_per_second: u64,
    pub window: Duration,
}

impl Pace {
    /// The bytes that must arrive in one window.
    #[must_use]
    pub fn least(&self) -> u64 {
        self.bytes_per_second.saturating_mul(self.window.as_secs().max(1))
    }
}

/// Time-outs and limits of connections.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest that receiving a request's head may take.
    pub header: Duration,
    /// The longest that a connection may be idle.
    pub idle: Duration,
    pub pace: Pace,
    /// Connections in total.
    pub total: usize,
    /// Connections of one peer, and concurrent requests of one address.
    pub per_address: usize,
}

/// The window of a body's minimum rate.
const WINDOW: Duration = Duration::from_secs(20);

impl Limits {
    /// Reads the settings. `descriptors`: the limit of open files and connections of this process.
    #[must_use]
    pub fn new(settings: &config::Limits, descriptors: u64) -> Self {
        let seconds = |n: i64| Duration::from_secs(u64::try_from(n).unwrap_or(1));
        let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        let room = super::descriptors::room(descriptors);
        Self {
            header: seconds(settings.header_seconds),
            idle: seconds(settings.idle_seconds),
            pace: Pace {
                silence: seconds(settings.body_idle_seconds),
                bytes_per_second: u64::try_from(settings.body_bytes_per_second).unwrap_or(0),
                window: WINDOW,
            },
            // Accepting more than the descriptor limit would only fail later.
            total: if settings.connections == 0 { room } else { count(settings.connections).min(room) },
            per_address: count(settings.connections_per_address),
        }
    }
}
