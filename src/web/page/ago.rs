//! A relative time, with the exact time as a tooltip.

use crate::text::Lang;
use crate::web::text::{ago, fill};
use leptos::prelude::*;
use time::{OffsetDateTime, UtcOffset, macros::format_description};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// How long ago `at` was, both in epoch milliseconds. After a week: the date.
#[component]
pub fn Ago(lang: Lang, at: i64, now: i64) -> impl IntoView {
    let exact = exact(at);
    let text = relative(lang, at, now).unwrap_or_else(|| exact.get(..10).unwrap_or_default().to_owned());
    view! { <time datetime=machine(at) title=exact.clone() class="nowrap">{text}</time> }
}

fn relative(lang: Lang, at: i64, now: i64) -> Option<String> {
    let t = ago::Ago::of(lang);
    let past = (now - at).max(0);
    let (template, n) = match past {
        0..MINUTE => (t.now, 0),
        MINUTE..HOUR => (t.minutes, past / MINUTE),
        HOUR..DAY => (t.hours, past / HOUR),
        DAY..WEEK => (t.days, past / DAY),
        _ => return None,
    };
    Some(fill(template, &[("n", &n.to_string())]))
}

/// Beijing time, the time zone of the account's followers.
fn exact(ms: i64) -> String {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    moment(ms)
        .and_then(|t| {
            t.to_offset(beijing).format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC+8")).ok()
        })
        .unwrap_or_default()
}

fn machine(ms: i64) -> String {
    moment(ms)
        .and_then(|t| t.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).ok())
        .unwrap_or_default()
}

fn moment(ms: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_grows_with_the_distance() {
        let text = |past| relative(Lang::Zh, 0, past).unwrap_or_default();
        assert_eq!(text(59_999), "刚刚");
        assert_eq!(text(MINUTE), "1 分钟前");
        assert_eq!(text(HOUR - 1), "59 分钟前");
        assert_eq!(text(25 * HOUR), "1 天前");
        assert_eq!(text(8 * DAY), "");
        // The clocks of two instances may differ a little.
        assert_eq!(relative(Lang::En, 5_000, 0).unwrap(), "just now");
    }

    #[test]
    fn the_exact_time_is_beijings() {
        assert_eq!(exact(1_763_700_000_000), "2025-11-21 12:40:00 UTC+8");
        assert_eq!(machine(1_763_700_000_000), "2025-11-21T04:40:00Z");
    }
}
