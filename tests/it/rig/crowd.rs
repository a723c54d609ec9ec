//! Generates many users, the same in every run, for tests of speed among a hundred thousand.

use std::ops::Range;
use weida::store::{
    Store,
    identity::{self, IdentityRow},
    user::{self, UserRow},
};

/// Appid of the crowd's identities.
pub const APPID: &str = "wx0123456789abcdef";
/// Users per transaction.
const CHUNK: i64 = 5_000;
const SURNAMES: [&str; 20] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "许", "何",
    "吕",
];
const GIVEN: [&str; 25] = [
    "明", "芳", "伟", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "秀", "霞",
    "平", "刚", "桂", "英", "华", "玉",
];
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Adds the users of these numbers, with an identity each. The n-th has the id `first_id` + n, which must be free, and registered
/// n minutes after `since` (epoch milliseconds).
pub async fn add(store: &Store, first_id: i64, numbers: Range<i64>, since: i64) {
    let mut from = numbers.start;
    while from < numbers.end {
        let to = (from + CHUNK).min(numbers.end);
        let mut tx = store.begin().await.unwrap();
        for n in from..to {
            let user = person(first_id, n, since);
            user::insert_user(&mut tx, &user).await.unwrap();
            identity::insert_identity(&mut tx, &identity_of(&user, n)).await.unwrap();
        }
        tx.commit().await.unwrap();
        from = to;
    }
}

/// The n-th user.
pub fn person(first_id: i64, n: i64, since: i64) -> UserRow {
    let at = usize::try_from(n).unwrap();
    let created_at = since + n * 60_000;
    let username = format!("crowd{n:06}");
    let nickname = format!("{}{}{}", SURNAMES[at % 20], GIVEN[at / 20 % 25], GIVEN[at / 500 % 25]);
    UserRow {
        username_key: Some(username.clone()),
        username: Some(username),
        email: (n % 3 == 0).then(|| format!("c{n}@mail{}.example", n % 7)),
        phone: (n % 2 == 0).then(|| format!("13{:09}", n * 7_919 % 1_000_000_000)),
        level: ["normal", "normal", "normal", "premium", "vip"][at % 5].to_owned(),
        is_enabled: i64::from(n % 50 != 49),
        last_login_at: (n % 4 != 0).then(|| created_at + n * 7_919 % 1_000_000),
        ..UserRow::new(first_id + n, nickname, created_at)
    }
}

fn identity_of(user: &UserRow, n: i64) -> IdentityRow {
    IdentityRow {
        appid: APPID.to_owned(),
        openid: openid(n),
        app: "official_account".to_owned(),
        unionid: (n % 2 == 0).then(|| format!("u{}", scrambled(n + 1_000_000_007))),
        user_id: Some(user.id),
        nickname: None,
        avatar_url: None,
        is_subscribed: i64::from(n % 10 != 9),
        subscribed_at: Some(user.created_at),
        unsubscribed_at: None,
        source_scene: None,
        created_at: user.created_at,
        unionid_asked_at: None,
    }
}

/// The n-th user's openid: 28 characters that look random.
pub fn openid(n: i64) -> String {
    format!("o{}", scrambled(n))
}

fn scrambled(n: i64) -> String {
    let mut state = u64::try_from(n).unwrap().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let letter = |_| {
        // Knuth's MMIX generator; its high bits are the most random.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(ALPHABET[usize::try_from(state >> 58).unwrap()])
    };
    (0..27).map(letter).collect()
}
