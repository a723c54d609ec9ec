//! `weida doctor`: prints the settings in force, checks them, and says how to mend what does not fit. It changes nothing.

use crate::{
    base::{
        clock::{Clock, SystemClock},
        rng::{Rng, SystemRng},
    },
    config::{Account, Checked, Described, Flags, describe},
    core::doctor::{self, Finding, Given, Level},
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
    checks: &'a [Finding],
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
    let findings = examine(settings).await?;
    let faults = findings.iter().filter(|finding| finding.level == Level::Fault).count();
    if doctor.json {
        let settings = given.iter().map(|d| Setting { key: &d.key, value: &d.value, source: &d.source }).collect();
        let report = Report { ok: faults == 0, settings, checks: &findings };
        println!("{}", serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?);
    } else {
        print(&given, &url, &findings, doctor.lang.unwrap_or_else(|| language_of(environment)));
    }
    match faults {
        0 => Ok(()),
        1 => Err("a check failed: see above".to_owned()),
        n => Err(format!("{n} checks failed: see above")),
    }
}

async fn examine(settings: Checked) -> Result<Vec<Finding>, String> {
    let push = settings.account.as_ref().map(assemble::push_settings).transpose()?;
    let platform = settings.account.as_ref().map(|account| detached(&settings, account)).transpose()?;
    let now_secs = SystemClock.now_secs();
    let (mut findings, is_open) = doctor::examine_settings(&settings, platform.as_ref(), now_secs).await;
    if is_open {
        let ctx = super::open(settings).await?;
        let seen = proxy::stored(&ctx).await.map_err(|e| e.to_string())?;
        let given = Given {
            private_files: assemble::private_files(&ctx),
            push,
            push_path: guard::PUSH_PATH,
            undeclared_proxy: seen.map(|seen| seen.peer),
        };
        findings.extend(doctor::examine(&ctx, &given).await);
        ctx.store.close().await;
    }
    Ok(findings)
}

/// A client of the platform that leaves no token in the database.
fn detached(settings: &Checked, account: &Account) -> Result<Client, String> {
    let (clock, rng): (Arc<dyn Clock>, Arc<dyn Rng>) = (Arc::new(SystemClock), Arc::new(SystemRng));
    assemble::platform(settings, account, Arc::new(MemoryTokenStore::default()), &clock, &rng)
}

fn print(given: &[Described], url: &str, findings: &[Finding], lang: Lang) {
    for Described { key, value, source } in given {
        println!("{key:<NAME_WIDTH$} {value:<40} {source}");
    }
    println!("{:<NAME_WIDTH$} {url}", "public URL");
    for finding in findings {
        let of = |text: &doctor::Text| if lang == Lang::Zh { text.zh.clone() } else { text.en.clone() };
        let mark = match finding.level {
            Level::Fine => '✓',
            Level::Warning => '!',
            Level::Fault => '✗',
        };
        let name = serde_json::to_value(finding.check).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        println!("{mark} {name:<16} {}", of(&finding.found));
        if let Some(mend) = &finding.mend {
            println!("  {:<16} → {}", "", of(mend));
        }
    }
}

/// The language of the terminal, in the order of POSIX's locale variables.
fn language_of(environment: &BTreeMap<String, String>) -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.iter().find_map(|name| environment.get(*name).filter(|locale| !locale.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("zh")) { Lang::Zh } else { Lang::En }
}
