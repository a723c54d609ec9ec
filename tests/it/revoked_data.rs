//! T-302: data that a person withdrew from an app (`user_authorization_revoke`) is forgotten: exactly that data, of that person, wherever it
//! was taken over to.

use crate::rig::{APPID, App, Database};
use weida::{
    core::{
        account::{
            self,
            ProfileColumn::{Email, Nickname as Name, Phone},
            User,
            field::Nickname,
            identity::{self, App as Kind, Proven},
            profile, unionid,
        },
        rule::{edit::Editor, pairs},
    },
    store,
};

crate::every_engine!(
    a_withdrawn_name_and_picture_are_nowhere_any_more,
    only_the_withdrawn_data_of_the_named_app_is_forgotten,
    a_chosen_name_is_not_withdrawn,
    another_persons_data_stays,
);

const MINI: &str = "wxmini";
const WEB: &str = "wxweb";
const NAME: &str = "Widerruf7q";
const PICTURE: &str = "https://example.com/Widerruf7q.png";

async fn enters(app: &App, (kind, appid): (Kind, &str), person: &str, nickname: &str, picture: &str) -> User {
    let proven = Proven {
        app: kind,
        appid: appid.to_owned(),
        openid: format!("{appid}-{person}"),
        unionid: Some(format!("u{person}")),
        nickname: Some(Nickname::parse(nickname).unwrap()),
        avatar_url: Some(picture.to_owned()),
    };
    identity::meet(&app.ctx, &proven).await.unwrap()
}

async fn revoked(app: &App, fields: &[(&str, &str)]) {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("<{name}><![CDATA[{value}]]></{name}>")).collect();
    let document = format!("<Event><![CDATA[user_authorization_revoke]]></Event>{}", fields.concat());
    app.clock.advance_ms(1_000);
    let platform = app.phone("oSystemOfThePlatform");
    assert_eq!(platform.push(&platform.document("event", &document)).await, None);
}

async fn now(app: &App, user: &User) -> (String, Option<String>) {
    let user = account::find(&app.ctx, user.id).await.unwrap().unwrap();
    (user.nickname, user.avatar_url)
}

/// What the identity of a person at an app says.
async fn known(app: &App, appid: &str, person: &str) -> (Option<String>, Option<String>) {
    let mut db = app.ctx.store.read().await.unwrap();
    let row = store::identity::find_identity(&mut db, appid, &format!("{appid}-{person}")).await.unwrap().unwrap();
    (row.nickname, row.avatar_url)
}

async fn a_withdrawn_name_and_picture_are_nowhere_any_more(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oWithdraws");
    phone.follow().await;
    let user = enters(&app, (Kind::MiniProgram, MINI), "Withdraws", NAME, PICTURE).await;
    unionid::learn(&app.ctx, "oWithdraws", "uWithdraws").await.unwrap();
    assert_eq!(now(&app, &user).await, (NAME.to_owned(), Some(PICTURE.to_owned())));
    // The name is in a stored answer too.
    let editor = Editor { owner_id: user.id, actor_id: user.id, ..Editor::default() };
    pairs::add(&app.ctx, &editor, vec![("我是谁".to_owned(), "你是 {{nickname}}".to_owned())]).await.unwrap();
    assert_eq!(phone.ask("我是谁").await, format!("你是 {NAME}"));
    assert!(database.dump().await.contains(NAME));
    let openid = format!("{MINI}-Withdraws");
    revoked(&app, &[("OpenID", &openid), ("UnionID", "uWithdraws"), ("AppID", MINI), ("RevokeInfo", "6")]).await;
    assert!(!database.dump().await.to_lowercase().contains(&NAME.to_lowercase()), "in a table or a file");
    assert_eq!(now(&app, &user).await, (format!("用户 {}", user.id), None));
    assert_eq!(phone.ask("我是谁").await, format!("你是 用户 {}", user.id));
    // The account itself, its identity and its rules stay.
    assert_eq!(known(&app, MINI, "Withdraws").await, (None, None));
    assert_eq!(app.count("SELECT COUNT(*) FROM identities WHERE unionid = 'uWithdraws'").await, 2);
}

