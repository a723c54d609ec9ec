//! T-160 to T-165: signing and hash keys are stored encrypted, with a secret key that is not in the database.

use crate::rig::{ACCESS_TOKEN, App, BEGINNING_MS, Database, Engine, Platform, Program, SECRET_KEY, environment};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use weida::{
    base::{clock::FakeClock, rng::SystemRng, secret::Use},
    core::{
        secret_key::{self, Purpose, SecretKey, Source},
        token,
    },
    store::{self, Link as _, Store},
};

const OTHER_KEY: &str = "another-secret-key-of-tests-another-secret-key";

crate::every_engine!(
    the_database_holds_no_key_in_plain_text,
    another_key_or_none_is_refused_and_no_key_is_created,
    a_new_key_reencrypts_all_values,
    plain_keys_of_an_earlier_version_are_encrypted_and_stay_the_same,
    concurrent_first_starts_agree_on_one_key,
    swapped_values_are_refused,
);

/// The keys of an installation in plain text: the hash key, and the secrets that tokens are signed with.
struct Keys {
    hash_key: String,
    token_keys: String,
}

impl Keys {
    async fn of(app: &App) -> Self {
        let mut db = app.ctx.store.read().await.unwrap();
        let mut plain = async |name: &str| {
            let stored = store::secret_value::find_value(&mut db, name).await.unwrap().unwrap();
            let plain = app.ctx.secret_key.decrypt(Purpose::Installation, name, &stored).unwrap();
            plain.expose_secret().to_owned()
        };
        Self { hash_key: plain("hash-key").await, token_keys: plain("token-keys").await }
    }

    /// The secrets that must not be stored in plain text.
    fn secrets(&self) -> Vec<String> {
        let signing = self.token_keys.lines().map(|line| line.split(' ').nth(1).unwrap().to_owned());
        [self.hash_key.clone(), ACCESS_TOKEN.to_owned()].into_iter().chain(signing).collect()
    }
}

async fn with(database: &Database, platform: &Platform, more: &[(&str, &str)]) -> App {
    let settings: Vec<_> =
        [("WECHAT_API_BASE", platform.base.as_str())].into_iter().chain(more.iter().copied()).collect();
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &settings).await
}

/// An app that has used all of its keys, and a token that it issued.
async fn used(database: &Database, platform: &Platform, more: &[(&str, &str)]) -> (App, String) {
    let app = with(database, platform, more).await;
    app.ctx.account.platform.callback_ips().await.ok();
    let phone = app.phone("oKeys");
    phone.follow().await;
    let user = weida::core::account::admin::create(&app.ctx, "keys", "horse battery staple").await.unwrap();
    let token = crate::rig::token(&app.ctx, user, None).await.unwrap();
    (app, token)
}

fn search(dump: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(secret.len() > 16 && !dump.contains(secret.as_str()), "a key is in the database");
    }
}

async fn the_database_holds_no_key_in_plain_text(database: &Database) {
    let platform = Platform::answering().await;
    let (app, _) = used(database, &platform, &[]).await;
    token::keys::rotate(&app.ctx).await.unwrap();
    let keys = Keys::of(&app).await;
    let stored = app.count("SELECT COUNT(*) FROM platform_tokens WHERE token IS NOT NULL").await;
    assert_eq!((keys.secrets().len(), stored), (4, 1));
    let dump = database.dump().await;
    search(&dump, &keys.secrets());
    assert!(dump.contains("secret_values.name=hash-key"), "the dump has the table");
    if database.engine == Engine::Sqlite {
        let key = fs::read_to_string(database.folder().join("secret.key")).unwrap();
        assert!(!dump.contains(key.trim()));
        app.ctx.store.close().await;
        search(&String::from_utf8_lossy(&fs::read(database.folder().join("weida.db")).unwrap()), &keys.secrets());
    } else {
        assert!(!dump.contains(SECRET_KEY));
    }
}

/// Opens the secret key as one instance does at its start, with the key file in this folder.
async fn open(store: &Store, folder: &Path, given: Option<&str>) -> Result<SecretKey, String> {
    let (given, file) = (given.map(SecretString::from), folder.join("secret.key"));
    secret_key::open(store, Source { given: given.as_ref(), previous: None, file: &file }, &SystemRng).await
}

