//! The fake platform, and the client against it.

use super::*;
use crate::base::clock::FakeClock;
use crate::base::rng::SystemRng;
use crate::ilink::login::{Login, LoginOutcome, LoginView};
use crate::ilink::media::MediaKind;
use crate::ilink::message::{Content as Received, Message, OutgoingContent, OutgoingMessage};
use crate::ilink::{Bot, Client, Error, Hosts, LoginCode, SendOutcome, Typing};
use secrecy::ExposeSecret as _;

mod faults;
mod logins;
mod messages;

const OWNER: &str = "oAlice@im.wechat";

/// A platform on a port of its own, and a client of it.
struct Rig {
    platform: IlinkPlatform,
    client: Client,
    clock: Arc<FakeClock>,
}

impl Rig {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (clock, rng) = (Arc::new(FakeClock::at(1_757_650_000_000)), Arc::new(SystemRng));
        let platform = IlinkPlatform::new(base.clone(), clock.clone(), rng.clone(), || {});
        platform.set_hold(Duration::from_millis(50));
        let router = platform.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::new(Hosts::new(Some(base), Some(platform.cdn_base())).unwrap(), rng).unwrap();
        Self { platform, client, clock }
    }

    /// A connected bot, without the login.
    fn bot(&self) -> Bot {
        Bot::new(self.client.hosts().login_base(), self.platform.connect(OWNER).0.into())
    }

    /// The messages behind a cursor, and the new cursor.
    async fn poll(&self, bot: &Bot, cursor: &str) -> (Vec<Message>, String) {
        let updates = self.client.updates(bot, cursor, None).await.unwrap();
        assert_eq!(updates.unreadable, 0);
        (updates.messages, updates.cursor.unwrap())
    }

    /// Sends a message in answer to a received one.
    async fn answer(
        &self,
        bot: &Bot,
        to: &Message,
        client_id: &str,
        content: OutgoingContent<'_>,
    ) -> Result<SendOutcome, Error> {
        let context_token = to.context_token.as_ref();
        let message = OutgoingMessage { to_user_id: &to.from_user_id, client_id, context_token, content };
        self.client.send(bot, &message).await
    }
}

fn text(message: &Message) -> &str {
    match &message.items[0].content {
        Received::Text(text) => text,
        other => panic!("{other:?}"),
    }
}
