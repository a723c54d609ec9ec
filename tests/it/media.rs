//! Pictures, voices and videos: stored here, uploaded to the platform in the background, sent in the chat.

use crate::rig::{AES_KEY, APPID, App, BEGINNING_MS, Database, TOKEN, eventually, http, new_user};
use futures::TryStreamExt as _;
use std::{sync::Arc, time::Duration};
use weida::{
    base::{clock::FakeClock, rng::SystemRng},
    core::{
        CoreError, FieldError, Problem,
        cleanup::delete_expired,
        rule::{
            ACCOUNT, AnswerMode, Content, MatchType, TriggerKind,
            draft::Draft,
            edit::{self, Editor},
            media::{self, storage},
            search,
            transfer::{Mode, job},
        },
    },
    sandbox::platform::{AccountKind, Act, By, ChatContent, Credentials, Injection, Platform, PlatformSettings},
};

crate::every_engine!(
    a_file_is_identified_by_its_bytes_and_stored_once,
    a_file_is_served_with_its_own_type,
    a_picture_is_uploaded_once_and_again_before_it_expires,
    an_account_that_may_not_upload_answers_with_a_link,
    an_unused_file_is_deleted,
    an_owner_has_a_storage_limit,
    the_platforms_rules_are_imported_with_their_pictures,
);

const UPLOAD: &str = "/cgi-bin/media/upload";
const SOON: Duration = Duration::from_secs(10);
const DAY_MS: i64 = 24 * 3_600_000;

fn png(mark: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), mark.as_bytes()].concat()
}

fn editor() -> Editor {
    Editor { owner_id: ACCOUNT, actor_id: 7, ..Editor::default() }
}

/// An app whose account is on the sandbox's simulated platform; both use one clock.
async fn with_platform(database: &Database, more: &[(&str, &str)]) -> (App, Platform, Arc<FakeClock>) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let text = |text: &str| text.to_owned();
    let credentials = Credentials {
        appid: text(APPID),
        secret: "0123456789abcdef0123456789abcdef".to_owned(),
        token: text(TOKEN),
        aes_key: text(AES_KEY),
        original_id: text("gh_0123456789ab"),
        account_qr: text("http://weixin.qq.com/r/x"),
        mini_appid: text("wxfedcba9876543210"),
        mini_secret: "0123456789abcdef0123456789abcdef".to_owned(),
        web_appid: text("wxfedcba9876543211"),
        web_secret: "0123456789abcdef0123456789abcdef".to_owned(),
    };
    let settings = PlatformSettings {
        credentials: Some(credentials),
        ..PlatformSettings::new(clock.clone(), Arc::new(SystemRng))
    };
    let platform = Platform::start(settings).await.unwrap();
    let base = platform.api_base().to_string();
    let mut settings = vec![("WECHAT_API_BASE", base.as_str()), ("WECHAT_SECRET", "0123456789abcdef0123456789abcdef")];
    settings.extend(more);
    let app = App::with(database, clock.clone(), &settings).await;
    platform.set_push_url(app.url("/api/v1/auth/wechat/verify").parse().unwrap());
    (app, platform, clock)
}

async fn follower(platform: &Platform) -> String {
    let openid = platform.add_person("小微").await.unwrap();
    platform.act(&openid, &Act::Follow).await.unwrap();
    openid
}

/// The account's answer in the chat.
async fn answer(platform: &Platform, openid: &str, text: &str) -> ChatContent {
    platform.act(openid, &Act::text(text)).await.unwrap();
    let line = platform.chat(openid).pop().unwrap();
    assert_eq!(line.by, By::Account, "{line:?}");
    line.content
}

fn flaw(refused: Result<storage::StoredFile, CoreError>) -> (&'static str, Problem) {
    match refused {
        Err(CoreError::Invalid(flaws)) => {
            let FieldError { field, problem } = flaws[0];
            (field, problem)
        }
        other => panic!("{other:?}"),
    }
}

async fn stored_bytes(app: &App, stored: &storage::StoredFile) -> Vec<u8> {
    assert_eq!(storage::look(&app.ctx, &stored.key).await.unwrap(), *stored);
    let last = usize::try_from(stored.size_bytes).unwrap() - 1;
    let parts: Vec<Vec<u8>> = storage::bytes(&app.ctx, stored.id, (0, last)).try_collect().await.unwrap();
    parts.concat()
}

