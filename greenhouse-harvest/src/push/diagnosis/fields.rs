//! Checks that the mapped custom fields exist and can hold their values.

use std::collections::{BTreeMap, BTreeSet};

use greenhouse_core::settings::{FieldOwner, FieldRef, PushSettings, SettingsProblem};

use super::{
    PushDiagnosis, PushFinding,
    lists::{OWNERS, Rows},
    local,
};
use crate::{
    Error, HarvestClient,
    api::{
        CustomField, CustomFieldApplicationType, CustomFieldId, CustomFieldOption,
        CustomFieldOptionFilter, CustomFieldValueType,
    },
    field_use::FieldUse,
    lookup::{agrees, matching},
    push::texts::{diagnosis as texts, settings as problems},
};

/// Checks the mapped fields. `lists` are those of [`OWNERS`].
pub(super) async fn check(
    reader: Option<&HarvestClient>,
    lists: [Option<Rows<CustomField>>; 2],
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let mut found = local::fields(&settings.fields);
    let mut of_status = local::status_field(settings);
    let is_mapped = settings.fields.all().next().is_some();
    if let Some(reader) = reader {
        definitions(
            reader,
            lists,
            settings,
            diagnosis,
            &mut found,
            &mut of_status,
        )
        .await?;
    }
    let valid = reader.filter(|_| is_mapped);
    let valid = valid.map(|_| texts::fields_suitable());
    diagnosis.add(PushFinding::of("mapped_fields", valid, found));
    let valid = reader.and(settings.status_field.as_ref());
    let valid = valid.map(|_| texts::status_field_suitable());
    diagnosis.add(PushFinding::of(local::STATUS_FIELD, valid, of_status));
    Ok(())
}

async fn definitions(
    reader: &HarvestClient,
    lists: [Option<Rows<CustomField>>; 2],
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
    found: &mut Vec<SettingsProblem>,
    of_status: &mut Vec<SettingsProblem>,
) -> Result<(), Error> {
    let mut selects = Vec::new();
    let own = local::status_key(settings).map(|key| FieldRef::new(FieldOwner::Application, key));
    for (owner, rows) in OWNERS.into_iter().zip(lists) {
        let Some(rows) = rows else {
            continue;
        };
        let mapped = settings.fields.all();
        let mapped = mapped.filter(|(_, field)| field.on == owner && !field.key.trim().is_empty());
        let Ok(rows) = diagnosis.rows(rows, "fields", found)? else {
            continue;
        };
        let mapped = mapped
            .map(|(name, field)| (format!("fields.{name}"), FieldUse::of_member(&name), field));
        let status = own.iter().filter(|field| field.on == owner);
        let status = status.map(|field| (local::STATUS_FIELD.to_owned(), FieldUse::Status, field));
        for (member, usage, field) in mapped.chain(status) {
            match definition(&member, usage, field, &rows) {
                Ok(row) if row.value_type == Some(CustomFieldValueType::SingleSelect) => {
                    selects.push(Select {
                        member,
                        usage,
                        field,
                        id: row.id,
                    });
                }
                Ok(_) => {}
                Err(problem) => found.push(problem),
            }
        }
    }
    options(reader, &selects, diagnosis, found).await?;
    let is_of_status = |problem: &SettingsProblem| problem.member == local::STATUS_FIELD;
    of_status.extend(
        found
            .iter()
            .filter(|problem| is_of_status(problem))
            .cloned(),
    );
    found.retain(|problem| !is_of_status(problem));
    Ok(())
}

/// Single select that a settings member names.
struct Select<'a> {
    member: String,
    usage: FieldUse,
    field: &'a FieldRef,
    id: CustomFieldId,
}

/// Returns the definition of the field if it can hold the value.
fn definition<'a>(
    member: &str,
    usage: FieldUse,
    field: &FieldRef,
    rows: &'a [CustomField],
) -> Result<&'a CustomField, SettingsProblem> {
    let (key, owner) = (&field.key, field.on.as_str());
    let named = || rows.iter().filter(|row| row.name_key.as_ref() == Some(key));
    let is_active = |row: &&CustomField| row.active != Some(false);
    let Some(row) = named().find(is_active).or_else(|| named().next()) else {
        return Err(problems::field_unknown(member, key, owner));
    };
    if !is_active(&row) {
        return Err(problems::field_inactive(member, key, owner));
    }
    let kinds: Vec<&str> = usage.kinds().iter().map(|kind| kind.as_str()).collect();
    let unsuitable = |found| problems::field_unsuitable(member, key, found, &kinds);
    let kind = row.value_type.as_ref();
    if !kind.is_some_and(|kind| usage.accepts(kind)) {
        return Err(unsuitable(Some(
            kind.map_or("unknown", |kind| kind.as_str()),
        )));
    }
    if row.application_type == Some(CustomFieldApplicationType::Prospect) {
        return Err(unsuitable(None));
    }
    Ok(row)
}

/// Checks that each select has an option for every value.
async fn options(
    reader: &HarvestClient,
    selects: &[Select<'_>],
    diagnosis: &mut PushDiagnosis,
    found: &mut Vec<SettingsProblem>,
) -> Result<(), Error> {
    let ids: BTreeSet<CustomFieldId> = selects.iter().map(|select| select.id).collect();
    let filter = CustomFieldOptionFilter::new()
        .custom_field_ids(ids.iter().copied())
        .active(true);
    let list = || reader.custom_field_options(&filter);
    let asked = |row: &CustomFieldOption| {
        row.custom_field_id.is_some_and(|id| ids.contains(&id)) && agrees(row.active, true)
    };
    let Ok(rows) = diagnosis.rows(matching(list, asked).await, "fields", found)? else {
        return Ok(());
    };
    let mut names: BTreeMap<CustomFieldId, Vec<String>> = BTreeMap::new();
    for row in rows {
        if let (Some(field), Some(name)) = (row.custom_field_id, row.name) {
            names.entry(field).or_default().push(name);
        }
    }
    for select in selects {
        let names = names.get(&select.id).map(Vec::as_slice);
        let names = names.unwrap_or_default();
        let mut lacking = select.usage.option_names();
        lacking.retain(|wanted| {
            !names
                .iter()
                .any(|name| select.usage.is_option(wanted, name))
        });
        if !lacking.is_empty() {
            let (member, key) = (&select.member, &select.field.key);
            found.push(problems::field_options(member, key, &lacking));
        }
    }
    Ok(())
}
