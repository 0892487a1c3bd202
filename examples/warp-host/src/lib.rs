//! The reference service on warp: the same commands and configuration as axum-host, on the same database. Everything but the
//! glue is the library `server`.
//!
//! warp tells a filter no more of a request than it asks for, so [`web`] asks for all of it: method, path, query, headers and
//! the stream of the body. Two filters that look right are not: `warp::body::content_length_limit` refuses a body that does
//! not say its length, and `warp::body::bytes` has no limit.

pub mod web;

pub use self::web::Warp;
