use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    Text, answer,
    operator::{not_found, store_down},
    platform::PlatformError,
};
use http::{HeaderValue, Response, StatusCode, header};

use crate::push::{PushRefusal, texts::refusal as texts};

/// Response to a refused request.
pub(super) fn refusal_answer(refusal: &PushRefusal, now: DateTime<Utc>) -> Response<Bytes> {
    let status = match refusal {
        PushRefusal::NotFound | PushRefusal::Platform(PlatformError::NotFound { .. }) => {
            return not_found();
        }
        PushRefusal::Store(error) => return store_down(error),
        PushRefusal::NotPushable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        PushRefusal::Platform(error) if !matches!(error, PlatformError::Refused { .. }) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        PushRefusal::SwitchedOff
        | PushRefusal::NotCompleted
        | PushRefusal::NotSettled { .. }
        | PushRefusal::Contended
        | PushRefusal::Platform(_) => StatusCode::CONFLICT,
    };
    let mut response = answer::problem_text(status, &refusal_text(refusal, now));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response = answer::caused_by(response, refusal);
    }
    if let PushRefusal::NotSettled { until } = refusal {
        let seconds = HeaderValue::from(seconds_until(*until, now));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Reason for a person, with the remedy.
pub(super) fn refusal_text(refusal: &PushRefusal, now: DateTime<Utc>) -> Text {
    match refusal {
        PushRefusal::NotPushable(text) => text.clone(),
        PushRefusal::SwitchedOff => texts::switched_off(),
        PushRefusal::NotCompleted => texts::not_completed(),
        PushRefusal::NotSettled { until } => texts::not_settled(seconds_until(*until, now)),
        PushRefusal::Contended => texts::contended(),
        PushRefusal::NotFound | PushRefusal::Platform(PlatformError::NotFound { .. }) => {
            texts::not_found()
        }
        PushRefusal::Platform(PlatformError::Refused { reason }) => texts::product_refused(reason),
        PushRefusal::Platform(_) => texts::product_unavailable(),
        PushRefusal::Store(_) => texts::store_unavailable(),
    }
}

/// Returns the remaining seconds, rounded up so that a retry after this time is not refused again.
fn seconds_until(until: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let left = until.signed_duration_since(now);
    let whole = left.num_seconds();
    if left > TimeDelta::seconds(whole) {
        whole.saturating_add(1)
    } else {
        whole.max(0)
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::{
        every_variant,
        testing::{has_remedy, platform_errors, store_errors},
    };

    use super::*;
    use crate::push::texts::sync_log;

    /// The person who requested the push sees why it was refused, and what to do about it.
    #[test]
    fn every_refusal_is_answered_with_a_text() {
        let now = DateTime::UNIX_EPOCH;
        let mut refusals = every_variant!(PushRefusal {
            PushRefusal::NotFound => [PushRefusal::NotFound];
            PushRefusal::SwitchedOff => [PushRefusal::SwitchedOff];
            PushRefusal::NotCompleted => [PushRefusal::NotCompleted];
            PushRefusal::NotPushable(_) => [
                PushRefusal::NotPushable(sync_log::no_email()),
                PushRefusal::NotPushable(sync_log::invalid_email("the address is empty")),
                PushRefusal::NotPushable(sync_log::no_name()),
                PushRefusal::NotPushable(sync_log::no_mapping("sales")),
                PushRefusal::NotPushable(sync_log::no_job()),
                PushRefusal::NotPushable(sync_log::email_changed()),
            ];
            PushRefusal::NotSettled { .. } => [PushRefusal::NotSettled { until: now }];
            PushRefusal::Contended => [PushRefusal::Contended];
            PushRefusal::Platform(_) => [PushRefusal::NotFound];
            PushRefusal::Store(_) => [PushRefusal::Contended];
        });
        refusals.extend(platform_errors().into_iter().map(PushRefusal::Platform));
        refusals.extend(store_errors().into_iter().map(PushRefusal::Store));
        for refusal in refusals {
            let status = refusal_answer(&refusal, now).status();
            let text = refusal_text(&refusal, now);
            assert!(!text.code().is_empty() && !text.as_str().is_empty());
            if let PushRefusal::NotPushable(_) = refusal {
                let shown = refusal.to_string();
                assert!(shown.contains(text.as_str()), "{shown}");
            }
            // The cause of a 503 is in the server's log, and a 404 needs no remedy. A reason from
            // the product may have no remedy.
            let of_product = matches!(
                refusal,
                PushRefusal::Platform(PlatformError::Refused { .. })
            );
            if !of_product && ![404, 503].contains(&status.as_u16()) {
                assert!(has_remedy(text.as_str()), "{refusal:?}: {text}");
            }
        }
    }

    #[test]
    fn retry_after_is_rounded_up() {
        for (left, seconds) in [
            (TimeDelta::milliseconds(1000), "1"),
            (TimeDelta::microseconds(1_000_500), "2"),
            (TimeDelta::nanoseconds(1), "1"),
            (TimeDelta::zero(), "0"),
            (TimeDelta::seconds(-5), "0"),
        ] {
            let now = DateTime::UNIX_EPOCH;
            let refusal = PushRefusal::NotSettled { until: now + left };
            let response = refusal_answer(&refusal, now);
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds, "{left}");
        }
    }
}
