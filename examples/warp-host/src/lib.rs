//! The integration on warp.
//!
//! [`public`] and [`operator`] are filters for a service that embeds the integration.
//!
//! The default feature `server` adds the reference server on warp, the program `warp-host`. Without
//! it, this crate depends on greenhouse-core and warp alone. The feature `demo` adds the command
//! `demo`, with its mock of Greenhouse.
//!
//! A warp filter sees only the parts of a request that it asks for, so the filters ask for all of
//! them: method, path, query, headers and the stream of the body. Two filters look right and are
//! not: `warp::body::content_length_limit` refuses a body without a declared length, and
//! `warp::body::bytes` has no limit.

mod adapter;
#[cfg(feature = "server")]
pub mod web;

pub use self::adapter::{operator, operator_with_token, public};
#[cfg(feature = "server")]
pub use self::web::Warp;
