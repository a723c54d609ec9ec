//! Many values in one statement.

/// Rows of one `INSERT`, and values of one `IN (…)`: well below SQLite's limit (32,766 values), for any columns.
pub(super) const CHUNK: usize = 500;

/// `head row, row, … tail`, with `count` rows.
pub(super) fn repeated(head: &'static str, row: &'static str, count: usize, tail: &'static str) -> Vec<&'static str> {
    let mut pieces = Vec::with_capacity(2 * count + 2);
    pieces.push(head);
    for at in 0..count {
        if at > 0 {
            pieces.push(", ");
        }
        pieces.push(row);
    }
    pieces.push(tail);
    pieces
}

#[cfg(test)]
mod tests {
    use super::repeated;

    #[test]
    fn rows_are_separated_by_commas() {
        assert_eq!(repeated("IN (", "?", 3, ")").concat(), "IN (?, ?, ?)");
        assert_eq!(repeated("VALUES ", "(?, ?)", 1, "").concat(), "VALUES (?, ?)");
    }
}
