//! Texts of times.

crate::texts! {
    /// How long ago something was.
    pub struct Ago {
        now: "刚刚" / "just now",
        minutes: "{n} 分钟前" / "{n} min ago",
        hours: "{n} 小时前" / "{n} h ago",
        days: "{n} 天前" / "{n} d ago",
    }
}
