//! Rows as structs: each field is the column of its name.

/// Declares a struct and how it is read from a row. `sqlx`'s own derive would build all drivers twice.
macro_rules! rows {
    ($(#[$about:meta])* pub struct $name:ident { $($(#[$of:meta])* pub $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[$of])* pub $field: $kind),* }

        impl $name {
            pub(in crate::store) fn read(row: &sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

/// [`rows!`] for the rows of one table that are read and inserted whole: also lists the columns for `SELECT` and `INSERT`, and binds the
/// values of a row in that order.
macro_rules! table_rows {
    ($(#[$about:meta])* pub struct $name:ident {
        $(#[$first_of:meta])* pub $first:ident: $first_kind:ty,
        $($(#[$of:meta])* pub $field:ident: $kind:ty),* $(,)?
    }) => {
        $crate::store::rows::rows! {
            $(#[$about])*
            pub struct $name {
                $(#[$first_of])* pub $first: $first_kind,
                $($(#[$of])* pub $field: $kind),*
            }
        }

        // Not every table is read, inserted row by row, and in batches.
        const _: (&str, &str) = ($name::VALUES, $name::ROW);
        const _: fn(&sqlx::any::AnyRow) -> Result<$name, sqlx::Error> = $name::read;
        const _: fn($name, $crate::store::link::Asked) -> $crate::store::link::Asked = $name::bind;
        const _: fn($name, &mut $crate::store::script::Script) = $name::bind_in;

        impl $name {
            /// `a, b, c`
            pub(super) const COLUMNS: &'static str = concat!(stringify!($first), $(", ", stringify!($field)),*);
            /// A placeholder for each column: `?, ?, ?`
            pub(super) const VALUES: &'static str =
                concat!("?", $($crate::store::rows::value!($field)),*);

            /// [`Self::VALUES`] in parentheses, for an `INSERT` of many rows.
            pub(super) const ROW: &'static str = concat!("(?", $($crate::store::rows::value!($field)),*, ")");

            /// Binds the values of [`Self::COLUMNS`].
            pub(super) fn bind(self, query: $crate::store::link::Asked) -> $crate::store::link::Asked {
                query.bind(self.$first)$(.bind(self.$field))*
            }

            /// [`Self::bind`] for a statement of a script.
            pub(super) fn bind_in(self, script: &mut $crate::store::script::Script) {
                script.bind(self.$first);
                $(script.bind(self.$field);)*
            }
        }
    };
}

/// A further placeholder, whatever the column.
macro_rules! value {
    ($field:ident) => {
        ", ?"
    };
}

/// One text of several constant ones, put together by the compiler: a statement that is kept prepared.
macro_rules! joined {
    ($($piece:expr),+ $(,)?) => {{
        const PIECES: &[&str] = &[$($piece),+];
        const BYTES: [u8; $crate::store::rows::length(PIECES)] = $crate::store::rows::bytes(PIECES);
        const TEXT: &str = match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("whole texts"),
        };
        TEXT
    }};
}

pub(super) use {joined, rows, table_rows, value};

/// The length of the pieces together, in bytes.
pub(super) const fn length(pieces: &[&str]) -> usize {
    let (mut sum, mut at) = (0, 0);
    while at < pieces.len() {
        sum += pieces[at].len();
        at += 1;
    }
    sum
}

/// The pieces one after the other; `N` is their [`length`].
pub(super) const fn bytes<const N: usize>(pieces: &[&str]) -> [u8; N] {
    let mut all = [0; N];
    let (mut end, mut at) = (0, 0);
    while at < pieces.len() {
        let (piece, mut from) = (pieces[at].as_bytes(), 0);
        while from < piece.len() {
            all[end] = piece[from];
            end += 1;
            from += 1;
        }
        at += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    super::table_rows! {
        /// A row of a test.
        pub struct Row {
            pub id: i64,
            /// A name.
            pub name: Option<String>,
            pub count: i64,
        }
    }

    #[test]
    fn columns_are_listed_once() {
        const INSERT: &str = super::joined!("INSERT INTO 中 (", Row::COLUMNS, ") VALUES (", Row::VALUES, ")");
        assert_eq!((Row::COLUMNS, Row::VALUES), ("id, name, count", "?, ?, ?"));
        // Used by the tables of the program.
        let _ = (Row::read, Row::bind);
        assert_eq!(INSERT, "INSERT INTO 中 (id, name, count) VALUES (?, ?, ?)");
    }
}
