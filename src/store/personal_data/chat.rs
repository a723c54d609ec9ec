//! What followers sent, and what waits for them in the chat.

use super::{
    Export::{self, List},
    Forget::{Delete, Empty},
    Join::{Clears, Ends, Follows, Moves},
    Key::{Identity, Row, User},
    Table, plain, technical, withheld,
};

/// What is emptied of an answer. An empty openid is not one of before.
const ANSWER: &[(&str, &str)] = &[
    ("reply", "reply = NULL"),
    ("reply_until", "reply_until = NULL"),
    ("appid", "appid = ''"),
    ("openid", "openid = ''"),
];

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "follow_scenes",
        forget: &[(User("user_id"), Delete), (Identity, Delete)],
        // A token is shown to the program only while the identity belongs to the user who completed the QR.
        join: Clears("user_id"),
        export: List("qr_codes"),
        columns: &[
            technical("scene_hash"),
            technical("client_hash"),
            plain("appid"),
            plain("openid"),
            plain("created_at"),
            technical("expires_at"),
            plain("completed_at"),
            plain("cancelled_at"),
            technical("generation"),
            technical("poll_hash"),
            technical("user_id"),
        ],
    },
    // Codes before the answers that contain them, as everywhere: concurrent transactions lock in the same order.
    Table {
        name: "dynamic_codes",
        forget: &[(Identity, Delete)],
        join: Follows,
        export: Export::None,
        columns: &[
            technical("code_hash"),
            technical("purpose"),
            withheld("appid"),
            withheld("openid"),
            technical("created_at"),
            technical("expires_at"),
            technical("delivery_key"),
        ],
    },
    Table {
        name: "deliveries",
        // The key stays, so that a redelivery has no second effect. An answer of before this column names the follower itself.
        forget: &[(Identity, Empty(ANSWER)), (Row("openid IS NULL AND reply IS NOT NULL"), Empty(ANSWER))],
        join: Follows,
        export: Export::None,
        columns: &[
            technical("dedupe_key"),
            withheld("reply"),
            technical("received_at"),
            technical("reply_until"),
            withheld("appid"),
            withheld("openid"),
        ],
    },
    Table {
        name: "pending_replies",
        forget: &[(Identity, Delete)],
        join: Follows,
        export: Export::None,
        columns: &[
            withheld("appid"),
            withheld("openid"),
            technical("position"),
            withheld("body"),
            technical("expires_at"),
        ],
    },
    Table {
        name: "chat_questions",
        forget: &[(Identity, Delete)],
        join: Follows,
        export: Export::None,
        columns: &[
            withheld("appid"),
            withheld("openid"),
            technical("kind"),
            withheld("subject"),
            technical("expires_at"),
        ],
    },
    Table {
        name: "messages",
        forget: &[(User("user_id"), Delete), (Identity, Delete)],
        join: Moves(&[User("user_id")]),
        export: List("messages"),
        columns: &[
            technical("id"),
            technical("appid"),
            withheld("openid"),
            technical("user_id"),
            plain("kind"),
            plain("content"),
            plain("answered_by"),
            technical("rule_id"),
            technical("reply_kind"),
            technical("took_us"),
            plain("received_at"),
            withheld("trace"),
            withheld("missed"),
        ],
    },
    Table {
        name: "missed_dismissed",
        // Of another owner: the text of messages. Without one it has no effect.
        forget: &[
            (User("owner_id"), Delete),
            (Row("NOT EXISTS (SELECT 1 FROM messages m WHERE m.missed = missed_dismissed.missed)"), Delete),
        ],
        join: Ends,
        export: Export::None,
        columns: &[technical("owner_id"), withheld("missed"), technical("through_id")],
    },
];
