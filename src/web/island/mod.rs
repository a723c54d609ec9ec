//! The only parts that run in the browser. Compiled for both sides: nothing of the server is at hand here.

mod preview;

pub use preview::ReplyPreview;
