//! Daily check-ins: one row per user.

use super::{Link, StoreError, Tx, joined, table_rows};

table_rows! {
    /// A row of `check_ins`. `last_day`: days since 1970-01-01 in Beijing.
    pub struct CheckInRow {
        pub user_id: i64,
        pub last_day: i64,
        /// Days in a row, up to the last one.
        pub streak: i64,
        pub total: i64,
    }
}

const SELECT: &str = joined!("SELECT ", CheckInRow::COLUMNS, " FROM check_ins WHERE user_id = ?");
const INSERT: &str = joined!("INSERT INTO check_ins (", CheckInRow::COLUMNS, ") VALUES (", CheckInRow::VALUES, ")");

/// A user's check-ins; `None` before the first one.
pub async fn find_check_in(db: &mut impl Link, user_id: i64) -> Result<Option<CheckInRow>, StoreError> {
    let row = db.sql(SELECT).bind(user_id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| CheckInRow::read(&r)).transpose()?)
}

/// Records a user's first check-in; [`StoreError::Duplicate`] if there is one.
pub async fn insert_check_in(db: &mut Tx, row: &CheckInRow) -> Result<(), StoreError> {
    row.clone().bind(db.sql(INSERT)).execute(db.conn()).await?;
    Ok(())
}

/// Records a check-in of this day; true for the first one of the day. The streak goes on if the last day was the one before.
pub async fn update_checked_in(db: &mut Tx, user_id: i64, day: i64) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE check_ins SET streak = CASE WHEN last_day = ? THEN streak + 1 ELSE 1 END, total = total + 1, last_day = ? \
             WHERE user_id = ? AND last_day < ?",
        )
        .bind(day - 1)
        .bind(day)
        .bind(user_id)
        .bind(day)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Replaces a user's check-ins.
pub async fn update_check_in(db: &mut Tx, row: &CheckInRow) -> Result<(), StoreError> {
    db.sql("UPDATE check_ins SET last_day = ?, streak = ?, total = ? WHERE user_id = ?")
        .bind(row.last_day)
        .bind(row.streak)
        .bind(row.total)
        .bind(row.user_id)
        .execute(db.conn())
        .await?;
    Ok(())
}
