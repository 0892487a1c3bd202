//! Traces of refused and failed requests.
//!
//! The functions of this module decide where each error is recorded, and the service records it
//! there.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Text, Trace,
    integration::PublicRoute,
    store::{Direction, LogEntry, LogKey, LogStatus, LogSubject},
    webhook::EventError,
};

use crate::{
    BasicError, PartnerError, RequestRefusal,
    texts::{self, health, sync_log},
};

impl PartnerError {
    /// Returns the place where the error of a request to this endpoint is recorded.
    pub fn trace(&self, route: &PublicRoute) -> Trace {
        let reason = texts::reason(self);
        match self {
            Self::Unauthenticated(
                BasicError::Missing
                | BasicError::Scheme
                | BasicError::Malformed
                | BasicError::Password,
            )
            | Self::UnknownKey => Trace::Health(health::PARTNER_KEY),
            Self::ExpiredKey { id } => Trace::SyncLog(sync_log::expired_key_used(id)),
            Self::NotSigned => Trace::Health(health::WEBHOOKS),
            Self::SwitchedOff => switched_off(route),
            Self::NotFound => not_found(route),
            Self::Malformed(_) => malformed(route, &reason),
            Self::TooLarge { .. } => too_large(route, &reason),
            Self::Refused(refusal) => refused(route, refusal),
            Self::Product(_) | Self::Store(_) | Self::NoRandomness(_) => Trace::ServerLog,
        }
    }
}

fn switched_off(route: &PublicRoute) -> Trace {
    match route {
        PublicRoute::Webhook(_) => Trace::Health(health::WEBHOOKS),
        PublicRoute::SendTest => Trace::SyncLog(sync_log::test_refused_off()),
        _ => Trace::SyncLog(sync_log::request_refused_off()),
    }
}

fn not_found(route: &PublicRoute) -> Trace {
    let reason = texts::reason(&PartnerError::NotFound);
    match route {
        PublicRoute::Webhook(_) => Trace::Health(health::WEBHOOKS),
        PublicRoute::SendTest => Trace::SyncLog(sync_log::test_refused_unknown(&reason)),
        PublicRoute::TestStatus => Trace::SyncLog(sync_log::status_of_unknown_test()),
        PublicRoute::Report(_) => Trace::SyncLog(sync_log::report_not_found()),
        other => Trace::SyncLog(sync_log::request_refused(other.name(), &reason)),
    }
}

fn malformed(route: &PublicRoute, reason: &str) -> Trace {
    Trace::SyncLog(match route {
        PublicRoute::Webhook(_) => sync_log::webhook_refused_malformed(reason),
        PublicRoute::SendTest => sync_log::test_refused_malformed(reason),
        other => sync_log::request_refused(other.name(), reason),
    })
}

fn too_large(route: &PublicRoute, reason: &str) -> Trace {
    match route {
        PublicRoute::Webhook(_) => Trace::Health(health::WEBHOOKS),
        PublicRoute::SendTest => Trace::SyncLog(sync_log::test_refused_size(reason)),
        other => Trace::SyncLog(sync_log::request_refused_size(other.name(), reason)),
    }
}

fn refused(route: &PublicRoute, refusal: &RequestRefusal) -> Trace {
    let reason = texts::reason(refusal);
    if !matches!(route, PublicRoute::SendTest) {
        return Trace::SyncLog(sync_log::request_refused_by_product(route.name(), &reason));
    }
    Trace::SyncLog(match refusal {
        RequestRefusal::MissingTest | RequestRefusal::UnknownTest => {
            sync_log::test_refused_unknown(&reason)
        }
        RequestRefusal::MissingEmail | RequestRefusal::InvalidEmail(_) => {
            sync_log::test_refused_email(&reason)
        }
        RequestRefusal::Callback(_) => sync_log::test_refused(&reason),
        RequestRefusal::Product { .. } => sync_log::test_refused_by_product(&reason),
    })
}

/// Returns the entry for a refused request. It replaces the entry of an earlier refusal for the same
/// reason with the same number.
pub(crate) fn refusal_entry(text: Text, number: u64, now: DateTime<Utc>) -> LogEntry {
    let key = LogKey::refusal(text.code(), number);
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Problem);
    LogEntry::new(now, direction, subject, LogStatus::Failed, text).keyed(key)
}

