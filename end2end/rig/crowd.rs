//! `crowd URL FROM TO`: adds the users of these numbers to a database, for browser tests with many users.

#![expect(clippy::unwrap_used, reason = "a test tool may panic")]

#[path = "../../tests/it/rig/crowd.rs"]
mod crowd;

use weida::{
    base::clock::{Clock as _, SystemClock},
    store::Store,
};

/// Above every id that the program assigns in a test.
const FIRST_ID: i64 = 2_000_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap();
    let mut number = || arguments.next().unwrap().parse::<i64>().unwrap();
    let numbers = number()..number();
    let store = Store::open(&url).await.unwrap();
    let since = SystemClock.now_ms() - numbers.end * 60_000;
    crowd::add(&store, FIRST_ID, numbers, since).await;
    store.close().await;
}
