//! Every page in every state: accessible, readable on every window, and small.
//!
//! Each state is stored as screenshots in both themes, on a desktop and on a phone.

mod activity;
mod assessments;
mod button;
mod entries;
mod health;
mod help;
mod inspection;
mod jobs;
mod push;
mod push_set_up;
mod right_to_left;
mod states;
mod visitors;

use std::sync::Arc;

use libtest_mimic::Trial;

use crate::pool::BrowserPool;

pub(crate) use self::inspection::layout_faults;

pub(crate) fn trials(pool: &Arc<BrowserPool>) -> Vec<Trial> {
    vec![
        Trial::test("look::the_table_has_every_state", states::print),
        pool.trial("look::visitors", visitors::inspect),
        pool.trial("look::assessments", assessments::inspect),
        pool.trial("look::assessments_forms", assessments::inspect_forms),
        pool.trial("look::push_set_up", push_set_up::inspect),
        pool.trial("look::push_switched", push_set_up::inspect_switch),
        pool.trial("look::push", push::inspect),
        pool.trial("look::push_triggers", push::inspect_triggers),
        pool.trial("look::webhooks_set_up", push_set_up::inspect_webhooks),
        pool.trial("look::webhooks", push::inspect_webhooks),
        pool.trial("look::webhooks_secrets", push::inspect_secrets),
        pool.trial("look::jobs", jobs::inspect),
        pool.trial("look::jobs_mapped", jobs::inspect_mapped),
        pool.trial("look::health", health::inspect),
        pool.trial("look::activity", activity::inspect),
        pool.trial("look::many_entries", activity::inspect_many),
        pool.trial("look::entries", entries::inspect),
        pool.trial("look::button", button::inspect),
        pool.trial("look::help", help::inspect),
        pool.trial("look::names", right_to_left::inspect_names),
        pool.trial("look::right_to_left", right_to_left::inspect),
    ]
}
