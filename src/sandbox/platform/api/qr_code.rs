//! `qrcode/create`, and the picture that a browser fetches by the ticket. Facts: docs/WECHAT.md, 4.2.

use super::call::{Call, Reply};
use crate::sandbox::platform::{code::Wish, desk::Desk, fault::Fault};
use image::{ImageFormat, Luma};
use qrcode::QrCode;
use serde_json::json;
use std::{io::Cursor, sync::Arc};

/// The side of the platform's pictures, in pixels.
const SIDE: u32 = 430;

pub async fn create(desk: &Desk, call: &Call) -> Result<Reply, Fault> {
    desk.authorise_verified(call)?;
    let wish: Wish = call.body()?;
    let (now_ms, chance) = (desk.clock.now_ms(), Arc::clone(&desk.chance));
    let code = desk.change(|world| world.codes.create(&wish, chance.as_ref(), now_ms)).await?;
    let mut answer = json!({ "ticket": code.ticket, "url": code.url });
    if let Some(at) = code.expires_at_ms {
        answer["expire_seconds"] = json!((at - now_ms) / 1000);
    }
    Ok(Reply::Json(answer))
}

/// Asks for no token; a wrong ticket is HTTP status 404.
pub async fn show(desk: &Desk, call: &Call) -> Result<Reply, Fault> {
    let url = desk.look(|world| world.codes.find_by_ticket(call.query("ticket")).map(|code| code.url.clone()));
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
