//! Many values in one statement.

use super::{Engine, link::Asked, script::Script};

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

/// The most rows or values of a statement whose text is kept prepared.
const KEPT: usize = 128;

/// The rows in parts of 128, 64, 32, … for statements that are kept prepared: few lengths are few texts.
pub(super) fn parts<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut parts = Vec::new();
    while !rows.is_empty() {
        let length = 1_usize << rows.len().min(KEPT).ilog2();
        let (part, rest) = rows.split_at(length);
        parts.push(part);
        rows = rest;
    }
    parts
}

/// Adds an `INSERT` of rows to a script: `head row, row, … tail`. A database server gets it in [`parts`].
pub(super) fn insert_in<T>(
    script: &mut Script,
    (head, row, tail): (&'static str, &'static str, &'static str),
    rows: &[T],
    bind: impl Fn(&T, &mut Script),
) {
    let parts = if script.engine() == Engine::Sqlite { rows.chunks(KEPT).collect() } else { parts(rows) };
    for part in parts {
        script.add(&repeated(head, row, part.len(), tail));
        for row in part {
            bind(row, script);
        }
    }
}

/// The values of `IN (…)` in parts whose lengths are powers of two: the last one is repeated, which changes no result.
pub(super) fn padded<T: Clone>(values: &[T]) -> Vec<Vec<T>> {
    let pad = |part: &[T]| {
        let mut part = part.to_vec();
        if let Some(last) = part.last().cloned() {
            part.resize(part.len().next_power_of_two(), last);
        }
        part
    };
    values.chunks(KEPT).map(pad).collect()
}

/// Binds one value after the other.
pub(super) fn bound<T>(query: Asked, values: &[T]) -> Asked
where
    T: Clone + for<'t> sqlx::Encode<'t, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    values.iter().cloned().fold(query, Asked::bind)
}

#[cfg(test)]
mod tests {
    use super::{padded, parts, repeated};

    #[test]
    fn the_lengths_of_parts_are_powers_of_two() {
        let lengths = |rows: usize| parts(&vec![0; rows]).iter().map(|part| part.len()).collect::<Vec<_>>();
        assert_eq!((lengths(0), lengths(1), lengths(100)), (vec![], vec![1], vec![64, 32, 4]));
        assert_eq!(lengths(300), [128, 128, 32, 8, 4]);
        assert_eq!(padded(&[1, 2, 3]), [[1, 2, 3, 3]]);
        let lengths: Vec<usize> = padded(&[7; 200]).iter().map(Vec::len).collect();
        assert_eq!(lengths, [128, 128]);
        assert!(padded::<i64>(&[]).is_empty());
    }

    #[test]
    fn rows_are_separated_by_commas() {
        assert_eq!(repeated("IN (", "?", 3, ")").concat(), "IN (?, ?, ?)");
        assert_eq!(repeated("VALUES ", "(?, ?)", 1, "").concat(), "VALUES (?, ?)");
    }
}
