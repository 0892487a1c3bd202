use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

/// Last request with a partner key or a hook key of no account, seen by this process.
#[derive(Debug)]
pub(crate) struct UnknownCredentials {
    noted: Mutex<Noted>,
    /// Message of the log line.
    warning: &'static str,
}

#[derive(Debug, Default)]
struct Noted {
    last: Option<DateTime<Utc>>,
    logged: Option<DateTime<Utc>>,
    /// Requests since the last log line.
    count: u64,
}

impl UnknownCredentials {
    /// Creates the value for requests with partner keys.
    pub(crate) fn partner_keys() -> Self {
        Self {
            noted: Mutex::default(),
            warning: "requests without a known partner key were refused; compare the key in \
                      Greenhouse with the account's partner keys",
        }
    }

    /// Creates the value for webhooks to hook keys.
    pub(crate) fn hook_keys() -> Self {
        Self {
            noted: Mutex::default(),
            warning: "webhooks to an unknown address were refused; compare the endpoint URL in \
                      Greenhouse with the account's set-up steps",
        }
    }

    /// Notes a request. Logs at most one line a minute.
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