async fn only_the_withdrawn_data_of_the_named_app_is_forgotten(database: &Database) {
    let app = App::on(database).await;
    let other = ("网页里的", "https://example.com/web.png");
    let fresh = async |person: &str| {
        enters(&app, (Kind::Web, WEB), person, other.0, other.1).await;
        enters(&app, (Kind::MiniProgram, MINI), person, NAME, PICTURE).await
    };
    let both = (Some(NAME.to_owned()), Some(PICTURE.to_owned()));
    // Codes of data that is not stored here, and of others.
    let user = fresh("Nothing").await;
    for code in ["1", "2", "8", "13", "16", "18", "201", "206", "207", "999", "x", "60"] {
        revoked(&app, &[("OpenID", "wxmini-Nothing"), ("AppID", MINI), ("RevokeInfo", code)]).await;
        assert_eq!(known(&app, MINI, "Nothing").await, both, "{code}");
        assert_eq!(now(&app, &user).await.0, NAME, "{code}");
    }
    for (person, code, name, picture) in [
        ("Both", "6", false, false),
        ("Service", "205", false, false),
        ("Name", "19", false, true),
        ("Picture", "20", true, false),
        ("List", "2, 19,20", false, false),
    ] {
        let user = fresh(person).await;
        let openid = format!("{MINI}-{person}");
        revoked(&app, &[("OpenID", &openid), ("AppID", MINI), ("RevokeInfo", code)]).await;
        let expected = (name.then(|| NAME.to_owned()), picture.then(|| PICTURE.to_owned()));
        assert_eq!(known(&app, MINI, person).await, expected, "{person}");
        // What the other app presented is left, and the account shows it.
        assert_eq!(known(&app, WEB, person).await, (Some(other.0.to_owned()), Some(other.1.to_owned())), "{person}");
        let shown = (if name { NAME } else { other.0 }, Some(if picture { PICTURE } else { other.1 }.to_owned()));
        assert_eq!(now(&app, &user).await, (shown.0.to_owned(), shown.1), "{person}");
    }
    // By the unionid alone: the identity at the named app.
    let user = fresh("Union").await;
    revoked(&app, &[("UnionID", "uUnion"), ("AppID", MINI), ("RevokeInfo", "6")]).await;
    assert_eq!(known(&app, MINI, "Union").await, (None, None));
    assert_eq!(now(&app, &user).await.0, other.0);
    // The account itself is meant where no app is named: nothing of the mini-program's.
    let user = fresh("Account").await;
    revoked(&app, &[("OpenID", "wxmini-Account"), ("RevokeInfo", "205")]).await;
    revoked(&app, &[("OpenID", "wxmini-Account"), ("AppID", APPID), ("RevokeInfo", "205")]).await;
    assert_eq!((known(&app, MINI, "Account").await, now(&app, &user).await.0), (both, NAME.to_owned()));
}

async fn a_chosen_name_is_not_withdrawn(database: &Database) {
    let app = App::on(database).await;
    let user = enters(&app, (Kind::MiniProgram, MINI), "Chose", NAME, PICTURE).await;
    profile::update(&app.ctx, user.id, &[(Name, "自己起的"), (Email, "a@b.cn"), (Phone, "13800138000")]).await.unwrap();
    for code in ["6", "8", "16"] {
        revoked(&app, &[("OpenID", "wxmini-Chose"), ("AppID", MINI), ("RevokeInfo", code)]).await;
    }
    assert_eq!(now(&app, &user).await, ("自己起的".to_owned(), None));
    let user = account::find(&app.ctx, user.id).await.unwrap().unwrap();
    // Entered here, and never asked of WeChat.
    assert_eq!((user.email.as_deref(), user.phone.as_deref()), (Some("a@b.cn"), Some("13800138000")));
    assert!(!database.dump().await.contains(NAME));
}

async fn another_persons_data_stays(database: &Database) {
    let app = App::on(database).await;
    let one = enters(&app, (Kind::MiniProgram, MINI), "One", "同名", PICTURE).await;
    let two = enters(&app, (Kind::MiniProgram, MINI), "Two", "同名", PICTURE).await;
    for fields in [
        &[("OpenID", "wxmini-One"), ("AppID", MINI), ("RevokeInfo", "6")][..],
        &[("OpenID", "wxmini-Unknown"), ("UnionID", "uUnknown"), ("AppID", MINI), ("RevokeInfo", "6")],
        &[("OpenID", "wxmini-Two"), ("AppID", "wxelsewhere"), ("RevokeInfo", "6")],
        &[("OpenID", ""), ("UnionID", ""), ("AppID", MINI), ("RevokeInfo", "6")],
        &[("AppID", MINI), ("RevokeInfo", "6")],
    ] {
        revoked(&app, fields).await;
    }
    assert_eq!(now(&app, &two).await, ("同名".to_owned(), Some(PICTURE.to_owned())));
    assert_eq!(now(&app, &one).await, (format!("用户 {}", one.id), None));
}
