//! Tables of the site: nothing in them names a person. Keyed hashes of a person outlive the account on purpose.

use super::{Column, Export, Join, Table, technical};

const fn table(name: &'static str, columns: &'static [Column]) -> Table {
    Table { name, forget: &[], join: Join::Untouched, export: Export::None, columns }
}

pub(super) const TABLES: &[Table] = &[
    table("facts", &[technical("name"), technical("value")]),
    table("secret_values", &[technical("name"), technical("value")]),
    table("sequences", &[technical("name"), technical("last_value")]),
    table("revisions", &[technical("topic"), technical("revision")]),
    table("setting_values", &[technical("name"), technical("new_value")]),
    table("counters", &[technical("name"), technical("value")]),
    table(
        "platform_tokens",
        &[
            technical("appid"),
            technical("token"),
            technical("expires_at"),
            technical("lease_owner"),
            technical("lease_until"),
        ],
    ),
    table(
        "official_accounts",
        &[
            technical("id"),
            technical("slug"),
            technical("name"),
            technical("appid"),
            technical("app_secret"),
            technical("push_token"),
            technical("aes_key"),
            technical("previous_aes_key"),
            technical("qr_url"),
            technical("state"),
            technical("version"),
            technical("connected_at"),
            technical("verified_at"),
            technical("created_at"),
            technical("changed_at"),
        ],
    ),
    // Users by the letters that they are found by. `user_index::delete_user` removes a user who is forgotten from every row.
    table("user_postings", &[technical("segment"), technical("gram"), technical("users"), technical("members")]),
    table("user_segments", &[technical("segment"), technical("users")]),
    // Of an instance of the program.
    table("ilink_leases", &[technical("fence"), technical("lease_until")]),
    // Buckets and subjects are keyed hashes of addresses, names and followers, for minutes or hours.
    table("rate_counters", &[technical("bucket"), technical("used"), technical("expires_at")]),
    table(
        "password_failures",
        &[technical("subject"), technical("failures"), technical("retry_at"), technical("expires_at")],
    ),
    table("used_signatures", &[technical("signed_at"), technical("signature_hash"), technical("body_hash")]),
    // What was given or used once, under a keyed hash of the identity: a second account does not get it again.
    table("grants", &[technical("person_hash"), technical("reason"), technical("granted_at")]),
    table(
        "left_usage",
        &[
            technical("person_hash"),
            technical("feature"),
            technical("period"),
            technical("used"),
            technical("expires_at"),
        ],
    ),
    // Of the operator: batches of codes, and how often each code was used.
    table(
        "code_batches",
        &[
            technical("id"),
            technical("credits"),
            technical("level"),
            technical("level_days"),
            technical("codes"),
            technical("uses_max"),
            technical("is_once"),
            technical("valid_from"),
            technical("valid_to"),
            technical("note"),
            technical("redeemed"),
            technical("created_at"),
            technical("stopped_at"),
        ],
    ),
    table(
        "redemption_codes",
        &[
            technical("id"),
            technical("batch_id"),
            technical("code_hash"),
            technical("last_four"),
            technical("used"),
            technical("uses_max"),
        ],
    ),
    table("person_locks", &[technical("person_hash"), technical("turn")]),
];
