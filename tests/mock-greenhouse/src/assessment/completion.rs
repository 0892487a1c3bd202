use std::sync::Arc;

use http::{Method, StatusCode};

use crate::assessment::results;
use crate::switches::{CompletionAddress, CompletionKey};
use crate::urls;
use crate::wire::{Answer, Call, same_secret};
use crate::world::World;

/// Serves `PATCH <url>`, with which the partner reports a completed test. The response is a status
/// code without a body (documented). Greenhouse then requests the result. Returns `None` for
/// another method or path.
pub(crate) fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    let id = test_of(call)?;
    (call.method == Method::PATCH)
        .then(|| complete(world, call, id).unwrap_or_else(|refusal| refusal))
}

/// Returns the URL for the completion call of one test.
pub(super) fn address(world: &World, form: CompletionAddress, id: i64) -> String {
    let all = format!("{}{}", world.base_url, urls::COMPLETION);
    match form {
        CompletionAddress::LastSegment => format!("{all}{id}"),
        CompletionAddress::EarlierSegment => format!("{all}{id}/complete"),
        CompletionAddress::Query => format!("{all}complete?id={id}"),
    }
}

/// Returns the id of the test in the URL of a completion call, in any form of
/// [`CompletionAddress`], or `None` for any other path.
fn test_of(call: &Call) -> Option<i64> {
    let rest = call.path.strip_prefix(urls::COMPLETION)?;
    if rest == "complete" {
        let mut members = url::form_urlencoded::parse(call.query.as_bytes());
        let (_, id) = members.find(|(member, _)| member == "id")?;
        return id.parse().ok();
    }
    rest.strip_suffix("/complete").unwrap_or(rest).parse().ok()
}

/// Requests a result in the background. Failures appear in the exchange log and among the
/// complaints. The real limit on concurrent requests is unknown. The mock limits concurrent
/// requests, because a partner with many completed tests would otherwise receive all requests at
/// the same time, and its responses would appear slow.
pub(super) fn request_result(world: &Arc<World>, partner_interview_id: String) {
    let requesting = Arc::clone(world);
    world.tasks.spawn(async move {
        // The semaphore is never closed, so acquiring always succeeds.
        let _turn = requesting.result_requests.acquire().await;
        let _ = results::test_status(&requesting, &partner_interview_id).await;
    });
}

fn complete(world: &Arc<World>, call: &Call, id: i64) -> Result<Answer, Answer> {
    authenticate(world, call)?;
    let interview = {
        let mut state = world.state();
        let test = state
            .take_home_tests
            .get_mut(&id)
            .ok_or_else(|| Answer::empty(StatusCode::NOT_FOUND))?;
        test.completions += 1;
        test.partner_interview_id.clone()
    };
    // A partner can report completion before its response to `send_test` arrives. The response then
    // triggers the request.
    if let Some(interview) = interview {
        request_result(world, interview);
    }
    Ok(Answer::empty(StatusCode::OK))
}

/// Accepts only the completion credential. The response to the partner key is 403 (reported by a
/// vendor) unless the switch allows the key.
fn authenticate(world: &World, call: &Call) -> Result<(), Answer> {
    let (user, password) = call
        .basic()
        .ok_or_else(|| Answer::empty(StatusCode::UNAUTHORIZED))?;
    let credential = &world.config.completion_credential;
    if same_secret(&user, &credential.username) && same_secret(&password, &credential.password) {
        return Ok(());
    }
    let is_partner_key = world
        .partner()
        .is_some_and(|partner| same_secret(&user, &partner.api_key));
    if is_partner_key && world.switches().completion_key == CompletionKey::PartnerKeyToo {
        return Ok(());
    }
    Err(Answer::empty(if is_partner_key {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::UNAUTHORIZED
    }))
}
