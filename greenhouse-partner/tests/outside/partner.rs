use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::{
    AccountId, Background, ScenarioId, Secret,
    integration::Ports,
    platform::Scenario,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, AssessmentSettings, FixedSettings, KeyDigest},
    store::memory::MemoryStore,
    testing::{FakePlatform, ManualClock, ScriptedTransport},
};
use greenhouse_partner::PartnerService;
use http::Request;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

/// A partner with one account, and a product to which tests can be added.
pub(crate) struct Partner {
    pub(crate) account: AccountId,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) platform: Arc<FakePlatform>,
    service: PartnerService,
    runtime: Runtime,
}

impl Partner {
    pub(crate) fn with_key(key: &str) -> Self {
        let account = AccountId::new("acme");
        let signing = ReportLinkKey::new("k1", Secret::new("s".repeat(32))).unwrap();
        let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
        settings.assessments = Some(AssessmentSettings::new(vec![KeyDigest::of(key)]));
        let settings = FixedSettings::new([(account.clone(), settings)], None).unwrap();
        let store = Arc::new(MemoryStore::new());
        let platform = Arc::new(FakePlatform::new());
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let ports = Ports::builder(platform.clone(), store.clone())
            .public_url("https://host.example")
            .unwrap()
            .settings(Arc::new(settings))
            .transport(ScriptedTransport::new())
            .clock(ManualClock::at(now))
            .build();
        let service = PartnerService::builder(&ports.unwrap()).build().unwrap();
        let runtime = Builder::new_current_thread().build().unwrap();
        Self {
            account,
            store,
            platform,
            service,
            runtime,
        }
    }

    pub(crate) fn add_test(&self, id: &str, name: &str) {
        let (id, name) = (ScenarioId::new(id), name.to_owned());
        self.platform
            .add_scenario(&self.account, Scenario { id, name });
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        self.ask(Request::get(path), &basic(KEY), Bytes::new())
    }

    pub(crate) fn post(&self, path: &str, body: Vec<u8>) -> (u16, Value) {
        self.ask(Request::post(path), &basic(KEY), body.into())
    }

    pub(crate) fn get_with(&self, path: &str, authorization: &str) -> (u16, Value) {
        self.ask(Request::get(path), authorization, Bytes::new())
    }

    pub(crate) fn run_due(&self) {
        self.wait(self.service.run_due(100)).unwrap();
    }

    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    fn ask(
        &self,
        request: http::request::Builder,
        authorization: &str,
        body: Bytes,
    ) -> (u16, Value) {
        let request = request.header("authorization", authorization);
        let answer = self.wait(self.service.handle(request.body(body).unwrap()));
        let body = serde_json::from_slice(answer.body()).unwrap();
        (answer.status().as_u16(), body)
    }
}

fn basic(key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{key}:")))
}

pub(crate) const KEY: &str = "gpk_test";
