//! The only parts that run in the browser.
