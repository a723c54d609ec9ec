//! Texts of the console's frame.

crate::texts! {
    /// The console.
    pub struct Console {
        title: "管理后台" / "Console",
        users: "用户" / "Users",
        side: "导航" / "Navigation",
        hand: "常用页面" / "Main pages",
        find: "搜索或跳转" / "Search or go to",
        more: "更多" / "More",
        own: "个人" / "Personal",
        site: "整站" / "Site",
        connect: "连接公众号" / "Connect",
        doctor: "体检" / "Health",
        settings: "设置" / "Settings",
        proxy: "检测到未声明的反向代理" / "Undeclared reverse proxy",
        proxy_text: "请求由 {peer} 转发而来，但它不在 WEIDA_TRUSTED_PROXIES 中：所有访客会被当成同一个地址，共用一份限流额度。请确认它是你的代理，把它的地址加进该设置并重启，再让代理发送 X-Forwarded-For。"
            / "Requests arrive through {peer}, which is not in WEIDA_TRUSTED_PROXIES, so all visitors look like one address and share its rate limits. If it is your proxy, add its address to that setting, restart, and let the proxy send X-Forwarded-For.",
    }
}
