//! Admins and users: search, changes, revocation, and the protection of the last admin.

mod admins;
mod change;
mod index;
mod search;
