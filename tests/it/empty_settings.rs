//! Empty values, as compose files give them for names without a value.

use crate::rig::{AES_KEY, APPID, App, BEGINNING_MS, Database, Phone, SECRET_KEY, TOKEN};
use secrecy::ExposeSecret as _;
use std::{collections::BTreeMap, sync::Arc};
use weida::{
    base::{clock::FakeClock, rng::SystemRng},
    config::{Checked, ENVIRONMENT, Flags, load},
    server::serve::start,
};

crate::every_engine!(an_emptied_aes_key_is_plain_mode_only_where_no_push_was_encrypted);

const ACCOUNT: [(&str, &str); 4] =
    [("WECHAT_APPID", APPID), ("WECHAT_SECRET", "stand-in"), ("WECHAT_TOKEN", TOKEN), ("WECHAT_AES_KEY", AES_KEY)];

fn settings(pairs: &[(&str, &str)]) -> Result<Checked, String> {
    let environment: BTreeMap<_, _> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    load(&Flags::default(), &environment).map_err(|e| e.to_string())
}

/// Everything that the settings decide, secrets included.
fn all(settings: &Checked) -> String {
    let account = settings.account.as_ref().map(|account| {
        let key = account.aes_key.as_ref().map(|key| key.expose_secret().to_owned());
        (account.appid.clone(), account.secret.expose_secret().to_owned(), key)
    });
    format!("{:?} {} {account:?}", settings.settings, settings.database_url.expose_secret())
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let account = &ACCOUNT[..];
    let expected = all(&settings(account).unwrap());
    let others = ENVIRONMENT.iter().map(|(name, _)| *name).filter(|name| ACCOUNT.iter().all(|(own, _)| own != name));
    let unknown = ["WEIDA_NO_SUCH_SETTING", "WEIDA_", "WECHAT_NO_SUCH_NAME", "JWT_ALGORITHM", "ILINK_TOKEN"];
    for empty in ["", " ", "\t"] {
        for name in others.clone().chain(unknown) {
            let found = settings(&[account, &[(name, empty)]].concat());
            assert_eq!(all(&found.unwrap_or_else(|e| panic!("{name}={empty:?}: {e}"))), expected, "{name}={empty:?}");
        }
        // All names at once: without an account this is the sandbox.
        let every: Vec<_> = ENVIRONMENT.iter().map(|(name, _)| (*name, empty)).collect();
        assert_eq!(all(&settings(&every).unwrap()), all(&settings(&[]).unwrap()), "{empty:?}");
    }
}

#[test]
fn a_wrong_name_with_a_value_and_a_forgotten_value_of_the_account_are_errors() {
    for (name, nearest) in [("WEIDA_PUBLIC_ULR", "WEIDA_PUBLIC_URL"), ("WECHAT_APPI", "WECHAT_APPID")] {
        let line = settings(&[(name, "x")]).unwrap_err();
        assert!(line.contains(name) && line.contains(nearest), "{line}");
    }
    for empty in ["", "  "] {
        for name in ["WECHAT_APPID", "WECHAT_SECRET", "WECHAT_TOKEN"] {
            // One of the account's names is empty, or all but one are.
            let one: Vec<_> = ACCOUNT.map(|(own, value)| (own, if own == name { empty } else { value })).into();
            let line = settings(&one).unwrap_err();
            assert!(line.contains(&format!("{name} is empty")), "{line}");
            let most: Vec<_> = ACCOUNT.map(|(own, value)| (own, if own == name { value } else { empty })).into();
            assert!(settings(&most).unwrap_err().contains("is empty"), "{name}");
        }
        let key_alone: Vec<_> =
            ACCOUNT.map(|(own, value)| (own, if own == "WECHAT_AES_KEY" { value } else { empty })).into();
        assert!(settings(&key_alone).unwrap_err().contains("WECHAT_APPID is empty"));
        let none: Vec<_> = ACCOUNT.map(|(own, _)| (own, empty)).into();
        assert!(settings(&none).unwrap().account.is_none());
    }
    // The secret under its other name; the empty one beside it is not a forgotten value.
    for (filled, empty) in [("WECHAT_APPSECRET", "WECHAT_SECRET"), ("WECHAT_SECRET", "WECHAT_APPSECRET")] {
        let found = settings(&[("WECHAT_APPID", APPID), (filled, "stand-in"), (empty, ""), ("WECHAT_TOKEN", TOKEN)]);
        assert_eq!(found.unwrap().account.unwrap().secret.expose_secret(), "stand-in", "{filled}");
    }
}

