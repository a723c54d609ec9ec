//! Texts of the API documentation page.

crate::texts! {
    /// Texts of `/docs`.
    pub struct Docs {
        title: "接口文档" / "API documentation",
        lead: "五套接口，一个内核：同一个人、同一份积分、同一种令牌。" / "Five APIs, one core: the same user, credits and tokens everywhere.",
        download: "下载 OpenAPI 文档" / "Download the OpenAPI document",
        groups: "五套接口" / "The five APIs",
        try_title: "试用" / "Try it",
        try_out: "登录后，可以用自己的身份在这里直接调用接口。" / "Sign in to make calls as yourself from this page.",
        try_in: "得到一个 {minutes} 分钟有效的令牌，下面的接口就以你的身份调用。调用是真的：会花积分，也会改数据。" / "Get a token valid for {minutes} minutes to make the calls below as yourself. Calls are real: they spend credits and change data.",
        try_button: "用我的身份试用" / "Try as myself",
        try_token: "你的令牌，{minutes} 分钟内有效。它等于你本人，不要给别人" / "Your token, valid for {minutes} minutes. It grants full access as you, so do not share it",
        try_session: "“回复助手 API” 用你现在的登录，不需要令牌。" / "The reply assistant API uses your current sign-in and needs no token.",
        answers: "回答" / "Responses",
        example: "示例" / "Example",
    }
}
