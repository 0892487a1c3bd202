//! Greenhouse calling out with events.

pub use self::delivery::{Attempt, Delivery};
pub use self::hooks::{Hook, HookForm};

pub(crate) use self::hooks::{StoredHook, add_hook, change_hook, ping};
pub(crate) use self::schedule::deliver_due;
pub(crate) use self::sender::{fire, redeliver, request};

pub(crate) mod bodies;
mod custom_fields;
mod delivery;
mod escape;
mod hooks;
pub(crate) mod person_bodies;
mod schedule;
mod sender;
pub(crate) mod stranger;
