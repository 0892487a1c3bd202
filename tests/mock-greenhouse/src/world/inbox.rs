use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::time::millis;
use crate::wire::Call;
use crate::world::exchanges::without_credentials;

/// Received webhooks for a test to read, oldest first. The oldest webhooks are dropped if there are
/// too many.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    entries: Mutex<VecDeque<InboxEntry>>,
}

/// One received webhook. `Debug` shows only the path, because the body contains personal data.
#[derive(Clone, Serialize)]
pub(crate) struct InboxEntry {
    at: String,
    path: String,
    headers: Vec<(String, String)>,
    /// The body as received, at most its first 64 KiB. The signature is computed over these bytes.
    text: String,
    /// The body, if it is JSON.
    json: Option<Value>,
}

impl InboxEntry {
    pub(crate) fn is_ping(&self) -> bool {
        self.json
            .as_ref()
            .is_some_and(|json| json.get("action").is_some_and(|action| action == "ping"))
    }
}

impl Inbox {
    /// Stores a webhook. Returns the entry.
    pub(crate) fn add(&self, call: &Call, now: DateTime<Utc>) -> InboxEntry {
        let body = call.body.get(..LARGEST_BODY).unwrap_or(&call.body);
        let entry = InboxEntry {
            at: millis(now),
            path: call.path.clone(),
            headers: without_credentials(&call.headers),
            text: String::from_utf8_lossy(body).into_owned(),
            json: serde_json::from_slice(body).ok(),
        };
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST_ENTRIES {
            entries.pop_front();
        }
        entries.push_back(entry.clone());
        entry
    }

    pub(crate) fn entries(&self) -> Vec<InboxEntry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.clear();
    }
}

impl fmt::Debug for InboxEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxEntry")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

const MOST_ENTRIES: usize = 1_000;
const LARGEST_BODY: usize = 64 * 1024;