/// Fetches the platform's rules and returns the import job with its preview.
async fn fetched(app: &App) -> (i64, job::Look) {
    let id = job::begin_from_platform(&app.ctx, &editor()).await.unwrap();
    let is_here = async || job::find(&app.ctx, ACCOUNT, id).await.unwrap().state == job::State::Waiting;
    assert!(eventually(SOON, is_here).await);
    (id, job::look(&app.ctx, ACCOUNT, id, Mode::Merge).await.unwrap())
}

async fn a_file_is_identified_by_its_bytes_and_stored_once(database: &Database) {
    let app = App::on(database).await;
    let bytes = png(&"像素".repeat(30_000));
    let stored = storage::add(&app.ctx, ACCOUNT, "C:\\我的\\海报.jpeg", bytes.clone()).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.format.media_type()), ("海报.png", "image/png"));
    assert_eq!(storage::add(&app.ctx, ACCOUNT, "又一张", bytes.clone()).await.unwrap().id, stored.id);
    // The same bytes of another owner are another file.
    assert_eq!(new_user(&app, "oOwner").await, 1001);
    assert_ne!(storage::add(&app.ctx, 1001, "x", bytes.clone()).await.unwrap().key, stored.key);
    assert_eq!(stored_bytes(&app, &stored).await, bytes);
    let (files, used, most) = storage::list(&app.ctx, ACCOUNT).await.unwrap();
    assert_eq!((files.len(), used, most), (1, i64::try_from(bytes.len()).unwrap(), 50 * 1024 * 1024));
    let refused = async |bytes: Vec<u8>| flaw(storage::add(&app.ctx, ACCOUNT, "a.png", bytes).await);
    assert_eq!(refused(Vec::new()).await, ("file", Problem::Empty));
    assert_eq!(refused(b"<svg onload=alert(1)>".to_vec()).await, ("file", Problem::Malformed));
    let large = [png(""), vec![0; 2 * 1024 * 1024]].concat();
    assert_eq!(refused(large).await, ("file", Problem::TooManyBytes(2 * 1024 * 1024)));
    let film = [b"\0\0\0\x18ftypmp42".as_slice(), &vec![7; 9 * 1024 * 1024]].concat();
    let stored = storage::add(&app.ctx, ACCOUNT, "film.mp4", film.clone()).await.unwrap();
    assert!(stored_bytes(&app, &stored).await == film, "a film is stored unchanged");
}

async fn a_file_is_served_with_its_own_type(database: &Database) {
    let app = App::on(database).await;
    let bytes = png("0123456789");
    let stored = storage::add(&app.ctx, ACCOUNT, "海报 1.png", bytes.clone()).await.unwrap();
    let url = app.url(&format!("/media/{}", stored.key));
    assert!(stored.url.ends_with(&format!("/media/{}", stored.key)));
    assert_eq!(media::address(&app.ctx, &stored.reference()), Some(stored.url.clone()));
    let answer = http().get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!((header("content-type").as_str(), header("x-content-type-options").as_str()), ("image/png", "nosniff"));
    assert_eq!(header("content-disposition"), "inline; filename*=UTF-8''%E6%B5%B7%E6%8A%A5%201.png");
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert!(header("content-security-policy").contains("sandbox") && header("set-cookie").is_empty());
    assert_eq!(answer.bytes().await.unwrap(), bytes);
    let part = http().get(&url).header("range", "bytes=8-11").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.headers()["content-range"].to_str().unwrap()), (206, "bytes 8-11/18"));
    assert_eq!(part.bytes().await.unwrap().as_ref(), b"0123");
    // A client that has the file gets 304.
    for mark in [format!("\"{}\"", stored.key), format!("\"x\", W/\"{}\"", stored.key), "*".to_owned()] {
        let known = http().get(&url).header("if-none-match", mark).send().await.unwrap();
        assert_eq!((known.status().as_u16(), known.bytes().await.unwrap().len()), (304, 0));
    }
    assert_eq!(http().get(&url).header("if-none-match", "\"x\"").send().await.unwrap().status(), 200);
    // Ranges across the stored parts, up to the end.
    let film: Vec<u8> =
        b"\0\0\0\x18ftypmp42".iter().copied().chain((0..1_000_000_u32).map(|n| (n % 251) as u8)).collect();
    let stored = storage::add(&app.ctx, ACCOUNT, "film.mp4", film.clone()).await.unwrap();
    let film_url = app.url(&format!("/media/{}", stored.key));
    for (first, last) in [(0, 0), (5_999, 6_000), (191_999, 192_001), (11_999, 700_123), (999_000, 1_000_011)] {
        let part = http().get(&film_url).header("range", format!("bytes={first}-{last}")).send().await.unwrap();
        assert_eq!(part.content_length(), Some((last + 1 - first) as u64));
        assert!(part.bytes().await.unwrap().as_ref() == &film[first..=last], "{first}-{last}");
    }
    let whole = http().get(&film_url).send().await.unwrap();
    assert_eq!(whole.headers()["content-length"], "1000012");
    assert!(whole.bytes().await.unwrap().as_ref() == film);
    let mut other = stored.key.clone();
    other.replace_range(0..1, if other.starts_with('a') { "b" } else { "a" });
    for wrong in [other.as_str(), "x", "..%2f..%2fetc%2fpasswd", "%00", &stored.id.to_string()] {
        assert_eq!(http().get(app.url(&format!("/media/{wrong}"))).send().await.unwrap().status(), 404, "{wrong}");
    }
}

