//! Pictures, voices and videos: kept here, sent to the platform in the background, and seen in the chat.

use crate::rig::{AES_KEY, APPID, App, BEGINNING_MS, Database, TOKEN, eventually, http};
use futures::TryStreamExt as _;
use std::{sync::Arc, time::Duration};
use weida::{
    core::{
        CoreError, Flaw, Problem,
        chance::SystemChance,
        clock::FakeClock,
        keep::sweep,
        reply::{
            ACCOUNT, Answer, Cause, Content, Matching,
            draft::Draft,
            edit::{self, Editor},
            media::{self, keep},
            search,
            transfer::{Mode, job},
        },
    },
    sandbox::platform::{AccountKind, Act, By, Credentials, Injection, Platform, PlatformSettings, Said},
};

crate::every_engine!(
    a_file_is_known_by_its_bytes_and_kept_once,
    a_file_is_served_as_what_it_is_and_nothing_else,
    a_picture_is_sent_once_and_again_before_it_is_forgotten,
    an_account_that_may_not_send_files_answers_with_a_link,
    a_file_goes_when_nothing_can_use_it_any_more,
    an_account_has_so_much_room,
    the_platforms_rules_come_with_their_pictures,
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

/// A program with the stand-in platform of the sandbox for its account, both in one time.
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
        ..PlatformSettings::new(clock.clone(), Arc::new(SystemChance))
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

/// What the account answers in the chat.
async fn answer(platform: &Platform, openid: &str, text: &str) -> Said {
    platform.act(openid, &Act::text(text)).await.unwrap();
    let line = platform.chat(openid).pop().unwrap();
    assert_eq!(line.by, By::Account, "{line:?}");
    line.said
}

fn flaw(refused: Result<keep::Kept, CoreError>) -> (&'static str, Problem) {
    match refused {
        Err(CoreError::Invalid(flaws)) => {
            let Flaw { field, problem } = flaws[0];
            (field, problem)
        }
        other => panic!("{other:?}"),
    }
}

async fn kept_bytes(app: &App, kept: &keep::Kept) -> Vec<u8> {
    assert_eq!(keep::look(&app.ctx, &kept.key).await.unwrap(), *kept);
    let last = usize::try_from(kept.size_bytes).unwrap() - 1;
    let pieces: Vec<Vec<u8>> = keep::bytes(&app.ctx, kept.id, (0, last)).try_collect().await.unwrap();
    pieces.concat()
}

/// What the import of the platform's rules would do, once they are there.
async fn fetched(app: &App) -> (i64, job::Look) {
    let id = job::begin_from_platform(&app.ctx, &editor()).await.unwrap();
    let is_here = async || job::find(&app.ctx, ACCOUNT, id).await.unwrap().state == job::State::Waiting;
    assert!(eventually(SOON, is_here).await);
    (id, job::look(&app.ctx, ACCOUNT, id, Mode::Merge).await.unwrap())
}

async fn a_file_is_known_by_its_bytes_and_kept_once(database: &Database) {
    let app = App::on(database).await;
    let bytes = png(&"像素".repeat(30_000));
    let kept = keep::add(&app.ctx, ACCOUNT, "C:\\我的\\海报.jpeg", bytes.clone()).await.unwrap();
    assert_eq!((kept.name.as_str(), kept.format.media_type()), ("海报.png", "image/png"));
    assert_eq!(keep::add(&app.ctx, ACCOUNT, "又一张", bytes.clone()).await.unwrap().id, kept.id);
    // Another owner's is another file.
    assert_ne!(keep::add(&app.ctx, 1001, "x", bytes.clone()).await.unwrap().key, kept.key);
    assert_eq!(kept_bytes(&app, &kept).await, bytes);
    let (files, used, most) = keep::list(&app.ctx, ACCOUNT).await.unwrap();
    assert_eq!((files.len(), used, most), (1, i64::try_from(bytes.len()).unwrap(), 50 * 1024 * 1024));
    let refused = async |bytes: Vec<u8>| flaw(keep::add(&app.ctx, ACCOUNT, "a.png", bytes).await);
    assert_eq!(refused(Vec::new()).await, ("file", Problem::Empty));
    assert_eq!(refused(b"<svg onload=alert(1)>".to_vec()).await, ("file", Problem::Malformed));
    let large = [png(""), vec![0; 2 * 1024 * 1024]].concat();
    assert_eq!(refused(large).await, ("file", Problem::TooManyBytes(2 * 1024 * 1024)));
    let film = [b"\0\0\0\x18ftypmp42".as_slice(), &vec![7; 9 * 1024 * 1024]].concat();
    let kept = keep::add(&app.ctx, ACCOUNT, "film.mp4", film.clone()).await.unwrap();
    assert!(kept_bytes(&app, &kept).await == film, "a film comes back as it was");
}

async fn a_file_is_served_as_what_it_is_and_nothing_else(database: &Database) {
    let app = App::on(database).await;
    let bytes = png("0123456789");
    let kept = keep::add(&app.ctx, ACCOUNT, "海报 1.png", bytes.clone()).await.unwrap();
    let url = app.url(&format!("/media/{}", kept.key));
    assert!(kept.url.ends_with(&format!("/media/{}", kept.key)));
    assert_eq!(media::address(&app.ctx, &kept.reference()), Some(kept.url.clone()));
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
    // Whoever has it is told that it has not changed.
    for mark in [format!("\"{}\"", kept.key), format!("\"x\", W/\"{}\"", kept.key), "*".to_owned()] {
        let known = http().get(&url).header("if-none-match", mark).send().await.unwrap();
        assert_eq!((known.status().as_u16(), known.bytes().await.unwrap().len()), (304, 0));
    }
    assert_eq!(http().get(&url).header("if-none-match", "\"x\"").send().await.unwrap().status(), 200);
    // A part out of the middle of many pieces, and what is behind the end.
    let film: Vec<u8> =
        b"\0\0\0\x18ftypmp42".iter().copied().chain((0..1_000_000_u32).map(|n| (n % 251) as u8)).collect();
    let kept = keep::add(&app.ctx, ACCOUNT, "film.mp4", film.clone()).await.unwrap();
    let film_url = app.url(&format!("/media/{}", kept.key));
    for (first, last) in [(0, 0), (5_999, 6_000), (191_999, 192_001), (11_999, 700_123), (999_000, 1_000_011)] {
        let part = http().get(&film_url).header("range", format!("bytes={first}-{last}")).send().await.unwrap();
        assert_eq!(part.content_length(), Some((last + 1 - first) as u64));
        assert!(part.bytes().await.unwrap().as_ref() == &film[first..=last], "{first}-{last}");
    }
    let whole = http().get(&film_url).send().await.unwrap();
    assert_eq!(whole.headers()["content-length"], "1000012");
    assert!(whole.bytes().await.unwrap().as_ref() == film);
    let mut other = kept.key.clone();
    other.replace_range(0..1, if other.starts_with('a') { "b" } else { "a" });
    for wrong in [other.as_str(), "x", "..%2f..%2fetc%2fpasswd", "%00", &kept.id.to_string()] {
        assert_eq!(http().get(app.url(&format!("/media/{wrong}"))).send().await.unwrap().status(), 404, "{wrong}");
    }
}

async fn a_picture_is_sent_once_and_again_before_it_is_forgotten(database: &Database) {
    let (app, platform, clock) = with_platform(database, &[]).await;
    let openid = follower(&platform).await;
    let kept = keep::add(&app.ctx, ACCOUNT, "海报.png", png("海报")).await.unwrap();
    let draft =
        Draft { contents: vec![kept.content()], ..Draft::of_text(Cause::Keyword, "海报", Matching::Exact, "") };
    edit::add(&app.ctx, &editor(), &draft).await.unwrap();
    // It is on its way since it came; whoever is quicker gets a link.
    let is_there = async || matches!(answer(&platform, &openid, "海报").await, Said::Image { .. });
    assert!(eventually(SOON, is_there).await);
    assert_eq!(platform.calls(UPLOAD), 1);
    let Said::Image { media_id } = answer(&platform, &openid, "海报").await else { panic!("no picture") };
    assert_eq!(platform.medium(&media_id).await.unwrap(), ("image/png", png("海报")));
    // Long before its three days are over it is sent again, without anybody asking for it.
    clock.advance_ms(2 * DAY_MS);
    sweep(&app.ctx).await.unwrap();
    assert_eq!(platform.calls(UPLOAD), 1);
    clock.advance_ms(DAY_MS / 2 + 3_600_000);
    sweep(&app.ctx).await.unwrap();
    assert!(eventually(SOON, async || platform.calls(UPLOAD) == 2).await);
    clock.advance_ms(DAY_MS / 2);
    let is_new = async || match answer(&platform, &openid, "海报").await {
        Said::Image { media_id: now } => now != media_id && platform.medium(&now).await.is_some(),
        _ => false,
    };
    assert!(eventually(SOON, is_new).await);
    assert_eq!(platform.calls(UPLOAD), 2);
}

async fn an_account_that_may_not_send_files_answers_with_a_link(database: &Database) {
    let (app, platform, clock) = with_platform(database, &[]).await;
    platform.set_kind(AccountKind::PersonalSubscription).await;
    let openid = follower(&platform).await;
    let kept = keep::add(&app.ctx, ACCOUNT, "海报.png", png("海报")).await.unwrap();
    let film = keep::add(&app.ctx, ACCOUNT, "a.mp4", b"\0\0\0\x18ftypmp42".to_vec()).await.unwrap();
    let titled = Content::Video { media: film.reference(), title: "片名".to_owned(), description: String::new() };
    let draft = |keyword: &str, content| Draft {
        contents: vec![content],
        ..Draft::of_text(Cause::Keyword, keyword, Matching::Exact, "")
    };
    edit::add_many(&app.ctx, &editor(), vec![draft("海报", kept.content()), draft("片", titled)]).await.unwrap();
    let link = format!("<a href=\"{}\">[图片] 点击查看</a>", kept.url);
    assert_eq!(answer(&platform, &openid, "海报").await, Said::Text(link));
    let Said::Text(text) = answer(&platform, &openid, "片").await else { panic!("no text") };
    assert!(text.starts_with("片名\n<a href=") && text.contains(&film.url), "{text}");
    // A refusal is believed for a while, also by files that come later.
    assert!(eventually(SOON, async || platform.calls(UPLOAD) >= 1).await);
    let asked = platform.calls(UPLOAD);
    for _ in 0..5 {
        answer(&platform, &openid, "海报").await;
    }
    keep::add(&app.ctx, ACCOUNT, "b.png", png("b")).await.unwrap();
    assert!(platform.calls(UPLOAD) <= asked + 1);
    // The account was verified: from then on it is a picture.
    platform.set_kind(AccountKind::VerifiedService).await;
    clock.advance_ms(11 * 60_000);
    let is_picture = async || matches!(answer(&platform, &openid, "海报").await, Said::Image { .. });
    assert!(eventually(SOON, is_picture).await);
    // A platform that hangs keeps nobody waiting.
    platform.inject(UPLOAD, Injection::Hang, 3);
    let late = keep::add(&app.ctx, ACCOUNT, "c.png", png("c")).await.unwrap();
    edit::add(&app.ctx, &editor(), &draft("慢", late.content())).await.unwrap();
    assert!(matches!(answer(&platform, &openid, "慢").await, Said::Text(_)));
}

async fn a_file_goes_when_nothing_can_use_it_any_more(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[("WEIDA_HISTORY_DAYS", "30")]).await;
    let used = keep::add(&app.ctx, ACCOUNT, "a.png", png("a")).await.unwrap();
    let unused = keep::add(&app.ctx, ACCOUNT, "b.png", png("b")).await.unwrap();
    let draft = Draft { contents: vec![used.content()], ..Draft::of_text(Cause::Keyword, "a", Matching::Exact, "") };
    let number = edit::add(&app.ctx, &editor(), &draft).await.unwrap();
    assert!(matches!(keep::delete(&app.ctx, ACCOUNT, used.id).await, Err(CoreError::Conflict)));
    assert!(matches!(keep::delete(&app.ctx, 1001, unused.id).await, Err(CoreError::NotFound)));
    let is_there = async |id| keep::find(&app.ctx, ACCOUNT, id).await.is_ok();
    clock.advance_ms(DAY_MS - 1);
    sweep(&app.ctx).await.unwrap();
    assert!(is_there(unused.id).await, "a rule may still be typed");
    clock.advance_ms(2);
    sweep(&app.ctx).await.unwrap();
    assert!(!is_there(unused.id).await && is_there(used.id).await);
    // A deleted rule comes back with its picture for as long as the history goes back.
    edit::delete(&app.ctx, &editor(), &[number]).await.unwrap();
    clock.advance_ms(29 * DAY_MS);
    sweep(&app.ctx).await.unwrap();
    assert!(is_there(used.id).await);
    clock.advance_ms(3 * DAY_MS);
    sweep(&app.ctx).await.unwrap();
    assert!(!is_there(used.id).await);
    assert_eq!(app.count("SELECT COUNT(*) FROM file_pieces").await, 0);
    assert_eq!(app.count("SELECT COALESCE(MAX(used_bytes), 0) FROM media_owners").await, 0);
}

