//! The WeChat Official Account platform, in both directions. Nobody else in this program talks to it.
//!
//! Inwards: `callback` verifies, opens and answers a push. Outwards: `api` calls the platform.
