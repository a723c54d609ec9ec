//! The token under contention, rejection and failure.

use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

const IPS: &str = "/cgi-bin/getcallbackip";

/// A platform that issues `T1`, `T2`… one per request, and accepts only the last one.
fn strict(refusal_code: i64) -> impl Fn(&Seen) -> Answer + Send + Sync + 'static {
    let given = AtomicUsize::new(0);
    move |seen| {
        if seen.path == STABLE_TOKEN {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            return token(&format!("T{number}")).after(Duration::from_millis(50));
        }
        if seen.token() == format!("T{}", given.load(Ordering::SeqCst)) { ips() } else { refusal(refusal_code) }
    }
}

fn ips() -> Answer {
    Answer::json(&json!({ "ip_list": [] }))
}

/// A hundred simultaneous calls, spread over `clients`; returns their errors.
async fn hundred_calls(clients: &[Client]) -> Vec<ApiError> {
    let calls = (0..100).map(|n| {
        let client = clients[n % clients.len()].clone();
        tokio::spawn(async move { client.callback_ips().await })
    });
    let mut errors = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        errors.extend(call.await.unwrap().err());
    }
    errors
}

/// Waits for the end of the background renewal: the lease is then free.
async fn settled(rig: &Rig) {
    while !rig.store.try_lease(APPID, "test", NOW_MS, NOW_MS).await.unwrap() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_hundred_calls_fetch_one_token() {
    let rig = Rig::new(strict(40001)).await;
    assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await, []);
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn a_hundred_calls_after_the_end_of_a_token_fetch_one() {
    let rig = Rig::new(strict(40001)).await;
    rig.client.callback_ips().await.unwrap();
    rig.clock.advance_ms(7_200_000);
    assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await, []);
    assert_eq!(rig.platform.count(STABLE_TOKEN), 2);
    assert!(rig.platform.seen(IPS)[1..].iter().all(|seen| seen.token() == "T2"));
}

#[tokio::test]
async fn a_hundred_calls_of_four_instances_fetch_one_token() {
    let rig = Rig::new(strict(40001)).await;
    let clients = [rig.client.clone(), rig.another(2), rig.another(3), rig.another(4)];
    assert_eq!(hundred_calls(&clients).await, []);
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn near_its_end_the_old_token_serves_while_one_task_renews_it() {
    let given = AtomicUsize::new(0);
    let rig = Rig::new(move |seen| match (seen.path.as_str(), given.load(Ordering::SeqCst)) {
        (STABLE_TOKEN, 0) => {
            given.store(1, Ordering::SeqCst);
            token("T1")
        }
        (STABLE_TOKEN, _) => token("T2").after(Duration::from_millis(300)),
        _ => ips(),
    })
    .await;
    rig.client.callback_ips().await.unwrap();
    rig.clock.advance_ms(7_200_000 - 300_000);
    assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await, []);
    assert!(rig.platform.seen(IPS).iter().all(|seen| seen.token() == "T1"));
    settled(&rig).await;
    assert_eq!(rig.platform.count(STABLE_TOKEN), 2);
}

#[tokio::test]
async fn a_token_is_kept_until_five_minutes_before_its_end() {
    let rig = Rig::new(strict(40001)).await;
    rig.client.callback_ips().await.unwrap();
    rig.clock.advance_ms(7_200_000 - 300_001);
    rig.client.callback_ips().await.unwrap();
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn a_hundred_refusals_of_a_token_fetch_one_other() {
    for code in [40001, 40014, 42001] {
        let rig = Rig::new(strict(code)).await;
        let dead = StoredToken { value: "dead".into(), expires_at_ms: NOW_MS + 7_200_000 };
        rig.store.save(APPID, "other", &dead).await.unwrap();
        assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await, []);
        assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
    }
}

