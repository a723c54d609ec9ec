//! Days of Beijing (Asia/Shanghai), where the people of an account are: UTC+8, without summer time since 1991.

use time::{Date, OffsetDateTime, UtcOffset, macros::format_description, macros::offset};

const BEIJING: UtcOffset = offset!(+8);
const BEIJING_MS: i64 = 8 * 3_600_000;
pub const DAY_MS: i64 = 86_400_000;

/// Days from 1970-01-01 to this moment.
#[must_use]
pub fn day_of(ms: i64) -> i64 {
    (ms + BEIJING_MS).div_euclid(DAY_MS)
}

/// The date of a moment in epoch milliseconds: `2026-11-30`.
#[must_use]
pub fn date_of(ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let date = at.to_offset(BEIJING).date();
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// The last date before a moment: that of something which ends at midnight.
#[must_use]
pub fn last_date_before(ms: i64) -> String {
    date_of(ms - 1)
}

/// The first millisecond of a date, as the date fields of browsers send it. `None` if it is no date of the years 2000 to 2999.
#[must_use]
pub fn start_of(date: &str) -> Option<i64> {
    let date = Date::parse(date.trim(), format_description!("[year]-[month]-[day]")).ok()?;
    let start = date.midnight().assume_offset(BEIJING).unix_timestamp() * 1000;
    (2000..3000).contains(&date.year()).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        // 2025-09-11T16:00:00Z.
        let midnight = 1_757_606_400_000;
        assert_eq!((date_of(midnight - 1), date_of(midnight)), ("2025-09-11".to_owned(), "2025-09-12".to_owned()));
        assert_eq!(day_of(midnight) - day_of(midnight - 1), 1);
        assert_eq!(start_of(" 2025-09-12 "), Some(midnight));
        assert_eq!(last_date_before(midnight), "2025-09-11");
        for wrong in ["", "2025-02-30", "12.9.2025", "1999-12-31", "3000-01-01", "2025-9-1x"] {
            assert_eq!(start_of(wrong), None, "{wrong}");
        }
    }
}