async fn a_picture_is_uploaded_once_and_again_before_it_expires(database: &Database) {
    let (app, platform, clock) = with_platform(database, &[]).await;
    let openid = follower(&platform).await;
    let stored = storage::add(&app.ctx, ACCOUNT, "海报.png", png("海报")).await.unwrap();
    let draft = Draft {
        contents: vec![stored.content()],
        ..Draft::of_text(TriggerKind::Keyword, "海报", MatchType::Exact, "")
    };
    edit::add(&app.ctx, &editor(), &draft).await.unwrap();
    // The upload began when the file was stored; until it ends the answer is a link.
    let is_there = async || matches!(answer(&platform, &openid, "海报").await, ChatContent::Image { .. });
    assert!(eventually(SOON, is_there).await);
    assert_eq!(platform.calls(UPLOAD), 1);
    let ChatContent::Image { media_id } = answer(&platform, &openid, "海报").await else { panic!("no picture") };
    assert_eq!(platform.medium(&media_id).await.unwrap(), ("image/png", png("海报")));
    // It is uploaded again before its three days end, without a request for it.
    clock.advance_ms(2 * DAY_MS);
    delete_expired(&app.ctx).await.unwrap();
    assert_eq!(platform.calls(UPLOAD), 1);
    clock.advance_ms(DAY_MS / 2 + 3_600_000);
    delete_expired(&app.ctx).await.unwrap();
    assert!(eventually(SOON, async || platform.calls(UPLOAD) == 2).await);
    clock.advance_ms(DAY_MS / 2);
    let is_new = async || match answer(&platform, &openid, "海报").await {
        ChatContent::Image { media_id: now } => now != media_id && platform.medium(&now).await.is_some(),
        _ => false,
    };
    assert!(eventually(SOON, is_new).await);
    assert_eq!(platform.calls(UPLOAD), 2);
}

