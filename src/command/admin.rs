//! `weida admin create NAME`, `weida admin reset-password NAME`

use crate::{
    config::Checked,
    core::{CoreError, account},
};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make an admin with a random password, which is printed once
    Create { username: String },
    /// Give a user a new random password, which is printed once, and sign their browsers out
    ResetPassword { username: String },
}

/// Runs the command.
pub async fn run(settings: Checked, admin: Admin) -> Result<(), String> {
    let ctx = &super::open(settings).await?;
    let password = ctx.rng.token();
    let (username, done) = match &admin {
        Admin::Create { username } => (username, account::admin::create(ctx, username, &password).await.map(drop)),
        Admin::ResetPassword { username } => (username, account::admin::reset_password(ctx, username, &password).await),
    };
    ctx.store.close().await;
    match done {
        Ok(()) => {
            println!("用户名 username: {username}\n密码 password: {password}");
            Ok(())
        }
        Err(CoreError::NotFound) => Err(format!("there is no user {username:?}")),
        Err(CoreError::Invalid(flaws)) => {
            Err(format!("the username {username:?} cannot be used: {:?}", flaws.first().map(|f| f.problem)))
        }
        Err(e) => Err(e.to_string()),
    }
}
