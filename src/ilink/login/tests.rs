use super::*;
use crate::ilink::host::BaseUrl;

fn hosts() -> Hosts {
    Hosts::new(None, None).unwrap()
}

fn login() -> Login {
    let qr = QrCode { handle: "handle".into(), content: "first".to_owned() };
    Login::new(Vec::new(), qr, &hosts(), 0)
}

fn confirmed() -> QrStatus {
    QrStatus::Confirmed(Box::new(Credentials {
        bot_token: "token".into(),
        bot_id: "b@im.bot".to_owned(),
        user_id: "u@im.wechat".to_owned(),
        base_url: hosts().login_base(),
    }))
}

fn advance(login: &mut Login, status: QrStatus) -> Next {
    login.advance(status, &hosts())
}

#[test]
fn a_scan_leads_to_a_connection() {
    let mut login = login();
    assert_eq!(*login.view(), LoginView::Scan { qr_content: "first".to_owned() });
    for status in [QrStatus::Wait, QrStatus::Unknown("new".to_owned()), QrStatus::Redirected(None)] {
        assert!(matches!(advance(&mut login, status), Next::Poll));
        assert!(matches!(login.view(), LoginView::Scan { .. }));
    }
    assert!(matches!(advance(&mut login, QrStatus::Scanned), Next::Poll));
    assert_eq!(*login.view(), LoginView::Scanned);
    // A poll without an answer does not go back to the QR code.
    advance(&mut login, QrStatus::Wait);
    assert_eq!(*login.view(), LoginView::Scanned);
    let end = advance(&mut login, confirmed());
    assert!(matches!(end, Next::End(LoginOutcome::Connected(c)) if c.user_id == "u@im.wechat"));
    assert_eq!(*login.view(), LoginView::Done);
}

#[test]
fn a_number_is_asked_for_until_it_is_right() {
    let mut login = login();
    let code = || LoginCode::parse(" 42 ").unwrap();
    login.enter_code(code());
    assert!(login.code.is_none(), "nothing was asked");
    advance(&mut login, QrStatus::NeedsCode);
    assert_eq!(*login.view(), LoginView::EnterCode { is_wrong: false });
    login.enter_code(code());
    assert_eq!(*login.view(), LoginView::Checking);
    // A failure of the network leaves the number to be sent again.
    advance(&mut login, QrStatus::Wait);
    assert_eq!(login.code, Some(code()));
    advance(&mut login, QrStatus::NeedsCode);
    assert_eq!(*login.view(), LoginView::EnterCode { is_wrong: true });
    login.enter_code(code());
    advance(&mut login, QrStatus::Scanned);
    assert_eq!((login.view(), &login.code), (&LoginView::Scanned, &None));
}

#[test]
fn a_number_is_digits_only() {
    for text in ["", " ", "1a", "１２", "1234567890123", "-1", "1 2", "1&qrcode=x"] {
        assert_eq!(LoginCode::parse(text), None, "{text}");
    }
}

#[test]
fn an_expired_or_blocked_code_is_renewed() {
    for (status, failure) in
        [(QrStatus::Expired, LoginFailure::Expired), (QrStatus::CodeBlocked, LoginFailure::Blocked)]
    {
        let mut login = login();
        advance(&mut login, QrStatus::Redirected(Some("idc2.weixin.qq.com".to_owned())));
        advance(&mut login, QrStatus::NeedsCode);
        assert!(matches!(advance(&mut login, status), Next::Renew(found) if found == failure));
        login.renew(QrCode { handle: "second".into(), content: "second".to_owned() }, &hosts());
        assert_eq!(*login.view(), LoginView::Scan { qr_content: "second".to_owned() });
        assert_eq!((login.base, login.code, login.renewals), (hosts().login_base(), None, 1));
    }
}

#[test]
fn a_redirect_to_a_foreign_host_ends_the_login() {
    let mut login = login();
    advance(&mut login, QrStatus::Redirected(Some("idc2.weixin.qq.com".to_owned())));
    assert_eq!(login.base.as_str(), "https://idc2.weixin.qq.com/");
    let end = advance(&mut login, QrStatus::Redirected(Some("evil.example".to_owned())));
    assert!(matches!(end, Next::End(LoginOutcome::Failed(LoginFailure::ForeignHost))));
    assert_eq!(*login.view(), LoginView::Failed(LoginFailure::ForeignHost));
    let end = advance(&mut login, QrStatus::Refused(Error::ForeignHost));
    assert!(matches!(end, Next::End(LoginOutcome::Failed(LoginFailure::ForeignHost))));
}

#[test]
fn a_known_person_is_connected_already() {
    let mut login = login();
    assert!(matches!(advance(&mut login, QrStatus::AlreadyConnected), Next::End(LoginOutcome::AlreadyConnected)));
}

#[test]
fn a_login_takes_eight_minutes_at_most() {
    let login = login();
    assert_eq!(login.left(0), Some(Duration::from_mins(8)));
    assert_eq!(login.left(479_999), Some(Duration::from_millis(1)));
    assert_eq!(login.left(480_000), None);
    // A clock that goes back does not prolong it.
    assert_eq!(login.left(-60_000), Some(Duration::from_mins(8)));
}

#[test]
fn the_debug_of_a_login_has_no_secret() {
    let base: BaseUrl = hosts().login_base();
    let qr = QrCode { handle: "secret-handle".into(), content: "secret-content".to_owned() };
    let login = Login { known_tokens: vec!["secret-token".into()], view: LoginView::Done, qr, ..login() };
    assert!(!format!("{login:?} {base:?} {:?}", confirmed()).contains("secret-"), "{login:?}");
    assert!(!format!("{:?}", confirmed()).contains("token\""));
}
