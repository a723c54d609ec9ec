//! Texts of the pages of a sign-in session: waiting, received, and ended.

crate::texts! {
    /// The pages of a sign-in session.
    pub struct Signin {
        // The title, by what the visitor came for and by what they have in front of them.
        register_scan: "还差一步：扫码关注" / "One more step: scan to follow",
        register_press: "还差一步：长按关注" / "One more step: press to follow",
        register_send: "还差一步：把数字发给我" / "One more step: send me the digits",
        login_scan: "微信扫一扫，就登录" / "Scan to sign in",
        login_press: "长按二维码，就登录" / "Press the code to sign in",
        login_send: "把数字发给我，就登录" / "Send me the digits to sign in",
        bind_scan: "微信扫一扫，就绑定" / "Scan to link WeChat",
        bind_press: "长按二维码，就绑定" / "Press the code to link WeChat",
        bind_send: "把数字发给我，就绑定" / "Send me the digits to link WeChat",
        title_register: "完成注册" / "Finish signing up",
        title_login: "微信登录" / "Sign in with WeChat",
        title_bind: "绑定微信" / "Link WeChat",

        // The state.
        wait_scan: "等你扫码，{n} 分钟内有效" / "Waiting for your scan, valid for {n} minutes",
        wait_press: "等你识别，{n} 分钟内有效" / "Waiting for you, valid for {n} minutes",
        wait_follow: "等你关注，{n} 分钟内有效" / "Waiting for you to follow, valid for {n} minutes",
        wait_send: "等你发来，{n} 分钟内有效" / "Waiting for your message, valid for {n} minutes",
        not_yet: "还没收到，做完稍等一下再检查" / "Nothing yet. Check again in a moment",
        received: "已收到，请在微信里确认" / "Got it. Confirm in WeChat",
        received_where: "消息在{chat}的聊天里" / "The message is in your chat with {chat}",
        received_in_wechat: "回到聊天，点最新的一条" / "Go back to the chat and tap the latest message",

        // The account, in a sentence.
        account: "公众号「{name}」" / "“{name}”",
        chat: "「{name}」" / "“{name}”",
        account_nameless: "公众号" / "the account",

        // Scan.
        scan: "打开微信，扫一扫" / "Open WeChat and scan",
        scan_follow: "关注后点消息里的「{yes}」，这一页会自己往下走" / "Follow, then tap “{yes}” in the chat. This page moves on by itself",
        scan_first: "第一次来？扫了就注册好" / "New here? Scanning signs you up",
        scan_bind: "扫完点消息里的「{yes}」，这一页会自己往下走" / "Then tap “{yes}” in the chat. This page moves on by itself",
        press: "按住二维码，选「识别图中的二维码」" / "Press and hold the code, then tap “Extract QR code”",
        press_register: "关注后点消息里的「{yes}」，再回到这里" / "Follow, tap “{yes}” in the chat, then come back",
        press_login: "再点消息里的「{yes}」，回到这里" / "Tap “{yes}” in the chat, then come back",
        press_bind: "再点消息里的「{yes}」，回到这里" / "Tap “{yes}” in the chat, then come back",
        qr_alt: "用微信扫描的二维码" / "QR code to scan with WeChat",
        press_alt: "二维码，长按识别" / "QR code: press and hold it",
        account_alt: "公众号的二维码" / "The account’s QR code",

        // Send digits.
        cannot_scan: "扫不了？发数字也行" / "Can’t scan? Send digits",
        send: "在微信里把这 {n} 位数字发给{account}" / "In WeChat, send these {n} digits to {account}",
        cannot_scan_send: "扫不了？把数字发给{account}" / "Can’t scan? Send the digits to {account}",
        cannot_press: "识别不了？把数字发给{account}" / "Can’t press? Send the digits to {account}",
        follows_already: "已经关注了？把数字发给公众号也行" / "Following already? Send the digits to the account",
        hold_to_copy: "按住数字就能复制" / "Press and hold the digits to copy them",
        open_wechat: "打开微信" / "Open WeChat",
        step_search: "微信里搜{account}，关注" / "In WeChat, find {account} and follow",
        step_find: "微信里打开{account}的聊天" / "In WeChat, open the chat with {account}",
        step_send: "把数字粘贴到聊天里，发送" / "Paste the digits into the chat and send",
        step_register: "点消息里的「{yes}」" / "Tap “{yes}” in the reply",
        step_login: "点消息里的「{yes}」" / "Tap “{yes}” in the reply",
        step_bind: "点消息里的「{yes}」" / "Tap “{yes}” in the reply",
        step_back: "再回到这一页，它会自己往下走" / "Then come back. This page moves on by itself",
        step_first: "第一次来？发了就注册好" / "New here? Sending them signs you up",
        follow_by_qr: "还没关注？存下二维码" / "Not following yet? Save the QR code",
        follow_by_qr_how: "长按保存这张图，到微信里从相册打开它。" / "Press and hold to save the picture, then open it from the album in WeChat.",
        follow_account: "还没关注？先用微信关注公众号" / "Not following yet? Follow the account first",

        // Type a code.
        type_title: "公众号给了你验证码？" / "Got a code from the account?",
        type_hint: "在公众号里发「验证码」，它会回你 {n} 位数字" / "Send “code” to the account; it replies with {n} digits",
        wrong_title: "验证码不对，再看一眼" / "That code isn’t right",
        tries: "还可以试 {n} 次" / "{n} tries left",
        guesses_left: "{error}，还可以再试 {n} 次" / "{error}. {n} tries left",
        instead: "不想输入？反过来发" / "Rather not type? Send instead",

        // Begin.
        begin_title: "用微信，不用记密码" / "WeChat, no password",
        begin_state: "点一下，就出二维码和数字" / "One tap for a QR code and digits",
        begin_note: "第一次来？关注就有账号" / "New here? Following gives you an account",
        with_password: "用密码登录" / "Use a password",

        // Received.
        tap_register: "点「{yes}」，账号就建好了" / "Tap “{yes}” to create your account",
        tap_login: "点「{yes}」，就进来了" / "Tap “{yes}” to get in",
        tap_bind: "点「{yes}」，就绑好了" / "Tap “{yes}” to link it",
        tap_back: "点完回到这一页，它会自己往下走。" / "Then come back. This page moves on by itself.",
        no_message: "没看到消息" / "I don’t see a message",
        no_message_do: "在微信里打开{account}的聊天，最新的一条就是。还没有？再发一次数字，或者再扫一次。"
            / "Open the chat with {account} in WeChat: it is the latest message. Nothing there? Send the digits or scan again.",
        not_mine: "不是我发起的" / "This wasn’t me",
        not_mine_do: "在微信里点「{no}」。你不确认，谁也进不来。" / "Tap “{no}” in WeChat. No one gets in unless you confirm.",

        // Without a script, or after the connection was lost.
        check: "我已完成，检查一下" / "I’m done, check now",
        reloads: "页面每几秒刷新一次。" / "This page reloads every few seconds.",
        stay: "停止刷新" / "Stop reloading",
        change: "修改" / "Change",

        // Ended sessions.
        agreed: "手机上已确认" / "Confirmed on your phone",
        agreed_state: "点一下就进来" / "One tap to get in",
        expired: "过期了，换一组就好" / "Expired. Get new ones",
        expired_state: "二维码和数字一起失效了" / "The QR code and the digits have expired",
        expired_name: "用户名 {name} 还给你留着" / "We kept the username {name} for you",
        expired_qr: "二维码已过期" / "This QR code has expired",
        expired_qr_do: "点一下，换一个" / "Tap for a new one",
        expired_digits: "这组数字也一起失效了" / "These digits have expired too",
        expired_why: "二维码和数字 {n} 分钟换一次，是为了不让别人捡到旧的来冒充你。" / "They change every {n} minutes, so that no one can use old ones in your name.",
        refused: "你在微信里点了取消" / "You cancelled in WeChat",
        refused_state: "没有登录，什么都没有变" / "Not signed in. Nothing was changed",
        refused_state_register: "没有注册，什么都没有发生" / "No account was created. Nothing was changed",
        refused_state_bind: "没有绑定，什么都没有变" / "Not linked. Nothing was changed",
        refused_mistake: "点错了？" / "Tapped by mistake?",
        refused_mistake_do: "再来一次，换一组新的就行。" / "Get new ones and try again.",
        refused_mistake_register: "回去再提交一次就行，用户名还留着。" / "Go back and submit again. Your username is kept.",
        refused_stranger: "不是你发起的？" / "Wasn’t it you?",
        refused_stranger_do: "做得对。有人拿到了这个页面的二维码或数字，你没有确认，他就进不来。你的账号没有动过，不用改密码。"
            / "Well done. Someone had the QR code or the digits of this page. You did not confirm, so they did not get in. Your account is untouched; there is no need to change your password.",
        renew: "换一组" / "Get new ones",
        registered: "这个微信已经有账号了" / "This WeChat already has an account",
        registered_text: "没有重复注册。直接用微信登录；用户名和密码可以在个人中心设置。"
            / "No second account was created. Sign in with WeChat; you can set a username and password in your account.",
        taken: "用户名刚刚被别人注册了" / "This username was just taken",
        taken_text: "换一个用户名，再来一次。" / "Choose another one and try again.",
        taken_do: "重新填写" / "Fill in again",
        bound: "没有绑定" / "Not linked",
        bound_text: "这个微信属于别的账号，或者你的账号已绑定另一个微信。先解绑，再试一次。"
            / "This WeChat belongs to another account, or yours is linked to another WeChat. Unlink it first, then try again.",
        disabled: "账号已被停用" / "This account is disabled",
        disabled_text: "现在不能登录，请联系管理员。" / "You cannot sign in now. Please contact the administrator.",
        guesses: "试错次数太多" / "Too many wrong codes",
        guesses_text: "为了安全，这一次已经作废。换一组，再从头来。" / "For security, this attempt is over. Get new ones and start again.",
        failed: "没有成功" / "Something went wrong",
        failed_text: "换一组再试。" / "Get new ones and try again.",

        // Notices on the next page.
        over: "已过期或已完成，请重新开始" / "This has expired or was already completed. Please start again",
        linked: "微信已绑定" / "WeChat linked",
    }
}
