//! Delivers webhooks: signs events, sends them to the hooks, and retries on the schedule.

pub(crate) use self::attempt::{attempt as redeliver, request};
pub(crate) use self::deliver::{deliver_due, fire};
pub(crate) use self::ping::{add_hook, change_hook, ping};

mod attempt;
mod deliver;
mod envelope;
mod ping;
