//! Settings: every error is one line that names the setting and the fix, before anything is opened, and it never shows a secret.

use crate::rig::{App, Database, Engine, Program, environment};
use std::path::Path;
use weida::config::{ENVIRONMENT, Flags, load};

/// Values that must not be in any line.
const SECRETS: [&str; 5] =
    ["canary-app-secret", "Can4ryToken", "canary-jwt-secret", "canary-db-password", "canary-aes-key"];

/// Settings, and the words that the error line must have.
type Case = (Vec<(&'static str, &'static str)>, &'static [&'static str]);

/// Starts the program with a wrong setting and returns its error line.
fn refused(folder: &Path, arguments: &[&str], more: &[(&str, &str)], code: i32) -> String {
    let ended = Program::run(folder, arguments, &environment(folder, more));
    let (line, case) = (ended.stderr.clone(), format!("{arguments:?} {more:?}: {ended:?}"));
    assert_eq!(ended.code, Some(code), "{case}");
    assert!(line.starts_with("weida: ") && line.ends_with('\n') && line.trim_end().lines().count() == 1, "{case}");
    assert!(
        !["panicked", "backtrace", "RUST_BACKTRACE", "src/", "Error("].iter().any(|word| line.contains(word)),
        "{case}"
    );
    for secret in SECRETS {
        assert!(!line.contains(secret) && !ended.stdout.contains(secret), "{case}");
    }
    line
}

