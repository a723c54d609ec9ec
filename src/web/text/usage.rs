//! Texts of usage and quotas.

crate::texts! {
    /// Usage against quota.
    pub struct Usages {
        title: "用量" / "Usage",
        note: "按等级计算，北京时间零点重新开始" / "Limits depend on your level and reset at midnight, Beijing time",
        article: "文章" / "Articles",
        image_edit: "图片编辑" / "Image editing",
        day: "今天" / "today",
        month: "本月" / "this month",
        total: "累计" / "in total",
        name: "{feature} · {window}" / "{feature}, {window}",
        left: "今天还能用" / "Left today",
        left_note: "零点重新计算" / "Resets at midnight",
        left_of: "{feature}：今天还能用" / "{feature}: left today",
        left_times: "{n} 次" / "{n} left",
        left_unlimited: "不限" / "Unlimited",
        unlimited: "已用 {n} · 不限" / "{n} used, no limit",
        excluded: "当前等级没有" / "Not included in this level",
    }
}
