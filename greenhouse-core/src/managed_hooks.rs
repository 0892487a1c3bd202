//! Webhooks that the host creates, repairs and removes in Greenhouse. Decisions only; the port
//! [`WebhookAdmin`](crate::WebhookAdmin) carries them out.

mod plan;

pub use plan::{
    HookOwner, HookPlan, HookRemoval, HookStep, MAX_ATTEMPTS, PlannedHook, form, hook_name, plan,
    plan_removal,
};
