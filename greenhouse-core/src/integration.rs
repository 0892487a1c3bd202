//! The front door: ports, directions and what joins them.

mod direction;
mod environment;
mod error;
mod inbound;
mod ports;
mod route;

pub use self::{
    direction::{Direction, DirectionBuilder},
    environment::Environment,
    error::BuildError,
    inbound::InboundRequest,
    ports::{Ports, PortsBuilder},
    route::PublicRoute,
};