#[tokio::test]
async fn a_second_refusal_in_one_call_is_final() {
    for id in ["token-expired", "token-invalid"] {
        let sample = sample(id);
        let given = AtomicUsize::new(0);
        let rig = Rig::new(move |seen| match seen.path.as_str() {
            STABLE_TOKEN => token(&given.fetch_add(1, Ordering::SeqCst).to_string()),
            _ => Answer::json(&sample["response"]),
        })
        .await;
        let error = rig.client.callback_ips().await.unwrap_err();
        assert!(matches!(error, ApiError::Platform { class: ErrorClass::Token, .. }), "{error}");
        assert_eq!((rig.platform.count(IPS), rig.platform.count(STABLE_TOKEN)), (2, 2));
    }
}

#[tokio::test]
async fn the_token_of_another_instance_is_taken_over() {
    let rig = Rig::new(strict(40001)).await;
    rig.client.callback_ips().await.unwrap();
    rig.another(2).callback_ips().await.unwrap();
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn a_token_that_the_platform_gives_and_refuses_is_replaced_by_force_once() {
    let (good, forced) = (Arc::new(Mutex::new("T1".to_owned())), AtomicUsize::new(1));
    let rig = Rig::new({
        let good = Arc::clone(&good);
        move |seen| match seen.path.as_str() {
            STABLE_TOKEN if seen.json()["force_refresh"] == true => {
                *good.lock().unwrap() = format!("T{}", forced.fetch_add(1, Ordering::SeqCst) + 1);
                token(&good.lock().unwrap())
            }
            STABLE_TOKEN => token(&format!("T{}", forced.load(Ordering::SeqCst))),
            _ if seen.token() == *good.lock().unwrap() => ips(),
            _ => refusal(40001),
        }
    })
    .await;
    let asked = |rig: &Rig| {
        rig.platform.seen(STABLE_TOKEN).iter().map(|seen| seen.json()["force_refresh"] == true).collect::<Vec<_>>()
    };
    rig.client.callback_ips().await.unwrap();
    *good.lock().unwrap() = String::new();
    rig.client.callback_ips().await.unwrap();
    assert_eq!(asked(&rig), [false, false, true]);
    // Not again within 30 s.
    *good.lock().unwrap() = String::new();
    rig.clock.advance_ms(29_999);
    assert!(rig.client.callback_ips().await.is_err());
    assert_eq!(asked(&rig), [false, false, true, false]);
    rig.clock.advance_ms(2_000);
    rig.client.callback_ips().await.unwrap();
    assert_eq!(asked(&rig)[4..], [false, true]);
}

#[tokio::test]
async fn a_bad_secret_is_tried_ever_more_seldom() {
    let refused = sample("token-bad-secret")["response"].clone();
    let rig = Rig::new(move |_| Answer::json(&refused)).await;
    let mut asked = 0;
    for rest_ms in [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
        asked += 1;
        for _ in 0..3 {
            let error = rig.client.callback_ips().await.unwrap_err();
            assert!(matches!(error, ApiError::Platform { code: 40125, class: ErrorClass::Permission, .. }));
        }
        assert_eq!(rig.platform.count(STABLE_TOKEN), asked);
        rig.clock.advance_ms(rest_ms - 1);
        assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await.len(), 100);
        assert_eq!(rig.platform.count(STABLE_TOKEN), asked);
        rig.clock.advance_ms(1);
    }
}

#[tokio::test]
async fn a_token_interface_that_refuses_a_token_means_the_secret() {
    let rig = Rig::new(|_| refusal(40001)).await;
    let error = rig.client.callback_ips().await.unwrap_err();
    assert!(matches!(error, ApiError::Platform { code: 40001, class: ErrorClass::Permission, .. }));
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn a_used_up_quota_is_left_alone_for_longer() {
    for (code, rest_ms) in [(45009, 600_000), (45011, 60_000)] {
        let rig = Rig::new(move |_| refusal(code)).await;
        assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await.len(), 100);
        rig.clock.advance_ms(rest_ms - 1);
        assert!(rig.client.callback_ips().await.is_err());
        assert_eq!(rig.platform.count(STABLE_TOKEN), 1, "{code}");
        rig.clock.advance_ms(1);
        assert!(rig.client.callback_ips().await.is_err());
        assert_eq!(rig.platform.count(STABLE_TOKEN), 2, "{code}");
    }
}

