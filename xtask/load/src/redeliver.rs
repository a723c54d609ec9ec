//! Delivers the pushes of a journal again, each with a new signature and to another target than before, and compares the answers.

use crate::{
    Fault,
    args::Args,
    journal::{self, Entry},
    push::Signer,
    wire::Wire,
};
use serde_json::json;
use std::{cell::RefCell, net::SocketAddr, rc::Rc, time::Duration};
use tokio::task::JoinSet;

const CONNECTIONS: usize = 32;
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);
/// The most differences that are printed.
const SHOWN: usize = 5;

#[derive(Default)]
struct Found {
    same: u64,
    differ: u64,
    unanswered: u64,
    examples: Vec<String>,
}

pub async fn redeliver(args: Args) -> Result<(), Fault> {
    let (targets, signer) = (args.targets()?, Rc::new(RefCell::new(Signer::new(&args)?)));
    let (waiting, found) = (Rc::new(RefCell::new(journal::read(args.need("journal")?)?)), Rc::default());
    println!("running");
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn_local(connection(targets.clone(), signer.clone(), waiting.clone(), Rc::clone(&found)));
    }
    tasks.join_all().await;
    let Found { same, differ, unanswered, examples } = &*found.borrow();
    println!("{}", json!({ "same": same, "differ": differ, "unanswered": unanswered, "examples": examples }));
    Ok(())
}

async fn connection(
    targets: Vec<SocketAddr>,
    signer: Rc<RefCell<Signer>>,
    waiting: Rc<RefCell<Vec<Entry>>>,
    found: Rc<RefCell<Found>>,
) {
    let mut wires: Vec<Wire> = targets.into_iter().map(Wire::new).collect();
    loop {
        // A guard in the condition of a `while let` would live for the whole turn.
        let Some(entry) = waiting.borrow_mut().pop() else { return };
        let at = (entry.target + 1) % wires.len();
        let mut answer = None;
        for _ in 0..ATTEMPTS {
            let request = signer.borrow_mut().request(&entry.message);
            match wires[at].ask(&request).await {
                Ok(found) if found.status == 200 => {
                    answer = Some(String::from_utf8_lossy(wires[at].body(&found)).into_owned());
                    break;
                }
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
        let mut found = found.borrow_mut();
        match answer {
            None => found.unanswered += 1,
            Some(answer) if answer == entry.answer => found.same += 1,
            Some(answer) => {
                found.differ += 1;
                if found.examples.len() < SHOWN {
                    found.examples.push(format!("{} got {answer} after {}", entry.message.openid, entry.answer));
                }
            }
        }
    }
}
