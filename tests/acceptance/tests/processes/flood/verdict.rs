//! Final invariants, derived from Greenhouse's state and the 200 responses. Reads the host's files
//! directly and sends no requests to the host.

mod deliveries;
mod links;
mod log;
mod outcomes;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use serde_json::Value;

use super::{
    files::Kept,
    fixture::{Fixture, Pushed},
    history::History,
    letter::{Letters, Name, Sent},
};

/// Inputs of the verdict, and the errors found.
struct Case<'a> {
    fixture: &'a Fixture,
    history: &'a History<'a>,
    letters: &'a Letters,
    links: BTreeMap<String, Value>,
    kept: BTreeMap<Name, Kept>,
    wrong: Vec<String>,
}

pub(crate) async fn assert_right(
    fixture: &Fixture,
    history: &History<'_>,
    letters: &Letters,
    taken: &BTreeSet<Name>,
) {
    let kept = fixture.files.deliveries().await;
    let rows = kept.len();
    let mut case = Case {
        fixture,
        history,
        letters,
        links: fixture.files.links().await.into_iter().collect(),
        kept: kept
            .into_iter()
            .map(|one| (one.name.clone(), one))
            .collect(),
        wrong: Vec::new(),
    };
    case.holds(case.kept.len() == rows, "a delivery is stored twice");
    let delivered = deliveries::judge(&mut case, taken);
    let stood = links::judge(&mut case);
    let logged = log::judge(&mut case, &fixture.files.log().await);
    let applied = outcomes::judge(
        &mut case,
        &fixture.files.applied_outcomes().await,
        &fixture.files.outcomes().await,
    );
    println!("{delivered}; {stood}; {logged}; {applied}");
    let count = case.wrong.len();
    case.wrong.truncate(SHOWN);
    assert!(count == 0, "{count} errors: {:#?}", case.wrong);
}

impl Case<'_> {
    fn holds(&mut self, is_so: bool, otherwise: impl Display) {
        if !is_so {
            self.wrong.push(otherwise.to_string());
        }
    }

    /// Returns `true` if the candidate was never merged and the application still exists.
    fn is_unchanged(&self, pushed: &Pushed) -> bool {
        let greenhouse = &self.fixture.stage.greenhouse;
        !self.history.was_merged(pushed.candidate)
            && greenhouse.application(pushed.application).is_some()
    }
}

/// The candidates and applications in a delivery.
struct About {
    action: String,
    applications: BTreeSet<i64>,
    candidates: BTreeSet<i64>,
}

impl About {
    fn of(sent: &Sent) -> Self {
        let payload = &sent.body["payload"];
        let (application, person) = (&payload["application"], &payload["person"]);
        let deleted = person["deleted_application_ids"].as_array();
        let deleted = deleted.into_iter().flatten();
        let ids = |values: &[&Value]| values.iter().filter_map(|id| id.as_i64()).collect();
        let mut applications: BTreeSet<i64> = ids(&[&application["id"]]);
        applications.extend(deleted.filter_map(Value::as_i64));
        Self {
            action: sent.body["action"].as_str().unwrap().to_owned(),
            applications,
            candidates: ids(&[
                &application["candidate"]["id"],
                &application["candidate_id"],
                &person["id"],
                &person["new_candidate_id"],
                &payload["candidate_id"],
                &payload["candidate"]["id"],
            ]),
        }
    }

    /// Returns `true` if a rule handles the event.
    fn counts(&self) -> bool {
        COUNTING.contains(&self.action.as_str())
    }
}

const COUNTING: [&str; 10] = [
    "application_updated",
    "candidate_anonymized",
    "candidate_stage_change",
    "delete_application",
    "delete_candidate",
    "hire_candidate",
    "merge_candidate",
    "reject_candidate",
    "unhire_candidate",
    "unreject_candidate",
];
/// Maximum number of errors that are shown.
const SHOWN: usize = 20;