#[tokio::test]
async fn a_failed_renewal_near_the_end_leaves_the_old_token_in_use() {
    let given = AtomicUsize::new(0);
    let rig = Rig::new(move |seen| match seen.path.as_str() {
        STABLE_TOKEN if given.fetch_add(1, Ordering::SeqCst) == 0 => token("T1"),
        STABLE_TOKEN => refusal(45009),
        _ => ips(),
    })
    .await;
    rig.client.callback_ips().await.unwrap();
    rig.clock.advance_ms(7_200_000 - 200_000);
    for _ in 0..3 {
        assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await, []);
        settled(&rig).await;
    }
    assert_eq!(rig.platform.count(STABLE_TOKEN), 2);
}

#[tokio::test]
async fn a_token_that_stays_close_to_its_end_is_not_asked_for_at_every_call() {
    let end_ms = Arc::new(AtomicI64::new(200));
    let rig = Rig::new({
        let end_ms = Arc::clone(&end_ms);
        move |seen| match seen.path.as_str() {
            STABLE_TOKEN => Answer::json(&json!({ "access_token": "T", "expires_in": end_ms.load(Ordering::SeqCst) })),
            _ => ips(),
        }
    })
    .await;
    for _ in 0..5 {
        rig.client.callback_ips().await.unwrap();
        settled(&rig).await;
    }
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
    rig.clock.advance_ms(10_000);
    rig.client.callback_ips().await.unwrap();
    settled(&rig).await;
    assert_eq!(rig.platform.count(STABLE_TOKEN), 2);
}

#[tokio::test]
async fn a_silent_platform_is_waited_for_once() {
    let rig = Rig::impatient(|_| Answer::hang()).await;
    assert_eq!(hundred_calls(std::slice::from_ref(&rig.client)).await, vec![ApiError::Timeout; 100]);
    assert_eq!(rig.platform.count(STABLE_TOKEN), 3, "the tries of one renewal");
}

#[tokio::test]
async fn junk_for_a_token_is_an_error_and_ends_the_lease() {
    let junk = [
        "<html></html>",
        "",
        "{}",
        r#"{"access_token":"","expires_in":7200}"#,
        r#"{"access_token":"T","expires_in":-1}"#,
        r#"{"access_token":1,"expires_in":7200}"#,
        r#"{"access_token":"T"}"#,
    ];
    for body in junk {
        let rig = Rig::new(move |_| Answer::text(200, body)).await;
        assert_eq!(rig.client.callback_ips().await, Err(ApiError::Malformed), "{body}");
        assert!(rig.store.try_lease(APPID, "another", NOW_MS, NOW_MS).await.unwrap(), "{body}");
    }
}

#[tokio::test]
async fn an_instance_waits_for_the_one_that_renews() {
    let rig = Rig::new(strict(40001)).await;
    assert!(rig.store.try_lease(APPID, "other", NOW_MS, NOW_MS + 20_000).await.unwrap());
    let client = rig.client.clone();
    let waiting = tokio::spawn(async move { client.callback_ips().await });
    tokio::time::sleep(Duration::from_millis(150)).await;
    let fetched = StoredToken { value: "T0".into(), expires_at_ms: NOW_MS + 7_200_000 };
    rig.store.save(APPID, "other", &fetched).await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(rig.platform.count(STABLE_TOKEN), 0);
}

#[tokio::test]
async fn a_new_instance_uses_the_old_token_while_another_one_renews_it() {
    let rig = Rig::new(|_| ips()).await;
    let old = StoredToken { value: "T0".into(), expires_at_ms: NOW_MS + 200_000 };
    rig.store.save(APPID, "other", &old).await.unwrap();
    assert!(rig.store.try_lease(APPID, "other", NOW_MS, NOW_MS + 20_000).await.unwrap());
    rig.client.callback_ips().await.unwrap();
    assert_eq!((rig.platform.seen(IPS)[0].token(), rig.platform.count(STABLE_TOKEN)), ("T0", 0));
}

/// A store in which another instance completes a renewal between this one's read of the token and its lease.
#[derive(Default)]
struct Overtaking(MemoryTokenStore);

