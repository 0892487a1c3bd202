//! A service with one account that receives webhooks, and the result of a delivery.

use std::sync::Arc;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, HookKey, Secret,
    integration::Ports,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, FixedSettings, SyncSettings},
    store::{Applied, Changes, Delivery, Link, StoreWriter, Write, memory::MemoryStore},
    testing::{FailingStore, FakePlatform, ManualClock, ScriptedTransport},
    webhook::{BodyHash, Event},
};
use greenhouse_partner::PartnerService;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderValue, Request};
use serde_json::Value;
use sha2::Sha256;
use tokio::runtime::{Builder, Runtime};

pub(crate) struct Hook {
    account: AccountId,
    store: Arc<FailingStore>,
    service: PartnerService,
    runtime: Runtime,
}

/// Result of a delivery.
pub(crate) struct Delivered {
    pub(crate) status: u16,
    /// Stable code of a refusal.
    pub(crate) code: Option<String>,
    /// Stored delivery. `None` if nothing was stored.
    pub(crate) delivery: Option<Delivery>,
}

impl Hook {
    pub(crate) fn new() -> Self {
        Self::with_secret(SECRET)
    }

    pub(crate) fn with_secret(secret: &str) -> Self {
        let account = AccountId::new("acme");
        let signing = ReportLinkKey::new("k1", Secret::new("s".repeat(32))).unwrap();
        let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
        let secrets = vec![Secret::new(secret)];
        settings.sync = Some(SyncSettings::from_stored(HookKey::new(KEY), secrets).unwrap());
        let settings = FixedSettings::new([(account.clone(), settings)], None).unwrap();
        let store = Arc::new(FailingStore::around(Arc::new(MemoryStore::new())).recording());
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let ports = Ports::builder(FakePlatform::new(), store.clone())
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
            service,
            runtime,
        }
    }

    /// Adds pushed assessments for every application in the event, so that it has an effect.
    pub(crate) fn link(&self, event: &Event) {
        let mut applications = event.applications().to_vec();
        if applications.is_empty() {
            applications.push(ApplicationId::new(1));
        }
        let candidate = event.candidate().unwrap_or(CandidateId::new(1));
        let mut changes = Changes::none();
        for (at, application) in applications.into_iter().enumerate() {
            let assessment = AssessmentId::new(format!("as-{at}"));
            let link = Link::new(assessment, candidate, application, None);
            changes.links.push(Write::Put(link));
        }
        let applied = self.store.apply(&self.account, changes);
        assert_eq!(self.runtime.block_on(applied).unwrap(), Applied::Applied);
        self.store.take_applied();
    }

    pub(crate) fn deliver(&self, body: &[u8]) -> Delivered {
        self.deliver_signed(sign(body).as_bytes(), body)
    }

    pub(crate) fn deliver_signed(&self, signature: &[u8], body: &[u8]) -> Delivered {
        let request = Request::post(format!("/api/webhooks/greenhouse/{KEY}"))
            .header("greenhouse-event-id", "e1")
            .header("signature", HeaderValue::from_bytes(signature).unwrap())
            .body(Bytes::copy_from_slice(body));
        let answer = self.service.handle(request.unwrap());
        let answer = self.runtime.block_on(answer);
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        let given = self.store.take_applied();
        Delivered {
            status: answer.status().as_u16(),
            code: body["error"]["code"].as_str().map(str::to_owned),
            delivery: given.into_iter().find_map(|changes| changes.seen),
        }
    }
}

pub(crate) fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let digest = BodyHash::from_bytes(mac.finalize().into_bytes().into());
    format!("sha256 {digest}")
}

const KEY: &str = "0123456789abcdef";
pub(crate) const SECRET: &str = "hook-secret";
