//! Checks that do not call Greenhouse.

use std::collections::BTreeMap;

use greenhouse_core::{
    settings::{FieldMapping, FieldOwner, FieldRef, PushSettings, SettingsProblem},
    stage_test::StageTest,
};

use crate::push::texts::settings as problems;

pub(super) fn fields(fields: &FieldMapping) -> Vec<SettingsProblem> {
    let mut found = Vec::new();
    let mut mapped: BTreeMap<&FieldRef, String> = BTreeMap::new();
    for (member, field) in fields.all() {
        let member = format!("fields.{member}");
        if let Some(name) = member.strip_prefix("fields.traits.")
            && name.trim().is_empty()
        {
            found.push(problems::trait_blank(&member));
        }
        if field.key.trim().is_empty() {
            found.push(problems::field_key_blank(&member));
        } else if let Some(other) = mapped.get(field) {
            found.push(problems::field_twice(&member, &field.key, other));
        } else {
            mapped.insert(field, member);
        }
    }
    found
}

/// Checks the custom field for the status of tests.
pub(super) fn status_field(settings: &PushSettings) -> Vec<SettingsProblem> {
    let Some(key) = &settings.status_field else {
        return Vec::new();
    };
    if key.trim().is_empty() {
        return vec![problems::field_key_blank(STATUS_FIELD)];
    }
    let own = FieldRef::new(FieldOwner::Application, key);
    let mut mapped = settings.fields.all();
    let other = mapped.find(|(_, field)| **field == own);
    let other = other.map(|(member, _)| format!("fields.{member}"));
    let twice = other.map(|other| problems::field_twice(STATUS_FIELD, key, &other));
    twice.into_iter().collect()
}

/// Key of the custom field for the status of tests. `None` if no status is written, or if the key
/// is empty.
pub(super) fn status_key(settings: &PushSettings) -> Option<&String> {
    settings
        .status_field
        .as_ref()
        .filter(|key| !key.trim().is_empty())
}

/// Settings member, and name of its check.
pub(super) const STATUS_FIELD: &str = "status_field";

/// Checks for empty and duplicate tags, ignoring letter case.
pub(super) fn tags(tags: &[String]) -> Vec<SettingsProblem> {
    let mut found = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for (place, tag) in tags.iter().enumerate() {
        let name = tag.trim().to_lowercase();
        let member = format!("tags[{place}]");
        if name.is_empty() {
            found.push(problems::tag_blank(member));
        } else if known.contains(&name) {
            found.push(problems::tag_twice(member, tag.trim()));
        } else {
            known.push(name);
        }
    }
    found
}

/// Checks for stages with two tests.
pub(super) fn stage_tests(tests: &[StageTest]) -> Vec<SettingsProblem> {
    let places = tests.iter().enumerate();
    let repeated = places.filter(|(place, test)| {
        let mut earlier = tests.iter().take(*place);
        earlier.any(|other| other.stage == test.stage)
    });
    let problem = |(place, test): (usize, &StageTest)| {
        problems::stage_test_twice(format!("stage_tests[{place}].stage"), test.stage)
    };
    repeated.map(problem).collect()
}
