//! Parametric QR codes (带参数的二维码). Facts: docs/WECHAT.md, 4.2.

use super::{
    credentials::letters,
    fault::{self, Fault},
};
use crate::base::rng::Rng;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use url::Url;

/// 30 days.
const LIFE_MAX_SECS: i64 = 2_592_000;
/// The default lifetime; older pages of the documentation say 30.
const LIFE_DEFAULT_SECS: i64 = 60;
const SCENE_MAX_CHARS: usize = 64;
const PERMANENT_ID_MAX: u32 = 100_000;
const PERMANENT_MAX: usize = 100_000;
/// How long expired codes are remembered, to distinguish them from unknown ones.
const REMEMBERED_MS: i64 = 24 * 3600 * 1000;
/// The oldest temporary codes beyond this are deleted; the platform itself has no such limit.
const TEMPORARY_MAX: usize = 2_000;

/// A code that the account created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The key of its picture. Contains `+`, `/` and `=` like real ones, so it must be percent-encoded in a URL.
    pub ticket: String,
    /// The content of the picture.
    pub url: String,
    pub scene: Scene,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// `None` for a permanent one.
    pub expires_at_ms: Option<i64>,
}

/// The parameter in the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    Text(String),
    Number(u32),
}

/// The body of `qrcode/create`.
#[derive(Debug, Deserialize)]
pub struct NewCode {
    #[serde(default)]
    action_name: String,
    expire_seconds: Option<i64>,
    #[serde(default)]
    action_info: NewCodeInfo,
}

#[derive(Debug, Default, Deserialize)]
struct NewCodeInfo {
    #[serde(default)]
    scene: NewScene,
}

#[derive(Debug, Default, Deserialize)]
struct NewScene {
    scene_id: Option<i64>,
    scene_str: Option<String>,
}

/// All codes, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Codes(Vec<Code>);

impl Code {
    /// Whether a scan still works.
    #[must_use]
    pub fn is_alive(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_none_or(|at| now_ms < at)
    }
}

impl std::fmt::Display for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

impl NewCode {
    /// The scene, and for a temporary code its lifetime in seconds.
    fn read(&self) -> Result<(Scene, Option<i64>), Fault> {
        let scene = &self.action_info.scene;
        let number = |max: u32| {
            let id = scene.scene_id.and_then(|id| u32::try_from(id).ok());
            id.filter(|id| (1..=max).contains(id)).map(Scene::Number).ok_or(fault::ACTION_INFO)
        };
        let text = || {
            let text = scene.scene_str.clone();
            let fits = |t: &String| (1..=SCENE_MAX_CHARS).contains(&t.chars().count());
            text.filter(fits).map(Scene::Text).ok_or(fault::ACTION_INFO)
        };
        let life = Some(self.expire_seconds.unwrap_or(LIFE_DEFAULT_SECS).clamp(1, LIFE_MAX_SECS));
        match self.action_name.as_str() {
            "QR_SCENE" => Ok((number(u32::MAX)?, life)),
            "QR_STR_SCENE" => Ok((text()?, life)),
            "QR_LIMIT_SCENE" => Ok((number(PERMANENT_ID_MAX)?, None)),
            "QR_LIMIT_STR_SCENE" => Ok((text()?, None)),
            _ => Err(fault::ACTION_NAME),
        }
    }
}

impl Codes {
    /// Creates a code. For a permanent code whose scene exists already, returns the existing one.
    ///
    /// # Errors
    /// 40052 and 40053 for an invalid action or scene; 45029 beyond 100 000 permanent codes.
    pub fn create(&mut self, new_code: &NewCode, rng: &dyn Rng, now_ms: i64) -> Result<Code, Fault> {
        let (scene, lifetime_secs) = new_code.read()?;
        if lifetime_secs.is_none() {
            let mut permanent = self.0.iter().filter(|c| c.expires_at_ms.is_none());
            if let Some(same) = permanent.clone().find(|c| c.scene == scene) {
                return Ok(same.clone());
            }
            if permanent.nth(PERMANENT_MAX - 1).is_some() {
                return Err(fault::CODES_FULL);
            }
        }
        self.forget(now_ms);
        let url = format!("http://weixin.qq.com/q/{}", letters(rng, 20));
        let code = Code {
            ticket: ticket(&url, rng),
            url,
            scene,
            created_at_ms: now_ms,
            expires_at_ms: lifetime_secs.map(|secs| now_ms + secs * 1000),
        };
        self.0.push(code.clone());
        Ok(code)
    }

    /// The code with this ticket.
    #[must_use]
    pub fn find_by_ticket(&self, ticket: &str) -> Option<&Code> {
        self.0.iter().find(|c| c.ticket == ticket)
    }

    /// The code with this content, or with this picture URL.
    #[must_use]
    pub fn find(&self, seen: &str) -> Option<&Code> {
        let seen = seen.trim();
        if let Some(code) = self.0.iter().find(|c| c.url == seen || c.ticket == seen) {
            return Some(code);
        }
        let picture = Url::parse(seen).ok().filter(|url| url.path().ends_with("/cgi-bin/showqrcode"))?;
        let ticket = picture.query_pairs().find(|(name, _)| name == "ticket")?.1;
        self.find_by_ticket(&ticket)
    }

    /// The codes that can be scanned, newest first.
    #[must_use]
    pub fn alive(&self, now_ms: i64) -> Vec<Code> {
        self.0.iter().rev().filter(|c| c.is_alive(now_ms)).cloned().collect()
    }

    fn forget(&mut self, now_ms: i64) {
        self.0.retain(|c| c.expires_at_ms.is_none_or(|at| now_ms - at < REMEMBERED_MS));
        let mut over = self.0.iter().filter(|c| c.expires_at_ms.is_some()).count().saturating_sub(TEMPORARY_MAX - 1);
        self.0.retain(|c| {
            let is_kept = c.expires_at_ms.is_none() || over == 0;
            over -= usize::from(!is_kept);
            is_kept
        });
    }
}

/// Base64 of random bytes around the address, like real tickets.
fn ticket(url: &str, rng: &dyn Rng) -> String {
    let mut bytes = vec![0x81, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x01];
    bytes.extend_from_slice(url.as_bytes());
    let mut tail = [0; 12];
    rng.fill(&mut tail);
    bytes.extend_from_slice(&tail);
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests;
