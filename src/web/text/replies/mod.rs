//! Texts of the rules' pages: here what several of them say, below one file a page.

pub mod bench;
pub mod edit;
pub mod history;
pub mod inbox;
pub mod keys;
pub mod list;
pub mod message;
pub mod numbers;
pub mod several;
pub mod transfer;
pub mod warning;

use crate::core::reply::{Answer, Cause, Content, Door, Matching};

crate::texts! {
    /// What every page about rules says.
    pub struct Replies {
        title: "自动回复" / "Auto-reply",
        title_account: "公众号自动回复" / "The account’s auto-reply",
        note_own: "你把关键词发给公众号，它就这样回答你。" / "When you send a keyword to the account, this is what it answers you.",
        note_account: "所有人发来的消息，先看本人的规则，再看这些。" / "Whoever writes is answered by rules of their own first, then by these.",
        to_account: "公众号规则" / "The account’s rules",
        to_own: "我的规则" / "My rules",
        rooms: "自动回复的各页" / "Pages about auto-reply",
        room_rules: "规则" / "Rules",
        room_bench: "试一试" / "Try it",
        room_unanswered: "未回复" / "Unanswered",
        room_messages: "消息" / "Messages",
        room_numbers: "统计" / "Numbers",
        room_import: "导入导出" / "Import and export",
        room_history: "修改记录" / "History",

        rule_called: "规则 {n}" / "Rule {n}",
        cause_keyword: "关键词回复" / "Keyword reply",
        cause_default: "收到消息回复" / "Reply to any message",
        cause_follow: "被关注回复" / "Reply to new followers",
        cause_menu: "菜单事件" / "Menu taps",
        cause_scan: "扫码事件" / "Scans",
        cause_kind: "非文本消息" / "Other kinds of messages",

        exact: "全匹配" / "equals",
        prefix: "开头匹配" / "starts with",
        contains: "半匹配" / "contains",
        regex: "正则" / "regex",
        answer_all: "回复全部" / "Reply with all",
        answer_random: "随机回复一条" / "Reply with one at random",

        text: "文字" / "Text",
        image: "图片" / "Picture",
        voice: "语音" / "Voice",
        video: "视频" / "Video",
        music: "音乐" / "Music",
        news: "图文" / "Article",

        kind_image: "图片" / "Picture",
        kind_voice: "语音" / "Voice",
        kind_video: "视频" / "Video",
        kind_shortvideo: "小视频" / "Short video",
        kind_location: "位置" / "Location",
        kind_link: "链接" / "Link",
        kind_miniprogrampage: "小程序卡片" / "Mini-program card",
        kind_sticker: "表情" / "Sticker",

        door_web: "网页" / "web",
        door_chat: "聊天" / "chat",
        door_api: "接口" / "API",
        door_cli: "命令行" / "command line",
        door_import: "导入" / "import",
        door_undo: "撤销" / "undo",
        you: "你" / "you",
        somebody: "已注销的用户" / "somebody who left",
        program: "系统" / "the program",
    }
}

impl Replies {
    /// What makes a rule answer.
    pub fn cause(&self, cause: Cause) -> &'static str {
        match cause {
            Cause::Keyword => self.cause_keyword,
            Cause::Default => self.cause_default,
            Cause::Follow => self.cause_follow,
            Cause::Menu => self.cause_menu,
            Cause::Scan => self.cause_scan,
            Cause::Kind => self.cause_kind,
        }
    }

    /// How a keyword is compared.
    pub fn matching(&self, matching: Matching) -> &'static str {
        match matching {
            Matching::Exact => self.exact,
            Matching::Prefix => self.prefix,
            Matching::Contains => self.contains,
            Matching::Regex => self.regex,
        }
    }

    /// How several contents answer.
    pub fn answer(&self, answer: Answer) -> &'static str {
        match answer {
            Answer::All => self.answer_all,
            Answer::Random => self.answer_random,
        }
    }

    /// What a content is.
    pub fn content(&self, content: &Content) -> &'static str {
        match content {
            Content::Text { .. } => self.text,
            Content::Image { .. } => self.image,
            Content::Voice { .. } => self.voice,
            Content::Video { .. } => self.video,
            Content::Music { .. } => self.music,
            Content::News { .. } => self.news,
        }
    }

    /// A kind of message, by the platform's name; one that is not known is called as it calls itself.
    pub fn kind(&self, kind: &str) -> String {
        let name = match kind {
            "image" => self.kind_image,
            "voice" => self.kind_voice,
            "video" => self.kind_video,
            "shortvideo" => self.kind_shortvideo,
            "location" => self.kind_location,
            "link" => self.kind_link,
            "miniprogrampage" => self.kind_miniprogrampage,
            "sticker" => self.kind_sticker,
            other => other,
        };
        name.to_owned()
    }

    /// By which door a change came.
    pub fn door(&self, door: Door) -> &'static str {
        match door {
            Door::Web => self.door_web,
            Door::Chat => self.door_chat,
            Door::Api => self.door_api,
            Door::Cli => self.door_cli,
            Door::Import => self.door_import,
            Door::Undo => self.door_undo,
        }
    }
}
