//! The codes of this dialect, and the words that its original document gives them.

pub const OK: i64 = 200;
pub const DATA: i64 = 1;
pub const UNKNOWN: i64 = 0;
pub const NOT_FOLLOWING: i64 = -1;
pub const TAKEN: i64 = -2;
pub const WRONG_CREDENTIALS: i64 = -3;
pub const PARAMETER: i64 = -4;
pub const NOT_YOURS: i64 = -5;

/// The `message` of a code: as in the document's examples, else as in its table, character by character (also where it is misspelt).
/// Clients compare it. What went wrong in this request stands in `detail`.
pub fn word(code: i64) -> &'static str {
    match code {
        OK | DATA => "ok",
        NOT_FOLLOWING => "用户未关注公众号",
        TAKEN => "用户名被使用",
        WRONG_CREDENTIALS => "invalid login",
        PARAMETER => "参数错误",
        NOT_YOURS => "用户不匹配",
        _ => "unknow error",
    }
}

/// [`NOT_YOURS`] for a deletion, as in the table.
pub const NOT_YOURS_TO_DELETE: &str = "用户不匹配（删除）";

/// `/wechat/testlogin`: a QR code is being made. The number of [`TAKEN`], with a word of its own.
pub const MAKING: i64 = TAKEN;

/// The word of [`MAKING`].
pub mod making {
    pub const WORD: &str = "正在生成";
}

/// The codes of the older addresses (`/mongodb/…`), which have tables of their own.
pub mod older {
    /// Every address: `id` names no user, or another user than the caller.
    pub const UNKNOWN_USER: (i64, &str) = (-1, "用户不存在");
    /// `/mongodb/add`.
    pub const DUPLICATE: (i64, &str) = (-2, "'收到内容'有重复，请检查");
    /// `/mongodb/delete`.
    pub const NO_SUCH_KEY: (i64, &str) = (-2, "主键不存在");
    /// The word for every other failure; its code is [`OF_SHOW`] or [`OF_CHANGES`].
    pub const OTHER: &str = "其他错误";
    pub const OF_SHOW: i64 = -2;
    pub const OF_CHANGES: i64 = -3;
}
