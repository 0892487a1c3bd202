//! What must be true when all is done: by what Greenhouse is like, and by what was answered with 200. Nothing of the host is
//! asked; its files are read past it.

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
    ground::{Ground, Pushed},
    history::History,
    letter::{Letters, Name, Sent},
};

/// What everything is judged by, and what is wrong.
struct Case<'a> {
    ground: &'a Ground,
    history: &'a History<'a>,
    letters: &'a Letters,
    links: BTreeMap<String, Value>,
    kept: BTreeMap<Name, Kept>,
    wrong: Vec<String>,
}

pub(crate) async fn assert_right(
    ground: &Ground,
    history: &History<'_>,
    letters: &Letters,
    taken: &BTreeSet<Name>,
) {
    let kept = ground.files.deliveries().await;
    let rows = kept.len();
    let mut case = Case {
        ground,
        history,
        letters,
        links: ground.files.links().await.into_iter().collect(),
        kept: kept
            .into_iter()
            .map(|one| (one.name.clone(), one))
            .collect(),
        wrong: Vec::new(),
    };
    case.holds(case.kept.len() == rows, "a delivery is kept twice");
    let told = deliveries::judge(&mut case, taken);
    let stood = links::judge(&mut case);
    let logged = log::judge(&mut case, &ground.files.log().await);
    let applied = outcomes::judge(
        &mut case,
        &ground.files.told().await,
        &ground.files.outcomes().await,
    );
    println!("{told}; {stood}; {logged}; {applied}");
    let count = case.wrong.len();
    case.wrong.truncate(SHOWN);
    assert!(count == 0, "{count} things are wrong: {:#?}", case.wrong);
}

impl Case<'_> {
    fn holds(&mut self, is_so: bool, otherwise: impl Display) {
        if !is_so {
            self.wrong.push(otherwise.to_string());
        }
    }

    /// Whether nothing ever happened to the candidate or the application that makes it another or none.
    fn is_plain(&self, pushed: &Pushed) -> bool {
        let greenhouse = &self.ground.stage.greenhouse;
        !self.history.was_merged(pushed.candidate)
            && greenhouse.application(pushed.application).is_some()
    }
}

/// Whom a delivery is about.
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

    /// Whether there is a rule for it.
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
/// How much of what is wrong is shown.
const SHOWN: usize = 20;