async fn another_key_or_none_is_refused_and_no_key_is_created(database: &Database) {
    let store = Store::open(&database.url).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.key");
    let key = open(&store, folder.path(), None).await.unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // The same file, and the same key from the environment.
    for given in [None, Some(text.trim())] {
        assert_eq!(open(&store, folder.path(), given).await.unwrap().fingerprint(), key.fingerprint());
    }
    // Another key, in the environment or in the file.
    let line = open(&store, folder.path(), Some(OTHER_KEY)).await.unwrap_err();
    assert!(line.contains("WEIDA_SECRET_KEY") && line.contains(file.to_str().unwrap()), "{line}");
    fs::write(&file, OTHER_KEY).unwrap();
    let line = open(&store, folder.path(), None).await.unwrap_err();
    assert!(line.contains(file.to_str().unwrap()) && !line.contains(OTHER_KEY), "{line}");
    // A truncated file, and none.
    fs::write(&file, &text[..20]).unwrap();
    assert!(open(&store, folder.path(), None).await.is_err());
    fs::remove_file(&file).unwrap();
    for _ in 0..3 {
        let line = open(&store, folder.path(), None).await.unwrap_err();
        assert!(line.contains(file.to_str().unwrap()), "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no second key was created");
    // The whole program refuses too, and accepts the right key again.
    let refused = App::attempt(database, &[("WEIDA_SECRET_KEY", OTHER_KEY)]).await.err().unwrap();
    assert!(refused.contains("is not the one"), "{refused}");
    fs::write(&file, &text).unwrap();
    assert_eq!(open(&store, folder.path(), None).await.unwrap().fingerprint(), key.fingerprint());
    App::attempt(database, &[("WEIDA_SECRET_KEY", text.trim())]).await.unwrap();
}

async fn a_new_key_reencrypts_all_values(database: &Database) {
    let platform = Platform::answering().await;
    let (app, token) = used(database, &platform, &[("WEIDA_SECRET_KEY", SECRET_KEY)]).await;
    let (before, hash) = (Keys::of(&app).await, app.ctx.hash(Use::Person, "x"));
    let stored = database.dump().await;
    let ciphertexts: Vec<&str> = stored.lines().filter(|line| line.contains("=enc1:")).collect();
    // Two keys, the access_token, and the answer with a code.
    assert_eq!(ciphertexts.len(), 4);
    drop(app);
    let both = [("WEIDA_SECRET_KEY", OTHER_KEY), ("WEIDA_PREVIOUS_SECRET_KEY", SECRET_KEY)];
    // Two instances re-encrypt concurrently.
    let (one, other) =
        Box::pin(futures::future::join(App::attempt(database, &both), App::attempt(database, &both))).await;
    drop((one.unwrap(), other.unwrap()));
    let asked = platform.asked("/cgi-bin/stable_token").len();
    let app = with(database, &platform, &[("WEIDA_SECRET_KEY", OTHER_KEY)]).await;
    let after = Keys::of(&app).await;
    assert_eq!((&after.hash_key, &after.token_keys), (&before.hash_key, &before.token_keys));
    assert_eq!(app.ctx.hash(Use::Person, "x"), hash);
    assert!(token::verify(&app.ctx, &token).await.is_ok());
    app.ctx.account.platform.callback_ips().await.ok();
    assert_eq!(platform.asked("/cgi-bin/stable_token").len(), asked, "the stored access_token is used");
    let dump = database.dump().await;
    let left = dump.lines().filter(|line| ciphertexts.contains(line)).count();
    assert_eq!(left, 0, "a value is encrypted with the old key");
    let line = App::attempt(database, &[("WEIDA_SECRET_KEY", SECRET_KEY)]).await.err().unwrap();
    assert!(line.contains("WEIDA_PREVIOUS_SECRET_KEY"), "{line}");
}

async fn plain_keys_of_an_earlier_version_are_encrypted_and_stay_the_same(database: &Database) {
    let platform = Platform::answering().await;
    let (app, token) = used(database, &platform, &[]).await;
    let (keys, hash) = (Keys::of(&app).await, app.ctx.hash(Use::Person, "x"));
    // The database as the previous version left it.
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::fact::insert_fact(&mut tx, "hash-key", &keys.hash_key).await.unwrap();
    store::fact::insert_fact(&mut tx, "token-keys", &keys.token_keys).await.unwrap();
    store::fact::delete_fact(&mut tx, "secret-key-fingerprint").await.unwrap();
    store::platform_token::update_value(&mut tx, crate::rig::APPID, ACCESS_TOKEN).await.unwrap();
    tx.sql("DELETE FROM secret_values").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    app.ctx.store.close().await;
    drop(app);
    if database.engine == Engine::Sqlite {
        fs::remove_file(database.folder().join("secret.key")).unwrap();
    }
    let dump = database.dump().await;
    assert!(keys.secrets().iter().all(|secret| dump.contains(secret.as_str())), "plain text before the start");
    // Two instances start concurrently.
    let (one, other) = Box::pin(futures::future::join(App::attempt(database, &[]), App::attempt(database, &[]))).await;
    drop((one.unwrap(), other.unwrap()));
    let app = with(database, &platform, &[]).await;
    let after = Keys::of(&app).await;
    assert_eq!((&after.hash_key, &after.token_keys), (&keys.hash_key, &keys.token_keys));
    assert_eq!(app.ctx.hash(Use::Person, "x"), hash);
    assert!(token::verify(&app.ctx, &token).await.is_ok());
    let asked = platform.asked("/cgi-bin/stable_token").len();
    app.ctx.account.platform.callback_ips().await.ok();
    assert_eq!(platform.asked("/cgi-bin/stable_token").len(), asked, "the stored access_token is used");
    app.ctx.store.close().await;
    search(&database.dump().await, &keys.secrets());
}

async fn concurrent_first_starts_agree_on_one_key(database: &Database) {
    let store = Store::open(&database.url).await.unwrap();
    for round in 0..4 {
        let mut tx = store.begin().await.unwrap();
        store::fact::delete_fact(&mut tx, "secret-key-fingerprint").await.unwrap();
        tx.commit().await.unwrap();
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        // Four starts in one folder; in odd rounds one of them in another folder, as on another machine.
        let mut folders = vec![folder.path(); 4];
        if round % 2 == 1 {
            folders[2] = elsewhere.path();
        }
        let mut stores = Vec::new();
        for _ in &folders {
            stores.push(Store::open(&database.url).await.unwrap());
        }
        let starts = stores.iter().zip(&folders).map(|(store, folder)| open(store, folder, None));
        let done = futures::future::join_all(starts).await;
        let files: Vec<PathBuf> = [&folder, &elsewhere]
            .iter()
            .flat_map(|f| fs::read_dir(f.path()).unwrap())
            .map(|e| e.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1, "round {round}: {files:?}");
        let made = SecretKey::parse(fs::read_to_string(&files[0]).unwrap().trim()).unwrap();
        for (done, folder) in done.iter().zip(&folders) {
            match done {
                Ok(key) => assert_eq!(key.fingerprint(), made.fingerprint()),
                // Only where the key was created in the other folder.
                Err(line) => assert!(files[0].parent() != Some(folder) && line.contains("is not here"), "{line}"),
            }
        }
        for store in stores {
            store.close().await;
        }
    }
}

async fn swapped_values_are_refused(database: &Database) {
    drop(App::on(database).await);
    let store = Store::open(&database.url).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let values = store::secret_value::list_values(&mut tx).await.unwrap();
    assert_eq!(values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["hash-key", "token-keys"]);
    store::secret_value::update_value(&mut tx, "hash-key", &values[1].1).await.unwrap();
    store::secret_value::update_value(&mut tx, "token-keys", &values[0].1).await.unwrap();
    tx.commit().await.unwrap();
    let line = App::attempt(database, &[]).await.err().unwrap();
    assert!(line.contains("hash-key") && line.contains("cannot be decrypted"), "{line}");
}

/// Every file that the program created, with its mode.
fn modes(folder: &Path) -> Vec<(PathBuf, u32)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The test itself writes this file.
        if path.ends_with("stderr.txt") {
            continue;
        }
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            found.extend(modes(&path));
        }
        found.push((path, mode));
    }
    found
}

