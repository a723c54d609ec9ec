//! The only components that run in the browser. Compiled for server and browser: no server code is available here.

mod preview;

pub use preview::ReplyPreview;
