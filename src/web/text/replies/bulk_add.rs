//! Texts of bulk add.

crate::texts! {
    /// Bulk add.
    pub struct BulkAdd {
        title: "批量添加" / "Bulk add",
        note: "一行一条，“=”或“：”前面是收到的词，后面是回复。" / "One rule per line: keyword, “=” or “:”, then the reply.",
        lines: "规则" / "Rules",
        lines_hint: "先检查再保存：有一行不对，就一条也不会添加。回复里要换行，写 \\n；关键词里有等号或冒号，加上引号：“a = b”=回复。" / "Checked before anything is saved: with one wrong line, none is added. Write \\n for a line break in a reply; a keyword with an equals sign or a colon goes in quotes: \"a = b\"=reply.",
        example: "你好=你好呀，欢迎！\n价格：一百元一位\n地址=人民路 1 号" / "hello=Hi there!\nprice: 100 a person\naddress=1 People’s Road",
        way: "匹配方式" / "Match",
        add: "全部添加" / "Add all",
        add_rest: "跳过有问题的 {n} 行，添加其余" / "Skip {n} invalid lines and add the rest",
        wrong: "有 {n} 行不能添加，什么都还没有保存" / "{n line|lines} cannot be added. Nothing has been saved yet",
        line: "第 {n} 行" / "Line {n}",
        no_separator: "没有“=”：写成“收到=回复”" / "missing “=”: write “keyword=reply”",
        no_keyword: "“=”前面没有关键词" / "missing keyword before “=”",
        no_text: "“=”后面没有回复" / "missing reply after “=”",
        taken_rule: "“{keyword}”已经在规则 {n} 里了" / "“{keyword}” is already in rule {n}",
        taken_line: "“{keyword}”和第 {n} 行重复" / "“{keyword}” is also in line {n}",
        none: "还没有写规则" / "Enter at least one rule",
        most: "一次最多 {n} 行" / "At most {n line|lines} at a time",
    }
}
