//! Texts of import and export.

crate::texts! {
    /// Import and export.
    pub struct Transfer {
        title: "导入导出" / "Import and export",
        note: "先看清会改什么，再导入；导入算一次修改，可以一次撤销。" / "See what would change first. An import is one change: one undo takes it back.",

        upload: "从文件导入" / "Import a file",
        upload_note: "CSV（表格软件里另存为“CSV UTF-8”）或 JSON，最多 {mb} MB、{rows} 条。" / "CSV (saved as “CSV UTF-8” in the spreadsheet) or JSON; at most {mb} MB and {rows} rules.",
        file: "文件" / "File",
        file_hint: "第一行写栏名，至少有“关键词”和“回复”。不知道怎么写？先导出一份看看。" / "The first line names the columns, at least keywords and reply. Not sure? Export a file and look.",
        file_none: "先选择一个文件" / "Choose a file first",
        look: "上传并查看差异" / "Upload and see the difference",

        platform: "从公众号导入" / "Import from the account",
        platform_note: "取回公众号后台“自动回复”里设置的规则和素材，名称、匹配和回复方式都保留。" / "Takes over the rules that were set on the platform’s website, with their names, matching and files.",
        platform_do: "读取公众号的规则" / "Read the account’s rules",
        platform_failed: "没有读到：{why}" / "They could not be read: {why}",
        platform_busy: "公众平台现在没有回应，请过一会儿再试" / "The platform does not answer now. Try again later",
        platform_right: "这个公众号没有读取自动回复的权限" / "This account may not read its auto-reply by API",
        platform_code: "公众平台返回错误 {code}" / "The platform answered with the error {code}",

        export: "导出" / "Export",
        export_note: "全部规则，包括停用的。导出的文件可以原样导入回来。" / "All rules, also those that are off. The file can be imported again as it is.",
        export_csv: "下载 CSV" / "Download CSV",
        export_csv_note: "给表格软件用" / "For spreadsheets",
        export_json: "下载 JSON" / "Download JSON",
        export_json_note: "给程序用，也适合备份" / "For programs and backups",

        difference: "导入会改什么" / "What the import would change",
        from_platform: "公众号后台的规则" / "Rules from the platform’s website",
        mode: "文件里没有的规则" / "Rules that the file does not have",
        merge: "保留" / "Keep",
        replace: "删除" / "Delete",
        replace_warning: "文件里没有的 {n} 条规则会被删除。" / "{n} rules that the file does not have will be deleted.",

        added: "新增" / "New",
        changed: "修改" / "Changed",
        removed: "删除" / "Deleted",
        unchanged: "不变" / "Unchanged",
        flaws: "有问题" / "Problems",
        notes: "提示" / "Notes",
        parts: "差异" / "Differences",

        line: "行" / "Line",
        line_n: "第 {n} 行" / "Line {n}",
        number: "编号" / "No.",
        keywords: "关键词" / "Keywords",
        reply: "回复" / "Reply",
        problem: "问题" / "Problem",
        field: "改了什么" / "What",
        before: "现在" / "Now",
        after: "导入后" / "After",
        none_added: "没有新规则" / "No new rules",
        none_changed: "没有规则会改变" / "No rule would change",
        none_removed: "不会删除规则" / "No rule would be deleted",
        none_flaws: "每一行都可以导入" / "Every line can be imported",
        nothing: "文件和现在的规则完全一样，没有要导入的。" / "The file says what the rules say already: there is nothing to import.",

        apply: "导入 {n} 处修改" / "Import {n} changes",
        partial: "跳过有问题的 {n} 行，导入其余" / "Skip the {n} lines with problems and import the rest",
        partial_needed: "有 {n} 行有问题。改好文件重新上传，或者跳过它们。" / "{n} lines have problems. Mend the file and upload it again, or skip them.",
        other_file: "换一个文件" / "Another file",
        expires: "上传的文件保留一小时。" / "The file is kept for an hour.",

        running: "正在导入" / "Importing",
        checking: "正在核对 {done} / {total}" / "Checking {done} of {total}",
        saving: "正在保存 {total} 条规则" / "Saving {total} rules",
        percent: "{n}%" / "{n}%",
        leave: "可以离开这个页面，导入会继续。" / "You may leave this page; the import goes on.",
        refresh: "刷新" / "Refresh",

        done: "导入完成" / "Imported",
        done_text: "新增 {added} 条，修改 {changed} 条，删除 {removed} 条，马上生效。" / "{added} new, {changed} changed, {removed} deleted; all at work now.",
        to_rules: "查看规则" / "See the rules",
        to_history: "修改记录" / "History",
        failed_conflict: "没有导入：看过差异以后，有规则又改过。下面是现在的差异，请再看一遍。" / "Nothing was imported: rules were changed since you looked. Below is the difference now; look again.",
        failed_flaws: "没有导入：有些行有问题。改好文件重新上传，或者勾选跳过。" / "Nothing was imported: some lines have problems. Mend the file, or choose to skip them.",
        failed_other: "没有导入：保存时出错了，规则没有变化。请再试一次。" / "Nothing was imported: saving failed and no rule was changed. Try again.",
        gone: "这次导入已经过期，请重新上传文件" / "This import has expired. Upload the file again",
    }
}
