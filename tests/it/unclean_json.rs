//! T-194: the platform's JSON with control characters, bytes of another encoding and halves of emoji: no name, picture or rule is
//! lost by what stands beside it.

use crate::rig::{App, BEGINNING_MS, Database, Platform, account, eventually};
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::FakeClock,
    core::{
        account::identity,
        rule::{
            ACCOUNT, Content, search,
            transfer::{Mode, job},
        },
        signin::wechat_apps,
    },
};

crate::every_engine!(a_name_that_is_not_clean_keeps_its_picture, one_rule_that_is_not_clean_costs_no_other);

async fn app_at(database: &Database, platform: &Platform) -> App {
    let more = [
        ("WECHAT_API_BASE", platform.base.as_str()),
        ("WECHAT_WEB_APPID", "wxweb00123456789"),
        ("WECHAT_WEB_SECRET", "stand-in"),
    ];
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &more).await
}

/// What stands in a text, and what is left of it.
const UNCLEAN: [(&[u8], &str); 8] = [
    (b"\x02", ""),
    (b"\0\x1f", ""),
    (br"\u0000", ""),
    (br"\ud83d", ""),
    (br"\ude00\ud83d", ""),
    (b"\xc4", "\u{fffd}"),
    (b"\x81\\", "\u{fffd}"),
    (br"\ud83d\ude00", "😀"),
];

async fn a_name_that_is_not_clean_keeps_its_picture(database: &Database) {
    for (n, (unclean, left)) in UNCLEAN.into_iter().enumerate() {
        let info = [
            br#"{"openid":"oWeb","nickname":"name"#.to_vec(),
            unclean.to_vec(),
            br#"x","headimgurl":"https://thirdwx.qlogo.cn/0","privilege":[]}"#.to_vec(),
        ]
        .concat();
        let platform = Platform::saying(&[("/sns/userinfo", info)]).await;
        let app = app_at(database, &platform).await;
        let proven = wechat_apps::by_web_login(&app.ctx, &format!("code{n}")).await.unwrap();
        assert_eq!(proven.nickname.as_ref().unwrap().as_str(), format!("name{left}x"), "{unclean:?}");
        assert_eq!(proven.avatar_url.as_deref(), Some("https://thirdwx.qlogo.cn/0"));
        // Every database stores it.
        assert!(identity::meet(&app.ctx, &proven).await.unwrap().nickname.starts_with("name"));
    }
}

async fn one_rule_that_is_not_clean_costs_no_other(database: &Database) {
    let mut rules: Vec<Vec<u8>> = Vec::new();
    for (n, (unclean, _)) in UNCLEAN.into_iter().enumerate() {
        let rule = [
            format!(r#"{{"rule_name":"r{n}"#).into_bytes(),
            unclean.to_vec(),
            format!(r#"x","create_time":1,"reply_mode":"reply_all","keyword_list_info":[{{"type":"text","match_mode":"equal","content":"k{n}"#).into_bytes(),
            unclean.to_vec(),
            br#"x"}],"reply_list_info":[{"type":"text","content":"a"#.to_vec(),
            unclean.to_vec(),
            b"\n".to_vec(),
            br#"b"}]}"#.to_vec(),
        ];
        rules.push(rule.concat());
    }
    // Rules that cannot be read at all.
    rules.push(br#"{"rule_name":7,"keyword_list_info":null,"reply_list_info":"x"}"#.to_vec());
    rules.push(b"\"\x02\"".to_vec());
    let info = [
        br#"{"is_add_friend_reply_open":1,"is_autoreply_open":1,"keyword_autoreply_info":{"list":["#.to_vec(),
        rules.join(&b","[..]),
        b"]}}".to_vec(),
    ]
    .concat();
    let platform = Platform::saying(&[("/cgi-bin/get_current_autoreply_info", info)]).await;
    let app = app_at(database, &platform).await;
    let id = job::begin_from_platform(&app.ctx, &account()).await.unwrap();
    let is_here = async || job::find(&app.ctx, ACCOUNT, id).await.unwrap().state == job::State::Waiting;
    assert!(eventually(Duration::from_secs(5), is_here).await);
    let look = job::look(&app.ctx, ACCOUNT, id, Mode::Merge).await.unwrap();
    assert_eq!((look.plan.added.len(), look.plan.flaws.len(), look.plan.notes.len()), (UNCLEAN.len(), 0, 2));
    let order = job::ImportRequest { mode: Mode::Merge, mark: look.mark, is_partial: true };
    job::start(&app.ctx, &account(), id, order).await.unwrap();
    let is_done = async || search::list(&app.ctx, ACCOUNT).await.unwrap().len() == UNCLEAN.len();
    assert!(eventually(Duration::from_secs(5), is_done).await);
    for (n, rule) in search::list(&app.ctx, ACCOUNT).await.unwrap().into_iter().enumerate() {
        let left = UNCLEAN[n].1;
        assert_eq!(rule.keywords[0].text, format!("k{n}{left}x"));
        assert_eq!(rule.contents, [Content::text(format!("a{left}\nb"))]);
    }
}
