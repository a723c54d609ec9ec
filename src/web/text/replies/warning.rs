//! Texts of warnings about a rule that can be saved nevertheless.

crate::texts! {
    /// Warnings about keywords.
    pub struct Warnings {
        title: "留意" / "Please note",
        never: "“{keyword}”永远轮不到：规则 {n} 会先回答" / "“{keyword}” is never reached: rule {n} replies first",
        same: "“{keyword}”在规则 {n} 里也有，匹配方式不同" / "Rule {n} also has “{keyword}”, with a different match type",
        command: "“{keyword}”是公众号的命令，发送它会执行命令" / "“{keyword}” is a chat command, which takes precedence",
        never_short: "轮不到：规则 {n} 先回答" / "Never reached: rule {n} replies first",
        same_short: "规则 {n} 也有这个词" / "Rule {n} has this keyword too",
        command_short: "被聊天命令占用" / "A chat command comes first",
        see: "规则 {n}" / "Rule {n}",
    }
}
