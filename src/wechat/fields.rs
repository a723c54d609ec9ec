//! The fields of a push by who writes them: the platform, or a person.

/// The fields that name the account, the sender, the time and the kind. The platform writes them before all others.
pub const HEAD: [&str; 4] = ["ToUserName", "FromUserName", "CreateTime", "MsgType"];

/// Fields with a text that a person chooses: typed, shared, spoken, scanned, or opened from a menu or a page. Those with
/// children are here as well as the children.
const WRITTEN: [&str; 27] = [
    "Content",
    "Recognition",
    "Title",
    "Description",
    "Url",
    "PicUrl",
    "Location_X",
    "Location_Y",
    "Scale",
    "Label",
    "Poiname",
    "PagePath",
    "ThumbUrl",
    "FileName",
    "bizmsgmenuid",
    "EventKey",
    "ScanCodeInfo",
    "ScanType",
    "ScanResult",
    "SendPicsInfo",
    "SendLocationInfo",
    "UserCardCode",
    "OuterStr",
    "SkuInfo",
    "ExtInfo",
    "Remark",
    "debug_str",
];

/// True for a field whose text a person can choose. What follows such a field in a document is less certain than what
/// precedes it: the platform does not escape the end of CDATA.
pub fn is_written_by_people(name: &str) -> bool {
    WRITTEN.contains(&name)
}
