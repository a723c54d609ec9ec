//! Fills a database with users and messages like those of a large site, in statements of many rows. The same seed gives the same data.

use std::ops::Range;
use weida::store::{
    Link as _, Store, Tx,
    user::{UserRow, search_key_of},
};

/// Appid of the users' identities and messages.
pub const APPID: &str = "wx0123456789abcdef";
/// Users or messages per transaction.
const CHUNK: i64 = 20_000;
/// Rows per statement.
const ROWS: i64 = 250;
const DAY_MS: i64 = 24 * 3_600_000;
/// How long before `now` the first user registered.
const AGE_MS: i64 = 3 * 365 * DAY_MS;
/// Of a message's id, which begins with its time.
const RANDOM_BITS: u32 = 20;

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂玉华红建文辉力志国梅鑫波斌宇浩凯健俊帆雪婷雨欣怡佳琪嘉子涵梓轩晨思若诗博晓小天海";
const SYLLABLES: [&str; 32] = [
    "wang", "li", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "xu", "sun", "hu", "zhu", "gao",
    "lin", "he", "guo", "ma", "luo", "wei", "fang", "na", "min", "jing", "qiang", "lei", "jun", "yong", "jie", "xiao",
    "ming",
];
const HOSTS: [&str; 6] = ["qq.com", "163.com", "126.com", "gmail.com", "outlook.com", "mail.example.cn"];
const TEXTS: [&str; 8] = ["价格表", "怎么登录", "你好", "帮助", "积分", "什么时候发货", "人工", "hello"];
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Numbers that depend on the seed and on what they are for (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn of(seed: u64, what: u64, n: i64) -> Self {
        Self(seed ^ what.wrapping_mul(0xA24B_AED4_963E_E407) ^ n.cast_unsigned().wrapping_mul(0x9FB2_1C65_1E98_DF25))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: i64) -> i64 {
        i64::try_from(self.next() % limit.unsigned_abs()).unwrap()
    }

    fn is(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(i64::try_from(all.len()).unwrap())).unwrap()]
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(self.one_of(ALPHABET))).collect()
    }
}

/// A user with what WeChat knows of them.
pub struct Person {
    pub user: UserRow,
    /// Openid and unionid; `None`: without WeChat.
    pub identity: Option<(String, Option<String>)>,
    pub is_subscribed: bool,
}

fn chinese_name(chance: &mut Chance) -> String {
    let pick = |chance: &mut Chance, of: &str| chance.one_of(&of.chars().collect::<Vec<_>>());
    let mut name = pick(chance, SURNAMES).to_string();
    name.push(pick(chance, GIVEN));
    if chance.is(60) {
        name.push(pick(chance, GIVEN));
    }
    name
}

/// The user with this id; the n-th of `count`.
pub fn person(seed: u64, id: i64, (n, count): (i64, i64), now: i64) -> Person {
    let chance = &mut Chance::of(seed, 1, n);
    // Most registered one after the other; a few were imported with their old dates.
    let at = if chance.is(5) { chance.below(count) } else { n };
    let created_at = now - AGE_MS + AGE_MS / count * at + chance.below((AGE_MS / count).max(1));
    let username = chance.is(70).then(|| format!("{}{}{n}", chance.one_of(&SYLLABLES), chance.one_of(&SYLLABLES)));
    let nickname = if chance.is(80) {
        chinese_name(chance)
    } else {
        format!("{} {}", chance.one_of(&SYLLABLES), chance.one_of(&["☀️", "2024", "_小店", "Ｍｅ", "の猫"]))
    };
    let digits = format!("1{}{:09}", chance.one_of(&[3, 5, 7, 8, 9]), chance.below(1_000_000_000));
    let phone = if chance.is(5) { format!("+86 {}-{}-{}", &digits[..3], &digits[3..7], &digits[7..]) } else { digits };
    let level = chance
        .one_of(&["normal", "normal", "normal", "normal", "normal", "normal", "normal", "premium", "premium", "vip"]);
    let email = format!("{}{}@{}", chance.one_of(&SYLLABLES), chance.below(10_000_000), chance.one_of(&HOSTS));
    let is_paying = level != "normal" && chance.is(30);
    let user = UserRow {
        username_key: username.clone(),
        username,
        email: chance.is(33).then_some(email),
        phone: chance.is(50).then_some(phone),
        real_name: chance.is(60).then(|| chinese_name(chance)),
        level: level.to_owned(),
        level_until: is_paying.then(|| now + (chance.below(400) - 100) * DAY_MS),
        role: if n % 200_000 == 7 { "admin" } else { "user" }.to_owned(),
        is_enabled: i64::from(!chance.is(2) || n % 200_000 == 7),
        credits: if chance.is(70) { 100 } else { chance.below(2_000) },
        last_login_at: chance.is(80).then(|| created_at + chance.below((now - created_at).max(1))),
        ..UserRow::new(id, nickname, created_at)
    };
    let openid = format!("oSeed{}", chance.letters(23));
    let unionid = chance.is(50).then(|| format!("u{}", chance.letters(27)));
    Person { user, identity: chance.is(95).then_some((openid, unionid)), is_subscribed: chance.is(85) }
}

