//! One case of the matrix and its name.

use std::fmt;

use crate::{
    scenario::Scenario,
    trouble::{Hit, Trouble},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) scenario: &'static Scenario,
    /// Faults, each with the number of its exchange. Exchange numbers start at 1 and are sorted.
    pub(crate) troubles: Vec<(usize, &'static Trouble)>,
    /// If `true`, the host is restarted before the person retries. A host that has died is always
    /// replaced. In that case, `true` means that the new host finds the interrupted push before the
    /// person does, and `false` that the person finds it first.
    pub(crate) restarts: bool,
}

impl Case {
    pub(crate) fn healthy(scenario: &'static Scenario) -> Self {
        Self {
            scenario,
            troubles: Vec::new(),
            restarts: false,
        }
    }

    /// Adds a fault to a later exchange.
    pub(crate) fn with(&self, at: usize, trouble: &'static Trouble) -> Self {
        let mut case = self.clone();
        case.troubles.push((at, trouble));
        case
    }

    /// Adds a restart of the host before the person retries.
    pub(crate) fn restarted(&self) -> Self {
        Self {
            restarts: true,
            ..self.clone()
        }
    }

    /// Returns `true` if a recruiter decides on the application.
    pub(crate) fn has_recruiter(&self) -> bool {
        let mut troubles = self.troubles.iter();
        troubles.any(|(_, trouble)| matches!(trouble.hit, Hit::Recruiter(_)))
    }

    /// Parses the output of [`Display`](fmt::Display).
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut parts = name.split('/');
        let scenario = Scenario::named(parts.next()?)?;
        let troubles = parts.next()?.split('+').filter(|part| !part.is_empty());
        let troubles = troubles.map(|part| {
            let (at, trouble) = part.split_once(':')?;
            Some((at.parse().ok()?, Trouble::named(trouble)?))
        });
        Some(Self {
            scenario,
            troubles: troubles.collect::<Option<_>>()?,
            restarts: parts.next()? == RESTART,
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let troubles = self.troubles.iter();
        let troubles: Vec<String> = troubles
            .map(|(at, trouble)| format!("{at}:{}", trouble.name))
            .collect();
        let then = if self.restarts { RESTART } else { RETRY };
        write!(f, "{}/{}/{then}", self.scenario.name, troubles.join("+"))
    }
}

const RETRY: &str = "retry";
const RESTART: &str = "restart";
