//! What is measured: lists, searches by each field, filters and orders.

use sqlx::Row as _;
use std::time::Instant;
use weida::{
    core::{
        OfficialCtx,
        account::{
            Role,
            directory::{self, Admin, Limits, Query, Sort},
        },
    },
    store::Link as _,
};

/// The texts of some user.
struct Sample(Vec<(&'static str, String)>);

/// The bounds: fields as a whole and from their beginning, filters and orders; fragments in the middle.
const QUICK_MS: u32 = 20;
const MIDDLE_MS: u32 = 60;

async fn samples(ctx: &OfficialCtx, rounds: usize) -> Vec<Sample> {
    let mut db = ctx.store.read().await.unwrap();
    let range = "SELECT MIN(id), MAX(id) FROM users WHERE origin = 'wechat'";
    let range = db.sql(range).fetch_one(db.conn()).await.unwrap();
    let (first, last): (i64, i64) = (range.try_get(0).unwrap(), range.try_get(1).unwrap());
    let mut found = Vec::new();
    for n in 0..rounds {
        // Spread over all users.
        let id = first + (last - first) * i64::try_from(n * 7_919 % rounds).unwrap() / i64::try_from(rounds).unwrap();
        let text = "SELECT u.username, u.nickname, u.real_name, u.phone, u.email, i.openid, i.unionid, u.id FROM users u \
                    JOIN identities i ON i.user_id = u.id WHERE u.id >= ? ORDER BY u.id LIMIT 40";
        let rows = db.sql(text).bind(id).fetch_all(db.conn()).await.unwrap();
        let mut sample = Vec::new();
        for (at, name) in
            ["username", "nickname", "real name", "phone", "e-mail", "openid", "unionid"].into_iter().enumerate()
        {
            let value = rows.iter().find_map(|row| row.try_get::<Option<String>, _>(at).unwrap());
            sample.extend(value.map(|value| (name, value)));
        }
        sample.extend(rows.first().map(|row| ("id", row.try_get::<i64, _>(7).unwrap().to_string())));
        found.push(Sample(sample));
    }
    found
}

impl Sample {
    fn field(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }
}

/// A part of a field's value.
type Part = fn(&str) -> String;

fn cut(text: &str, from: usize, count: usize) -> String {
    text.chars().skip(from).take(count).collect()
}

/// Measures each case so often, and prints a line for each.
pub async fn measure(ctx: &OfficialCtx, admin: &Admin, rounds: usize, has_plans: bool) {
    let samples = samples(ctx, rounds).await;
    let text = |text: String| Query { text, ..Query::default() };
    for field in ["id", "username", "nickname", "real name", "phone", "e-mail", "openid", "unionid"] {
        let kinds: [(&str, u32, Part); 3] = [
            ("whole", QUICK_MS, |value| value.to_owned()),
            ("its beginning", QUICK_MS, |value| cut(value, 0, (value.chars().count() * 2 / 3).max(2))),
            ("its middle", MIDDLE_MS, |value| {
                let count = value.chars().count();
                cut(value, count / 3, (count / 2).clamp(1, 6))
            }),
        ];
        for (kind, bound, part) in kinds {
            if field == "id" && kind != "whole" {
                continue;
            }
            let queries = samples.iter().filter_map(|sample| Some(text(part(sample.field(field)?)))).collect();
            case(ctx, admin, &format!("{field}, {kind}"), bound, queries, has_plans).await;
        }
    }
    for (name, fragment) in [
        ("one common Chinese character", "李"),
        ("one rare character", "龘"),
        ("one letter", "w"),
        ("two letters", "zh"),
        ("two digits", "88"),
        ("four digits", "4821"),
        ("a fragment of most openids", "oSeed"),
        ("a host of many e-mail addresses", "@qq.com"),
        ("users who registered together", "wei12345"),
        ("no user", "没有这个人"),
        ("no user, ASCII", "zzqqxxjj"),
    ] {
        let queries = (0..rounds).map(|_| text(fragment.to_owned())).collect();
        case(ctx, admin, name, MIDDLE_MS, queries, has_plans).await;
    }
    for (name, query) in filters() {
        for sort in Sort::ALL {
            for is_descending in [true, false] {
                let query = Query { sort, is_descending, ..query.clone() };
                let direction = if is_descending { "down" } else { "up" };
                let queries = vec![query; rounds];
                case(ctx, admin, &format!("{name}, by {} {direction}", sort.as_str()), QUICK_MS, queries, has_plans)
                    .await;
            }
        }
    }
    later_pages(ctx, admin, rounds).await;
}

/// Filters of the page, alone and together.
pub fn filters() -> Vec<(&'static str, Query)> {
    let all = Query::default;
    vec![
        ("all users", all()),
        ("level vip", Query { level: Some("vip"), ..all() }),
        ("level normal", Query { level: Some("normal"), ..all() }),
        ("admins", Query { role: Some(Role::Admin), ..all() }),
        ("disabled", Query { is_enabled: Some(false), ..all() }),
        ("not following", Query { is_subscribed: Some(false), ..all() }),
        ("following vip", Query { level: Some("vip"), is_subscribed: Some(true), ..all() }),
        (
            "disabled vip, not following",
            Query { level: Some("vip"), is_enabled: Some(false), is_subscribed: Some(false), ..all() },
        ),
    ]
}

async fn case(ctx: &OfficialCtx, admin: &Admin, name: &str, bound: u32, queries: Vec<Query>, has_plans: bool) {
    let mut times = Vec::new();
    let mut found = 0;
    for query in &queries {
        let begun = Instant::now();
        let page = directory::search(ctx, admin, query).await.unwrap();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        found += page.entries.len();
    }
    print(name, bound, times, found);
    if let Some(query) = queries.first().filter(|_| has_plans) {
        let (_, plans) = directory::search_explained(ctx, admin, query, Limits::default()).await.unwrap();
        for plan in plans {
            println!("    {}", plan.statement);
            for step in plan.steps.iter().flat_map(|step| step.lines()) {
                println!("        {step}");
            }
        }
    }
}

/// The pages after the first one, in each order.
async fn later_pages(ctx: &OfficialCtx, admin: &Admin, rounds: usize) {
    for sort in Sort::ALL {
        let (mut times, mut found) = (Vec::new(), 0);
        let mut query = Query { sort, ..Query::default() };
        for _ in 0..rounds {
            let begun = Instant::now();
            let page = directory::search(ctx, admin, &query).await.unwrap();
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            found += page.entries.len();
            query.cursor = page.after.unwrap_or_default();
        }
        print(&format!("one page after the other, by {}", sort.as_str()), QUICK_MS, times, found);
    }
}

fn print(name: &str, bound: u32, mut times: Vec<f64>, found: usize) {
    if times.is_empty() {
        return;
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let average = found / times.len();
    println!("{name}\t{:.2}\t{:.2}\t{bound}\t{average}", at(50), at(99));
}
