//! The conformance suite: what every store promises, as checks on an `Arc<dyn Store>`.
