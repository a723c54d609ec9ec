//! What the documentation of the API says around the document.

crate::texts! {
    /// Texts of `/docs`.
    pub struct Docs {
        title: "接口文档" / "API documentation",
        lead: "五种方言，一个内核：同一个人、同一份积分、同一种令牌。" / "Five dialects over one core: one person, one balance, one kind of token.",
        download: "下载 OpenAPI 文档" / "Download the OpenAPI document",
        groups: "五种方言" / "The dialects",
        try_title: "试用" / "Try it",
        try_out: "登录后，可以用自己的身份在这里直接调用接口。" / "Once signed in, you can make calls from here as yourself.",
        try_in: "得到一个 {minutes} 分钟有效的令牌，下面的接口就以你的身份调用。调用是真的：会花积分，也会改数据。" / "Get a token that holds for {minutes} minutes, and calls below are made as you. They are real: they spend credits and change data.",
        try_button: "用我的身份试用" / "Try it as me",
        try_token: "你的令牌，{minutes} 分钟内有效。它等于你本人，不要给别人" / "Your token, good for {minutes} minutes. It is as good as you: give it to nobody",
        try_session: "“回复助手 API” 用你现在的登录，不需要令牌。" / "The reply assistant API uses your present sign-in and needs no token.",
        answers: "回答" / "Answers",
        example: "示例" / "Example",
    }
}
