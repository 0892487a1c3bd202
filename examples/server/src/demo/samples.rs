//! Two more pushes for the pages of a demo that keeps running: one has failed and one is waiting.

use std::{error::Error, io, time::Duration};

use mock_greenhouse::{Fault, FaultKind};
use serde_json::{Value, json};

use super::{
    assessments::{ASSESSMENTS, result},
    setup::Demo,
};

/// Adds the pushes. Retrying the failed one succeeds. The waiting one is repeated by the host until
/// Greenhouse answers again, after some minutes.
pub(super) async fn add(demo: &Demo) -> Result<(), BoxError> {
    if !demo.directions.push {
        return Ok(());
    }
    let refused = Fault::new("POST", "/v3/candidates", unavailable(422));
    demo.greenhouse.add_fault(refused);
    let lena = finish(demo, "Lena", "Vogt", 91.0).await?;
    until(demo, &lena, "failed").await?;

    let down = Fault::new("GET", "/v3/candidates", unavailable(503));
    demo.greenhouse
        .add_fault(down.query("omar@example.org").next(FAILED_READS));
    let omar = finish(demo, "Omar", "Said", 77.0).await?;
    until(demo, &omar, "waiting").await
}

fn unavailable(status: u16) -> FaultKind {
    let applied = false;
    FaultKind::Status { status, applied }
}

/// Completes an assessment of a new candidate, which the trigger pushes.
async fn finish(demo: &Demo, first: &str, last: &str, score: f64) -> Result<String, BoxError> {
    let email = format!("{}@example.org", first.to_lowercase());
    let person = json!({ "first_name": first, "last_name": last, "email": email });
    let new = json!({ "scenario": "discovery-call", "job": "account-executive", "person": person });
    let created = post(demo, ASSESSMENTS, &new).await?;
    let id = created["assessment"].as_str().unwrap_or_default();
    let path = format!("{ASSESSMENTS}/{id}/complete");
    post(demo, &path, &result(score)).await?;
    Ok(id.to_owned())
}

async fn post(demo: &Demo, path: &str, body: &Value) -> Result<Value, BoxError> {
    let answer = demo.client.ask("POST", path, Some(body)).await?;
    match answer.status {
        200..300 => Ok(answer.body),
        status => Err(format!("POST {path} was answered with {status}: {}", answer.body).into()),
    }
}

/// Waits for this state of a push, for at most ten seconds.
async fn until(demo: &Demo, assessment: &str, state: &str) -> Result<(), BoxError> {
    let path = format!("/api/integrations/greenhouse/push/{assessment}");
    for _ in 0..200 {
        let answer = demo.client.ask("GET", &path, None).await?;
        if answer.body["state"] == *state {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let text = format!("the push of {assessment} is not {state}");
    Err(io::Error::other(text).into())
}

/// Number of searches that fail before the waiting push can go on.
const FAILED_READS: u64 = 12;

type BoxError = Box<dyn Error + Send + Sync>;
