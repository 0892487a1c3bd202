//! `POST /_mock/seed/...` adds rows without firing events, like the `seed_` methods of the handle.
//! Each call returns 201.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::read;
use crate::rows::{Address, CandidateChanges};
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves a call, or returns `None` for another path or method.
pub(super) fn serve(world: &World, call: &Call) -> Option<Answer> {
    let kind = call.path.strip_prefix("/_mock/seed/")?;
    if call.method != Method::POST {
        return None;
    }
    let seeded = match kind {
        "jobs" => job(world, call),
        "stages" => stage(world, call),
        "candidates" => candidate(world, call),
        "applications" => application(world, call),
        "users" => user(world, call),
        "custom_fields" => custom_field(world, call),
        list => record(world, call, list),
    };
    Some(match seeded {
        Ok(body) => Answer::json(StatusCode::CREATED, &body),
        Err(refusal) => refusal,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobForm {
    name: String,
    #[serde(default)]
    stages: Vec<String>,
}

fn job(world: &World, call: &Call) -> Result<Value, Answer> {
    let form: JobForm = read(call)?;
    let names: Vec<&str> = form.stages.iter().map(String::as_str).collect();
    let (id, stages) = world.state().add_job(&form.name, &names, world.now());
    let stages: Vec<_> = stages
        .into_iter()
        .zip(names)
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    Ok(json!({ "id": id, "stages": stages }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageForm {
    job_id: i64,
    name: String,
}

fn stage(world: &World, call: &Call) -> Result<Value, Answer> {
    let form: StageForm = read(call)?;
    let id = world
        .state()
        .add_stage(form.job_id, &form.name, world.now())?;
    Ok(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CandidateForm {
    first_name: String,
    last_name: String,
    email: Option<String>,
}

fn candidate(world: &World, call: &Call) -> Result<Value, Answer> {
    let form: CandidateForm = read(call)?;
    let addresses = form.email.map(|value| {
        let kind = "personal".to_owned();
        vec![Address { value, kind }]
    });
    let person = CandidateChanges {
        first_name: Some(form.first_name),
        last_name: Some(form.last_name),
        email_addresses: addresses,
        ..CandidateChanges::default()
    };
    let id = world.state().add_candidate(person, world.now());
    Ok(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicationForm {
    candidate_id: i64,
    job_id: i64,
    /// A stage of the job. Default: the first stage.
    stage_id: Option<i64>,
}

fn application(world: &World, call: &Call) -> Result<Value, Answer> {
    let form: ApplicationForm = read(call)?;
    let id = world
        .state()
        .apply(form.candidate_id, form.job_id, form.stage_id, world.now())?;
    Ok(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserForm {
    first_name: String,
    last_name: String,
    email: String,
    #[serde(default)]
    site_admin: bool,
}

fn user(world: &World, call: &Call) -> Result<Value, Answer> {
    let form: UserForm = read(call)?;
    let id = world.state().add_user(
        &form.first_name,
        &form.last_name,
        &form.email,
        form.site_admin,
        world.now(),
    );
    Ok(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomFieldForm {
    field_type: String,
    name: String,
    value_type: String,
    #[serde(default)]
    options: Vec<String>,
}

fn custom_field(world: &World, call: &Call) -> Result<Value, Answer> {
    let form: CustomFieldForm = read(call)?;
    let options: Vec<&str> = form.options.iter().map(String::as_str).collect();
    let (id, options) = world.state().add_custom_field(
        &form.field_type,
        &form.name,
        &form.value_type,
        &options,
        world.now(),
    )?;
    Ok(json!({ "id": id, "option_ids": options }))
}

/// Adds a record to a list, for example `sources`.
fn record(world: &World, call: &Call, list: &str) -> Result<Value, Answer> {
    let row: Value = read(call)?;
    let id = world.state().add_record(list, row, world.now())?;
    Ok(json!({ "id": id }))
}
