//! The integration on axum.
//!
//! [`public`] and [`operator`] are routers for a service that embeds the integration:
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
//! The default feature `server` adds the reference server on axum, the program `axum-host`. Without
//! it, this crate depends on greenhouse-core and axum alone. The feature `demo` adds the command
//! `demo`, with its mock of Greenhouse.

mod adapter;
#[cfg(feature = "server")]
pub mod web;

pub use self::adapter::{operator, operator_with_token, public};
#[cfg(feature = "server")]
pub use self::web::Axum;
