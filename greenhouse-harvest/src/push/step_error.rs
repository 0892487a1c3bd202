use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    platform::PlatformError,
    store::{PushFailure, PushStep, StoreError},
};

use super::plan::Unfit;
use crate::{AuthProblem, Error, error::refusal};

/// Why a push does not go on.
#[derive(Debug)]
pub(super) enum StepError {
    /// It has failed, and the record is to say so.
    Failed(PushFailure),
    /// Another host has the push now, so nothing more is written.
    Lost,
    /// It continues by itself at this time. The text says what it waits for.
    Again(DateTime<Utc>, String),
    /// The product panicked.
    Panicked,
    /// The store is down. The lease will run out.
    Store(StoreError),
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Unfit> for StepError {
    fn from(unfit: Unfit) -> Self {
        Self::Failed(unfit.into_failure())
    }
}

impl StepError {
    pub(super) fn failed(
        step: impl Into<Option<PushStep>>,
        code: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self::Failed(PushFailure::new(step.into(), code, text))
    }

    /// Nothing was carried out: `doing` says what was tried, as in "create the candidate".
    pub(super) fn harvest(step: PushStep, doing: &str, error: &Error) -> Self {
        let (code, text) = match error {
            Error::Auth { problem, .. } => {
                let code = match problem {
                    AuthProblem::Forbidden { .. }
                    | AuthProblem::MissingScope { .. }
                    | AuthProblem::NotSiteAdmin => "forbidden",
                    AuthProblem::NotConnected | AuthProblem::Reconnect => "not_connected",
                    _ => "credential",
                };
                let text = format!(
                    "Greenhouse refused to {doing}: {problem}. {}",
                    problem.remedy()
                );
                (code, text)
            }
            Error::Api {
                status,
                message,
                errors,
                ..
            } if *status < 500 => {
                let why = refusal(message.as_deref(), errors);
                let text = format!("Greenhouse refused to {doing} (status {status}){why}.");
                ("refused", text)
            }
            Error::RateLimited { retry_after, .. } => {
                let text = format!(
                    "Greenhouse's rate limit was used up for {} s. Retry later.",
                    retry_after.as_secs()
                );
                ("rate_limited", text)
            }
            Error::OutOfTime { .. } => ("out_of_time", OUT_OF_TIME.to_owned()),
            Error::Store { .. } => (
                "store",
                format!("The database could not be asked. Nothing was done to {doing}; retry."),
            ),
            Error::Transport { .. } | Error::Api { .. } => (
                "unreachable",
                format!(
                    "Greenhouse could not be reached to {doing}. Nothing was written there; retry."
                ),
            ),
            _ => (
                "failed",
                format!("It was not possible to {doing}: {error}."),
            ),
        };
        Self::failed(step, code, text)
    }

    /// A write may or may not have been carried out, and a look-up proves nothing before `until`.
    pub(super) fn unsettled(step: PushStep, code: &'static str, until: DateTime<Utc>) -> Self {
        let text = format!(
            "It is not known yet whether Greenhouse has carried out the step \"{}\". Retry after {}: it is looked up then, \
             and written only if it is not there.",
            step.as_str(),
            until.to_rfc3339_opts(SecondsFormat::Secs, true),
        );
        let mut failure = PushFailure::new(Some(step), code, text);
        failure.retry_after = Some(until);
        Self::Failed(failure)
    }

    /// One look-up has found nothing, and a second one is to be made at `at`.
    pub(super) fn look_again(step: PushStep, at: DateTime<Utc>) -> Self {
        let text = format!(
            "Whether Greenhouse has carried out the step \"{}\" is looked up once more at {}, before it is written.",
            step.as_str(),
            at.to_rfc3339_opts(SecondsFormat::Secs, true),
        );
        Self::Again(at, text)
    }

    pub(super) fn out_of_time(step: PushStep) -> Self {
        Self::failed(step, "out_of_time", OUT_OF_TIME)
    }

    pub(super) fn platform(step: impl Into<Option<PushStep>>, error: &PlatformError) -> Self {
        if error.panicked() {
            return Self::Panicked;
        }
        match error {
            PlatformError::NotFound { what } => Self::failed(
                step,
                "product_not_found",
                format!("The product has no such {what} any more."),
            ),
            PlatformError::Refused { reason } => Self::failed(
                step,
                "product_refused",
                format!("The product refuses: {reason}"),
            ),
            _ => Self::failed(
                step,
                "product_unavailable",
                "The product could not be reached. Retry when it can.",
            ),
        }
    }
}

const OUT_OF_TIME: &str = "Greenhouse was too slow for the time that a push may take. Retry: it continues after what is done.";
