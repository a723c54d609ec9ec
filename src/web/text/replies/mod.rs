//! Texts of the rule pages: those that several pages share, and one file per page below.

pub mod bench;
pub mod bulk_add;
pub mod edit;
pub mod history;
pub mod inbox;
pub mod keys;
pub mod list;
pub mod message;
pub mod numbers;
pub mod transfer;
pub mod warning;

use crate::core::rule::{AnswerMode, MatchType, Source, TriggerKind};

crate::texts! {
    /// Texts of all rule pages.
    pub struct Replies {
        title_account: "公众号自动回复" / "Official Account auto-reply",
        to_account: "公众号规则" / "Account rules",
        to_own: "我的规则" / "My rules",
        section_rules: "规则" / "Rules",
        section_bench: "试一试" / "Try it",
        section_unanswered: "未命中" / "Unanswered",
        section_messages: "消息" / "Messages",
        section_stats: "统计" / "Stats",
        section_import: "导入导出" / "Import and export",
        section_history: "修改记录" / "History",

        rule_called: "规则 {n}" / "Rule {n}",
        cause_keyword: "关键词回复" / "Keyword reply",
        cause_default: "收到消息回复" / "Default reply",
        cause_follow: "被关注回复" / "Welcome reply",
        cause_menu: "菜单事件" / "Menu taps",
        cause_scan: "扫码事件" / "Scans",
        cause_kind: "非文本消息" / "Other message types",

        short_default: "收到消息" / "Default",
        short_follow: "被关注" / "Followed",
        short_menu: "点菜单" / "Menu tap",
        short_scan: "扫码" / "Scan",
        short_kind: "非文本" / "Not text",

        exact: "全匹配" / "equals",
        prefix: "开头匹配" / "starts with",
        contains: "半匹配" / "contains",
        regex: "正则" / "regex",
        answer_all: "回复全部" / "Reply with all",
        answer_random: "随机回复一条" / "Reply with one at random",

        kind_image: "图片" / "Picture",
        kind_voice: "语音" / "Voice",
        kind_video: "视频" / "Video",
        kind_shortvideo: "小视频" / "Short video",
        kind_location: "位置" / "Location",
        kind_link: "链接" / "Link",
        kind_miniprogrampage: "小程序卡片" / "Mini-program card",
        kind_sticker: "表情" / "Sticker",
        kind_other: "其他消息" / "Other message",

        door_web: "网页" / "web",
        door_chat: "聊天" / "chat",
        door_api: "接口" / "API",
        door_cli: "命令行" / "command line",
        door_import: "导入" / "import",
        door_undo: "撤销" / "undo",
        through_web: "在网页上" / "on the web",
        through_chat: "在聊天里" / "in the chat",
        through_api: "通过接口" / "through the API",
        through_cli: "用命令行" / "on the command line",
        through_import: "在导入时" / "by an import",
        through_undo: "在撤销时" / "by undoing a change",
        you: "你" / "you",
        deleted_user: "已注销的用户" / "a deleted user",
        program: "系统" / "system",
    }
}

impl Replies {
    /// The name of a trigger.
    pub fn cause(&self, cause: TriggerKind) -> &'static str {
        match cause {
            TriggerKind::Keyword => self.cause_keyword,
            TriggerKind::Default => self.cause_default,
            TriggerKind::Follow => self.cause_follow,
            TriggerKind::Menu => self.cause_menu,
            TriggerKind::Scan => self.cause_scan,
            TriggerKind::Kind => self.cause_kind,
        }
    }

    /// The name of a trigger in a word, for a row of a list.
    pub fn cause_short(&self, cause: TriggerKind) -> &'static str {
        match cause {
            TriggerKind::Keyword => self.cause_keyword,
            TriggerKind::Default => self.short_default,
            TriggerKind::Follow => self.short_follow,
            TriggerKind::Menu => self.short_menu,
            TriggerKind::Scan => self.short_scan,
            TriggerKind::Kind => self.short_kind,
        }
    }

    /// The name of a match type.
    pub fn matching(&self, matching: MatchType) -> &'static str {
        match matching {
            MatchType::Exact => self.exact,
            MatchType::Prefix => self.prefix,
            MatchType::Contains => self.contains,
            MatchType::Regex => self.regex,
        }
    }

    /// The name of an answer mode.
    pub fn answer(&self, answer: AnswerMode) -> &'static str {
        match answer {
            AnswerMode::All => self.answer_all,
            AnswerMode::Random => self.answer_random,
        }
    }

    /// The name of a kind of message that a rule may answer, from the platform's name.
    pub fn kind(&self, kind: &str) -> &'static str {
        match kind {
            "image" => self.kind_image,
            "voice" => self.kind_voice,
            "video" => self.kind_video,
            "shortvideo" => self.kind_shortvideo,
            "location" => self.kind_location,
            "link" => self.kind_link,
            "miniprogrampage" => self.kind_miniprogrampage,
            "sticker" => self.kind_sticker,
            _ => self.kind_other,
        }
    }

    /// How a change was made, in a sentence.
    pub fn through(&self, source: Source) -> &'static str {
        match source {
            Source::Web => self.through_web,
            Source::Chat => self.through_chat,
            Source::Api => self.through_api,
            Source::Cli => self.through_cli,
            Source::Import => self.through_import,
            Source::Undo => self.through_undo,
        }
    }

    /// The name of a change's source.
    pub fn door(&self, door: Source) -> &'static str {
        match door {
            Source::Web => self.door_web,
            Source::Chat => self.door_chat,
            Source::Api => self.door_api,
            Source::Cli => self.door_cli,
            Source::Import => self.door_import,
            Source::Undo => self.door_undo,
        }
    }
}