#[test]
fn a_wrong_setting_gives_one_line_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = [("WECHAT_APPID", ""), ("WECHAT_SECRET", ""), ("WECHAT_TOKEN", ""), ("WECHAT_AES_KEY", "")];
    let with = |one: (&'static str, &'static str)| sandbox.iter().copied().chain([one]).collect::<Vec<_>>();
    let cases: Vec<Case> = vec![
        (vec![("WEIDA_PUBLIC_ULR", "https://weida.example")], &["WEIDA_PUBLIC_ULR", "WEIDA_PUBLIC_URL?"]),
        (vec![("WECHAT_APPSECERT", "canary-app-secret")], &["WECHAT_APPSECERT", "WECHAT_APPSECRET?"]),
        (vec![("WECHAT_TOKEN", " ")], &["WECHAT_TOKEN is empty"]),
        (vec![("WECHAT_TOKEN", "")], &["WECHAT_TOKEN is empty"]),
        (vec![("WECHAT_TOKEN", "Can4ryToken!")], &["WECHAT_TOKEN must be 3 to 32"]),
        (vec![("WECHAT_SECRET", "")], &["WECHAT_SECRET is empty"]),
        (vec![("WECHAT_APPID", " ")], &["WECHAT_APPID is empty"]),
        (vec![("WECHAT_AES_KEY", "canary-aes-key")], &["WECHAT_AES_KEY must be the 43"]),
        (vec![("WECHAT_PREVIOUS_AES_KEY", "canary-aes-key")], &["WECHAT_PREVIOUS_AES_KEY must be the 43"]),
        (vec![("WECHAT_MINI_APPID", "wxmini")], &["WECHAT_MINI_APPID is set without WECHAT_MINI_SECRET"]),
        (vec![("WECHAT_WEB_APPID", "wxweb")], &["WECHAT_WEB_APPID is set without WECHAT_WEB_SECRET"]),
        (vec![("WECHAT_MINI_SECRET", "canary-app-secret")], &["WECHAT_MINI_SECRET is set without WECHAT_MINI_APPID"]),
        (vec![("JWT_EXPIRATION_DAY", "30")], &["JWT_EXPIRATION_DAY", "JWT_EXPIRATION_DAYS?"]),
        (vec![("ILINK_APIBASE", "http://127.0.0.1:9")], &["ILINK_APIBASE", "ILINK_API_BASE?"]),
        (vec![("WEIDA_SECRET_KEY", "canary-jwt-secret")], &["WEIDA_SECRET_KEY has 17 bytes", "at least 32"]),
        (vec![("WEIDA_PREVIOUS_SECRET_KEY", "canary-jwt-secret")], &["WEIDA_PREVIOUS_SECRET_KEY has 17 bytes"]),
        (vec![("WEIDA_SECRET_KEYS", "canary-jwt-secret")], &["WEIDA_SECRET_KEYS", "WEIDA_SECRET_KEY?"]),
        (vec![("JWT_PREVIOUS_SECRET", "canary-jwt-secret")], &["JWT_PREVIOUS_SECRET has 17 bytes"]),
        (vec![("JWT_SECRET", "canary-jwt-secret")], &["JWT_SECRET has 17 bytes", "at least 32"]),
        (vec![("WEIDA_PUBLIC_URL", "https://weida.example/path")], &["WEIDA_PUBLIC_URL", "without a path"]),
        (vec![("WEIDA_PUBLIC_URL", "ftp://weida.example")], &["WEIDA_PUBLIC_URL"]),
        (vec![("WEIDA_TRUSTED_PROXIES", "10.0.0.0/99")], &["WEIDA_TRUSTED_PROXIES", "10.0.0.0/8"]),
        (vec![("WEIDA_CORS_ORIGINS", "app.example.com")], &["WEIDA_CORS_ORIGINS", "https://app.example.com"]),
        (vec![("WEIDA_CORS_ORIGINS", "https://app.example.com/app")], &["WEIDA_CORS_ORIGINS", "without a path"]),
        (vec![("WEIDA_CORS_ORIGINS", "https://a.example, *")], &["WEIDA_CORS_ORIGINS", "the only entry"]),
        (vec![("WEIDA_CORS_ORIGINS", "https://*.example.com")], &["WEIDA_CORS_ORIGINS", "list each origin"]),
        (vec![("WEIDA_CORS_ORIGIN", "*")], &["WEIDA_CORS_ORIGIN", "WEIDA_CORS_ORIGINS?"]),
        (vec![("WEIDA_LOGIN_CONFIRM", "sometimes")], &["WEIDA_LOGIN_CONFIRM", "always"]),
        (vec![("WEIDA_MESSAGE_DAYS", "-1")], &["message.keep-days is -1", "0 to 3650"]),
        (vec![("WEIDA_MESSAGE_DAYS", "many")], &["WEIDA_MESSAGE_DAYS"]),
        (vec![("LEPTOS_SITE_ADDR", "here")], &["LEPTOS_SITE_ADDR"]),
        (with(("LEPTOS_SITE_ADDR", "0.0.0.0:0")), &["sandbox", "0.0.0.0", "WEIDA_PUBLIC_URL", "192.168.1.5"]),
        (with(("WEIDA_PUBLIC_URL", "http://0.0.0.0:3000")), &["sandbox", "WEIDA_PUBLIC_URL"]),
        (with(("WEIDA_PUBLIC_URL", "http://[::]:3000")), &["sandbox", "WEIDA_PUBLIC_URL"]),
    ];
    for (more, words) in &cases {
        let line = refused(folder.path(), &[], more, 2);
        assert!(words.iter().all(|word| line.contains(word)), "{more:?}: {line}");
    }
    // Nothing was opened.
    assert!(!folder.path().join("weida.db").exists());
}

