//! Redemption codes: batches, codes and who redeemed them.

use super::{
    Link, StoreError, Tx,
    bulk::{parts, repeated},
    joined, rows, table_rows,
};

table_rows! {
    /// A row of `code_batches`. `valid_to` is the first millisecond after; `None`: no limit.
    pub struct BatchRow {
        pub id: i64,
        pub credits: i64,
        /// Empty: none.
        pub level: String,
        pub level_days: i64,
        pub codes: i64,
        pub uses_max: i64,
        pub is_once: i64,
        pub valid_from: Option<i64>,
        pub valid_to: Option<i64>,
        pub note: String,
        pub redeemed: i64,
        pub created_at: i64,
        pub stopped_at: Option<i64>,
    }
}

table_rows! {
    /// A row of `redemption_codes`.
    pub struct CodeRow {
        pub id: i64,
        pub batch_id: i64,
        pub code_hash: String,
        pub last_four: String,
        pub used: i64,
        pub uses_max: i64,
    }
}

table_rows! {
    /// A row of `redemptions`.
    pub struct RedemptionRow {
        pub id: i64,
        pub batch_id: i64,
        pub code_id: i64,
        pub user_id: i64,
        pub credits: i64,
        pub level: String,
        pub level_until: Option<i64>,
        pub redeemed_at: i64,
    }
}

rows! {
    /// A redemption with the user's name and the end of the code.
    pub struct RedeemedRow {
        pub id: i64,
        pub user_id: i64,
        pub nickname: Option<String>,
        pub last_four: String,
        pub redeemed_at: i64,
    }
}

const INSERT_BATCH: &str =
    joined!("INSERT INTO code_batches (", BatchRow::COLUMNS, ") VALUES (", BatchRow::VALUES, ")");
const INSERT_CODES: &str = joined!("INSERT INTO redemption_codes (", CodeRow::COLUMNS, ") VALUES ");
const INSERT_REDEMPTION: &str =
    joined!("INSERT INTO redemptions (", RedemptionRow::COLUMNS, ") VALUES (", RedemptionRow::VALUES, ")");
const BATCH: &str = joined!("SELECT ", BatchRow::COLUMNS, " FROM code_batches WHERE id = ?");
const BATCHES: &str = joined!("SELECT ", BatchRow::COLUMNS, " FROM code_batches WHERE id < ? ORDER BY id DESC LIMIT ?");
const CODE: &str = joined!("SELECT ", CodeRow::COLUMNS, " FROM redemption_codes WHERE code_hash = ?");

/// Adds a batch with its codes; [`StoreError::Duplicate`] if one of the codes exists.
pub async fn insert_batch(db: &mut Tx, batch: BatchRow, codes: &[CodeRow]) -> Result<(), StoreError> {
    batch.bind(db.sql(INSERT_BATCH)).execute(db.conn()).await?;
    for part in parts(codes) {
        let query = db.sql_kept(&repeated(INSERT_CODES, CodeRow::ROW, part.len(), ""));
        part.iter().cloned().fold(query, |query, row| row.bind(query)).execute(db.conn()).await?;
    }
    Ok(())
}

/// Stops a batch; false if it is stopped already, or does not exist.
pub async fn update_stopped(db: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE code_batches SET stopped_at = ? WHERE id = ? AND stopped_at IS NULL")
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// The batch with this id.
pub async fn find_batch(db: &mut impl Link, id: i64) -> Result<Option<BatchRow>, StoreError> {
    let row = db.sql(BATCH).bind(id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| BatchRow::read(&r)).transpose()?)
}

/// At most `most` batches with an id below this one, newest first.
pub async fn list_batches(db: &mut impl Link, below: i64, most: i64) -> Result<Vec<BatchRow>, StoreError> {
    let rows = db.sql(BATCHES).bind(below).bind(most).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(BatchRow::read).collect::<Result<_, _>>()?)
}

/// The code with this hash.
pub async fn find_code(db: &mut impl Link, code_hash: &str) -> Result<Option<CodeRow>, StoreError> {
    let row = db.sql(CODE).bind(code_hash.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| CodeRow::read(&r)).transpose()?)
}

/// Uses a code once, if it has a use left and its batch is valid now and not stopped; true for the one transaction that does. The row
/// stays locked until the transaction ends.
pub async fn update_used(db: &mut Tx, code: &CodeRow, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE redemption_codes SET used = used + 1 WHERE id = ? AND used < uses_max AND EXISTS (\
             SELECT 1 FROM code_batches b WHERE b.id = ? AND b.stopped_at IS NULL \
             AND (b.valid_from IS NULL OR b.valid_from <= ?) AND (b.valid_to IS NULL OR b.valid_to > ?))",
        )
        .bind(code.id)
        .bind(code.batch_id)
        .bind(now)
        .bind(now)
        .execute(db.conn())
        .await?;
    if result.rows_affected() != 1 {
        return Ok(false);
    }
    db.sql("UPDATE code_batches SET redeemed = redeemed + 1 WHERE id = ?")
        .bind(code.batch_id)
        .execute(db.conn())
        .await?;
    Ok(true)
}

/// Records who redeemed a code.
pub async fn insert_redemption(db: &mut Tx, row: RedemptionRow) -> Result<(), StoreError> {
    row.bind(db.sql(INSERT_REDEMPTION)).execute(db.conn()).await?;
    Ok(())
}

/// True if the user redeemed this code.
pub async fn has_redeemed_code(db: &mut impl Link, user_id: i64, code_id: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT id FROM redemptions WHERE user_id = ? AND code_id = ? LIMIT 1")
        .bind(user_id)
        .bind(code_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// True if the user redeemed any code of this batch.
pub async fn has_redeemed_batch(db: &mut impl Link, user_id: i64, batch_id: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT id FROM redemptions WHERE user_id = ? AND batch_id = ? LIMIT 1")
        .bind(user_id)
        .bind(batch_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// At most `most` redemptions of a batch with an id below this one, newest first.
pub async fn list_redeemed(
    db: &mut impl Link,
    batch_id: i64,
    below: i64,
    most: i64,
) -> Result<Vec<RedeemedRow>, StoreError> {
    let rows = db
        .sql(
            "SELECT r.id AS id, r.user_id AS user_id, u.nickname AS nickname, c.last_four AS last_four, r.redeemed_at AS redeemed_at \
             FROM redemptions r JOIN redemption_codes c ON c.id = r.code_id LEFT JOIN users u ON u.id = r.user_id \
             WHERE r.batch_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?",
        )
        .bind(batch_id)
        .bind(below)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(RedeemedRow::read).collect::<Result<_, _>>()?)
}
