//! `weida doctor`: prints the settings in force, checks them, and says how to mend what does not fit. It changes nothing.

use crate::{
    base::{
        clock::{Clock, SystemClock},
        rng::{Rng, SystemRng},
    },
    config::{Account, Checked, Described, Flags, describe},
    core::{
        doctor::{self, Given, Level, May, Report as Examined},
        official_account::{self, Platforms},
    },
    http::{guard, proxy},
    server::assemble,
    text::Lang,
    wechat::api::{Client, MemoryTokenStore},
};
use clap::Args;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// Width of the names in the list.
const NAME_WIDTH: usize = 32;

#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON, in both languages
    #[arg(long)]
    json: bool,
    /// zh or en [default: by the environment's LANG]
    #[arg(long, value_parser = super::language)]
    lang: Option<Lang>,
}

#[derive(Serialize)]
struct Report<'a> {
    /// False if something does not work.
    ok: bool,
    settings: Vec<Setting<'a>>,
    #[serde(flatten)]
    examined: &'a Examined,
}

#[derive(Serialize)]
struct Setting<'a> {
    key: &'a str,
    value: &'a str,
    source: &'a str,
}

/// Runs the command. An error says that something does not work; the report is on standard output.
pub async fn run(
    settings: Checked,
    flags: &Flags,
    environment: &BTreeMap<String, String>,
    doctor: &Doctor,
) -> Result<(), String> {
    let given = describe(flags, environment).map_err(|e| e.to_string())?;
    let url = settings.public_url.to_string();
    let examined = Box::pin(examine(settings)).await?;
    let faults = examined.count(Level::Fault);
    if doctor.json {
        let settings = given.iter().map(|d| Setting { key: &d.key, value: &d.value, source: &d.source }).collect();
        let report = Report { ok: faults == 0, settings, examined: &examined };
        println!("{}", serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?);
    } else {
        print(&given, &url, &examined, doctor.lang.unwrap_or_else(|| language_of(environment)));
    }
    match faults {
        0 => Ok(()),
        1 => Err("a check failed: see above".to_owned()),
        n => Err(format!("{n} checks failed: see above")),
    }
}

async fn examine(settings: Checked) -> Result<Examined, String> {
    let push = settings.account.as_ref().map(official_account::push_settings).transpose()?;
    let platform = settings.account.as_ref().map(|account| detached(&settings, account)).transpose()?;
    let now_secs = SystemClock.now_secs();
    let (mut examined, is_open) = doctor::examine_settings(&settings, platform.as_ref(), now_secs).await;
    if is_open {
        let ctx = super::open(settings).await?;
        let seen = proxy::stored(&ctx).await.map_err(|e| e.to_string())?;
        let given = Given {
            private_files: assemble::private_files(&ctx),
            push: push.or_else(|| ctx.account.push.clone()),
            push_path: guard::PUSH_PATH,
            undeclared_proxy: seen.map(|seen| seen.peer),
        };
        doctor::examine(&ctx, &given, &mut examined).await;
        ctx.store.close().await;
    }
    Ok(examined)
}

/// A client of the platform that leaves no token in the database.
fn detached(settings: &Checked, account: &Account) -> Result<Client, String> {
    let (clock, rng): (Arc<dyn Clock>, Arc<dyn Rng>) = (Arc::new(SystemClock), Arc::new(SystemRng));
    let platforms = Platforms::of(settings, &rng)?;
    official_account::client(&platforms, account, Arc::new(MemoryTokenStore::default()), &clock, &rng)
}

fn print(given: &[Described], url: &str, examined: &Examined, lang: Lang) {
    for Described { key, value, source } in given {
        println!("{key:<NAME_WIDTH$} {value:<40} {source}");
    }
    println!("{:<NAME_WIDTH$} {url}", "public URL");
    for finding in &examined.findings {
        let mark = match finding.level {
            Level::Fine => '✓',
            Level::Warning => '!',
            Level::Fault => '✗',
        };
        println!("{mark} {:<16} {}", name_of(finding.check), in_language(lang, &finding.found));
        if let Some(mend) = &finding.mend {
            println!("  {:<16} → {}", "", in_language(lang, mend));
        }
    }
    print_rights(examined, lang);
    print_pushes(examined, lang);
}

fn print_rights(examined: &Examined, lang: Lang) {
    for found in &examined.rights {
        let may = match (found.may, lang) {
            (May::Yes, Lang::Zh) => "可以",
            (May::No, Lang::Zh) => "没有权限",
            (May::Unknown, Lang::Zh) => "没有查到",
            (May::Yes, Lang::En) => "allowed",
            (May::No, Lang::En) => "not allowed",
            (May::Unknown, Lang::En) => "unknown",
        };
        let quota = found.quota.map(|quota| format!(" {} / {}", quota.used, quota.limit)).unwrap_or_default();
        println!("  {}: {may}{quota}", in_language(lang, &found.right.name()));
    }
}

fn print_pushes(examined: &Examined, lang: Lang) {
    let Some(log) = &examined.pushes else { return };
    let (count, again) = (log.last.len(), log.repeated);
    let [median, slowest] = [50, 100].map(|percent| log.percentile_ms(percent).unwrap_or_default());
    match lang {
        Lang::Zh => println!("  最近 {count} 条推送：中位数 {median} 毫秒，最慢 {slowest} 毫秒，重发 {again} 条"),
        Lang::En => {
            println!("  last {count} pushes: median {median} ms, slowest {slowest} ms, {again} delivered again");
        }
    }
}

fn in_language(lang: Lang, text: &doctor::Text) -> &str {
    if lang == Lang::Zh { &text.zh } else { &text.en }
}

/// The stable name of a check.
fn name_of(check: doctor::Check) -> String {
    let name = serde_json::to_value(check).ok();
    name.as_ref().and_then(|name| name.as_str()).unwrap_or_default().to_owned()
}

/// The language of the terminal, in the order of POSIX's locale variables.
fn language_of(environment: &BTreeMap<String, String>) -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.iter().find_map(|name| environment.get(*name).filter(|locale| !locale.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("zh")) { Lang::Zh } else { Lang::En }
}