async fn an_account_has_so_much_room(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    std::fs::write(&file, "[media]\nmegabytes-per-owner = 1\n").unwrap();
    let app = App::configured(database, Arc::new(FakeClock::at(BEGINNING_MS)), &file).await;
    let big = |mark: u8| [png(""), vec![mark; 400 * 1024]].concat();
    let first = keep::add(&app.ctx, ACCOUNT, "1.png", big(1)).await.unwrap();
    keep::add(&app.ctx, ACCOUNT, "2.png", big(2)).await.unwrap();
    let full = ("files", Problem::TooManyBytes(1024 * 1024));
    assert_eq!(flaw(keep::add(&app.ctx, ACCOUNT, "3.png", big(3)).await), full);
    // The same file takes no room again, and another owner has room of their own.
    keep::add(&app.ctx, ACCOUNT, "1.png", big(1)).await.unwrap();
    keep::add(&app.ctx, 1001, "3.png", big(3)).await.unwrap();
    keep::delete(&app.ctx, ACCOUNT, first.id).await.unwrap();
    keep::add(&app.ctx, ACCOUNT, "3.png", big(3)).await.unwrap();
    // Many at once do not get more than there is.
    let many = (0..8).map(|n| keep::add(&app.ctx, 1002, "n.png", big(10 + n)));
    let kept = futures::future::join_all(many).await.into_iter().flatten().count();
    let (files, used, most) = keep::list(&app.ctx, 1002).await.unwrap();
    assert!(used <= most && files.len() == kept && kept <= 2, "{used} of {most}, {kept}");
}

