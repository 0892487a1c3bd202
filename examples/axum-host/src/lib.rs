//! The reference service on axum. Everything but the glue is the library `server`.

pub mod web;

pub use self::web::Axum;
