//! T-333: messages that arrive while their sender is forgotten. Each is forgotten too, or is that of a new follower.

use crate::rig::{App, Database, register, rounds};
use futures::future::join_all;
use weida::core::account::{deletion, identity};

crate::every_engine!(no_message_of_a_forgotten_person_is_left);

async fn no_message_of_a_forgotten_person_is_left(database: &Database) {
    let app = App::on(database).await;
    for round in 0..rounds(8, 100) {
        let openid = format!("oRace{round}");
        let phone = app.phone(&openid);
        register(&app, &phone, &format!("race{round}")).await;
        let user_id = identity::find_owner(&app.ctx, &openid).await.unwrap().unwrap().id;
        let messages = join_all((0..8).map(|n| {
            let phone = phone.clone();
            // Common ones, which are answered in batches, and commands.
            async move { phone.say(if n % 3 == 0 { "帮助" } else { "没有这个词" }).await }
        }));
        let (_, deleted) = futures::join!(messages, deletion::delete(&app.ctx, user_id, None, ""));
        deleted.unwrap();
        let left = app.count(
            "SELECT COUNT(*) FROM messages m WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.openid = m.openid)",
        );
        assert_eq!(left.await, 0, "round {round}");
    }
}
