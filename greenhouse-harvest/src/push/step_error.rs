use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Text,
    platform::PlatformError,
    store::{PushFailure, PushStep, StoreError},
};

use super::{
    plan::NotPushable,
    texts::{reason, sync_log as texts, time},
};
use crate::{AuthProblem, Error, error::refusal};

/// Reason why the steps of a push ended early.
#[derive(Debug)]
pub(super) enum StepError {
    /// The push failed. The failure is stored in the record.
    Failed(PushFailure),
    /// Greenhouse or the product is not available now. Before its first write, the push waits;
    /// after its first write, it fails. The duration is the minimum wait that Greenhouse requested.
    NotNow(PushFailure, Option<Duration>),
    /// Another host is running the push, so nothing more is written.
    Lost,
    /// The push is queued again for this time, with this text for the sync log.
    Again(DateTime<Utc>, Text),
    /// The product panicked.
    Panicked,
    /// The store failed. The push is left until its lease ends.
    Store(StoreError),
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NotPushable> for StepError {
    fn from(error: NotPushable) -> Self {
        Self::failed(None, error.text)
    }
}

impl StepError {
    pub(super) fn failed(step: impl Into<Option<PushStep>>, text: Text) -> Self {
        Self::Failed(PushFailure::new(step.into(), text))
    }

    /// Returns the failure for a call that changed nothing in Greenhouse. `operation` is one of
    /// [`texts::operation`](super::texts::operation).
    pub(super) fn harvest(step: PushStep, operation: &str, error: &Error) -> Self {
        let text = match error {
            Error::Auth { problem, .. } => {
                let (remedy, problem_text) = (problem.remedy(), problem.to_string());
                let text = match problem {
                    AuthProblem::Forbidden { .. }
                    | AuthProblem::MissingScope { .. }
                    | AuthProblem::NotSiteAdmin => texts::forbidden,
                    AuthProblem::NotConnected | AuthProblem::Reconnect => texts::not_connected,
                    AuthProblem::Credential
                    | AuthProblem::ClientId
                    | AuthProblem::NoCredential
                    | AuthProblem::GrantType
                    | AuthProblem::WrongGrant
                    | AuthProblem::NoScopes
                    | AuthProblem::ActingUser
                    | AuthProblem::CodeRefused
                    | AuthProblem::TokenRefused { .. }
                    | AuthProblem::TokenRejected => texts::credential,
                };
                text(operation, &problem_text, &remedy)
            }
            Error::Api {
                status,
                message,
                errors,
                ..
            } if *status < 500 && *status != TIMEOUT => {
                let refusal = refusal(message.as_deref(), errors);
                texts::refused(operation, *status, reason(&refusal))
            }
            Error::RateLimited { retry_after, .. } => {
                let text = texts::rate_limited(operation, retry_after.as_secs());
                return Self::not_now(step, text, Some(*retry_after));
            }
            Error::OutOfTime { .. } => return Self::not_now(step, texts::out_of_time(), None),
            Error::Store { .. } => return Self::not_now(step, texts::store(operation), None),
            Error::Transport { .. } | Error::Api { .. } => {
                return Self::not_now(step, texts::unreachable(operation), None);
            }
            Error::Construction { .. }
            | Error::Ambiguous { .. }
            | Error::Decode { .. }
            | Error::Paging { .. } => texts::failed(operation, &error.to_string()),
        };
        Self::failed(step, text)
    }

    fn not_now(
        step: impl Into<Option<PushStep>>,
        text: Text,
        retry_after: Option<Duration>,
    ) -> Self {
        Self::NotNow(PushFailure::new(step.into(), text), retry_after)
    }

    /// Returns the failure for a write with an unknown outcome whose result was not found yet.
    /// Before `until`, an empty search proves nothing.
    pub(super) fn unsettled(
        step: PushStep,
        text: fn(&str, &str) -> Text,
        until: DateTime<Utc>,
    ) -> Self {
        let mut failure = PushFailure::new(Some(step), text(step.as_str(), &time(until)));
        failure.retry_after = Some(until);
        Self::Failed(failure)
    }

    /// Queues the push again, because the first search found nothing. The second search follows at
    /// `at`.
    pub(super) fn search_again(step: PushStep, at: DateTime<Utc>) -> Self {
        Self::Again(at, texts::push_search_repeated(step.as_str(), &time(at)))
    }

    pub(super) fn out_of_time(step: PushStep) -> Self {
        Self::not_now(step, texts::out_of_time(), None)
    }

    pub(super) fn platform(step: impl Into<Option<PushStep>>, error: &PlatformError) -> Self {
        if error.panicked() {
            return Self::Panicked;
        }
        match error {
            PlatformError::NotFound { what } => Self::failed(step, texts::product_not_found(what)),
            PlatformError::Refused { reason: why } => {
                Self::failed(step, texts::product_refused(reason(why)))
            }
            PlatformError::NotReady => Self::not_now(step, texts::report_not_ready(), None),
            _ => Self::not_now(step, texts::product_unavailable(), None),
        }
    }
}

/// Status 408: Greenhouse did not receive the request in time.
const TIMEOUT: u16 = 408;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use greenhouse_core::testing::{has_remedy, platform_errors};

    use super::*;
    use crate::{
        error::samples::{auth_errors, errors},
        push::texts::sync_log::waited_in_vain,
    };

    /// Every text of a failure has a remedy, even if the push waited for its whole patience before.
    #[test]
    fn every_failure_of_a_push_has_a_text_with_a_remedy() {
        let step = PushStep::Note;
        let of_harvest = errors().into_iter().chain(auth_errors());
        let of_harvest = of_harvest.map(|error| {
            (
                format!("{error:?}"),
                StepError::harvest(step, "write it", &error),
            )
        });
        let of_product = platform_errors().into_iter();
        let of_product =
            of_product.map(|error| (format!("{error:?}"), StepError::platform(step, &error)));
        for (shown, error) in of_harvest.chain(of_product) {
            let text = match error {
                StepError::Failed(failure) => failure.to_text(),
                StepError::NotNow(failure, _) => {
                    waited_in_vain(&failure.to_text(), Duration::from_secs(60)).and(texts::RETRY)
                }
                other => panic!("{shown}: {other:?}"),
            };
            assert!(has_remedy(text.as_str()), "{shown}: {text}");
        }
    }
}
