//! What the tests of Candidate Push share.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Shown, Stage};

impl Stage {
    /// Version that a form on the page contains.
    pub(crate) async fn version(&self) -> String {
        self.stored().await["version"].to_string()
    }

    /// Settings of the push, as the endpoint returns them.
    pub(crate) async fn push_settings(&self) -> Value {
        self.stored().await["settings"].take()
    }

    async fn stored(&self) -> Value {
        self.api(Method::GET, "settings/push", Value::Null).await
    }

    /// Saves other settings, for a test that begins with them.
    pub(crate) async fn change_push(&self, change: impl FnOnce(&mut Value)) {
        let mut stored = self.stored().await;
        change(&mut stored["settings"]);
        stored["settings"]["enabled"] = json!(false);
        let saved = self.api(Method::PUT, "settings/push", stored).await;
        assert!(saved["version"].is_u64(), "{saved}");
    }

    /// Submits a form of the push with the current version.
    pub(crate) async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Shown {
        let version = self.version().await;
        let mut form = form.to_vec();
        form.push(("version", &version));
        self.post(path, &form).await
    }

    /// Enters the mock's credential.
    pub(crate) async fn enter_credential(&self, more: &[(&str, &str)]) -> Shown {
        let own = self.greenhouse.credential();
        let mut form = vec![
            ("credential.grant", "client_credentials"),
            ("credential.client_id", own.client_id.as_str()),
            ("credential.client_secret", own.client_secret.as_str()),
        ];
        form.extend(more);
        self.submit("/push/credential", &form).await
    }
}

impl Shown {
    #[track_caller]
    pub(crate) fn has(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "no {text} in\n{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text} in\n{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The part of the page from a text to the next one.
    #[track_caller]
    pub(crate) fn between(&self, from: &str, until: &str) -> &str {
        let (_, rest) = self.body.split_once(from).expect(from);
        rest.split_once(until).expect(until).0
    }
}
