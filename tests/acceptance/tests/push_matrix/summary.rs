//! Outcomes of all cases, counted.

use std::{collections::BTreeMap, fmt};

use crate::{verdict::Counts, workers::Played};

/// Numbers of cases by fault, by outcome and by the records in Greenhouse at the end.
#[derive(Default)]
pub(crate) struct Summary {
    troubles: BTreeMap<&'static str, usize>,
    outcomes: BTreeMap<String, usize>,
    records: BTreeMap<(usize, bool, Counts), usize>,
}

impl Summary {
    pub(crate) fn add(&mut self, played: &[Played]) {
        for one in played {
            for (_, trouble) in &one.case.troubles {
                *self.troubles.entry(trouble.name).or_default() += 1;
            }
            for outcome in &one.outcomes {
                *self.outcomes.entry(outcome.clone()).or_default() += 1;
            }
            let scenario = one.case.scenario;
            let kind = (scenario.assessments(), scenario.is_blind(), one.counts);
            *self.records.entry(kind).or_default() += 1;
        }
    }

    /// Returns the number of cases with this fault.
    pub(crate) fn with_trouble(&self, name: &str) -> usize {
        self.troubles.get(name).copied().unwrap_or_default()
    }

    /// Returns the number of cases in which the push waited or failed for this reason.
    pub(crate) fn with_outcome(&self, outcome: &str) -> usize {
        self.outcomes.get(outcome).copied().unwrap_or_default()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((assessments, blind, counts), cases) in &self.records {
            let blind = if *blind {
                ", no user sees the person"
            } else {
                ""
            };
            writeln!(
                f,
                "  {cases:>6} cases with {assessments} assessments{blind}: {counts}"
            )?;
        }
        for (outcome, cases) in &self.outcomes {
            writeln!(f, "  {cases:>6} cases {outcome}")?;
        }
        for name in ["other-row", "repeated-row"] {
            writeln!(f, "  {:>6} cases with {name}", self.with_trouble(name))?;
        }
        Ok(())
    }
}
