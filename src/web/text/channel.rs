//! Texts of the page of the personal-WeChat channel.

crate::texts! {
    /// The page of the personal-WeChat channel.
    pub struct Channel {
        title: "个人微信通道" / "Personal WeChat",
        what: "扫码后，你的微信里会多一个机器人联系人，只有你能和它聊天。" / "Scanning adds a bot contact to your WeChat that only you can talk to.",
        what_not: "它用你自己的规则回复你，也能听命令添加、修改规则；它不会替你回复好友，也不进群。" / "It answers you with your own rules and takes commands to edit them. It does not reply to your friends, and it joins no groups.",
        how: "它用腾讯官方的机器人接口（微信 ClawBot），不登录你的微信账号；微信需要 8.0.69 或更高的版本。" / "It uses Tencent’s official bot interface (WeChat ClawBot) and does not sign in to your WeChat account. It needs WeChat 8.0.69 or later.",

        connect: "扫码连接" / "Connect by scanning",
        reconnect: "重新扫码" / "Scan again",
        qr_alt: "连接个人微信的二维码" / "QR code to connect your WeChat",
        starting: "正在准备二维码…" / "Preparing the QR code…",
        scan: "用微信扫一扫，再在手机上确认" / "Scan with WeChat, then confirm on your phone",
        scan_phone: "在手机上看这个页面？截图后，在微信“扫一扫”里从相册选取。" / "Reading this on your phone? Take a screenshot, and choose it from the album in WeChat’s scanner.",
        scanned: "已扫码，请在手机上确认" / "Scanned. Confirm on your phone",
        number: "手机上显示的数字" / "Number shown on your phone",
        number_hint: "你的微信里显示了一串数字，输入到这里" / "Your WeChat shows a number. Type it here",
        number_wrong: "数字不对，请看着手机再输入一次" / "Wrong number. Check your phone and try again",
        number_send: "提交" / "Submit",
        checking: "正在核对数字…" / "Checking the number…",
        over_expired: "二维码已过期，请重新扫码。" / "The QR code has expired. Scan a new one.",
        over_blocked: "数字错了太多次，请重新扫码。" / "Too many wrong numbers. Scan a new QR code.",
        over_failed: "没有连接成功：微信的服务器没有接受。请稍后再试。" / "Not connected: WeChat’s server did not accept it. Try again later.",
        qr_later: "二维码由微信生成，约两分钟后自动更换。" / "WeChat creates the code; it is renewed about every two minutes.",

        card: "连接" / "Connection",
        state: "状态" / "Status",
        connected: "已连接" / "Connected",
        paused: "已暂停" / "Paused",
        needs_login: "需要重新扫码" / "Needs a new scan",
        disconnected: "未连接" / "Not connected",
        since: "连接时间" / "Connected",
        messages: "消息" / "Messages",
        counts: "收到 {received} 条，回复 {sent} 条" / "{received} received, {sent} sent",
        undelivered: "没有送达 {n} 条" / "{n} not delivered",
        waiting: "等待发送 {n} 条：你再发一条消息，就接着发" / "{n} waiting: they are sent after your next message",
        window: "还能发" / "Can still send",
        window_left: "{n} 条，{hours} 小时 {minutes} 分钟内" / "{n message|messages} within {hours} h {minutes} min",
        window_full: "0 条：这一轮的 10 条用完了，你再发一条消息就能继续" / "0 messages: all 10 are used. Send a message to continue",
        window_closed: "0 条：超过 24 小时没有收到你的消息，你发一条就能继续" / "0 messages: nothing from you for 24 hours. Send a message to continue",
        window_none: "还没有收到你的消息，先给机器人发一条" / "No message from you yet. Write to the bot first",
        last_error: "最近的错误" / "Latest error",

        remind: "到期前提醒" / "Remind me",
        remind_note: "24 小时的窗口结束前两小时，机器人发一条“回复任意内容继续”" / "Two hours before the 24-hour window ends, the bot asks you to send anything to continue",
        ending: "还有不到两小时，机器人就不能给你发消息了。在微信里回复任意内容就能继续。" / "In less than two hours the bot can no longer write to you. Send it anything in WeChat to continue.",

        pause: "暂停" / "Pause",
        resume: "继续" / "Resume",
        disconnect: "断开" / "Disconnect",
        disconnect_title: "断开个人微信通道？" / "Disconnect your WeChat?",
        disconnect_text: "机器人不再回复你，等待发送的消息会删除。规则都还在，以后可以重新扫码连接。" / "The bot stops replying, and messages that wait to be sent are deleted. Your rules stay, and you can connect again by scanning.",
        disconnect_yes: "断开连接" / "Disconnect",

        banner_title: "个人微信通道断开了" / "Your personal WeChat was disconnected",
        banner: "你的规则在个人微信里暂时不回复。" / "Your rules do not reply there until you scan again.",

        error_login: "登录失效了，需要重新扫码" / "The sign-in is no longer valid",
        error_network: "连不上微信的服务器，正在自动重试" / "WeChat’s server cannot be reached. Retrying",
        error_limit: "微信限制了发送，一会儿自动再发" / "WeChat limits sending. Retrying in a moment",
        error_not_delivered: "微信收下了一条消息但没有送达" / "WeChat took a message but did not deliver it",
        error_file: "有一条规则的文件发不出去" / "A rule’s file could not be sent",
        error_database: "消息暂时处理不了，正在自动重试" / "Messages cannot be handled at the moment. Retrying",
        error_other: "微信拒绝了一次请求" / "WeChat refused a request",

        did_pause: "已暂停：消息留在微信的服务器上，继续后回复" / "Paused. Messages wait at WeChat and are answered when you resume",
        did_resume: "已继续" / "Resumed",
        did_disconnect: "已断开" / "Disconnected",
    }
}