/// Returns the trace of a signed webhook that was stored but could not be parsed.
pub(crate) fn of_unreadable(error: &EventError) -> Trace {
    Trace::SyncLog(sync_log::webhook_unreadable(&texts::reason(error)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use greenhouse_core::{
        AssessmentId, MintError, every_variant,
        testing::{email_problems, event_errors, has_remedy, platform_errors, store_errors},
    };

    use super::*;
    use crate::CallbackRefusal;

    #[test]
    fn every_refusal_has_a_trace_with_a_remedy() {
        let mut codes = BTreeSet::new();
        for error in partner_errors() {
            for route in routes() {
                match error.trace(&route) {
                    Trace::SyncLog(text) => {
                        assert!(has_remedy(text.as_str()), "{error:?} {route:?}: {text}");
                        assert!(!text.code().is_empty() && !text.as_str().contains('@'));
                        codes.insert(text.code().to_owned());
                    }
                    Trace::Health(check) => {
                        assert!([health::PARTNER_KEY, health::WEBHOOKS].contains(&check));
                    }
                    Trace::ServerLog => {
                        assert_eq!(error.status().as_u16(), 503, "{error:?} {route:?}");
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert!(codes.len() >= 12, "{codes:?}");
    }

    #[test]
    fn every_unreadable_webhook_has_a_trace_with_a_remedy() {
        for error in event_errors() {
            let trace = of_unreadable(&error);
            let text = trace.text().unwrap();
            assert!(has_remedy(text.as_str()), "{error:?}: {text}");
        }
    }

    fn routes() -> Vec<PublicRoute> {
        vec![
            PublicRoute::ListTests,
            PublicRoute::SendTest,
            PublicRoute::TestStatus,
            PublicRoute::Report(AssessmentId::new("as-1")),
            PublicRoute::ResponseError,
            PublicRoute::Webhook(None),
        ]
    }

    fn partner_errors() -> Vec<PartnerError> {
        let mut errors = every_variant!(PartnerError {
            PartnerError::Unauthenticated(_) => [PartnerError::UnknownKey];
            PartnerError::UnknownKey => [PartnerError::UnknownKey];
            PartnerError::ExpiredKey { .. } => [PartnerError::ExpiredKey { id: "1a2b3c".to_owned() }];
            PartnerError::NotSigned => [PartnerError::NotSigned];
            PartnerError::SwitchedOff => [PartnerError::SwitchedOff];
            PartnerError::NotFound => [PartnerError::NotFound];
            PartnerError::Malformed(_) => [PartnerError::Malformed("body: invalid JSON".to_owned())];
            PartnerError::TooLarge { .. } => [PartnerError::TooLarge { limit: 9 }];
            PartnerError::Refused(_) => [PartnerError::Refused(RequestRefusal::MissingTest)];
            PartnerError::Product(_) => [PartnerError::NotFound];
            PartnerError::Store(_) => [PartnerError::NotFound];
            PartnerError::NoRandomness(_) => [PartnerError::NoRandomness(MintError)];
        });
        errors.extend(
            basic_errors()
                .into_iter()
                .map(PartnerError::Unauthenticated),
        );
        errors.extend(refusals().into_iter().map(PartnerError::Refused));
        errors.extend(platform_errors().into_iter().map(PartnerError::of_product));
        errors.extend(store_errors().into_iter().map(PartnerError::Store));
        errors
    }

    fn basic_errors() -> Vec<BasicError> {
        every_variant!(BasicError {
            BasicError::Missing => [BasicError::Missing];
            BasicError::Scheme => [BasicError::Scheme];
            BasicError::Malformed => [BasicError::Malformed];
            BasicError::Password => [BasicError::Password];
        })
    }

    fn refusals() -> Vec<RequestRefusal> {
        let mut refusals = every_variant!(RequestRefusal {
            RequestRefusal::MissingTest => [RequestRefusal::MissingTest];
            RequestRefusal::UnknownTest => [RequestRefusal::UnknownTest];
            RequestRefusal::MissingEmail => [RequestRefusal::MissingEmail];
            RequestRefusal::InvalidEmail(_) => [RequestRefusal::MissingEmail];
            RequestRefusal::Callback(_) => [RequestRefusal::MissingEmail];
            RequestRefusal::Product { .. } => [RequestRefusal::Product {
                reason: "the licence has ended".to_owned(),
            }];
        });
        refusals.extend(
            email_problems()
                .into_iter()
                .map(RequestRefusal::InvalidEmail),
        );
        let callbacks = every_variant!(CallbackRefusal {
            CallbackRefusal::NotAnAddress => [CallbackRefusal::NotAnAddress];
            CallbackRefusal::Scheme => [CallbackRefusal::Scheme];
            CallbackRefusal::UserInfo => [CallbackRefusal::UserInfo];
            CallbackRefusal::Port => [CallbackRefusal::Port];
            CallbackRefusal::Host => [CallbackRefusal::Host];
        });
        refusals.extend(callbacks.into_iter().map(RequestRefusal::Callback));
        refusals
    }
}
