//! Answers that are not clean JSON: every call that reads names or texts.

use super::*;
use crate::wechat::mini;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What may stand in a text of the platform.
const UNCLEAN: [&[u8]; 7] =
    [b"\x02", b"\0", br"\u0000", br"\ud83d", b"\xc4\xe3", b"\x81\\", b"\xed\xa0\xbd\xed\xb8\x80"];

/// The JSON with these bytes at each `@`.
fn with(json: &str, unclean: &[u8]) -> Vec<u8> {
    json.split('@').map(str::as_bytes).collect::<Vec<_>>().join(unclean)
}

async fn rig(json: &'static str, unclean: &'static [u8]) -> Rig {
    let token = with(r#"{"access_token":"T","expires_in":7200,"note":"@"}"#, unclean);
    let answer = with(json, unclean);
    let of =
        move |seen: &Seen| Answer::text(200, if seen.path == STABLE_TOKEN { token.clone() } else { answer.clone() });
    Rig::new(of).await
}

#[tokio::test]
async fn every_call_reads_an_answer_that_is_not_clean() {
    for unclean in UNCLEAN {
        let user =
            rig(r#"{"subscribe":1,"openid":"oA","remark":"老@王","qr_scene_str":"a@","unionid":"u1"}"#, unclean).await;
        let user = user.client.user_info("oA").await.unwrap();
        assert_eq!((user.openid.as_str(), user.unionid.as_deref()), ("oA", Some("u1")), "{unclean:?}");
        assert!(user.remark.starts_with('老') && user.remark.ends_with('王'), "{}", user.remark);

        let rules = rig(
            r#"{"is_autoreply_open":1,"keyword_autoreply_info":{"list":[{"rule_name":"@"},{"rule_name":"二"}]}}"#,
            unclean,
        )
        .await;
        let rules = rules.client.current_autoreply_info().await.unwrap();
        assert_eq!(rules["keyword_autoreply_info"]["list"][1]["rule_name"], "二");

        let code =
            rig(r#"{"ticket":"gQ","expire_seconds":60,"url":"http://weixin.qq.com/q/x","note":"@"}"#, unclean).await;
        assert_eq!(code.client.create_qr("s", 60).await.unwrap().ticket, "gQ");
        let list = rig(r#"{"ip_list":["101.226.103.0/25"],"note":"@"}"#, unclean).await;
        assert_eq!(list.client.callback_ips().await.unwrap(), ["101.226.103.0/25"]);
        let upload = rig(r#"{"media_id":"m","name":"@"}"#, unclean).await;
        let medium = Medium { kind: MediumKind::Image, name: "a.png", media_type: "image/png", bytes: b"x" };
        assert_eq!(upload.client.upload_media(medium).await.unwrap(), "m");
        // An error stays the same error.
        let refused = rig(r#"{"errcode":48001,"errmsg":"api@ unauthorized"}"#, unclean).await;
        let error = refused.client.user_info("oA").await.unwrap_err();
        assert!(matches!(error, ApiError::Platform { code: 48001, class: ErrorClass::Permission, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_sign_in_keeps_what_is_clean() {
    for unclean in UNCLEAN {
        let platform = StandIn::start(move |seen| {
            Answer::text(
                200,
                match seen.path.as_str() {
                    "/sns/oauth2/access_token" => with(r#"{"access_token":"A","openid":"oWeb","scope":"@"}"#, unclean),
                    "/sns/userinfo" => with(
                        r#"{"openid":"oWeb","nickname":"小@微","headimgurl":"https://a.example/0","unionid":"u"}"#,
                        unclean,
                    ),
                    _ => with(r#"{"openid":"oMini","session_key":"k","errmsg":"@"}"#, unclean),
                },
            )
        })
        .await;
        let chance = Arc::new(SeededRng::new(1));
        let client = LoginClient::new(platform.base.clone(), platform.base.clone(), LOGIN_PATIENCE, chance).unwrap();
        let app = AppKey { appid: APPID.to_owned(), secret: SECRET.into() };
        let entrant = client.entrant(&app, "code").await.unwrap();
        let nickname = entrant.nickname.unwrap();
        assert!(nickname.starts_with('小') && nickname.ends_with('微'), "{nickname}");
        assert_eq!(entrant.avatar_url.as_deref(), Some("https://a.example/0"));
        assert_eq!(entrant.unionid.as_deref(), Some("u"));
        assert_eq!(client.mini_session(&app, "code").await.unwrap().openid, "oMini");

        let json =
            r#"{"openId":"oMini","nickName":"小@微","avatarUrl":"https://a.example/0","watermark":{"appid":"wx1"}}"#;
        let sealed = cbc::Encryptor::<aes::Aes128>::new(&[7; 16].into(), &[9; 16].into())
            .encrypt_padded_vec::<Pkcs7>(&with(json, unclean));
        let key = STANDARD.encode([7; 16]).into();
        let opened = mini::open(&key, &STANDARD.encode([9; 16]), &STANDARD.encode(sealed), "wx1").unwrap();
        assert!(opened.nick_name.unwrap().ends_with('微') && opened.avatar_url.unwrap().ends_with("/0"));
    }
}
