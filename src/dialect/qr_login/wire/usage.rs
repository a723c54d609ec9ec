//! Requests and responses about usage and quotas.

use crate::core::quota;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /update_usage`.
#[derive(Debug, Deserialize)]
pub struct Use {
    pub openid: String,
    pub feature: String,
    #[serde(default = "one")]
    pub amount: i64,
}

/// `POST /update_article_usage`.
#[derive(Debug, Deserialize)]
pub struct UseArticle {
    pub openid: String,
    #[serde(default = "one")]
    pub amount: i64,
}

fn one() -> i64 {
    1
}

/// `POST /check_permission`.
#[derive(Debug, Deserialize)]
pub struct Check {
    pub openid: String,
    pub feature: String,
}

/// A response with one feature's usage.
#[derive(Debug, Serialize)]
pub struct OfUsage {
    pub usage: UsageOf,
}

/// A feature in its tightest window. `limit` and `remaining` are null if there is no limit.
#[derive(Debug, Serialize)]
pub struct UsageOf {
    feature: String,
    used: i64,
    limit: Option<i64>,
    remaining: Option<i64>,
    period: &'static str,
}

impl From<&quota::Usage> for UsageOf {
    fn from(usage: &quota::Usage) -> Self {
        let tightest = usage.tightest();
        Self {
            feature: usage.feature.clone(),
            used: tightest.used,
            limit: tightest.limit,
            remaining: tightest.remaining(),
            period: tightest.window.as_str(),
        }
    }
}

pub fn by_feature(usage: &[quota::Usage]) -> BTreeMap<String, UsageOf> {
    usage.iter().map(|one| (one.feature.clone(), one.into())).collect()
}

/// The result of `check_permission`.
#[derive(Debug, Serialize)]
pub struct Permission {
    pub allowed: bool,
    pub reason: &'static str,
    pub remaining: Option<i64>,
}