async fn the_platforms_rules_come_with_their_pictures(database: &Database) {
    let (app, platform, _) = with_platform(database, &[]).await;
    let openid = follower(&platform).await;
    let (id, look) = fetched(&app).await;
    assert_eq!((look.plan.added.len(), look.plan.flaws.len(), look.plan.notes.len()), (4, 0, 0), "{:?}", look.plan);
    let order = job::Order { mode: Mode::Merge, mark: look.mark, is_partial: false };
    job::start(&app.ctx, &editor(), id, order).await.unwrap();
    let is_done = async || matches!(job::find(&app.ctx, ACCOUNT, id).await.unwrap().state, job::State::Done(_));
    assert!(eventually(SOON, is_done).await);
    let rules = search::list(&app.ctx, ACCOUNT).await.unwrap();
    let causes: Vec<Cause> = rules.iter().map(|r| r.cause).collect();
    assert_eq!(causes, [Cause::Follow, Cause::Default, Cause::Keyword, Cause::Keyword]);
    assert_eq!((rules[3].name.as_str(), rules[3].answer), ("海报", Answer::Random));
    assert_eq!(answer(&platform, &openid, "你们几点营业").await, Said::Text("周一至周五 9:00–18:00".to_owned()));
    let is_picture = async || matches!(answer(&platform, &openid, "海报").await, Said::Image { .. });
    assert!(eventually(SOON, is_picture).await);
    // The same once more: the picture is the same file, so nothing changes.
    let (_, look) = fetched(&app).await;
    assert!(look.plan.is_empty() && look.plan.unchanged == 4, "{:?}", look.plan);
    // Where files may not be fetched, what is lost is named.
    platform.set_kind(AccountKind::PersonalSubscription).await;
    let (id, look) = fetched(&app).await;
    assert_eq!((look.plan.unchanged, look.plan.notes.len()), (3, 2), "{:?}", look.plan.notes);
    // The rule that was lost may be one of these: nothing is removed because of it.
    let look = job::look(&app.ctx, ACCOUNT, id, Mode::Replace).await.unwrap();
    assert!(look.plan.removed.len() == 1 && !look.plan.may_apply(true));
    let order = job::Order { mode: Mode::Replace, mark: look.mark, is_partial: true };
    job::start(&app.ctx, &editor(), id, order).await.unwrap();
    let is_refused = async || {
        let state = job::find(&app.ctx, ACCOUNT, id).await.unwrap().state;
        state == job::State::Failed(job::Failure::Flaws)
    };
    assert!(eventually(SOON, is_refused).await);
    assert_eq!(search::list(&app.ctx, ACCOUNT).await.unwrap().len(), 4);
    // Nobody there: the job says so, and there is nothing to apply.
    let lonely = App::on(database).await;
    let id = job::begin_from_platform(&lonely.ctx, &editor()).await.unwrap();
    let is_told = async || {
        let state = job::find(&lonely.ctx, ACCOUNT, id).await.unwrap().state;
        state == job::State::Failed(job::Failure::Unreachable)
    };
    assert!(eventually(SOON, is_told).await);
    let order = job::Order { mode: Mode::Merge, mark: String::new(), is_partial: true };
    assert!(matches!(job::start(&lonely.ctx, &editor(), id, order).await, Err(CoreError::NotFound)));
}
