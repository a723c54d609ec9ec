//! Texts of the list of rules.

use crate::core::rule::MatchType;

crate::texts! {
    /// The list of rules.
    pub struct List {
        switched_off: "你的自动回复已关闭，这些规则现在不会回答。" / "Your auto-reply is off, so none of these rules reply now.",
        to_switch: "去开启" / "Turn on",

        causes: "规则类型" / "Rule types",
        all: "全部" / "All",
        add: "新建规则" / "New rule",
        several: "批量添加" / "Bulk add",

        search: "搜索规则" / "Search rules",
        search_hint: "关键词、回复、编号" / "Keyword, reply, number",
        skip: "跳到第一条规则" / "Skip to the first rule",
        show_search: "搜索和筛选" / "Search and filter",
        show_select: "选择多条" / "Select several",
        state: "状态" / "Status",
        state_any: "全部状态" / "Any status",
        state_on: "已启用" / "On",
        state_off: "已停用" / "Off",
        state_unused: "从未命中" / "Never hit",
        way: "匹配方式" / "Match",
        way_any: "任何匹配方式" / "Any match",
        sort: "排序" / "Sort",
        sort_number: "按编号" / "By number",
        sort_keyword: "按关键词" / "By keyword",
        sort_hits: "按累计命中" / "By total hits",
        sort_priority: "回答顺序" / "Answering order",
        sort_updated: "按修改时间" / "By last change",
        filter: "筛选" / "Filter",
        reset: "清除筛选" / "Clear",

        quick: "快速添加" / "Quick add",
        quick_keyword: "新规则的关键词" / "Keyword of the new rule",
        quick_keyword_hint: "关键词" / "Keyword",
        quick_way: "新规则的匹配方式" / "Match of the new rule",
        quick_text: "新规则的回复" / "Reply of the new rule",
        quick_text_hint: "自动回复的内容" / "Reply text",
        quick_add: "添加" / "Add",

        empty: "还没有规则" / "No rules yet",
        empty_text: "写下第一个关键词和它的回复，马上就能用。" / "Add your first keyword and its reply. It takes effect immediately.",
        empty_do: "写第一条" / "Add the first rule",
        empty_cause: "这一类还没有规则" / "No rules of this type yet",
        nothing: "没有找到" / "No matching rules",
        nothing_text: "换一个词，或者清除筛选。" / "Try another search or clear the filters.",

        caption: "规则列表" / "Rules",
        number: "编号" / "No.",
        keywords: "关键词" / "Keywords",
        reply: "回复" / "Reply",
        hits: "近 7 天命中" / "Hits, 7 days",
        hits_week: "近 7 天命中 {n} 次，累计 {all} 次" / "{n hit|hits} in 7 days, {all} in total",
        priority: "优先级" / "Priority",
        changed: "最近修改" / "Last change",
        on: "启用" / "On",
        every: "任何内容" / "anything",
        random: "随机" / "random",
        rule_called: "规则 {n}：" / "Rule {n}: ",
        drag: "拖动调整回答顺序" / "Drag to change the answering order",
        way_exact: "全" / "is",
        way_prefix: "头" / "starts",
        way_contains: "半" / "has",
        way_regex: "正则" / "regex",

        select_all: "全选本页" / "Select this page",
        select_one: "选择规则 {n}" / "Select rule {n}",
        bulk: "批量操作" / "Bulk actions",
        select: "选择" / "Select",
        selected: "已选 {n} 条" / "{n} selected",
        switch_one: "规则 {n} 是否启用" / "Rule {n} is on",
        raise_one: "提高规则 {n} 的优先级" / "Raise the priority of rule {n}",
        lower_one: "降低规则 {n} 的优先级" / "Lower the priority of rule {n}",
        copy_one: "复制规则 {n}" / "Copy rule {n}",
        history_one: "规则 {n} 的修改记录" / "History of rule {n}",
        clear: "取消选择" / "Clear selection",
        raise: "提高优先级" / "Raise priority",
        lower: "降低优先级" / "Lower priority",
        delete_one: "删除规则 {n}" / "Delete rule {n}",
        none_selected: "先在左边勾选规则" / "Select some rules first",

        added: "规则 {n} 已添加，马上生效" / "Rule {n} added. It takes effect immediately",
        added_many: "已添加 {n} 条规则，马上生效" / "{n rule|rules} added, in effect immediately",
        saved: "规则 {n} 已保存" / "Rule {n} saved",
        enabled_already: "规则 {n} 本来就是启用的" / "Rule {n} is already enabled",
        disabled_already: "规则 {n} 本来就是停用的" / "Rule {n} is already disabled",
        raised_already: "规则 {n} 的优先级已经最高了" / "Rule {n} already has the highest priority",
        lowered_already: "规则 {n} 的优先级已经最低了" / "Rule {n} already has the lowest priority",
        unchanged: "规则 {n} 没有改动" / "Rule {n} was not changed",
        enabled: "规则 {n} 已启用" / "Rule {n} enabled",
        disabled: "规则 {n} 已停用" / "Rule {n} disabled",
        deleted: "规则 {n} 已删除" / "Rule {n} deleted",
        placed: "规则 {n} 换了位置" / "Rule {n} moved",
        raised: "规则 {n} 的优先级提高了" / "Raised the priority of rule {n}",
        lowered: "规则 {n} 的优先级降低了" / "Lowered the priority of rule {n}",
        enabled_many: "已启用 {n} 条规则" / "{n rule|rules} enabled",
        disabled_many: "已停用 {n} 条规则" / "{n rule|rules} disabled",
        deleted_many: "已删除 {n} 条规则" / "{n rule|rules} deleted",
        undone: "已撤销" / "Undone",
        not_undone: "没有撤销：这些规则后来又改过。去修改记录里逐条恢复" / "Not undone: these rules were changed since then. Restore them one by one in the history",
        not_changed_taken: "规则 {n} 没有改：另一条规则已经有这个词和匹配方式" / "Rule {n} not changed: another rule already has this keyword and match type",
        not_undone_taken: "没有撤销：其中的关键词已经给了别的规则" / "Not undone: another rule now has one of the keywords",
    }
}

impl List {
    /// The match type in a word or less, for the end of a keyword.
    pub fn way_short(&self, matching: MatchType) -> &'static str {
        match matching {
            MatchType::Exact => self.way_exact,
            MatchType::Prefix => self.way_prefix,
            MatchType::Contains => self.way_contains,
            MatchType::Regex => self.way_regex,
        }
    }
}
