//! Texts of the checklist of the first days.

use crate::core::checklist::Step;

crate::texts! {
    /// The checklist.
    pub struct Checklist {
        title: "开始使用" / "Getting started",
        note: "做完 {n} 步，共 {all} 步。随时可以离开，回来接着做。" / "{n} of {all} steps done. Leave at any time and come back later.",
        all_done: "都做好了" / "All done",
        all_done_text: "这一页不再出现在导航里。" / "This page is no longer in the navigation.",
        nav: "开始使用 {n}/{all}" / "Getting started {n}/{all}",

        name: "给站点起名" / "Name the site",
        name_text: "名称会显示在登录页上，访客一看就知道是谁。" / "The sign-in page shows it, so that visitors know whose site this is.",
        name_act: "填写名称" / "Enter a name",
        sandbox: "在沙箱里试一试" / "Try the sandbox",
        sandbox_text: "用网页里的手机发一条消息，看看微答怎么回答。" / "Send a message from the phone in the browser and see how Weida answers.",
        sandbox_act: "打开沙箱" / "Open the sandbox",
        connect: "连接公众号" / "Connect your account",
        connect_text: "填好 AppID，把地址、Token 和密钥复制到微信公众平台。" / "Enter the AppID, and copy the URL, token and key to WeChat’s console.",
        connect_act: "去连接" / "Connect",
        import: "导入原来的规则" / "Import existing rules",
        import_text: "连接以后，微信会停用公众平台里的自动回复；导入进来就能继续回答。" / "WeChat switches off the replies of its console once you connect. Import them to keep answering.",
        import_act: "去导入" / "Import",
        backup: "做一次备份" / "Make a backup",
        backup_text: "运行 weida backup 文件名；用 MySQL 或 PostgreSQL 时，用数据库自己的备份工具，然后跳过这一步。密钥文件要另外保存。"
            / "Run weida backup FILE. With MySQL or PostgreSQL use the database’s own tool and skip this step. Keep the key file apart.",
        backup_act: "查看备份状态" / "Check backups",

        done: "已完成" / "Done",
        skipped: "已跳过" / "Skipped",
        open: "未完成" / "To do",
        skip: "跳过" / "Skip",
        unskip: "恢复" / "Restore",
        did_skip: "已跳过：{step}" / "Skipped: {step}",
        did_unskip: "已恢复：{step}" / "Restored: {step}",
    }
}

impl Checklist {
    /// Title, explanation and button of a step.
    #[must_use]
    pub fn step(&self, step: Step) -> (&'static str, &'static str, &'static str) {
        match step {
            Step::Name => (self.name, self.name_text, self.name_act),
            Step::Sandbox => (self.sandbox, self.sandbox_text, self.sandbox_act),
            Step::Connect => (self.connect, self.connect_text, self.connect_act),
            Step::Import => (self.import, self.import_text, self.import_act),
            Step::Backup => (self.backup, self.backup_text, self.backup_act),
        }
    }
}
