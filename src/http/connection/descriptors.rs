//! The limit of open files and connections of this process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Reserved for the database, the log, files and calls to the platform: a quarter, and at least this many.
const RESERVE_MIN: u64 = 128;
/// Used if the system sets no limit.
const MOST: u64 = 65_536;

/// Raises the soft limit to the hard limit and returns it.
pub fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(MOST)
}

/// The number of connections that fit into this many descriptors.
pub fn room(descriptors: u64) -> usize {
    let descriptors = descriptors.min(MOST);
    let reserve = (descriptors / 4).max(RESERVE_MIN);
    usize::try_from(descriptors.saturating_sub(reserve)).unwrap_or(usize::MAX).max(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_stays_free() {
        for (descriptors, expected) in [(1024, 768), (256, 128), (64, 16), (1_000_000, 49_152)] {
            assert_eq!(room(descriptors), expected, "{descriptors}");
        }
    }

    #[test]
    fn the_limit_is_what_the_system_allows() {
        let raised = raise();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!((limit.current, limit.current.unwrap_or(MOST)), (limit.maximum, raised));
    }
}
