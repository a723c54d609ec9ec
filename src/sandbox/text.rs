//! Texts of the phone.

pub mod personal;

use crate::texts;

texts! {
    /// Texts of `/sandbox`.
    pub struct Sandbox {
        title: "沙箱" / "Sandbox",
        intro: "一部装着微信的手机：扫码、关注、发消息，看公众号怎么回答。这里没有真实的微信账号。"
            / "A phone with WeChat: scan, follow, send messages and see how the account replies. No real WeChat account is involved.",

        // People.
        people: "谁的手机" / "Whose phone",
        people_note: "每个人都是一个独立的微信用户。" / "Each person is a separate WeChat user.",
        following: "已关注" / "Following",
        not_following: "未关注" / "Not following",
        nickname: "新的微信用户" / "New WeChat user",
        nickname_example: "昵称，如 小微" / "Nickname, e.g. Wei",
        add: "添加" / "Add",

        // The chat.
        account: "微答沙箱" / "Weida sandbox",
        message: "要发送的消息" / "Message",
        message_example: "发送“帮助”试试" / "Try sending “help”",
        send: "发送" / "Send",
        follow: "关注公众号" / "Follow the account",
        unfollow: "取消关注" / "Unfollow",
        more: "更多" / "More",
        kinds: "发送示例" / "Send a sample",
        image: "图片" / "Picture",
        voice: "语音" / "Voice",
        video: "视频" / "Video",
        location: "位置" / "Location",
        link: "链接" / "Link",
        sticker: "表情" / "Sticker",
        menu_key: "自定义菜单的 KEY" / "Menu item key",
        click: "点菜单" / "Tap the menu",
        menu: "公众号菜单" / "Account menu",
        menu_none: "还没有菜单规则" / "No menu rules yet",
        menu_add: "添加" / "Add one",

        // Lines of the chat.
        label_sticker: "[表情]" / "[Sticker]",
        label_picture: "图片" / "Picture",
        label_video: "视频" / "Video",
        label_music: "音乐" / "Music",
        label_place: "位置" / "Location",
        label_mini: "小程序" / "Mini-program",
        note_followed: "你关注了公众号" / "You followed the account",
        note_followed_by_scan: "你扫码关注了公众号" / "You scanned a code and followed the account",
        note_unfollowed: "你取消了关注" / "You unfollowed the account",
        note_scanned: "你扫描了二维码" / "You scanned a QR code",
        note_clicked: "你点了菜单：{key}" / "You tapped the menu: {key}",
        note_out_of_order: "该公众号提供的服务出现故障，请稍后再试" / "This account is out of order. Please try again later",
        note_handed_over: "已转接人工客服" / "Transferred to customer service",
        none_follow: "（没有回复）没有设置被关注回复" / "(No reply) There is no welcome reply",
        none_text: "（没有回复）没有匹配的规则，也没有默认回复" / "(No reply) No rule matches, and there is no default reply",
        none_kind: "（没有回复）没有规则回答这类消息" / "(No reply) No rule answers this kind of message",
        none_menu: "（没有回复）没有规则回答这个菜单" / "(No reply) No rule answers this menu item",

        // Scanning.
        scan_title: "扫一扫" / "Scan",
        scan_note: "网页上正在显示的二维码，新的在前。" / "QR codes currently shown on pages, newest first.",
        scan_none: "现在没有二维码" / "No QR codes right now",
        scan_none_do: "打开登录或注册页，二维码就会出现在这里。" / "Open the sign-in or registration page and its code appears here.",
        scan_open: "去登录页" / "Go to sign-in",
        code_register: "注册" / "Registration",
        code_login: "登录" / "Sign-in",
        code_bind: "绑定微信" / "Link WeChat",
        code_reset: "找回密码" / "Password reset",
        code_program: "程序" / "Program",
        code_client: "关注码" / "Follow code",
        scan: "扫一扫" / "Scan",
        scan_one: "扫一扫：{code}" / "Scan: {code}",
        follow_and_scan: "关注并扫描" / "Follow and scan",
        follow_and_scan_one: "关注并扫描：{code}" / "Follow and scan: {code}",
        paste: "粘贴二维码内容" / "Paste QR code content",
        paste_hint: "相机扫出来的网址，或二维码图片的地址。" / "The address in the code, or the address of its picture.",
        ask_title: "先关注，再扫描" / "Follow first",
        ask_text: "还没有关注“{account}”。关注以后，扫描就会继续。" / "This user does not follow “{account}” yet. Follow it to continue the scan.",

        // The key.
        key: "沙箱密钥" / "Sandbox key",
        key_note: "这台设备要先输入密钥，才能使用沙箱。" / "Enter the key to use the sandbox from this device.",
        key_hint: "启动程序时显示在终端里，也显示在运行程序的电脑的沙箱页上。每次启动都会更换。"
            / "Printed in the terminal at startup, and shown on the sandbox page of the computer that runs the program. It changes at every start.",
        key_enter: "进入沙箱" / "Open the sandbox",
        key_wrong: "密钥不对，请核对后重新输入。" / "Wrong key. Check it and try again.",
        key_too_many: "输错次数过多，请一分钟后再试。" / "Too many wrong keys. Try again in a minute.",
        share_title: "用手机打开" / "Open on a phone",
        share_note: "手机和这台电脑连同一个网络，用相机扫码即可。能打开的人可以扮演任何微信用户，请勿外传。"
            / "Scan with a phone on the same network. Anyone who opens it can act as any WeChat user here, so keep it private.",
        share_alt: "打开沙箱的二维码" / "QR code that opens the sandbox",

        // The account.
        account_title: "公众号" / "Official Account",
        account_kind: "账号类型" / "Account type",
        verified: "认证服务号" / "Verified service account",
        personal: "个人订阅号" / "Personal subscription account",
        kind_note: "认证服务号可以生成二维码；个人订阅号不行，访客改为发送数字。"
            / "A verified service account can create QR codes. A personal one cannot: visitors send digits instead.",
        switch: "切换" / "Switch",
        is_verified: "现在是认证服务号：登录页会显示二维码。" / "Now a verified service account: the sign-in page shows a QR code.",
        is_personal: "现在是个人订阅号：登录页会请访客发送数字。" / "Now a personal account: the sign-in page asks visitors to send digits.",
        appid: "AppID" / "AppID",
        server: "服务器地址" / "Server address",
        server_asking: "验证中" / "Verifying",
        server_verified: "已验证" / "Verified",
        server_failed: "验证失败：{why}" / "Verification failed: {why}",
        personal_link: "打开个人微信" / "Open personal WeChat",
        personal_note: "把自己的微信连到微答，由自己的规则回答自己。" / "Connect one’s own WeChat to Weida and get answers by one’s own rules.",
        code_note: "小程序或网站应用拿到的登录 code，交给接口 /api/auth/login 或 /finalize_login。只能用一次。"
            / "A login code as a mini-program or website gets it. Pass it to /api/auth/login or /finalize_login. Single use.",
        code_mini: "小程序登录 code" / "Mini-program login code",
        code_web: "网页登录 code" / "Web login code",
        code_mini_made: "小程序登录 code：{code}" / "Mini-program login code: {code}",
        code_web_made: "网页登录 code：{code}" / "Web login code: {code}",
        rules: "放入示例规则" / "Add example rules",
        rules_note: "一条关注回复、一条关键词回复、一条默认回复。" / "One for new followers, one for a keyword, and a default reply.",
        rules_added: "放入了 {n} 条示例规则。发送“{keyword}”试试。" / "Added {n} example rules. Try sending “{keyword}”.",
        rules_there: "示例规则都已经在了，没有再放。" / "The example rules already exist; nothing was added.",
        rules_failed: "示例规则没有放进去，请稍后再试。" / "The example rules could not be added. Please try again later.",
        rule_follow: "欢迎关注！发送“帮助”看看能做什么。" / "Thanks for following! Send “help” to see what you can do.",
        rule_keyword: "营业时间" / "opening hours",
        rule_answer: "我们周一至周五 9:00–18:00 在。" / "We are here Monday to Friday, 9:00 to 18:00.",
        rule_default: "收到，稍后回复你。发送“帮助”看看能做什么。" / "Got it. We will get back to you. Send “help” to see what you can do.",

        // Refusals.
        unknown_person: "没有这个微信用户，请重新选择。" / "This WeChat user does not exist. Pick another one.",
        no_must_follow: "要先关注公众号。" / "This user must follow the account first.",
        no_follows_already: "已经关注了公众号。" / "This user already follows the account.",
        no_empty: "还没有填写内容。" / "There is nothing to send.",
        no_too_long: "太长了，请缩短后再试。" / "Too long. Please shorten it.",
        no_crowded: "微信用户太多了。" / "There are too many WeChat users.",
        no_foreign_code: "这不是本公众号的二维码。网址请直接在浏览器里打开。"
            / "This is not a QR code of this account. Open web addresses in the browser.",
        no_code_expired: "二维码已过期，请刷新网页后再扫。" / "This QR code has expired. Reload its page and scan again.",
    }
}