/// `head (…), (…), …` with `rows` rows of `columns` placeholders.
fn insert(head: &'static str, columns: i64, rows: i64) -> Vec<&'static str> {
    let mut pieces = vec![head];
    for row in 0..rows {
        pieces.push(if row == 0 { "(?" } else { ", (?" });
        pieces.extend((1..columns).map(|_| ", ?"));
        pieces.push(")");
    }
    pieces
}

/// The highest id of a table so far.
async fn last_id(store: &Store, text: &'static str) -> i64 {
    use sqlx::Row as _;
    let mut db = store.read().await.unwrap();
    db.sql(text).fetch_one(db.conn()).await.unwrap().try_get(0).unwrap()
}

/// Adds users, whom the index does not know yet. Returns their ids.
pub async fn users(store: &Store, seed: u64, count: i64, now: i64) -> Range<i64> {
    let first = last_id(store, "SELECT COALESCE(MAX(last_value), 0) FROM sequences WHERE name = 'user'").await + 1;
    let mut from = 0;
    while from < count {
        let to = (from + CHUNK).min(count);
        let mut tx = store.begin().await.unwrap();
        let mut at = from;
        while at < to {
            let end = (at + ROWS).min(to);
            let people: Vec<Person> = (at..end).map(|n| person(seed, first + n, (n, count), now)).collect();
            insert_people(&mut tx, &people).await;
            at = end;
        }
        let query = tx.sql("UPDATE sequences SET last_value = ? WHERE name = 'user'").bind(first + to - 1);
        query.execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        from = to;
    }
    first..first + count
}

async fn insert_people(tx: &mut Tx, people: &[Person]) {
    let rows = i64::try_from(people.len()).unwrap();
    let head = "INSERT INTO users (id, username, username_key, nickname, email, phone, real_name, level, level_until, role, is_enabled, \
                is_auto_reply, credits, created_at, updated_at, last_login_at, token_generation, origin, search_key) VALUES ";
    let mut query = tx.sql_kept(&insert(head, 19, rows));
    for Person { user, .. } in people {
        query = query.bind(user.id).bind(user.username.clone()).bind(user.username_key.clone());
        query = query.bind(user.nickname.clone()).bind(user.email.clone()).bind(user.phone.clone());
        query = query.bind(user.real_name.clone()).bind(user.level.clone()).bind(user.level_until);
        query = query.bind(user.role.clone()).bind(user.is_enabled).bind(user.is_auto_reply).bind(user.credits);
        query = query.bind(user.created_at).bind(user.updated_at).bind(user.last_login_at);
        query = query.bind(user.token_generation).bind(user.origin.clone()).bind(search_key_of(user));
    }
    query.execute(tx.conn()).await.unwrap();
    let mut query = tx.sql_kept(&insert("INSERT INTO users_to_index (user_id, changes, is_indexed) VALUES ", 3, rows));
    for Person { user, .. } in people {
        query = query.bind(user.id).bind(0_i64).bind(0_i64);
    }
    query.execute(tx.conn()).await.unwrap();
    let known: Vec<&Person> = people.iter().filter(|person| person.identity.is_some()).collect();
    if known.is_empty() {
        return;
    }
    let head = "INSERT INTO identities (appid, openid, app, unionid, user_id, is_subscribed, subscribed_at, created_at) VALUES ";
    let mut query = tx.sql_of(&insert(head, 8, i64::try_from(known.len()).unwrap()));
    for Person { user, identity, is_subscribed } in known {
        let (openid, unionid) = identity.clone().unwrap();
        query = query.bind(APPID).bind(openid).bind("official_account").bind(unionid).bind(user.id);
        query = query.bind(i64::from(*is_subscribed)).bind(user.created_at).bind(user.created_at);
    }
    query.execute(tx.conn()).await.unwrap();
}

/// Adds messages of these users, the last of them now.
pub async fn messages(store: &Store, seed: u64, count: i64, users: Range<i64>, now: i64) {
    let total = users.end - users.start;
    let mut from = 0;
    while from < count {
        let to = (from + CHUNK).min(count);
        let mut tx = store.begin().await.unwrap();
        let mut at = from;
        while at < to {
            let end = (at + ROWS).min(to);
            let head = "INSERT INTO messages (id, appid, openid, user_id, kind, content, answered_by, reply_kind, took_us, received_at) VALUES ";
            let mut query = tx.sql_kept(&insert(head, 10, end - at));
            for n in at..end {
                let chance = &mut Chance::of(seed, 2, n);
                let number = chance.below(total);
                let openid = person(seed, users.start + number, (number, total), now).identity;
                let openid = openid.map_or_else(|| "oSeedUnknown".to_owned(), |(openid, _)| openid);
                let received_at = now - (count - n) * 100;
                let answered_by = chance.one_of(&["account_rule", "default", "command", "none"]);
                let id = received_at << RANDOM_BITS | chance.below(1 << RANDOM_BITS);
                query = query.bind(id).bind(APPID).bind(openid).bind(users.start + number).bind("text");
                query = query.bind(chance.one_of(&TEXTS)).bind(answered_by).bind("text");
                query = query.bind(chance.below(2_000)).bind(received_at);
            }
            query.execute(tx.conn()).await.unwrap();
            at = end;
        }
        tx.commit().await.unwrap();
        from = to;
    }
}
