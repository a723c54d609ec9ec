//! The public APIs, call by call: documented answers and every refusal.

mod assistant;
mod authority;
mod cloud_hosting;
mod cors;
mod declared;
mod described;
mod edit_queue;
mod follow;
mod hostile;
mod image_edit;
mod json;
mod mini_program;
mod parity;
mod qr_admin;
mod qr_login;
mod scope;
mod seeds;
mod unknown;