#[test]
fn a_wrong_key_in_the_file_gives_one_line_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    let cases: [(&str, &[&str]); 14] = [
        ("[server]\npublic-ulr = \"x\"", &["public-ulr", "server", "public-url"]),
        ("[serber]\npublic-url = \"x\"", &["serber", "server"]),
        ("wechat.tokem = \"Can4ryToken\"", &["tokem", "token"]),
        ("[signin]\nconfirm = \"perhaps\"", &["signin.confirm", "perhaps"]),
        ("[limits]\nguesses-per-session = 0", &["limits.guesses-per-session", "1 to 20"]),
        ("[limits]\nguesses-per-session = \"many\"", &["limits.guesses-per-session", "many"]),
        ("[server\n", &["Leptos.toml"]),
        ("[chat.commands]\nlsit = [\"清单\"]", &["lsit", "list"]),
        ("[chat.commands]\nlist = [\"ＨＥＬＰ\"]", &["chat.commands.help", "\"help\"", "list has too"]),
        ("[chat.commands]\npassword = [\"取消\"]", &["chat.commands.password", "取消", "refuse"]),
        ("[chat.commands]\nundo = [\"1234\"]", &["chat.commands.undo", "1234"]),
        ("[media]\nmegabytes-per-owner = 0", &["media.megabytes-per-owner", "1 to 10000"]),
        // A secret of digits only is a number in TOML; a list is a typing error.
        ("[mini-program]\nsecret = 7318462905", &["mini-program.secret"]),
        ("[database]\nmysql-password = [\"canary-db-password\"]", &["database.mysql-password"]),
    ];
    for (text, words) in cases {
        std::fs::write(&file, text).unwrap();
        let line = refused(folder.path(), &[], &[], 2);
        assert!(words.iter().all(|word| line.contains(word)), "{text}: {line}");
        assert!(!line.contains("7318462905"), "{line}");
    }
    std::fs::remove_file(&file).unwrap();
    let line = refused(folder.path(), &["--config", "elsewhere.toml"], &[], 2);
    assert!(line.contains("elsewhere.toml") && line.contains("--config"), "{line}");
}

#[test]
fn a_port_in_use_gives_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = refused(folder.path(), &["--addr", &address], &[], 1);
    assert!(line.contains(&address) && line.contains("--addr"), "{line}");
    let metrics = [("WEIDA_METRICS_ADDR", address.as_str()), ("RUST_LOG", "off")];
    let line = refused(folder.path(), &[], &metrics, 1);
    assert!(line.contains(&address) && line.contains("WEIDA_METRICS_ADDR"), "{line}");
}

#[test]
fn an_unreachable_database_gives_one_line_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let quiet = |url: &'static str| [("DATABASE_URL", url), ("RUST_LOG", "off")];
    for (url, words) in [
        ("mysql://weida:canary-db-password@127.0.0.1:9/weida", &["127.0.0.1:9", "DATABASE_URL"][..]),
        ("postgres://weida:canary-db-password@127.0.0.1:9/weida", &["127.0.0.1:9", "DATABASE_URL"]),
        ("mysql://weida:canary-db-password@no-such-host.invalid/weida", &["no-such-host.invalid"]),
        ("mysql://weida:canary-db-password@127.0.0.1:port/weida", &["database"]),
        ("postgres://weida:canary-db-password@127.0.0.1:99999/weida", &["database"]),
        ("oracle://weida:canary-db-password@127.0.0.1/weida", &["sqlite:, mysql: or postgres:"]),
        ("canary-db-password", &["sqlite:, mysql: or postgres:"]),
        ("sqlite:///proc/no/weida.db", &["/proc/no"]),
        ("sqlite://file/weida.db", &["file"]),
    ] {
        let line = refused(folder.path(), &[], &quiet(url), 1);
        assert!(words.iter().all(|word| line.contains(word)), "{url}: {line}");
    }
}

/// At its default level the log must not add details to the line.
#[test]
fn a_refusal_is_logged_in_short() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://weida:canary-db-password@127.0.0.1:9/weida";
    let ended = Program::run(folder.path(), &[], &environment(folder.path(), &[("DATABASE_URL", url)]));
    assert_eq!(ended.code, Some(1));
    assert!(!ended.stderr.contains("canary-db-password") && !ended.stderr.contains("backtrace"), "{}", ended.stderr);
    assert!(ended.stderr.lines().count() <= 3, "{}", ended.stderr);
}

