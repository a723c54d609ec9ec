//! Icons of what a rule answers.

use crate::{core::rule::Content, web::component::Shape};

/// The icon of a kind of content.
pub fn content_shape(content: &Content) -> Shape {
    match content {
        Content::Text { .. } => Shape::Text,
        Content::Image { .. } => Shape::Picture,
        Content::Voice { .. } => Shape::Sound,
        Content::Video { .. } => Shape::Film,
        Content::Music { .. } => Shape::Note,
        Content::News { .. } => Shape::Article,
    }
}
