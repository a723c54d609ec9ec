//! Texts of the front page.

crate::texts! {
    /// The front page.
    pub struct Home {
        title: "关注即注册，扫码即登录" / "Follow to sign up. Scan to sign in",
        description: "{account}的主页：关注就是注册，微信扫一下就登录，想问什么直接问。"
            / "The home of {account} on WeChat: follow to sign up, scan to sign in, and ask anything.",
        hero_first: "关注即注册，" / "Follow to sign up.",
        hero_second: "扫码即登录" / "Scan to sign in.",
        lead_first: "不用填表，不用记密码。" / "No forms. No password to remember.",
        lead_second: "微信扫一下，点一下确认，就进来了。" / "Scan, confirm in WeChat, and you’re in.",
        wechat: "用微信登录" / "Continue with WeChat",
        note: "第一次来？关注就有账号" / "New here? Following gives you an account",
        note_credits: "第一次来？关注就有账号，送 {n} 积分" / "New here? Follow and start with {n} credits",

        // The phone.
        phone: "和{account}聊天" / "Chat with {account}",
        greeting: "你好，我是{account} 👋\n想知道什么，直接问我。" / "{account} here 👋\nAsk me anything.",
        say: "发给{account}" / "Message {account}",
        say_hint: "发一句试试" / "Ask something",
        unknown: "这句我还不会，换一句试试？" / "I can’t answer that yet. Try something else?",
        too_many: "问得有点快，歇一分钟再问我吧。" / "That’s a lot of questions. Please ask again in a minute.",

        // The pictures.
        tiles: "进来以后" / "Once you’re in",
        tile_confirm: "网页出码，手机点头" / "Scan here, confirm there",
        tile_confirm_text: "电脑上扫一扫，手机上发几位数字。让不让进，都由你在自己的微信里点头。"
            / "On a computer, scan the code. On a phone, send a few digits. Nothing signs in until you say so in your own WeChat.",
        shot_received: "已收到，请在微信里确认" / "Got it. Confirm in WeChat",
        shot_where: "消息在聊天里" / "Check your chat",
        shot_ask: "是你在登录吗？\nChrome · Windows" / "Signing in?\nChrome · Windows",
        shot_yes: "✅ 是我，登录" / "✅ Yes, sign me in",
        shot_no: "❌ 不是我，取消" / "❌ No, cancel",
        tile_replies: "有问就有答" / "Ask, and it answers",
        tile_replies_text: "公众号的规则替人值班。你也可以给自己写几条，只回给你一个人。"
            / "The account’s rules reply around the clock. Add a few of your own that only ever reply to you.",
        rule_1: "Wi-Fi" / "wifi",
        rule_1_text: "密码在路由器背面" / "It’s on the back of the router",
        rule_1_note: "我的 · 今天用过 2 次" / "Mine · used twice today",
        rule_2: "停车" / "parking",
        rule_2_text: "地下二层 C 区 018" / "Level B2, C-018",
        rule_2_note: "我的 · 昨天用过" / "Mine · used yesterday",
        rule_3: "书单" / "books",
        rule_3_text: "借了 2 本，周六前还" / "2 books, due Saturday",
        rule_3_note: "我的 · 上周用过" / "Mine · used last week",
        tile_yours: "账号是你的" / "Your account stays yours",
        tile_yours_text: "登录过的设备，看得见、退得掉。数据能下载，账号能注销。"
            / "See every device that’s signed in, and sign it out. Download your data or delete your account any time.",
        device_1: "iPhone · 微信" / "iPhone · WeChat",
        device_1_note: "刚刚" / "Just now",
        device_this: "这台" / "This one",
        device_2: "Windows · Chrome" / "Windows · Chrome",
        device_2_note: "昨天 20:14" / "Yesterday 20:14",
        device_gone: "已退出 Windows · Chrome" / "Signed out of Windows · Chrome",
        download: "下载我的数据" / "Download my data",
        download_note: "资料、回复、积分和消息" / "Profile, replies, credits and messages",
    }
}