/// The file shows every key with its default; taking the `#` away changes nothing.
#[test]
fn the_defaults_that_the_file_shows_may_be_written_out() {
    let shown = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Leptos.toml")).unwrap();
    let is_key = |line: &str| {
        let name = line.strip_prefix('#').and_then(|rest| rest.split_once(" = ")).map(|(name, _)| name);
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    };
    let is_example =
        |line: &str| line.starts_with("#trusted-proxies") || line.starts_with("#day") || line.starts_with("#month");
    let mut written = 0;
    let lines = shown.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if is_key(line) && !is_example(line) => {
            written += 1;
            format!("{rest}\n")
        }
        _ => format!("{line}\n"),
    });
    let text: String = lines.collect();
    assert!(written > 60, "only {written} keys were found");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Leptos.toml");
    std::fs::write(&path, text).unwrap();
    let flags = Flags { config: Some(path), ..Flags::default() };
    let found = load(&flags, &BTreeMap::new()).unwrap();
    assert!(found.account.is_none() && found.settings.token.secret.is_none());
    assert!(found.settings.security.secret_key.is_none());
}

/// Starts an instance with this AES key, given even if it is empty. `None`: the name is not there.
async fn started(database: &Database, aes_key: Option<&str>) -> Result<(), String> {
    let address = "http://127.0.0.1:9";
    let mut pairs = vec![("DATABASE_URL", database.url.as_str()), ("LEPTOS_SITE_ADDR", "127.0.0.1:0")];
    pairs.extend([("WECHAT_API_BASE", address), ("WECHAT_MP_BASE", address)]);
    pairs.extend(ACCOUNT.into_iter().filter(|(name, _)| *name != "WECHAT_AES_KEY"));
    pairs.extend(aes_key.map(|key| ("WECHAT_AES_KEY", key)));
    if database.engine != crate::rig::Engine::Sqlite {
        pairs.push(("WEIDA_SECRET_KEY", SECRET_KEY));
    }
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    start(settings(&pairs)?, clock, Arc::new(SystemRng)).await.map(drop)
}

async fn an_emptied_aes_key_is_plain_mode_only_where_no_push_was_encrypted(database: &Database) {
    // Nothing was encrypted yet; a plain push proves nothing.
    started(database, Some("")).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    {
        let plain = App::with(database, clock.clone(), &[("WECHAT_AES_KEY", "")]).await;
        let phone = Phone::new(plain.address, plain.clock.clone(), "oPlain");
        let push = crate::rig::Push::plain(&phone.text("你好"), plain.clock_secs());
        assert_eq!(push.send(plain.address).await.0, 200);
    }
    started(database, Some(" ")).await.unwrap();
    {
        let safe = App::with(database, clock, &[("WECHAT_ORIGINAL_ID", "gh_0123456789ab")]).await;
        safe.phone("oSafe").say("你好").await;
    }
    for empty in ["", "  "] {
        let line = started(database, Some(empty)).await.unwrap_err();
        assert!(line.contains("WECHAT_AES_KEY is empty") && line.contains(APPID) && !line.contains('\n'), "{line}");
    }
    // The key itself, or no such name, is a choice.
    started(database, Some(AES_KEY)).await.unwrap();
    started(database, None).await.unwrap();
}
