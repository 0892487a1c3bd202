//! OpenAPI 3.1 document of the endpoints, generated from the types of the bodies.
//!
//! Each [`OperatorPart`](crate::operator::OperatorPart) returns its [operations](Operation). The
//! operator endpoint `GET openapi.json` and [`Integration::openapi`](crate::Integration::openapi)
//! return the document of all parts. Descriptions are the doc comments of the types.
//!
//! Only with the feature `openapi`.

mod description;
mod document;
mod operation;

pub(crate) use self::document::Document;
pub use self::operation::{OpenObject, Operation, OrNull};
