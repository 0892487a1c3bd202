//! Every finding of health and of the settings check must have a row. A new place in the code that
//! reports a finding requires a new row here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::{ELSEWHERE, push_cases, rows};

/// Counts the places in the code that create a check with a remedy.
#[test]
fn every_check_of_health_has_a_row_or_is_covered_by_the_settings() {
    for (file, places) in HEALTH {
        let text = code(file);
        let makers = ["Check::warning(", "Check::problem("];
        let found: usize = makers.iter().map(|maker| text.matches(maker).count()).sum();
        assert_eq!(
            found,
            places.len(),
            "{file}: each place needs a line in HEALTH"
        );
        for place in *places {
            match place {
                Place::Row(about, told) => {
                    let row = rows().any(|row| row.about == *about && row.told.contains(told));
                    assert!(row, "{file}: {about}: {told}");
                }
                Place::OfCrate => {}
                Place::Settings(codes) => {
                    for code in *codes {
                        assert!(codes_with_rows().contains(*code), "{file}: {code}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_problem_of_settings_has_a_row() {
    let mut found = BTreeSet::new();
    for (file, of) in SETTINGS {
        let text = code(file);
        // Codes are string literals in lower case.
        let words = text.split('"').skip(1).step_by(2);
        let words = words.filter(|word| of.is_code(word));
        found.extend(words.map(str::to_owned));
    }
    let rows = codes_with_rows();
    let without: Vec<_> = found.iter().filter(|code| !rows.contains(*code)).collect();
    assert!(without.is_empty(), "no rows: {without:?}");
    assert!(found.len() > 25, "{found:?}");
}

/// A finding can be reported in several places, and each place must have a row.
#[test]
fn every_place_of_the_doctor_has_a_row() {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let folder = "examples/server/src/doctor/texts";
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for file in fs::read_dir(root.join(folder)).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let text: String = code(&format!("{folder}/{file}"))
            .split_whitespace()
            .collect();
        for maker in ["Finding::problem(", "Finding::warning("] {
            for place in text.split(maker).skip(1) {
                let name = place.split(',').next().unwrap_or_default();
                let name = name.strip_prefix("codes::").map(str::to_lowercase);
                // The code of a clock finding is an argument. The tests here compare with
                // Greenhouse's clock, and those on PostgreSQL with the database's clock.
                *places
                    .entry(name.unwrap_or("clock".to_owned()))
                    .or_default() += 1;
            }
        }
    }
    assert!(places.values().sum::<usize>() > 25, "{places:?}");
    places.retain(|name, _| !ELSEWHERE.contains(&&**name));
    for (name, count) in places {
        let found = rows().filter(|row| row.about == name).count();
        assert!(found >= count, "{name}: places: {count}, rows: {found}");
    }
}

fn codes_with_rows() -> BTreeSet<String> {
    let push = push_cases::CASES.iter().map(|case| case.code);
    let more = rows().filter_map(|row| row.about.split_once("_settings."));
    push.chain(more.map(|(_, code)| code))
        .map(str::to_owned)
        .collect()
}

fn code(file: &str) -> String {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let text = fs::read_to_string(root.join(file)).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

enum Place {
    /// A row with this name and this text.
    Row(&'static str, &'static str),
    /// `settings check` reports the problem with one of these codes, and the doctor reports it
    /// once.
    Settings(&'static [&'static str]),
    /// The crate's own tests cover this place.
    OfCrate,
}

const HEALTH: &[(&str, &[Place])] = &[
    (
        "greenhouse-partner/src/texts/health.rs",
        &[
            Place::Row("store", "The health checks could not run"),
            Place::Row("partner_key", ""),
            Place::Row("completion_credential", ""),
            Place::Row("notices", ""),
            Place::Row("problems", ""),
            Place::Row("comparison", ""),
            Place::Row("webhooks", "received yet"),
            Place::Row("webhooks", "received since"),
            // A defective and a short webhook secret.
            Place::OfCrate,
            Place::OfCrate,
            // A refused signature, a missing one, a refused size, webhooks that are switched off, an
            // unknown hook, and an unknown partner key.
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            // Webhooks that the host created: defective, not checked, and left after a removal.
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
        ],
    ),
    (
        "greenhouse-harvest/src/push/diagnosis.rs",
        &[
            // Reports the problems in settings.
            Place::Settings(&[
                "credential_refused",
                "acting_user_cannot_see",
                "acting_user_unknown",
                "acting_user_deactivated",
                "job_unknown",
                "job_closed",
                "job_draft",
                "stage_unknown",
                "stage_of_another_job",
                "stage_inactive",
            ]),
        ],
    ),
    (
        "greenhouse-harvest/src/push/texts/diagnosis.rs",
        &[
            Place::Row("push", "The database failed"),
            Place::Row("product", "did not list its jobs"),
            Place::Row("push_unverified", ""),
            Place::Row("push_backlog", ""),
            // Failed pushes, which the crate's own tests cover.
            Place::OfCrate,
            Place::Row("push_look_back", ""),
            // Results and statuses of invited candidates, webhooks of tests by stage, and the daily
            // limit of rules, which the crate's own tests cover.
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::OfCrate,
            Place::Row("harvest_credential", "rejected"),
            Place::Row("harvest_scopes", "did not report"),
            Place::Settings(&["scope_missing"]),
            Place::Row("acting_user", "could not be checked"),
            Place::Row("acting_user", "acts as the user who connected"),
            Place::Row("mapped_jobs", "No job is mapped"),
            Place::Row("mapped_jobs", "could not be read"),
        ],
    ),
    (
        "greenhouse-harvest/src/push/texts/backfill.rs",
        // A paused, a stuck and a failing backfill.
        &[Place::OfCrate, Place::OfCrate, Place::OfCrate],
    ),
];

#[derive(Clone, Copy)]
enum Of {
    Push,
    Assessments,
}

impl Of {
    fn is_code(self, word: &str) -> bool {
        let known: &[&str] = match self {
            Self::Push => &[
                "acting_user",
                "fields",
                "jobs",
                "source",
                "tags",
                "rules",
                "stage_tests",
                "credential",
                "unknown",
                "interview_kit",
                "stage",
                "job",
                "user",
            ],
            Self::Assessments => &[
                "completion",
                // Sync settings and codes, which the doctor does not check.
                "hook_key",
                "secrets",
                "taken",
            ],
        };
        let letters = |c: char| c.is_ascii_lowercase() || c == '_';
        !word.is_empty() && word.chars().all(letters) && !known.contains(&word)
    }
}

const SETTINGS: &[(&str, Of)] = &[
    ("greenhouse-harvest/src/push/texts/settings.rs", Of::Push),
    ("greenhouse-partner/src/texts/settings.rs", Of::Assessments),
];
