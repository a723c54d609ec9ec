//! `qrcode/create`, and the picture that a browser fetches with the ticket. Facts: docs/WECHAT.md, 4.2.

use super::call::{Call, Reply};
use crate::sandbox::platform::{code::NewCode, fault::Fault, state::PlatformState};
use image::{ImageFormat, Luma};
use qrcode::QrCode;
use serde_json::json;
use std::{io::Cursor, sync::Arc};

/// The width and height of the platform's pictures, in pixels.
const SIDE: u32 = 430;

pub async fn create(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    let new_code: NewCode = call.body()?;
    let (now_ms, rng) = (state.clock.now_ms(), Arc::clone(&state.rng));
    let code = state.change(|world| world.codes.create(&new_code, rng.as_ref(), now_ms)).await?;
    let mut answer = json!({ "ticket": code.ticket, "url": code.url });
    if let Some(at) = code.expires_at_ms {
        answer["expire_seconds"] = json!((at - now_ms) / 1000);
    }
    Ok(Reply::Json(answer))
}

/// Requires no token; a wrong ticket is HTTP status 404.
pub async fn show(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    let url = state.look(|world| world.codes.find_by_ticket(call.query("ticket")).map(|code| code.url.clone()));
    let Some(url) = url else { return Ok(Reply::NotFound) };
    let drawn = tokio::task::spawn_blocking(move || draw(&url)).await;
    Ok(drawn.ok().flatten().map_or(Reply::NotFound, Reply::Picture))
}

fn draw(text: &str) -> Option<Vec<u8>> {
    let picture = QrCode::new(text).ok()?.render::<Luma<u8>>().min_dimensions(SIDE, SIDE).build();
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}
