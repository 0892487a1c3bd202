//! The mapped custom fields: that they exist, and that their types hold what is mapped to them.

use std::collections::{BTreeMap, BTreeSet};

use greenhouse_core::{
    scorecard::Recommendation,
    settings::{FieldOwner, FieldRef, PushSettings, SettingsProblem as Problem},
};

use super::{PushDiagnosis, PushFinding, local};
use crate::{
    Error, HarvestClient,
    api::{
        CustomField, CustomFieldApplicationType, CustomFieldFilter, CustomFieldId,
        CustomFieldOptionFilter, CustomFieldValueType,
    },
    field_use::{FieldUse, is_option_of, type_of},
};

pub(super) async fn check(
    reader: Option<&HarvestClient>,
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let mut problems = local::fields(&settings.fields);
    let is_mapped = settings.fields.all().next().is_some();
    if let Some(reader) = reader {
        definitions(reader, settings, diagnosis, &mut problems).await?;
    }
    let well = reader.filter(|_| is_mapped);
    let well = well.map(|_| "The mapped custom fields can hold their values.");
    diagnosis.note(PushFinding::of("mapped_fields", well, problems));
    Ok(())
}

async fn definitions(
    reader: &HarvestClient,
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
    problems: &mut Vec<Problem>,
) -> Result<(), Error> {
    let mut selects = Vec::new();
    for owner in [FieldOwner::Application, FieldOwner::Candidate] {
        let mapped = settings.fields.all();
        let mapped: Vec<_> = mapped
            .filter(|(_, field)| field.on == owner && !field.key.trim().is_empty())
            .collect();
        if mapped.is_empty() {
            continue;
        }
        let filter = CustomFieldFilter::new().field_type(type_of(owner));
        let list = reader.custom_fields(&filter);
        let Ok(rows) = diagnosis.rows(list, "fields", problems).await? else {
            continue;
        };
        for (name, field) in mapped {
            let member = format!("fields.{name}");
            match definition(&member, FieldUse::of_member(&name), field, &rows) {
                Ok(row) if row.value_type == Some(CustomFieldValueType::SingleSelect) => {
                    selects.push((member, field, row.id));
                }
                Ok(_) => {}
                Err(problem) => problems.push(problem),
            }
        }
    }
    options(reader, &selects, diagnosis, problems).await
}

/// The field, if it can take the value.
fn definition<'a>(
    member: &str,
    usage: FieldUse,
    field: &FieldRef,
    rows: &'a [CustomField],
) -> Result<&'a CustomField, Problem> {
    let (key, owner) = (&field.key, field.on.as_str());
    let remedy = "Map another custom field; choices/fields lists them.";
    let named = || rows.iter().filter(|row| row.name_key.as_ref() == Some(key));
    let is_active = |row: &&CustomField| row.active != Some(false);
    let Some(row) = named().find(is_active).or_else(|| named().next()) else {
        let text = format!("There is no custom field \"{key}\" of the {owner}.");
        return Err(Problem::new(member, "field_unknown", text, remedy));
    };
    if !is_active(&row) {
        let text = format!("The custom field \"{key}\" of the {owner} is no longer active.");
        let remedy = "Map another custom field, or activate this one in Greenhouse (Configure > Custom Options).";
        return Err(Problem::new(member, "field_inactive", text, remedy));
    }
    let unsuitable = |text| Problem::new(member, "field_unsuitable", text, remedy);
    let kind = row.value_type.as_ref();
    if !kind.is_some_and(|kind| usage.takes(kind)) {
        let kinds: Vec<&str> = usage.kinds().iter().map(|kind| kind.as_str()).collect();
        return Err(unsuitable(format!(
            "The custom field \"{key}\" is of the kind {}, which cannot hold this; {} can.",
            kind.map_or("unknown", |kind| kind.as_str()),
            kinds.join(", ")
        )));
    }
    if row.application_type == Some(CustomFieldApplicationType::Prospect) {
        return Err(unsuitable(format!(
            "The custom field \"{key}\" is one of prospects, and candidates' applications do not have it."
        )));
    }
    Ok(row)
}

/// Checks that each select has an option for every recommendation.
async fn options(
    reader: &HarvestClient,
    selects: &[(String, &FieldRef, CustomFieldId)],
    diagnosis: &mut PushDiagnosis,
    problems: &mut Vec<Problem>,
) -> Result<(), Error> {
    let ids: BTreeSet<CustomFieldId> = selects.iter().map(|(_, _, id)| *id).collect();
    let filter = CustomFieldOptionFilter::new()
        .custom_field_ids(ids)
        .active(true);
    let options = reader.custom_field_options(&filter);
    let Ok(rows) = diagnosis.rows(options, "fields", problems).await? else {
        return Ok(());
    };
    let mut names: BTreeMap<CustomFieldId, Vec<String>> = BTreeMap::new();
    for row in rows {
        if let (Some(field), Some(name)) = (row.custom_field_id, row.name) {
            names.entry(field).or_default().push(name);
        }
    }
    for (member, field, id) in selects {
        let names = names.get(id).map(Vec::as_slice).unwrap_or_default();
        let lacking: Vec<&str> = Recommendation::ALL
            .into_iter()
            .filter(|recommendation| !names.iter().any(|name| is_option_of(*recommendation, name)))
            .map(Recommendation::label)
            .collect();
        if !lacking.is_empty() {
            problems.push(Problem::new(
                member,
                "field_options",
                format!(
                    "The custom field \"{}\" lacks the options: {}.",
                    field.key,
                    lacking.join(", ")
                ),
                "Add these options to the field in Greenhouse (Configure > Custom Options), or map a field that takes text.",
            ));
        }
    }
    Ok(())
}
