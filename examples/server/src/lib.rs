//! The reference server, without a web framework: the Greenhouse integration and a small demo
//! product on one listener. `axum-host` and `warp-host` add a framework.
//!
//! | topic | item |
//! |---|---|
//! | the assembled service | [`Host`] |
//! | configuration | [`Config`], [`MetricsConfig`], [`LogFormat`] |
//! | accounts in the database | [`accounts`] |
//! | reading, checking and saving settings | [`settings`] |
//! | diagnosis of a host that does not work | [`doctor`] |
//! | adding a web framework | [`framework`] |
//! | connection limits and shutdown | [`connections`] |
//! | the console at `/console`, with its sign-in | [`WebConfig::console`] |
//! | serving until a signal | [`serve`] |
//! | the command `demo`, with the feature `demo` | `demo` |
//! | HTTP endpoints of the demo product | [`product`] |

pub mod accounts;
pub mod choices;
pub mod cli;
mod config;
pub mod connections;
pub mod databases;
#[cfg(feature = "demo")]
pub mod demo;
pub mod doctor;
mod environment;
pub mod framework;
mod host;
pub mod keys;
mod logs;
mod metrics;
mod pages;
mod parse_error;
mod probes;
pub mod product;
mod program;
mod request_id;
mod route;
pub mod serve;
pub mod settings;
mod toml_file;
mod tracked_request;

pub use self::{
    config::{Config, WebConfig},
    environment::HostEnvironment,
    host::{Host, HostError},
    logs::LogFormat,
    metrics::MetricsConfig,
    program::Program,
    toml_file::{ConfigError, Location},
};
