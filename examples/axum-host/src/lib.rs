//! The Greenhouse integration on axum.
//!
//! [`public`] and [`operator`] return routers for a service that embeds the integration:
//!
//! ```
//! # use axum::Router;
//! # use greenhouse_core::{AccountId, integration::Integration};
//! # async fn account_of_session(_: http::request::Parts) -> Option<AccountId> { None }
//! # fn app(greenhouse: &Integration) -> Router {
//! Router::new()
//!     .merge(axum_host::public(greenhouse))
//!     .nest("/api/integrations/greenhouse", axum_host::operator(greenhouse, account_of_session))
//! # }
//! ```
//!
//! The feature `console` adds `console`, which mounts the pages for recruiters and admins. The
//! feature `server` adds the reference server and its program `axum-host`. Without features, this
//! crate depends only on greenhouse-core and axum. The feature `demo` (the default) also adds the
//! command `demo`, with a mock Greenhouse.

mod adapter;
#[cfg(feature = "console")]
mod pages;
#[cfg(feature = "server")]
pub mod web;

pub use self::adapter::{operator, operator_with_token, public};
#[cfg(feature = "console")]
pub use self::pages::console;
#[cfg(feature = "server")]
pub use self::web::Axum;
