//! Splits a reply's text into links and plain text as WeChat shows it; a tap on a link sends its text from the phone.

use crate::web::component::{self, Piece};
use url::form_urlencoded;

/// The id of the form that taps submit.
pub const TAP_FORM: &str = "sandbox-tap";

/// The parts of a text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    component::pieces(text, tap)
}

/// Text that sends `content` when tapped.
pub fn tap(id: &str, content: &str, text: &str) -> Piece {
    let value =
        form_urlencoded::Serializer::new(String::new()).append_pair("id", id).append_pair("content", content).finish();
    Piece::Tap { form: TAP_FORM, name: "tap", value, text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_carries_what_it_says() {
        let text = "<a href='weixin://bizmsgmenu?msgmenucontent=%E5%8F%96%E6%B6%88&msgmenuid=no'>不是我</a>";
        let value = "id=no&content=%E5%8F%96%E6%B6%88".to_owned();
        let expected = Piece::Tap { form: TAP_FORM, name: "tap", value, text: "不是我".to_owned() };
        assert_eq!(pieces(text), [expected]);
    }
}
