//! Rows as structs: each field is the column of its name.

/// Declares a struct and how it is read from a row. `sqlx`'s own derive would build all drivers twice.
macro_rules! rows {
    ($(#[$about:meta])* pub struct $name:ident { $($(#[$of:meta])* pub $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[$of])* pub $field: $kind),* }

        impl $name {
            fn read(row: &sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

pub(super) use rows;
