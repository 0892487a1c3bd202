//! `/_mock/take_home_tests` and `/_mock/partner`: calls to the assessment partner.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::assessment::{self, AssessmentError};
use crate::config::Partner;
use crate::control::{ok, read};
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves a call, or returns `None` for another path or method. The response to a call to the
/// partner is sent when the partner has responded.
pub(super) async fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    if call.path == "/_mock/partner" && call.method == Method::PUT {
        return Some(set_partner(world, call).unwrap_or_else(|refusal| refusal));
    }
    let rest = call.path.strip_prefix("/_mock/take_home_tests")?;
    let answered = match (&call.method, rest) {
        (&Method::GET, "") => Ok(ok(&all(world))),
        (&Method::POST, "") => send(world, call).await,
        (&Method::POST, rest) => {
            let (id, action) = rest.strip_prefix('/')?.split_once('/')?;
            let id = id.parse().ok()?;
            match action {
                "resend" => resend(world, id).await,
                "status" => request_status(world, id).await,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(answered.unwrap_or_else(|refusal| refusal))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTest {
    application_id: i64,
    partner_test_id: String,
}

async fn send(world: &Arc<World>, call: &Call) -> Result<Answer, Answer> {
    let new: NewTest = read(call)?;
    let test = assessment::send_test(world, new.application_id, &new.partner_test_id)
        .await
        .map_err(failure)?;
    Ok(Answer::json(StatusCode::CREATED, &test))
}

async fn resend(world: &Arc<World>, id: i64) -> Result<Answer, Answer> {
    let test = assessment::resend_test(world, id).await.map_err(failure)?;
    Ok(ok(&test))
}

/// Requests the result. Returns the updated test.
async fn request_status(world: &Arc<World>, id: i64) -> Result<Answer, Answer> {
    let interview = {
        let state = world.state();
        let test = state.take_home_tests.get(&id);
        test.map(|test| test.partner_interview_id.clone())
    };
    let interview = interview
        .ok_or_else(|| Answer::no_record("Take home test"))?
        .ok_or_else(|| Answer::refused("the partner has not accepted this test"))?;
    assessment::test_status(world, &interview)
        .await
        .map_err(failure)?;
    Ok(ok(&world.state().take_home_tests.get(&id)))
}

fn all(world: &World) -> Value {
    json!(world.state().take_home_tests.values().collect::<Vec<_>>())
}

/// Returns 502 if the partner did not respond as documented.
fn failure(error: AssessmentError) -> Answer {
    match error {
        AssessmentError::NotFound(what) => Answer::no_record(what),
        AssessmentError::NoPartner | AssessmentError::Refused(_) => {
            Answer::refused(error.to_string())
        }
        AssessmentError::NoAnswer(_)
        | AssessmentError::Status(_)
        | AssessmentError::Malformed(_) => {
            Answer::message(StatusCode::BAD_GATEWAY, &error.to_string())
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerForm {
    list_tests_url: String,
    send_test_url: String,
    test_status_url: String,
    response_error_url: String,
    api_key: String,
    sent_by: Option<String>,
}

fn set_partner(world: &World, call: &Call) -> Result<Answer, Answer> {
    let form: PartnerForm = read(call)?;
    let mut partner = Partner::new(
        form.list_tests_url,
        form.send_test_url,
        form.test_status_url,
        form.response_error_url,
        form.api_key,
    );
    if let Some(sent_by) = form.sent_by {
        partner.sent_by = sent_by;
    }
    world.set_partner(partner);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
