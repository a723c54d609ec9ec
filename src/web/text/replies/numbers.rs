//! Texts of the statistics.

crate::texts! {
    /// Statistics of rules.
    pub struct Numbers {
        title: "命中统计" / "Stats",
        title_rule: "规则 {n} 的命中" / "Hits of rule {n}",
        note_own: "你发给公众号的消息，有多少次由你自己的规则回答。" / "How often your own rules answered your messages to the account.",
        note_account: "发给公众号的消息，有多少由关键词规则回答。" / "How many messages to the account were answered by keyword rules.",
        range: "时间范围" / "Days",
        all_rules: "全部规则" / "All rules",

        messages: "收到消息" / "Messages",
        hits: "命中" / "Hits",
        misses: "未命中" / "Unanswered",
        share: "命中率" / "Hit rate",
        last_days: "最近 {n} 天" / "Last {n} days",
        to_misses: "看看是哪些" / "View messages",

        chart: "每天的消息" / "Messages per day",
        chart_rule: "每天的命中" / "Hits per day",
        chart_label: "最近 {days} 天收到 {all} 条，命中 {hits} 条，未命中 {misses} 条。最多的一天：{day}，{most} 条。" / "{all message|messages} in {days} days: {hits hit|hits}, {misses} unanswered. The busiest day was {day} with {most}.",
        chart_label_rule: "最近 {days} 天命中 {hits} 次。最多的一天：{day}，{most} 次。" / "{hits hit|hits} in {days} days. The busiest day was {day} with {most}.",
        chart_label_none: "最近 {days} 天没有消息。" / "No messages in {days} days.",
        as_table: "按天列出" / "Day by day",
        day: "日期" / "Day",
        today: "今天" / "Today",

        chart_share: "每天的命中率" / "Hit rate per day",
        share_label: "最近 {days} 天的命中率是 {share}。" / "The hit rate of the last {days} days is {share}.",
        best_day: "最多的一天" / "Busiest day",
        more: "↑ {percent}%，比前 {days} 天" / "↑ {percent}% on the {days} days before",
        fewer: "↓ {percent}%，比前 {days} 天" / "↓ {percent}% on the {days} days before",
        equal: "与前 {days} 天持平" / "Same as the {days} days before",
        share_before: "前 {days} 天 {share}" / "{share} in the {days} days before",

        top: "命中最多的规则" / "Top rules",
        share_of_most: "与最多的相比" / "Compared with the top rule",
        messages_of: "规则 {n} 命中 {hits} 次，按天查看" / "Rule {n}: {hits hit|hits}; day by day",

        hours: "一周里忙的时候" / "Busy hours",
        hours_label: "最近 {days} 天收到 {all} 条，最忙的是{day} {hour} 点，{n} 条。" / "{all message|messages} in {days} days. The busiest hour was {day} {hour}:00 with {n}.",
        weekday: "星期" / "Weekday",
        by_hour: "按小时列出" / "Hour by hour",
        quiet: "闲" / "Quiet",
        busy: "忙" / "Busy",
        monday: "周一" / "Mon",
        tuesday: "周二" / "Tue",
        wednesday: "周三" / "Wed",
        thursday: "周四" / "Thu",
        friday: "周五" / "Fri",
        saturday: "周六" / "Sat",
        sunday: "周日" / "Sun",

        rules: "每条规则" / "By rule",
        rules_note: "按最近 {n} 天的命中排列。" / "By hits in the last {n} days.",
        unused: "从未命中的规则" / "Rules without hits",
        number: "编号" / "No.",
        keywords: "关键词" / "Keywords",
        trend: "每天" / "Trend",
        week: "7 天" / "7 days",
        month: "30 天" / "30 days",
        ever: "全部" / "Total",
        last: "最近命中" / "Last hit",
        trend_of: "规则 {n} 最近 {days} 天命中 {hits} 次，按天查看" / "Rule {n}: {hits hit|hits} in {days} days; day by day",

        empty: "还没有命中" / "No hits yet",
        empty_text: "有消息命中规则以后，这里会列出每条规则的次数。" / "Hits of each rule appear here once a message matches one.",
        to_bench: "试一条消息" / "Try a message",
    }
}
