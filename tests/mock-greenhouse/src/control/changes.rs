//! `PATCH /_mock/users/{id}`, `jobs/{id}`, `stages/{id}`, `records/{list}/{id}` and
//! `/_mock/stage_rules/{stage}`: changes that an administrator makes. They fire no webhooks.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::control::{ok, read};
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves a call, or returns `None` for another path or method.
pub(super) fn serve(world: &World, call: &Call) -> Option<Answer> {
    let segments: Vec<&str> = call.path.strip_prefix("/_mock/")?.split('/').collect();
    let id = |text: &str| text.parse::<i64>().ok();
    let answered = match (&call.method, segments.as_slice()) {
        (&Method::PATCH, ["users", user]) => change_user(world, call, id(user)?),
        (&Method::PATCH, ["jobs", job]) => change_job(world, call, id(job)?),
        (&Method::PATCH, ["stages", stage]) => change_stage(world, call, id(stage)?),
        (&Method::PATCH, ["records", list, row]) => change_record(world, call, list, id(row)?),
        (&Method::PUT, ["stage_rules", stage]) => set_rule(world, call, id(stage)?),
        (&Method::DELETE, ["stage_rules", stage]) => remove_rule(world, id(stage)?),
        _ => return None,
    };
    Some(answered.unwrap_or_else(|refusal| refusal))
}

fn change_user(world: &World, call: &Call, id: i64) -> Result<Answer, Answer> {
    let mut state = world.state();
    state.change_user(id, read(call)?, world.now())?;
    Ok(ok(&state.users.get(&id)))
}

fn change_job(world: &World, call: &Call, id: i64) -> Result<Answer, Answer> {
    let mut state = world.state();
    state.change_job(id, read(call)?, world.now())?;
    Ok(ok(&state.jobs.get(&id)))
}

fn change_stage(world: &World, call: &Call, id: i64) -> Result<Answer, Answer> {
    let mut state = world.state();
    state.change_stage(id, read(call)?, world.now())?;
    Ok(ok(&state.job_interview_stages.get(&id)))
}

/// Sets the members of a row that are in the body.
fn change_record(world: &World, call: &Call, list: &str, id: i64) -> Result<Answer, Answer> {
    let members: Map<String, Value> = read(call)?;
    let mut state = world.state();
    for (member, value) in members {
        state.set_record(list, id, &member, value, world.now())?;
    }
    let row = state.records.get(list, id);
    row.map(ok).ok_or_else(|| Answer::no_record("Row"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageRule {
    partner_test_id: String,
}

fn set_rule(world: &World, call: &Call, stage: i64) -> Result<Answer, Answer> {
    let rule: StageRule = read(call)?;
    world
        .state()
        .set_stage_rule(stage, Some(rule.partner_test_id))?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn remove_rule(world: &World, stage: i64) -> Result<Answer, Answer> {
    world.state().set_stage_rule(stage, None)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
