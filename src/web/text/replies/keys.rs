//! Texts of the keyboard shortcuts in the list of rules.

crate::texts! {
    /// Keyboard shortcuts.
    pub struct Keys {
        title: "键盘快捷键" / "Keyboard shortcuts",
        open: "快捷键" / "Shortcuts",
        search: "搜索" / "Search",
        next: "下一条" / "Next rule",
        previous: "上一条" / "Previous rule",
        edit: "修改这一条" / "Edit this rule",
        leave: "关闭，或放弃修改" / "Close, or discard changes",
        select: "勾选这一条" / "Select this rule",
        new: "新建规则" / "New rule",
        quick: "快速添加" / "Quick add",
        reorder: "调整回答顺序" / "Change the answering order",
        save: "保存" / "Save",
        help: "显示这些快捷键" / "Show keyboard shortcuts",
        on: "单字母快捷键" / "Single-letter shortcuts",
        on_note: "和读屏软件冲突时可以关掉" / "Turn off if they conflict with your screen reader",
        turn_on: "打开" / "Turn on",
        turn_off: "关掉" / "Turn off",
    }
}
