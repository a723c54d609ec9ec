//! Texts of the doctor's page. `core/doctor` says what was found and how to mend it, for the command, too.

use crate::core::doctor::{Check, May, memory::Outcome};

crate::texts! {
    /// The doctor's page.
    pub struct Doctor {
        title: "体检" / "Health",
        count: "{fine} / {all} 项正常" / "{fine} of {all} fine",
        asked: "问微信是在" / "WeChat was asked",
        again: "再检查一遍" / "Check again",
        done: "已重新检查" / "Checked again",
        report: "复制报告" / "Copy report",
        fault: "故障" / "Fault",
        warning: "提醒" / "Note",
        found: "发现" / "Found",
        mend: "怎么修" / "What to do",
        fine: "正常" / "Fine",
        all_fine: "没有发现问题" / "No problem found",
        all_fine_text: "设置、微信和公网地址都对得上。" / "Settings, WeChat and the public address fit together.",
        pushes: "最近 {n} 条推送" / "The last {n} pushes",
        pushes_none: "启动以来还没有收到推送。" / "No push has come since the program started.",
        beat: "每条推送一根柱，越高越慢" / "One bar a push, the slower the higher",
        median: "用时中位数" / "Median time",
        p99: "用时 p99" / "p99 time",
        slowest: "最慢的一条" / "Slowest",
        millis: "{n} 毫秒" / "{n} ms",
        repeated: "微信重发" / "Delivered again",
        repeated_times: "{n} 条，答复都与第一次相同" / "{n}, each with the same answer as before",
        repeated_none: "没有" / "None",
        refused: "拒绝的推送" / "Refused pushes",
        refused_times: "{n} 条" / "{n}",
        table: "列出每一条" / "List each push",
        time: "时间" / "Time",
        outcome: "结果" / "Outcome",
        took: "用时" / "Took",
        answered: "已回答" / "Answered",
        empty: "没有答复" / "No answer",
        again_same: "重发" / "Again",
        failed: "出错" / "Failed",
        here: "这里只有这台实例收到的推送，重启后从头算起。" / "Only pushes that this instance received since its start.",
        rights: "这个公众号能做什么" / "What this account may do",
        rights_note: "只用读取的接口查询，不会发消息，也不会改菜单。" / "Found by calls that only read: no message is sent and no menu changed.",
        right: "权限" / "Right",
        state: "状态" / "State",
        today: "今天" / "Today",
        may_yes: "可以" / "Allowed",
        may_no: "没有权限" / "Not allowed",
        may_unknown: "没有查到" / "Unknown",
        account: "公众号" / "Account",
        push_mode: "消息加解密方式" / "Encryption mode",
        pushes_check: "Token 和密钥" / "Token and key",
        public_url: "自签推送" / "Signed test push",
        callback_check: "微信看到的地址" / "Address as WeChat sees it",
        app_secret: "AppSecret" / "AppSecret",
        ip_whitelist: "IP 白名单" / "IP whitelist",
        clock: "时钟" / "Clock",
        rights_check: "接口权限" / "Rights",
        quota: "接口额度" / "Quotas",
        proxy: "反向代理" / "Reverse proxy",
        event_stream: "事件流" / "Event stream",
        original_id: "原始 ID" / "Original id",
        database: "数据库" / "Database",
        secret_key: "加密密钥" / "Secret key",
        disk: "磁盘" / "Disk",
        backup: "备份" / "Backup",
        file_modes: "文件权限" / "File permissions",
        start: "启动" / "Start",
        version: "版本" / "Version",
    }
}

impl Doctor {
    /// The name of a check.
    pub fn check(&self, check: Check) -> &'static str {
        match check {
            Check::Account => self.account,
            Check::PushMode => self.push_mode,
            Check::Pushes => self.pushes_check,
            Check::PublicUrl => self.public_url,
            Check::CallbackCheck => self.callback_check,
            Check::AppSecret => self.app_secret,
            Check::IpWhitelist => self.ip_whitelist,
            Check::Clock => self.clock,
            Check::Rights => self.rights_check,
            Check::Quota => self.quota,
            Check::Proxy => self.proxy,
            Check::EventStream => self.event_stream,
            Check::OriginalId => self.original_id,
            Check::Database => self.database,
            Check::SecretKey => self.secret_key,
            Check::Disk => self.disk,
            Check::Backup => self.backup,
            Check::FileModes => self.file_modes,
            Check::Start => self.start,
            Check::Version => self.version,
        }
    }

    /// Whether the account has a right.
    pub fn may(&self, may: May) -> &'static str {
        match may {
            May::Yes => self.may_yes,
            May::No => self.may_no,
            May::Unknown => self.may_unknown,
        }
    }

    /// How a push ended.
    pub fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Answered => self.answered,
            Outcome::Empty => self.empty,
            Outcome::Repeated => self.again_same,
            Outcome::Failed => self.failed,
        }
    }
}
