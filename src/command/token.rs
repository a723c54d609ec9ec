//! `weida token rotate`

use crate::{
    config::Checked,
    core::{CoreError, token::keys},
};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Sign with a new key from now on; earlier tokens stay valid until they expire
    Rotate,
}

/// Runs the command, with or without a running server.
pub async fn run(settings: Checked, token: &Token) -> Result<(), String> {
    let ctx = &super::open(settings).await?;
    let Token::Rotate = token;
    let done = keys::rotate(ctx).await;
    ctx.store.close().await;
    match done {
        Ok(_) => {
            println!("新密钥已启用，旧令牌到期前仍然有效。\nA new key signs from now on; older tokens stay valid until they expire.");
            Ok(())
        }
        Err(CoreError::Forbidden) => Err(
            "JWT_SECRET is set: change it there, and put the old one into JWT_PREVIOUS_SECRET so that its tokens stay valid".to_owned(),
        ),
        Err(CoreError::TooMany(secs)) => {
            Err(format!("there are too many keys in use: the oldest one ends in {} hours", secs.div_euclid(3600) + 1))
        }
        Err(CoreError::Collided) => Err("another instance rotated the key at the same time: nothing was changed here".to_owned()),
        Err(e) => Err(e.to_string()),
    }
}
