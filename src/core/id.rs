//! Ids of rows: made by the program, growing with time, below 2^62.

use super::{chance::Chance, clock::Clock};
use std::sync::atomic::{AtomicI64, Ordering};

/// Bits below the milliseconds. Instances draw them at random; within one instance ids only grow.
pub(super) const RANDOM_BITS: u32 = 20;

/// Where ids come from.
#[derive(Debug, Default)]
pub struct Ids(AtomicI64);

impl Ids {
    /// A new id, above every one this instance made before.
    pub fn next(&self, clock: &dyn Clock, chance: &dyn Chance) -> i64 {
        let random = i64::try_from(chance.below(1 << RANDOM_BITS)).unwrap_or_default();
        let drawn = (clock.now_ms() << RANDOM_BITS) | random;
        let grow = |last: i64| Some(drawn.max(last + 1));
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, grow).map_or(drawn, |last| drawn.max(last + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{chance::SeededChance, clock::FakeClock};

    #[test]
    fn ids_grow_even_when_the_clock_goes_back() {
        let (ids, clock, chance) = (Ids::default(), FakeClock::at(1_757_650_000_000), SeededChance::new(1));
        let mut last = 0;
        for step in 0..1_000 {
            clock.advance_ms(if step % 2 == 0 { 5 } else { -5 });
            let id = ids.next(&clock, &chance);
            assert!(id > last);
            last = id;
        }
    }
}
