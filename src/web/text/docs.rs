//! Texts of the API documentation.

crate::texts! {
    /// Texts of `/docs`.
    pub struct Docs {
        title: "接口文档" / "API documentation",
        lead: "五套接口，一个内核：同一个人、同一份积分、同一种令牌。" / "Five APIs, one core: the same user, credits and tokens everywhere.",
        download: "下载 OpenAPI 文档" / "Download the OpenAPI document",
        groups: "五套接口" / "The five APIs",
        back: "全部接口" / "All calls",
        contents: "本页接口" / "On this page",
        read: "查看" / "View",
        search: "搜索接口" / "Search calls",
        search_hint: "路径、名称或字段" / "Path, name or field",
        clear: "清除" / "Clear",
        none: "没有找到接口" / "No matching calls",
        none_text: "换一个词试试。" / "Try another search.",

        parameters: "参数" / "Parameters",
        body: "请求体" / "Request body",
        or_form: "{type}，也可以是表单" / "{type}, or a form",
        required: "必填" / "required",
        access_open: "不需要身份" / "No sign-in needed",
        access_bearer: "需要令牌（Bearer）" / "Bearer token",
        access_session: "需要登录的会话 Cookie" / "Session cookie",
        access_openid: "网关的 openid 请求头" / "Gateway’s openid header",
        or: "，或" / ", or ",
        example: "示例" / "Example",
        answers: "响应" / "Responses",
        failures: "通用错误" / "Common errors",
        failures_note: "这套接口的每个调用都可能返回。" / "Any call of this API may return these.",

        try_title: "试一试" / "Try it",
        try_one: "试一试：{call}" / "Try it: {call}",
        send: "发送" / "Send",
        send_one: "发送：{call}" / "Send: {call}",
        stop: "停止" / "Stop",
        sending: "发送中…" / "Sending…",
        unreachable: "没有收到响应" / "No response",
        took: "毫秒" / "ms",
        try_out: "登录后，可以用自己的身份在这里直接调用接口。" / "Sign in to make calls as yourself from this page.",
        try_in: "得到一个 {minutes} 分钟有效的令牌，这里的接口就以你的身份调用。调用是真的：会花积分，也会改数据。" / "Get a token valid for {minutes} minutes to make calls as yourself. Calls are real: they spend credits and change data.",
        try_button: "用我的身份试用" / "Try as myself",
        try_token: "你的令牌，{minutes} 分钟内有效。它等于你本人，不要给别人" / "Your token, valid for {minutes} minutes. It grants full access as you, so do not share it",
        try_held: "试用令牌已就绪，各页都能用。" / "Your token is ready and works on every page of the documentation.",
        try_session: "“回复助手 API” 用你现在的登录，不需要令牌。" / "The reply assistant API uses your current sign-in and needs no token.",
    }
}
