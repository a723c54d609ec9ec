//! Database, secret key, disk and backups.

use super::finding::{Check, Finding, fault, fine, text, unreachable, warning};
use crate::{
    config::Checked,
    core::{OfficialCtx, secret_key::Source},
    store::{self, DatabaseState, Engine, backup::known_schema},
};
use secrecy::ExposeSecret as _;
use std::fs;

/// Free space below which the disk counts as almost full.
const FREE_MIN_BYTES: u64 = 1 << 30;
const DAY_MS: i64 = 24 * 3_600_000;
/// A backup that is older counts as forgotten.
const BACKUP_MAX_DAYS: i64 = 7;

/// The database as it is, without opening it for work. The second value is true if it can be opened so.
pub async fn examine(settings: &Checked) -> (Vec<Finding>, bool) {
    let state = match store::inspect(settings.database_url.expose_secret()).await {
        Ok(state) => state,
        Err(e) => return (vec![unreachable(Check::Database, &e)], false),
    };
    let engine = engine_name(settings);
    let key = key(settings, &state);
    let is_open = state.is_current() && key.is_fine;
    let found = match &state {
        DatabaseState::New => text(
            format!("{engine}：还没有数据，第一次启动时创建"),
            format!("{engine}: nothing there yet, the first start creates it"),
        ),
        DatabaseState::Used { schema, .. } if state.is_current() => {
            text(format!("{engine} 可以访问，结构版本 {schema}"), format!("reachable, {engine}, schema {schema}"))
        }
        DatabaseState::Used { schema, .. } => text(
            format!("{engine} 可以访问，结构版本 {schema}；下次启动时更新到 {}", known_schema()),
            format!("reachable, {engine}, schema {schema}; the next start brings it to {}", known_schema()),
        ),
    };
    (vec![fine(Check::Database, found), key.finding], is_open)
}

fn engine_name(settings: &Checked) -> &'static str {
    match Engine::of(settings.database_url.expose_secret()) {
        Ok(Engine::Sqlite) => "SQLite",
        Ok(Engine::MySql) => "MySQL / MariaDB",
        Ok(Engine::Postgres) => "PostgreSQL",
        Err(_) => "?",
    }
}

struct Key {
    finding: Finding,
    /// The present key is the database's.
    is_fine: bool,
}

fn key(settings: &Checked, state: &DatabaseState) -> Key {
    let source = Source::of(settings);
    let (name, file) = (source.name(), settings.secret_key_file.display().to_string());
    let restore = || {
        text(
            format!("恢复文件 {file}，或把 WEIDA_SECRET_KEY 设为原来的密钥；没有它，谁也解不开数据库里的密钥"),
            format!(
                "restore the file {file}, or set WEIDA_SECRET_KEY to that key; no other key can decrypt the values of the database"
            ),
        )
    };
    let here = match source.fingerprints() {
        Ok(here) => here,
        Err(line) => {
            return Key { finding: fault(Check::SecretKey, text(line.clone(), line), restore()), is_fine: false };
        }
    };
    let DatabaseState::Used { key_fingerprint: Some(wanted), .. } = state else {
        let found = text("还没有密钥，第一次启动时生成", "no key yet, the first start creates it");
        return Key { finding: fine(Check::SecretKey, found), is_fine: false };
    };
    match here.iter().position(|fingerprint| fingerprint == wanted) {
        Some(0) => Key {
            finding: fine(
                Check::SecretKey,
                text(format!("{name}，与数据库相符"), format!("{name}, matches the database")),
            ),
            is_fine: true,
        },
        Some(_) => Key {
            finding: fine(
                Check::SecretKey,
                text("下次启动时用新密钥重新加密", "the next start encrypts everything with the new key"),
            ),
            is_fine: false,
        },
        None => Key {
            finding: fault(
                Check::SecretKey,
                if here.is_empty() {
                    text(
                        "数据库用一个密钥加密过，而这里没有密钥：程序无法启动",
                        "the database was encrypted with a secret key that is not here: the program does not start",
                    )
                } else {
                    text(
                        format!("{name} 不是这个数据库的密钥：程序无法启动"),
                        format!("the key in {name} is not the one of this database: the program does not start"),
                    )
                },
                restore(),
            ),
            is_fine: false,
        },
    }
}

pub async fn examine_open(ctx: &OfficialCtx) -> Vec<Finding> {
    let mut findings: Vec<Finding> = disk(ctx).into_iter().collect();
    if ctx.store.engine() == Engine::Sqlite {
        findings.push(backup(ctx).await);
    }
    findings
}

/// The disk of the embedded database; a server has its own.
fn disk(ctx: &OfficialCtx) -> Option<Finding> {
    let files = ctx.store.files();
    let file = files.first()?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let found = rustix::fs::statvfs(folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let used: u64 = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|found| found.len()).sum();
    let (free_mb, used_mb) = (free / 1_000_000, used.div_ceil(1_000_000));
    let found = text(
        format!("还剩 {free_mb} MB，数据库 {used_mb} MB"),
        format!("{free_mb} MB free, the database has {used_mb} MB"),
    );
    // Erasing deleted rows and backups need room for a whole copy.
    Some(if free < FREE_MIN_BYTES.max(2 * used) {
        warning(
            Check::Disk,
            found,
            text(
                "腾出空间：删除旧的备份和日志，或换更大的磁盘",
                "make room: delete old backups and logs, or take a larger disk",
            ),
        )
    } else {
        fine(Check::Disk, found)
    })
}

async fn backup(ctx: &OfficialCtx) -> Finding {
    let mend = || {
        text(
            "每天运行 weida backup，并把文件复制到另一台机器",
            "run weida backup every day, and copy the files to another machine",
        )
    };
    match ctx.store.last_backup().await {
        Err(e) => unreachable(Check::Backup, &e),
        Ok(None) => warning(
            Check::Backup,
            text("没有用 weida backup 做过备份", "weida backup has made no backup of this database"),
            mend(),
        ),
        Ok(Some((at, bytes))) => {
            let days = (ctx.now() - at).max(0) / DAY_MS;
            let megabytes = bytes.div_ceil(1_000_000);
            let found = text(
                format!("最近一次备份在 {days} 天前，{megabytes} MB"),
                format!("the last backup was made {days} days ago, {megabytes} MB"),
            );
            if days > BACKUP_MAX_DAYS { warning(Check::Backup, found, mend()) } else { fine(Check::Backup, found) }
        }
    }
}