#[test]
fn doctor_prints_the_settings_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let jwt = "canary-jwt-secret-canary-jwt-secret";
    let toml = "[open-platform]\nappid = \"wxweb\"\nsecret = \"canary-app-secret\"\n[mini-program]\nappid = \"wxmini\"\nsecret = \"canary-app-secret\"\n[database]\nmysql-password = \"canary-db-password\"\n";
    std::fs::write(folder.path().join("Leptos.toml"), toml).unwrap();
    let more = [
        ("WECHAT_SECRET", "canary-app-secret"),
        ("WECHAT_TOKEN", "Can4ryToken"),
        ("JWT_SECRET", jwt),
        ("WECHAT_PREVIOUS_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    ];
    let ended = Program::run(folder.path(), &["doctor"], &environment(folder.path(), &more));
    // The platform does not answer: doctor prints it and exits with 1.
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let output = format!("{}{}", ended.stdout, ended.stderr);
    for secret in SECRETS.iter().copied().chain([jwt, crate::rig::AES_KEY, "abcdefghijklmnopqrstuvwxyz0123456789"]) {
        assert!(!output.contains(secret), "{secret} in {output}");
    }
    for word in [
        "wechat.token",
        "token.secret",
        "open-platform.secret",
        "(hidden)",
        "WECHAT_TOKEN",
        "Leptos.toml",
        "encrypted only",
        "the first start creates it",
    ] {
        assert!(output.contains(word), "no {word:?} in {output}");
    }
}

/// A server that refuses the user, and one without the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusing_database_server_gives_one_line_without_the_password() {
    for engine in [Engine::MariaDb, Engine::Postgres] {
        let Some(database) = Database::open(engine).await else { continue };
        // The server itself works.
        drop(App::on(&database).await);
        let url = url::Url::parse(&database.url).unwrap();
        let (folder, mut wrong) = (tempfile::tempdir().unwrap(), url.clone());
        wrong.set_username("unknown").unwrap();
        wrong.set_password(Some("canary-db-password")).unwrap();
        wrong.set_path("/no_such_database");
        let wrong = wrong.to_string();
        let line = refused(folder.path(), &[], &[("DATABASE_URL", &wrong), ("RUST_LOG", "off")], 1);
        assert!(line.contains("127.0.0.1") && line.contains("DATABASE_URL"), "{line}");
        let logged = [("DATABASE_URL", wrong.as_str()), ("RUST_LOG", "trace")];
        let ended = Program::run(folder.path(), &[], &environment(folder.path(), &logged));
        assert!(!ended.stderr.contains("canary-db-password"), "{}", ended.stderr);
        database.close().await;
    }
}

/// `DATABASE_URL` takes precedence over cloud hosting's MySQL variables, even with its default value.
#[test]
fn database_url_takes_precedence_over_cloud_hostings_variables() {
    use secrecy::ExposeSecret as _;
    let folder = tempfile::tempdir().unwrap();
    let url = |more: &[(&str, &str)]| {
        let loaded = weida::config::load(&weida::config::Flags::default(), &environment(folder.path(), more)).unwrap();
        loaded.database_url.expose_secret().to_owned()
    };
    let hosted = [("MYSQL_ADDRESS", "10.0.0.9:3306"), ("MYSQL_USERNAME", "root"), ("MYSQL_PASSWORD", "p@ss")];
    let with = |named: &'static str| [hosted.as_slice(), &[("DATABASE_URL", named)]].concat();
    assert_eq!(url(&with(weida::config::DATABASE_URL)), weida::config::DATABASE_URL);
    assert_eq!(url(&with("")), "mysql://root:p%40ss@10.0.0.9:3306/weida");
    assert_eq!(url(&[("DATABASE_URL", "")]), weida::config::DATABASE_URL);
}

/// A variable is text, whatever the type of its setting: none is refused for being text.
#[test]
fn every_variable_can_be_set() {
    let folder = tempfile::tempdir().unwrap();
    let flags = Flags { config: None, ..Flags::default() };
    let refused_for_its_type = |name: &str, text: &str| {
        let database = format!("sqlite:{}", folder.path().join("weida.db").display());
        let given = [("DATABASE_URL", database.as_str()), (name, text)];
        let given = given.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        load(&flags, &given).err().is_some_and(|error| error.to_string().contains("invalid type"))
    };
    for (name, key) in ENVIRONMENT {
        // A text, a number or a word of a switch: one of them fits every setting.
        let texts = ["7", "true"];
        assert!(texts.iter().any(|text| !refused_for_its_type(name, text)), "{name} ({key})");
    }
    assert!(refused_for_its_type("WEIDA_MESSAGE_DAYS", "many"), "a wrong type is seen");
}
