//! The reference service: both directions of the Greenhouse integration on one listener, with a small stand-in for the
//! product. The binary is `axum-host`; other frameworks reuse this library without its feature `axum`.
//!
//! | you look for | it is in |
//! |---|---|
//! | how the services are put together | [`Host`] |
//! | what is configured, and how | [`Config`] |
//! | the framework glue | [`web`] |
//! | the background loops | [`background`] |
//! | the story that `axum-host demo` plays | [`demo`] |
//! | the stand-in's own front door | [`product`] |

pub mod background;
#[cfg(feature = "axum")]
pub mod cli;
mod config;
#[cfg(feature = "axum")]
pub mod demo;
mod host;
pub mod keys;
mod operators;
pub mod product;
#[cfg(feature = "axum")]
mod serve;
#[cfg(feature = "axum")]
pub mod web;

pub use self::{
    config::{AccountConfig, Config, ConfigError, ReportLinkConfig},
    host::{Host, HostError, Outside},
    operators::{OperatorTokens, OperatorTokensError},
};
