//! Texts that several pages share.

use crate::core::account::ProfileColumn;

crate::texts! {
    /// Texts on every page.
    pub struct Common {
        brand: "微答" / "Weida",
        skip: "跳到正文" / "Skip to content",

        // Navigation.
        nav: "主导航" / "Main",
        menu: "菜单" / "Menu",
        go_to: "跳转" / "Go to",
        home: "首页" / "Home",
        as_guest: "以访客身份打开注册页" / "Open sign-up as a visitor",
        me: "个人中心" / "My account",
        replies: "自动回复" / "Auto-reply",
        admin: "管理" / "Admin",
        docs: "接口文档" / "API docs",
        sandbox: "沙箱" / "Sandbox",

        // A page under another address than the public URL.
        wrong_address: "你打开的是 {opened}，本站的地址是 {right}。在这里登录不了，表单也提交不了。"
            / "You opened {opened}, but this site is {right}. Signing in and forms do not work here.",
        open_right_address: "用正确的地址打开" / "Open the right address",

        // Actions.
        sign_in: "登录" / "Sign in",
        register: "注册" / "Register",
        sign_out: "退出登录" / "Sign out",
        save: "保存" / "Save",
        discard: "放弃" / "Discard",
        cancel: "取消" / "Cancel",
        delete: "删除" / "Delete",
        edit: "编辑" / "Edit",
        add: "添加" / "Add",
        next: "下一步" / "Next",
        back: "返回" / "Back",
        confirm: "确认" / "Confirm",
        close: "关闭" / "Close",
        copy: "复制" / "Copy",
        copied: "已复制" / "Copied",
        show: "显示" / "Show",
        hide: "隐藏" / "Hide",
        undo: "撤销" / "Undo",
        search: "搜索" / "Search",
        refresh: "刷新" / "Refresh",
        more: "更多" / "More",
        enable: "启用" / "Enable",
        disable: "停用" / "Disable",
        import: "导入" / "Import",
        export: "导出" / "Export",
        bind: "绑定" / "Link",
        download: "下载" / "Download",
        send: "发送" / "Send",

        // States.
        on: "已启用" / "On",
        off: "已停用" / "Off",
        yes: "是" / "Yes",
        no: "否" / "No",
        none: "无" / "None",
        saved: "已保存" / "Saved",
        deleted: "已删除" / "Deleted",
        unsaved: "有未保存的修改" / "You have unsaved changes",
        optional: "选填" / "Optional",
        unlimited: "不限" / "Unlimited",

        // Nouns.
        username: "用户名" / "Username",
        password: "密码" / "Password",
        code: "验证码" / "Code",
        nickname: "昵称" / "Nickname",
        email: "邮箱" / "Email",
        real_name: "姓名" / "Name",
        phone: "手机号" / "Phone",
        level: "等级" / "Level",
        credits: "积分" / "Credits",
        time: "时间" / "Time",
        status: "状态" / "Status",
        actions: "操作" / "Actions",
        level_normal: "普通用户" / "Normal",
        level_premium: "高级用户" / "Premium",
        level_vip: "VIP 用户" / "VIP",

        // Language and theme.
        language: "语言" / "Language",
        theme: "外观" / "Theme",
        theme_system: "跟随系统" / "System",
        theme_light: "浅色" / "Light",
        theme_dark: "深色" / "Dark",

        // Pages of a list.
        pages: "分页" / "Pages",
        page_before: "上一页" / "Previous",
        page_after: "下一页" / "Next",
        page_of: "第 {page} / {pages} 页" / "Page {page} of {pages}",
        total: "共 {count} 条" / "{count} in total",

        chat: "聊天记录" / "Chat",
        voice_secs: "{secs} 秒" / "{secs} s",

        // The footer.
        powered: "由微答提供" / "Powered by Weida",
        footer: "微答，自己的公众号服务" / "Weida, self-hosted service for your Official Account",
        request_id: "请求编号 {id}" / "Request ID: {id}",

        // Errors of any page.
        error_form: "有几处需要修改" / "Please correct the fields below",
        error_not_found: "没有这个页面" / "Page not found",
        error_not_found_do: "链接可能已经改变，从首页重新开始吧。" / "The link may have changed. Start again from the home page.",
        error_forbidden: "你没有权限查看" / "Access denied",
        error_forbidden_do: "换一个账号登录，或请管理员授权。" / "Sign in with another account, or ask an admin for access.",
        error_too_many: "操作太频繁" / "Too many requests",
        error_too_many_do: "请过一会儿再试。" / "Please wait a moment and try again.",
        error_server: "服务出错了" / "Something went wrong",
        error_server_do: "稍后再试；如果一直这样，把请求编号告诉管理员。" / "Try again later. If the problem persists, send the request ID to the admin.",
    }
}

impl Common {
    /// The label of a profile field.
    #[must_use]
    pub fn profile_label(&self, column: ProfileColumn) -> &'static str {
        match column {
            ProfileColumn::Nickname => self.nickname,
            ProfileColumn::RealName => self.real_name,
            ProfileColumn::Phone => self.phone,
            ProfileColumn::Email => self.email,
        }
    }

    /// The name of a level; an unknown one counts as the lowest.
    #[must_use]
    pub fn level_name(&self, level: &str) -> &'static str {
        self.level_of(level).unwrap_or(self.level_normal)
    }

    /// The name of a level; `None` for an unknown one.
    #[must_use]
    pub fn level_of(&self, level: &str) -> Option<&'static str> {
        match level {
            "vip" => Some(self.level_vip),
            "premium" => Some(self.level_premium),
            "normal" => Some(self.level_normal),
            _ => None,
        }
    }
}
