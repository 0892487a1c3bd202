//! The Greenhouse integration on warp.
//!
//! [`public`] and [`operator`] return filters for a service that embeds the integration.
//!
//! The feature `console` adds `console`, which mounts the pages for recruiters and admins. The
//! feature `server` adds the reference server and its program `warp-host`. Without features, this
//! crate depends only on greenhouse-core and warp. The feature `demo` (the default) also adds the
//! command `demo`, with a mock Greenhouse.
//!
//! Most warp filters extract selected parts of a request. The filters in this crate extract the
//! whole request: method, path, query, headers and the body stream. Two built-in filters are not
//! suitable: `warp::body::content_length_limit` rejects a body without a declared length, and
//! `warp::body::bytes` has no limit.

mod adapter;
#[cfg(feature = "console")]
mod pages;
#[cfg(feature = "server")]
pub mod web;

pub use self::adapter::{operator, operator_with_token, public};
#[cfg(feature = "console")]
pub use self::pages::console;
#[cfg(feature = "server")]
pub use self::web::Warp;
