//! The doctor: checks what must fit together for an account to answer, and says of each what was found and how to mend it.
//!
//! Nothing here changes anything: no database is created, no migration applied, and the platform is asked what changes nothing there.

mod database;
mod finding;
mod installation;
pub mod memory;
mod platform;
pub mod probe;
pub mod pushes;
pub mod refused_pushes;
mod right;
mod round_trip;

pub use finding::{Check, Finding, Level, May, QuotaLeft, Right, RightFound, Text};

use crate::{
    config::Checked,
    core::{OfficialCtx, official_account::Origin},
    wechat::{api::Client, callback::PushSettings},
};
use installation::Known;
use memory::{Asked, PushLog};
use serde::Serialize;
use std::path::PathBuf;

/// How long the running program takes an answer of the platform for the present one.
const ASKED_FOR_MS: i64 = 60_000;

/// What the doctor is given beside the settings.
#[derive(Debug)]
pub struct Given {
    /// Files that other users of the machine must not read.
    pub private_files: Vec<PathBuf>,
    /// How pushes are signed; `None` in the sandbox for another process, because the running program alone knows the credentials.
    pub push: Option<PushSettings>,
    /// The path of the push address.
    pub push_path: &'static str,
    /// The address of the proxy that sent requests without being declared, if one was seen.
    pub undeclared_proxy: Option<std::net::IpAddr>,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    #[serde(rename = "checks")]
    pub findings: Vec<Finding>,
    /// What the account may do. Empty in the sandbox for another process.
    pub rights: Vec<RightFound>,
    /// The pushes that the running program remembers; `None` if it was not reached.
    pub pushes: Option<PushLog>,
    /// When the platform was asked, in epoch milliseconds.
    #[serde(skip)]
    pub asked_at: i64,
}

impl Report {
    /// The number of findings of this level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

/// What the settings, the platform and the database say by themselves. `platform`: of the account, with a token store of its own; `None` in
/// the sandbox. The second value is true if the database can be opened without changing it, so that [`examine`] can be called.
pub async fn examine_settings(settings: &Checked, platform: Option<&Client>, now_secs: i64) -> (Report, bool) {
    let mut findings = vec![
        installation::account(Known::of_settings(settings)),
        installation::push_mode(Known::of_settings(settings)),
    ];
    let mut rights = Vec::new();
    if let Some(client) = platform {
        let (of_platform, found) = platform::examine(settings, client, now_secs).await;
        findings.extend(of_platform);
        rights = found;
    }
    let (more, is_open) = database::examine(settings).await;
    findings.extend(more);
    if !is_open {
        findings.push(round_trip::proxy(settings, None, None));
    }
    (Report { findings, rights, pushes: None, asked_at: now_secs * 1000 }, is_open)
}

/// All other checks, added to the report.
pub async fn examine(ctx: &OfficialCtx, given: &Given, report: &mut Report) {
    let (way, log) = round_trip::examine(ctx, given).await;
    let known = Known::of(&ctx.account);
    if known.origin == Origin::Console {
        // The settings alone do not know it.
        report.findings.retain(|finding| !matches!(finding.check, Check::Account | Check::PushMode));
        report.findings.splice(0..0, [installation::account(known), installation::push_mode(known)]);
    }
    if matches!(known.origin, Origin::Environment | Origin::Console) {
        report.findings.push(pushes::examine(ctx, log.as_ref()).await);
    }
    report.findings.extend(way);
    report.pushes = log;
    report.findings.extend(database::examine_open(ctx).await);
    report.findings.extend(installation::examine(ctx, &given.private_files).await);
}

/// The same checks within the running program: what it remembers is exact, and the platform is asked once a minute only.
pub async fn examine_running(ctx: &OfficialCtx, given: &Given) -> Report {
    let asked = asked(ctx, given).await;
    let log = ctx.account.doctor.pushes();
    let mut findings = vec![
        installation::account(Known::of(&ctx.account)),
        installation::push_mode(Known::of(&ctx.account)),
        pushes::examine(ctx, Some(&log)).await,
    ];
    findings.extend(asked.way);
    findings.extend(asked.platform);
    findings.extend(database::examine(&ctx.settings).await.0);
    findings.extend(database::examine_open(ctx).await);
    findings.extend(installation::examine(ctx, &given.private_files).await);
    Report { findings, rights: asked.rights, pushes: Some(log), asked_at: asked.at }
}

/// Lets the next report ask the platform again.
pub async fn forget(ctx: &OfficialCtx) {
    *ctx.account.doctor.asked.lock().await = None;
}

async fn asked(ctx: &OfficialCtx, given: &Given) -> Asked {
    let mut asked = ctx.account.doctor.asked.lock().await;
    let now = ctx.now();
    if let Some(known) = asked.as_ref().filter(|known| (0..ASKED_FOR_MS).contains(&(now - known.at))) {
        return known.clone();
    }
    let platform = async {
        if ctx.account.is_connected() {
            platform::examine(&ctx.settings, &ctx.account.platform, ctx.clock.now_secs()).await
        } else {
            (Vec::new(), Vec::new())
        }
    };
    let ((platform, rights), (way, _)) = tokio::join!(platform, round_trip::examine(ctx, given));
    let new = Asked { at: now, platform, rights, way };
    *asked = Some(new.clone());
    new
}
