//! Texts of the history of rules.

use crate::core::rule::history::Action;

crate::texts! {
    /// Changes of rules, and undo.
    pub struct History {
        title: "修改记录" / "History",
        title_one: "规则 {n} 的修改记录" / "History of rule {n}",
        title_change: "{action}：{about}" / "{action}: {about}",
        empty: "还没有修改过" / "No changes yet",
        empty_text: "规则的每次添加、修改和删除都会记在这里，都可以恢复。" / "Every time a rule is added, changed or deleted, it is recorded here and can be restored.",
        when: "时间" / "When",
        who: "谁" / "Who",
        what: "做了什么" / "Action",
        rules: "规则" / "Rules",
        older: "更早的记录" / "Older",
        newest: "最新的记录" / "Newest",

        add: "添加" / "Added",
        update: "修改" / "Changed",
        enable: "启用" / "Enabled",
        disable: "停用" / "Disabled",
        delete: "删除" / "Deleted",
        priority: "调整优先级" / "Changed the priority",
        import: "导入" / "Imported",
        restore: "恢复" / "Restored",
        undo: "撤销" / "Undone",
        is_undone: "已撤销" / "Undone",
        many: "{n} 条规则" / "{n rule|rules}",

        undo_do: "撤销这次修改" / "Undo",
        restore_do: "恢复成改之前" / "Restore previous version",
        restored: "规则 {n} 已恢复" / "Rule {n} restored",
        all_rules: "全部规则的记录" / "History of all rules",
        open_rule: "打开规则" / "Open the rule",
        one_rule: "规则 {n} · {name}" / "Rule {n} · {name}",
        by: "{who} · {door}" / "{who} · {door}",
        field: "项目" / "Field",
        changed: "有改动" / "changed",
        content_called: "第 {n} 条 · {kind}" / "Reply {n} · {kind}",
        content_missing: "第 {n} 条" / "Reply {n}",
        nothing: "没有" / "None",
        before: "之前" / "Before",
        after: "之后" / "After",
        was_added: "新添加的规则" / "New rule",
        was_deleted: "规则被删除" / "Rule deleted",
        unknown_after: "后来又改过，见这条规则的记录" / "Changed again since then; see the rule’s history",
        to_rule: "这条规则的全部记录" / "Full history of this rule",
        more_rules: "还有 {n} 条没有列出" / "{n} more not shown",

        f_name: "名称" / "Name",
        f_cause: "类型" / "Type",
        f_keywords: "关键词" / "Keywords",
        f_contents: "回复" / "Reply",
        f_answer: "回复方式" / "Reply mode",
        f_priority: "优先级" / "Priority",
        f_enabled: "状态" / "Status",
    }
}

impl History {
    /// The name of an action.
    pub fn action(&self, action: Action) -> &'static str {
        match action {
            Action::Add => self.add,
            Action::Update => self.update,
            Action::Enable => self.enable,
            Action::Disable => self.disable,
            Action::Delete => self.delete,
            Action::Priority => self.priority,
            Action::Import => self.import,
            Action::Restore => self.restore,
            Action::Undo => self.undo,
        }
    }
}
