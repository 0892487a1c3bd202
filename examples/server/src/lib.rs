//! The reference service: both directions of the Greenhouse integration on one listener, with a small stand-in for the
//! product, without a web framework. `axum-host` and `warp-host` bring one each.
//!
//! | you look for | it is in |
//! |---|---|
//! | how the services are put together | [`Host`] |
//! | what is configured, and how | [`Config`] |
//! | how accounts come into the database | [`accounts`] |
//! | how the settings of the push are checked and set by hand | [`settings`] |
//! | what is looked at where a host does not work | [`doctor`] |
//! | how to bring a framework | [`framework`] |
//! | the limits on connections, and how they end | [`front`] |
//! | who may read what it counts, and what its log looks like | [`MetricsConfig`], [`LogFormat`] |
//! | how it is all served, and stopped | [`serve`] |
//! | the story that the command `demo` plays, with the feature `demo` | `demo` |
//! | the stand-in's own front door | [`product`] |

pub mod accounts;
pub mod choices;
pub mod cli;
mod config;
pub mod databases;
#[cfg(feature = "demo")]
pub mod demo;
pub mod doctor;
pub mod framework;
pub mod front;
mod host;
pub mod keys;
mod logs;
mod metrics;
mod outside;
mod parse_error;
mod probes;
pub mod product;
mod program;
mod request_id;
mod route;
pub mod serve;
pub mod settings;
mod toml_file;
mod watched;

pub use self::{
    config::{Config, WebConfig},
    host::{Host, HostError},
    logs::LogFormat,
    metrics::MetricsConfig,
    outside::Outside,
    program::Program,
    toml_file::{ConfigError, Location},
};
