//! Dialect E, the cloud-hosting API (`/api`): `{"code": 0, "data": …}` or `{"code": -1, "errorMsg": "…"}`.

mod fault;
mod gateway;
mod routes;
mod wire;

pub use fault::CloudHosting;
pub use routes::routes;