async fn an_account_that_may_not_upload_answers_with_a_link(database: &Database) {
    let (app, platform, clock) = with_platform(database, &[]).await;
    platform.set_kind(AccountKind::PersonalSubscription).await;
    let openid = follower(&platform).await;
    let stored = storage::add(&app.ctx, ACCOUNT, "海报.png", png("海报")).await.unwrap();
    let film = storage::add(&app.ctx, ACCOUNT, "a.mp4", b"\0\0\0\x18ftypmp42".to_vec()).await.unwrap();
    let titled = Content::Video { media: film.reference(), title: "片名".to_owned(), description: String::new() };
    let draft = |keyword: &str, content| Draft {
        contents: vec![content],
        ..Draft::of_text(TriggerKind::Keyword, keyword, MatchType::Exact, "")
    };
    edit::add_many(&app.ctx, &editor(), vec![draft("海报", stored.content()), draft("片", titled)]).await.unwrap();
    let link = format!("<a href=\"{}\">[图片] 点击查看</a>", stored.url);
    assert_eq!(answer(&platform, &openid, "海报").await, ChatContent::Text(link));
    let ChatContent::Text(text) = answer(&platform, &openid, "片").await else { panic!("no text") };
    assert!(text.starts_with("片名\n<a href=") && text.contains(&film.url), "{text}");
    // A refused upload is not repeated for a while, also for later files.
    assert!(eventually(SOON, async || platform.calls(UPLOAD) >= 1).await);
    let asked = platform.calls(UPLOAD);
    for _ in 0..5 {
        answer(&platform, &openid, "海报").await;
    }
    storage::add(&app.ctx, ACCOUNT, "b.png", png("b")).await.unwrap();
    assert!(platform.calls(UPLOAD) <= asked + 1);
    // Once the account is verified, the answer is a picture.
    platform.set_kind(AccountKind::VerifiedService).await;
    clock.advance_ms(11 * 60_000);
    let is_picture = async || matches!(answer(&platform, &openid, "海报").await, ChatContent::Image { .. });
    assert!(eventually(SOON, is_picture).await);
    // A hanging platform does not delay the answer.
    platform.inject(UPLOAD, Injection::Hang, 3);
    let late = storage::add(&app.ctx, ACCOUNT, "c.png", png("c")).await.unwrap();
    edit::add(&app.ctx, &editor(), &draft("慢", late.content())).await.unwrap();
    assert!(matches!(answer(&platform, &openid, "慢").await, ChatContent::Text(_)));
}

async fn an_unused_file_is_deleted(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[("WEIDA_HISTORY_DAYS", "30")]).await;
    let used = storage::add(&app.ctx, ACCOUNT, "a.png", png("a")).await.unwrap();
    let unused = storage::add(&app.ctx, ACCOUNT, "b.png", png("b")).await.unwrap();
    let draft =
        Draft { contents: vec![used.content()], ..Draft::of_text(TriggerKind::Keyword, "a", MatchType::Exact, "") };
    let number = edit::add(&app.ctx, &editor(), &draft).await.unwrap();
    assert!(matches!(storage::delete(&app.ctx, ACCOUNT, used.id).await, Err(CoreError::Conflict)));
    assert!(matches!(storage::delete(&app.ctx, 1001, unused.id).await, Err(CoreError::NotFound)));
    let is_there = async |id| storage::find(&app.ctx, ACCOUNT, id).await.is_ok();
    clock.advance_ms(DAY_MS - 1);
    delete_expired(&app.ctx).await.unwrap();
    assert!(is_there(unused.id).await, "the user may still be writing a rule");
    clock.advance_ms(2);
    delete_expired(&app.ctx).await.unwrap();
    assert!(!is_there(unused.id).await && is_there(used.id).await);
    // A deleted rule can be restored with its picture as long as the history reaches.
    edit::delete(&app.ctx, &editor(), &[number]).await.unwrap();
    clock.advance_ms(29 * DAY_MS);
    delete_expired(&app.ctx).await.unwrap();
    assert!(is_there(used.id).await);
    clock.advance_ms(3 * DAY_MS);
    delete_expired(&app.ctx).await.unwrap();
    assert!(!is_there(used.id).await);
    assert_eq!(app.count("SELECT COUNT(*) FROM file_pieces").await, 0);
    assert_eq!(app.count("SELECT COALESCE(MAX(used_bytes), 0) FROM media_owners").await, 0);
}

async fn an_owner_has_a_storage_limit(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    std::fs::write(&file, "[media]\nmegabytes-per-owner = 1\n").unwrap();
    let app = App::configured(database, Arc::new(FakeClock::at(BEGINNING_MS)), &file).await;
    assert_eq!((new_user(&app, "oOne").await, new_user(&app, "oTwo").await), (1001, 1002));
    let big = |mark: u8| [png(""), vec![mark; 400 * 1024]].concat();
    let first = storage::add(&app.ctx, ACCOUNT, "1.png", big(1)).await.unwrap();
    storage::add(&app.ctx, ACCOUNT, "2.png", big(2)).await.unwrap();
    let full = ("files", Problem::TooManyBytes(1024 * 1024));
    assert_eq!(flaw(storage::add(&app.ctx, ACCOUNT, "3.png", big(3)).await), full);
    // The same file takes no space again, and another owner has a separate limit.
    storage::add(&app.ctx, ACCOUNT, "1.png", big(1)).await.unwrap();
    storage::add(&app.ctx, 1001, "3.png", big(3)).await.unwrap();
    storage::delete(&app.ctx, ACCOUNT, first.id).await.unwrap();
    storage::add(&app.ctx, ACCOUNT, "3.png", big(3)).await.unwrap();
    // Concurrent uploads do not exceed the limit.
    let many = (0..8).map(|n| storage::add(&app.ctx, 1002, "n.png", big(10 + n)));
    let accepted = futures::future::join_all(many).await.into_iter().flatten().count();
    let (files, used, most) = storage::list(&app.ctx, 1002).await.unwrap();
    assert!(used <= most && files.len() == accepted && accepted <= 2, "{used} of {most}, {accepted}");
}

