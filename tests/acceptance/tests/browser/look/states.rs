//! The table of states, one list for each test, in the order in which the test visits them.

use libtest_mimic::Failed;

pub(super) const VISITORS: &[&str] = &[
    "sign-in",
    "sign-in: wrong token",
    "sign-in: too many attempts",
    "signed out",
    "offline",
    "page not found",
    "request of another site refused",
    "page failed, store down",
    "session not checked, store down",
];

pub(super) const ASSESSMENTS: &[&str] = &[
    "assessments: not set up",
    "assessments: set up",
    "assessments: dialog with a new key",
    "assessments: one key",
    "assessments: revocation of a key",
    "assessments: several keys",
];

pub(super) const ASSESSMENTS_FORMS: &[&str] = &[
    "assessments: completion credential set",
    "assessments: unsaved changes",
    "assessments: refused form",
    "assessments: stale form",
    "assessments: switched off",
    "assessments: unknown report links",
    "assessments: account switched off",
];

pub(super) const PUSH_SET_UP: &[&str] = &[
    "push: not set up, sections locked",
    "push: refused credential, scopes missing",
    "push: credential set",
    "push: users found",
    "push: no user found",
];

pub(super) const PUSH_SWITCHED: &[&str] = &[
    "push: acting user set",
    "push: refused job mapping",
    "push: cannot be switched on",
    "push: switched off",
];

pub(super) const WEBHOOKS_SET_UP: &[&str] = &[
    "push: dialog with a webhook secret",
    "push: webhooks never received",
];

pub(super) const PUSH: &[&str] = &[
    "push: switched on",
    "push: refused scorecard mapping",
    "push: preview of a score",
    "push: removal",
    "push: app of a partner",
];

pub(super) const PUSH_TRIGGERS: &[&str] = &[
    "push: refused trigger",
    "push: estimate of each trigger",
    "push: stale trigger",
    "push: Greenhouse down",
];

pub(super) const WEBHOOKS: &[&str] = &[
    "webhooks: received",
    "webhooks: wrong signature",
    "webhooks: dialog with the next secret",
];

pub(super) const WEBHOOKS_SECRETS: &[&str] = &[
    "webhooks: two secrets accepted",
    "webhooks: refused secret",
    "webhooks: switched off",
];

pub(super) const JOBS: &[&str] = &[
    "jobs: 200 mapped",
    "jobs: filtered while typing",
    "jobs: no match",
    "jobs: mapping of a job",
];

pub(super) const JOBS_MAPPED: &[&str] = &[
    "jobs: mapping in a drawer",
    "jobs: stage lost",
    "jobs: mapping with a lost stage",
];

pub(super) const HEALTH: &[&str] = &[
    "health: nothing set up",
    "health: set up",
    "health: problems",
];

pub(super) const ACTIVITY: &[&str] = &[
    "activity: empty",
    "activity: entries",
    "activity: table of the chart",
    "activity: no match",
    "activity: refused filter",
    "activity: all failed retried",
    "activity: refused retries",
];

pub(super) const MANY_ENTRIES: &[&str] = &[
    "activity: 10,000 entries",
    "activity: more entries loaded",
    "activity: new entries announced",
];

pub(super) const ENTRIES: &[&str] = &[
    "entry: done",
    "entry: drawer",
    "entry: failed",
    "entry: several candidates",
    "entry: waiting",
    "entry: skipped",
    "entry: refused retry",
];

pub(super) const BUTTON: &[&str] = &[
    "button: not completed",
    "button: ready",
    "button: in Greenhouse",
    "button: failed",
    "button: several candidates",
    "button: waiting",
    "button: unknown assessment",
    "button: push switched off",
    "button: without a job",
    "button: pushing",
];

pub(super) const HELP: &[&str] = &[
    "help: whole",
    "help: filtered while typing",
    "help: found",
    "help: nothing found",
    "help: one paragraph",
];

pub(super) const NAMES: &[&str] = &[
    "names: button",
    "names: button with a link",
    "names: activity",
    "names: entry",
    "names: drawer",
];

pub(super) const RIGHT_TO_LEFT: &[&str] = &[
    "right to left: assessments",
    "right to left: push",
    "right to left: jobs",
    "right to left: mapping of a job",
    "right to left: health",
    "right to left: button",
    "right to left: activity",
    "right to left: drawer",
    "right to left: one paragraph of the help",
    "right to left: refused scorecard mapping",
];

const ALL: [&[&str]; 20] = [
    VISITORS,
    ASSESSMENTS,
    ASSESSMENTS_FORMS,
    PUSH_SET_UP,
    PUSH_SWITCHED,
    PUSH,
    PUSH_TRIGGERS,
    WEBHOOKS_SET_UP,
    WEBHOOKS,
    WEBHOOKS_SECRETS,
    JOBS,
    JOBS_MAPPED,
    HEALTH,
    ACTIVITY,
    MANY_ENTRIES,
    ENTRIES,
    BUTTON,
    HELP,
    NAMES,
    RIGHT_TO_LEFT,
];

/// Prints the table. Fails if it is too short or names a state twice.
pub(super) fn print() -> Result<(), Failed> {
    let states: Vec<_> = ALL.into_iter().flatten().collect();
    for (number, state) in (1..).zip(&states) {
        println!("{number:3} {state}");
    }
    let mut names = states.clone();
    names.sort();
    names.dedup();
    match names.len() == states.len() && states.len() >= FEWEST {
        true => Ok(()),
        false => Err("a state is missing or has two places".into()),
    }
}

/// Fewest states that the table may have.
const FEWEST: usize = 80;
