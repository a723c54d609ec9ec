//! QR codes as pictures, drawn here: no other site learns about them.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use image::{ExtendedColorType, ImageEncoder as _, Luma, codecs::png::PngEncoder};
use qrcode::{EcLevel, QrCode};

/// Pixels per module: sharp on a phone's screen as well.
const MODULE: u32 = 8;

/// A QR code with this text; 404 if there is no text or it is too long.
pub async fn qr_png(says: Option<String>) -> Response {
    let Some(says) = says else { return StatusCode::NOT_FOUND.into_response() };
    match tokio::task::spawn_blocking(move || draw(&says)).await {
        Ok(Some(png)) => {
            ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A PNG with a quiet zone of four modules (ISO 18004); `None` if the text is too long for a QR code.
fn draw(says: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(says, EcLevel::M).ok()?;
    let picture = code.render::<Luma<u8>>().quiet_zone(true).module_dimensions(MODULE, MODULE).build();
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::L8)
        .ok()?;
    Some(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_with_its_quiet_zone() {
        let png = draw("http://weixin.qq.com/q/02abcdefghijklmnop").unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let size = u32::from_be_bytes(png[16..20].try_into().unwrap());
        // Version 3 has 29 modules per side, plus 4 on each edge.
        assert_eq!(size, (29 + 8) * MODULE);
    }

    #[test]
    fn what_fits_in_no_code_is_no_picture() {
        assert!(draw(&"x".repeat(8_000)).is_none());
    }
}