#[async_trait::async_trait]
impl TokenStore for Overtaking {
    async fn load(&self, appid: &str) -> Result<Option<StoredToken>, TokenStoreError> {
        self.0.load(appid).await
    }

    async fn try_lease(&self, appid: &str, owner: &str, now_ms: i64, until_ms: i64) -> Result<bool, TokenStoreError> {
        let fetched = StoredToken { value: "T0".into(), expires_at_ms: now_ms + 7_200_000 };
        self.0.save(appid, "other", &fetched).await?;
        self.0.try_lease(appid, owner, now_ms, until_ms).await
    }

    async fn save(&self, appid: &str, owner: &str, token: &StoredToken) -> Result<(), TokenStoreError> {
        self.0.save(appid, owner, token).await
    }

    async fn release(&self, appid: &str, owner: &str) -> Result<(), TokenStoreError> {
        self.0.release(appid, owner).await
    }
}

#[tokio::test]
async fn an_instance_that_was_overtaken_fetches_nothing() {
    let platform = StandIn::start(|_| ips()).await;
    let settings = settings(&platform.base, Duration::from_secs(5));
    let (clock, chance) = (Arc::new(FakeClock::at(NOW_MS)), Arc::new(SeededRng::new(1)));
    let client = Client::new(settings, Arc::new(Overtaking::default()), clock, chance).unwrap();
    client.callback_ips().await.unwrap();
    assert_eq!((platform.seen(IPS)[0].token(), platform.count(STABLE_TOKEN)), ("T0", 0));
}

/// A store that always fails.
struct Broken;

#[async_trait::async_trait]
impl TokenStore for Broken {
    async fn load(&self, _: &str) -> Result<Option<StoredToken>, TokenStoreError> {
        Err(TokenStoreError("no disk".into()))
    }

    async fn try_lease(&self, _: &str, _: &str, _: i64, _: i64) -> Result<bool, TokenStoreError> {
        Err(TokenStoreError("no disk".into()))
    }

    async fn save(&self, _: &str, _: &str, _: &StoredToken) -> Result<(), TokenStoreError> {
        Err(TokenStoreError("no disk".into()))
    }

    async fn release(&self, _: &str, _: &str) -> Result<(), TokenStoreError> {
        Err(TokenStoreError("no disk".into()))
    }
}

#[tokio::test]
async fn a_broken_store_is_an_error_and_not_a_herd() {
    let platform = StandIn::start(|_| ips()).await;
    let (clock, chance) = (Arc::new(FakeClock::at(NOW_MS)), Arc::new(SeededRng::new(1)));
    let settings = settings(&platform.base, Duration::from_secs(5));
    let client = Client::new(settings, Arc::new(Broken), clock, chance).unwrap();
    assert_eq!(client.callback_ips().await, Err(ApiError::Store(TokenStoreError("no disk".into()))));
    assert_eq!(platform.count(STABLE_TOKEN), 0);
}

#[tokio::test]
async fn an_instance_that_waits_in_vain_gives_up_and_takes_over_when_the_lease_ends() {
    let rig = Rig::impatient(strict(40001)).await;
    assert!(rig.store.try_lease(APPID, "crashed", NOW_MS, NOW_MS + 20_000).await.unwrap());
    assert_eq!(rig.client.callback_ips().await, Err(ApiError::Timeout));
    rig.clock.advance_ms(20_000);
    rig.client.callback_ips().await.unwrap();
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_lease_behind() {
    let rig = Rig::new(strict(40001)).await;
    let client = rig.client.clone();
    let gone = tokio::spawn(async move { client.callback_ips().await });
    while rig.platform.count(STABLE_TOKEN) == 0 {
        tokio::task::yield_now().await;
    }
    gone.abort();
    rig.client.callback_ips().await.unwrap();
    assert_eq!(rig.platform.count(STABLE_TOKEN), 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_prolong_a_rest() {
    let rig = Rig::new(|_| refusal(40125)).await;
    assert!(rig.client.callback_ips().await.is_err());
    rig.clock.advance_ms(-3_600_000);
    assert!(rig.client.callback_ips().await.is_err());
    assert_eq!(rig.platform.count(STABLE_TOKEN), 2);
}
