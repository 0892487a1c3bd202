//! The reference service: both directions of the Greenhouse integration on one listener, with a small stand-in for the
//! product. The binary is `axum-host`; other frameworks reuse this library without its feature `axum`, as `warp-host` does.
//!
//! | you look for | it is in |
//! |---|---|
//! | how the services are put together | [`Host`] |
//! | what is configured, and how | [`Config`] |
//! | how accounts come into the database | [`accounts`] |
//! | how the settings of the push are checked and set by hand | [`settings`] |
//! | what a rotation of master keys does | [`reseal`] |
//! | what is looked at where a host does not work | [`doctor`] |
//! | the framework glue, and how to bring another framework | [`web`], [`framework`] |
//! | the background loops | [`background`] |
//! | how it is all served, and stopped | [`serve`] |
//! | the story that `axum-host demo` plays | [`demo`] |
//! | the stand-in's own front door | [`product`] |

pub mod accounts;
pub mod background;
mod body;
pub mod cli;
mod config;
pub mod databases;
pub mod demo;
pub mod doctor;
mod document;
pub mod framework;
mod host;
pub mod keys;
mod operators;
mod outside;
pub mod product;
mod program;
pub mod reseal;
pub mod serve;
pub mod settings;
#[cfg(feature = "axum")]
pub mod web;

pub use self::{
    config::{Config, ConfigError, WebConfig},
    host::{Host, HostError},
    operators::Operators,
    outside::Outside,
    program::Program,
};