async fn the_platforms_rules_are_imported_with_their_pictures(database: &Database) {
    let (app, platform, _) = with_platform(database, &[]).await;
    let openid = follower(&platform).await;
    let (id, look) = fetched(&app).await;
    assert_eq!((look.plan.added.len(), look.plan.flaws.len(), look.plan.notes.len()), (4, 0, 0), "{:?}", look.plan);
    let order = job::ImportRequest { mode: Mode::Merge, mark: look.mark, is_partial: false };
    job::start(&app.ctx, &editor(), id, order).await.unwrap();
    let is_done = async || matches!(job::find(&app.ctx, ACCOUNT, id).await.unwrap().state, job::State::Done(_));
    assert!(eventually(SOON, is_done).await);
    let rules = search::list(&app.ctx, ACCOUNT).await.unwrap();
    let causes: Vec<TriggerKind> = rules.iter().map(|r| r.cause).collect();
    assert_eq!(causes, [TriggerKind::Follow, TriggerKind::Default, TriggerKind::Keyword, TriggerKind::Keyword]);
    assert_eq!((rules[3].name.as_str(), rules[3].answer), ("海报", AnswerMode::Random));
    assert_eq!(answer(&platform, &openid, "你们几点营业").await, ChatContent::Text("周一至周五 9:00–18:00".to_owned()));
    let is_picture = async || matches!(answer(&platform, &openid, "海报").await, ChatContent::Image { .. });
    assert!(eventually(SOON, is_picture).await);
    // A second import changes nothing: the picture is the same file.
    let (_, look) = fetched(&app).await;
    assert!(look.plan.is_empty() && look.plan.unchanged == 4, "{:?}", look.plan);
    // Where the account may not fetch files, the notes name the missing ones.
    platform.set_kind(AccountKind::PersonalSubscription).await;
    let (id, look) = fetched(&app).await;
    assert_eq!((look.plan.unchanged, look.plan.notes.len()), (3, 2), "{:?}", look.plan.notes);
    // A rule that could not be imported may be one of the existing rules, so nothing is removed.
    let look = job::look(&app.ctx, ACCOUNT, id, Mode::Replace).await.unwrap();
    assert!(look.plan.removed.len() == 1 && !look.plan.may_apply(true));
    let order = job::ImportRequest { mode: Mode::Replace, mark: look.mark, is_partial: true };
    job::start(&app.ctx, &editor(), id, order).await.unwrap();
    let is_refused = async || {
        let state = job::find(&app.ctx, ACCOUNT, id).await.unwrap().state;
        state == job::State::Failed(job::Failure::Flaws)
    };
    assert!(eventually(SOON, is_refused).await);
    assert_eq!(search::list(&app.ctx, ACCOUNT).await.unwrap().len(), 4);
    // Without a platform the job fails, and there is nothing to apply.
    let offline = App::on(database).await;
    let id = job::begin_from_platform(&offline.ctx, &editor()).await.unwrap();
    let has_failed = async || {
        let state = job::find(&offline.ctx, ACCOUNT, id).await.unwrap().state;
        state == job::State::Failed(job::Failure::Unreachable)
    };
    assert!(eventually(SOON, has_failed).await);
    let order = job::ImportRequest { mode: Mode::Merge, mark: String::new(), is_partial: true };
    assert!(matches!(job::start(&offline.ctx, &editor(), id, order).await, Err(CoreError::NotFound)));
}
