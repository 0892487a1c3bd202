//! Guides for embedders.

#[doc = include_str!("../guide/bring-a-framework.md")]
pub mod bring_a_framework {}

#[doc = include_str!("../guide/embedding.md")]
pub mod embedding {}

#[doc = include_str!("../guide/promises.md")]
pub mod promises {}

#[doc = include_str!("../guide/write-a-store.md")]
pub mod write_a_store {}