#[test]
fn files_are_for_the_programs_user_only_whatever_their_modes_were() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox =
        ["WECHAT_APPID", "WECHAT_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY", "WECHAT_API_BASE", "WECHAT_MP_BASE"];
    let more: Vec<_> = sandbox.iter().map(|name| (*name, "")).chain([("WEIDA_LOG_DIR", "logs")]).collect();
    let environment = environment(folder.path(), &more);
    let mut program = Program::start(folder.path(), &environment);
    program.kill();
    let made = modes(folder.path());
    let names: Vec<String> = made.iter().map(|(p, _)| p.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    for name in ["weida.db", "weida.db-wal", "secret.key", "sandbox.json", "logs"] {
        assert!(names.iter().any(|n| n == name), "{name} of {names:?}");
    }
    assert!(made.iter().all(|(_, mode)| mode.trailing_zeros() >= 6), "{made:?}");
    // The modes that the previous version set.
    let files: Vec<PathBuf> = made.into_iter().map(|(path, _)| path).filter(|path| path.is_file()).collect();
    for path in &files {
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    }
    let doctor = Program::run(folder.path(), &["doctor"], &environment);
    assert_eq!(doctor.code, Some(1));
    let line = doctor.stdout.lines().find(|l| l.contains("other users may read")).unwrap_or_default();
    for name in ["weida.db ", "weida.db-wal", "secret.key", "sandbox.json", ".log"] {
        assert!(line.contains(name), "{name} in {}", doctor.stdout);
    }
    drop(Program::start(folder.path(), &environment));
    let left = modes(folder.path());
    assert!(left.iter().all(|(_, mode)| mode.trailing_zeros() >= 6), "{left:?}");
    let doctor = Program::run(folder.path(), &["doctor"], &environment);
    assert!(doctor.code == Some(0) && doctor.stdout.contains("matches the database"), "{doctor:?}");
}

#[test]
fn every_command_refuses_a_database_whose_key_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let environment = environment(folder.path(), &[]);
    let create = Program::run(folder.path(), &["admin", "create", "first"], &environment);
    assert_eq!(create.code, Some(0), "{create:?}");
    let file = folder.path().join("secret.key");
    fs::remove_file(&file).unwrap();
    for arguments in [&["serve"][..], &["admin", "create", "second"], &["token", "rotate"], &["doctor"]] {
        let ended = Program::run(folder.path(), arguments, &environment);
        assert_eq!(ended.code, Some(1), "{arguments:?} {ended:?}");
        // The doctor goes on to its end, and says so in its report.
        let output = format!("{}{}", ended.stdout, ended.stderr);
        assert!(output.contains(file.to_str().unwrap()), "{arguments:?} {ended:?}");
        assert!(!file.exists(), "{arguments:?} created a second key");
    }
}
