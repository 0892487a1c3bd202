//! Endpoint `backfill`.

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    answer::{self, ErrorDetails, caused_by, problem_text_with, problem_with},
    backfill::{BackfillRefusal, BackfillRequest, BackfillScope},
    operator::{OperatorRequest, not_found, store_down},
};
use http::{Method, Response, StatusCode};
use serde::Deserialize;

use super::{BackfillError, BackfillView};
use crate::push::{
    PushService,
    texts::{backfill as texts, refusal},
};

/// Handles a request to this endpoint. Returns `None` for any other path.
pub(in crate::push) async fn answer(
    service: &PushService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    if request.path().as_slice() != ["backfill"] {
        return None;
    }
    Some(match request.method {
        Method::GET => match service.backfill(&request.account).await {
            Ok(Some(view)) => answer::json(StatusCode::OK, &view),
            Ok(None) => not_found(),
            Err(error) => store_down(&error),
        },
        Method::POST => match request.json::<BackfillAction>() {
            Ok(asked) => match run(service, request, &asked).await {
                Ok(view) => answer::json(StatusCode::OK, &view),
                Err(error) => refusal_answer(&error),
            },
            Err(message) => answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message),
        },
        _ => answer::method_not_allowed(&[Method::GET, Method::POST]),
    })
}

async fn run(
    service: &PushService,
    request: &OperatorRequest,
    asked: &BackfillAction,
) -> Result<BackfillView, BackfillError> {
    let account = &request.account;
    let bounds = |days, share, scope| BackfillRequest { days, share, scope };
    match *asked {
        BackfillAction::Count { days, share, scope } => {
            let request = bounds(days, share, scope);
            service.count_backfill(account, request).await
        }
        BackfillAction::Run { days, share, scope } => {
            let request = bounds(days, share, scope);
            service.run_backfill(account, request).await
        }
        BackfillAction::Pause {} => service.pause_backfill(account).await,
        BackfillAction::Resume {} => service.resume_backfill(account).await,
        BackfillAction::Cancel {} => service.cancel_backfill(account).await,
    }
}

/// Body of `POST backfill`.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum BackfillAction {
    /// Counts what a run would push. Writes nothing to Greenhouse.
    Count {
        /// Number of days before now whose completions are considered, from 1 to 365.
        days: u32,
        /// Share of the rate limit in percent, from 1 to 90. Default: 50.
        #[serde(default = "default_share")]
        share: u8,
        /// Assessments that are considered. Default: all.
        #[serde(default)]
        scope: BackfillScope,
    },
    /// Pushes what a dry run with the same days and scope has counted, within a day.
    Run {
        /// Number of days of the dry run.
        days: u32,
        /// Share of the rate limit in percent, from 1 to 90. Default: 50.
        #[serde(default = "default_share")]
        share: u8,
        /// Scope of the dry run. Default: all.
        #[serde(default)]
        scope: BackfillScope,
    },
    /// Pauses. Started pushes still end.
    Pause {},
    /// Resumes after a pause.
    Resume {},
    /// Ends the backfill. Started pushes still end.
    Cancel {},
}

fn default_share() -> u8 {
    50
}

fn refusal_answer(error: &BackfillError) -> Response<Bytes> {
    let conflict = |text, remedy: &str| {
        problem_text_with(StatusCode::CONFLICT, &text, ErrorDetails::remedy(remedy))
    };
    let bad = |member: &str| {
        let details = ErrorDetails {
            member: Some(member.to_owned()),
            ..ErrorDetails::default()
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        problem_with(status, "bad_body", error.to_string(), details)
    };
    match error {
        BackfillError::SwitchedOff => {
            answer::problem_text(StatusCode::CONFLICT, &refusal::switched_off())
        }
        BackfillError::NotSupported => conflict(texts::backfill_cannot_list(), texts::LIST),
        BackfillError::Refused(BackfillRefusal::Days { .. }) => bad("days"),
        BackfillError::Refused(BackfillRefusal::Share { .. }) => bad("share"),
        BackfillError::Refused(refused) => {
            let (text, remedy) = texts::refusal(*refused);
            conflict(text, remedy)
        }
        BackfillError::Platform(error) => {
            let details = ErrorDetails::remedy(refusal::TRY_AGAIN);
            let text = refusal::product_unavailable();
            let status = StatusCode::SERVICE_UNAVAILABLE;
            caused_by(problem_text_with(status, &text, details), error)
        }
        BackfillError::Store(error) => store_down(error),
    }
}

#[cfg(feature = "openapi")]
pub(in crate::push) fn operations() -> Vec<Operation> {
    let get = "Returns the state of the account's last backfill.";
    let post = "Counts or pushes past completions, or pauses, resumes or cancels that.";
    vec![
        Operation::new(Method::GET, "backfill", get)
            .response::<BackfillView>(StatusCode::OK, "The backfill.")
            .error(StatusCode::NOT_FOUND),
        Operation::new(Method::POST, "backfill", post)
            .body::<BackfillAction>()
            .response::<BackfillView>(StatusCode::OK, "The backfill after the change.")
            .error(StatusCode::CONFLICT)
            .error(StatusCode::UNPROCESSABLE_ENTITY)
            .error(StatusCode::SERVICE_UNAVAILABLE),
    ]
}
