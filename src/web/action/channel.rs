//! Actions of users on their personal-WeChat channel.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::User,
        ilink::{connection, login},
    },
    http::session,
    web::{
        page::PageRequest,
        text::{Common, channel::Channel},
    },
};
use leptos::prelude::{ServerFnError, server};

const CHANNEL: &str = "/me/wechat";
const SCANNING: &str = "/me/wechat?scan";

/// Begins a sign-in in this browser; one that is being made goes on.
#[server(prefix = "/do", endpoint = "channel-connect")]
pub async fn channel_connect() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        match login::begin(&request.ctx, user.id, &session::secret_of(&request.session)).await {
            Ok(_) | Err(CoreError::Conflict) => Ok(Step::Redirect(SCANNING.to_owned())),
            Err(error) => Err(error),
        }
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel"))
}

/// Ends a sign-in under way.
#[server(prefix = "/do", endpoint = "channel-cancel")]
pub async fn channel_cancel() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        login::cancel(&request.ctx, user.id).await?;
        Ok(Step::Redirect(CHANNEL.to_owned()))
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel"))
}

/// Takes the number that the phone shows.
#[server(prefix = "/do", endpoint = "channel-number")]
pub async fn channel_number(#[server(default)] number: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        login::enter_number(&request.ctx, user.id, &session::secret_of(&request.session), &number).await?;
        Ok(Step::Redirect(CHANNEL.to_owned()))
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel").keep("number", &number))
}

/// Pauses the connection.
#[server(prefix = "/do", endpoint = "channel-pause")]
pub async fn channel_pause() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        connection::pause(&request.ctx, user.id).await?;
        Ok(Step::redirect_with_notice(CHANNEL, Channel::of(request.lang()).did_pause))
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel"))
}

/// Resumes a paused connection.
#[server(prefix = "/do", endpoint = "channel-resume")]
pub async fn channel_resume() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        connection::resume(&request.ctx, user.id).await?;
        Ok(Step::redirect_with_notice(CHANNEL, Channel::of(request.lang()).did_resume))
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel"))
}

/// Ends the connection.
#[server(prefix = "/do", endpoint = "channel-disconnect")]
pub async fn channel_disconnect() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        connection::disconnect(&request.ctx, user.id).await?;
        Ok(Step::redirect_with_notice(CHANNEL, Channel::of(request.lang()).did_disconnect))
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel"))
}

/// Switches the reminder before the end of the window on (`on=1`) or off.
#[server(prefix = "/do", endpoint = "channel-remind")]
pub async fn channel_remind(#[server(default)] on: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        connection::set_reminder(&request.ctx, user.id, on == "1").await?;
        Ok(Step::redirect_with_notice(CHANNEL, Common::of(request.lang()).saved))
    };
    request.answer(outcome.await, Back::to(CHANNEL, "channel"))
}

async fn own(request: &PageRequest) -> Result<User, CoreError> {
    request.user().await?.ok_or(CoreError::NotSignedIn)
}
