//! Checks that the mock and the official description of Harvest accept and reject the same bodies,
//! for the seven calls on applications, and that the mock supports every official scope. The bodies
//! are generated from the file at `GREENHOUSE_OPENAPI`. Without the file, the test is ignored.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::env;
use std::fs;

use libtest_mimic::{Arguments, Failed, Trial};
use mock_greenhouse::Credential;
use serde_json::Value;

use crate::stage::Stage;

mod schema;
mod stage;

fn main() {
    let arguments = Arguments::from_args();
    let file = env::var_os("GREENHOUSE_OPENAPI").and_then(|path| fs::read(path).ok());
    let trials = CALLS
        .iter()
        .flat_map(|(method, path)| {
            let file = file.clone();
            let other = file.clone();
            let name = format!("{} {path}", method.to_uppercase());
            let absent = file.is_none();
            [
                Trial::test(
                    format!("{name} accepts what the description accepts"),
                    || play(file, method, path, true),
                )
                .with_ignored_flag(absent),
                Trial::test(
                    format!("{name} refuses what the description refuses"),
                    || play(other, method, path, false),
                )
                .with_ignored_flag(absent),
            ]
        })
        .chain([Trial::test("every official scope is known", {
            let file = file.clone();
            || compare_scopes(file)
        })
        .with_ignored_flag(file.is_none())])
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn compare_scopes(file: Option<Vec<u8>>) -> Result<(), Failed> {
    let file = file.ok_or("GREENHOUSE_OPENAPI is not the path of a readable file")?;
    let description: Value = serde_json::from_slice(&file)?;
    let flows = &description["components"]["securitySchemes"]["oauth2"]["flows"];
    let scopes = flows["clientCredentials"]["scopes"].as_object();
    let mut official: Vec<&str> = scopes
        .ok_or("no scopes are described")?
        .keys()
        .map(String::as_str)
        .collect();
    official.sort_unstable();
    let credential = Credential::new("id-1", "secret");
    if credential.scopes == official {
        Ok(())
    } else {
        Err(format!("expected {official:?}, got {:?}", credential.scopes).into())
    }
}

fn play(file: Option<Vec<u8>>, method: &str, path: &str, accepted: bool) -> Result<(), Failed> {
    let file = file.ok_or("GREENHOUSE_OPENAPI is not the path of a readable file")?;
    let description: Value = serde_json::from_slice(&file)?;
    let operation = &description["paths"][path][method];
    let request = &operation["requestBody"]["content"]["application/json"]["schema"];
    let responses = operation["responses"].as_object().ok_or("no responses")?;
    let (status, response) = responses
        .iter()
        .find(|(status, _)| status.starts_with('2'))
        .ok_or("no success is described")?;
    let answer = &response["content"]["application/json"]["schema"];
    let forms: Vec<&Value> = match request["oneOf"].as_array() {
        Some(forms) => forms.iter().collect(),
        None => vec![request],
    };
    let bodies: Vec<Value> = if accepted {
        forms.iter().flat_map(|form| schema::good(form)).collect()
    } else {
        let bad = forms.iter().flat_map(|form| schema::bad(form));
        bad.filter(|body| !schema::accepts(request, body)).collect()
    };
    if bodies.is_empty() {
        return Err("nothing was generated".into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stage = Stage::new().await;
        for body in bodies {
            let (sent, got, row) = stage.call(method, path, body).await;
            let wanted = if accepted { status.as_str() } else { "422" };
            if got.to_string() != wanted {
                return Err(format!("the response to {sent} is {got} {row}").into());
            }
            if accepted && answer.is_object() && !schema::accepts(answer, &stage::of_march(&row)) {
                return Err(format!("{row} is not the row that is described").into());
            }
        }
        Ok(())
    })
}

const CALLS: &[(&str, &str)] = &[
    ("post", "/v3/applications"),
    ("patch", "/v3/applications/{id}"),
    ("post", "/v3/applications/{id}/move"),
    ("post", "/v3/applications/{id}/reject"),
    ("post", "/v3/applications/{id}/unreject"),
    ("post", "/v3/applications/{id}/hire"),
    ("post", "/v3/applications/{id}/convert_to_candidate"),
];
