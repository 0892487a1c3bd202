use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

/// Last request with a partner key or a hook key of no account, seen by this process.
#[derive(Debug)]
pub(crate) struct UnknownCredentials {
    noted: Mutex<Noted>,
    /// Line of the log.
    warning: &'static str,
}

#[derive(Debug, Default)]
struct Noted {
    last: Option<DateTime<Utc>>,
    logged: Option<DateTime<Utc>>,
    /// Requests since the last line of the log.
    count: u64,
}

impl UnknownCredentials {
    /// Notes requests with partner keys.
    pub(crate) fn partner_keys() -> Self {
        Self {
            noted: Mutex::default(),
            warning: "requests without a known partner key were refused; compare the key in \
                      Greenhouse with the account's partner keys",
        }
    }

    /// Notes webhooks to hook keys.
    pub(crate) fn hook_keys() -> Self {
        Self {
            noted: Mutex::default(),
            warning: "webhooks to an unknown address were refused; compare the endpoint URL in \
                      Greenhouse with the account's set-up steps",
        }
    }

    /// Notes a request. The log gets one line a minute.
    pub(crate) fn note(&self, now: DateTime<Utc>) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.last = Some(now);
        noted.count = noted.count.saturating_add(1);
        let is_recent =
            |at: DateTime<Utc>| (now - at).to_std().is_ok_and(|past| past < LOGGED_EVERY);
        if noted.logged.is_some_and(is_recent) {
            return;
        }
        noted.logged = Some(now);
        let count = std::mem::take(&mut noted.count);
        drop(noted);
        tracing::warn!(count, "{}", self.warning);
    }

    /// Time of the last such request.
    pub(crate) fn last(&self) -> Option<DateTime<Utc>> {
        self.noted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last
    }
}

const LOGGED_EVERY: Duration = Duration::from_secs(60);
