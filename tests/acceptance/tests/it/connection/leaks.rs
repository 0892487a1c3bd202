//! Codes, states and tokens are neither logged nor shown.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use acceptance::needle::{Needle, as_text};
use greenhouse_core::{AccountId, store::Records};
use http::Method;
use mock_greenhouse::MockGreenhouse;
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tracing::Dispatch;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use super::stage::{Stage, config, consent};

#[test]
fn codes_states_and_tokens_are_neither_logged_nor_shown() {
    // The mock runs on its own threads, so that its log is not attributed to the hosts.
    let elsewhere = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let greenhouse = elsewhere.block_on(MockGreenhouse::start(config())).unwrap();
    let written = Buffer::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(written.clone())
        .finish();
    // With two subscribers, `tracing` checks the interest each time.
    let _second = Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let here = Builder::new_current_thread().enable_all().build().unwrap();
    let (shown, needles) = here.block_on(play(greenhouse));
    drop(guard);
    let log = as_text(&written.0.lock().unwrap());

    assert!(
        log.contains("was connected to the partner's app"),
        "the log was not captured"
    );
    assert!(
        shown.contains("connected") && needles.len() >= 8,
        "{}",
        needles.len()
    );
    for needle in needles {
        for (place, text) in [("the log", &log), ("a response or Debug", &shown)] {
            assert!(!needle.is_in(text), "{} is in {place}", needle.what);
        }
    }
}

/// Plays every outcome. Returns what is shown, and what must not be in it.
async fn play(greenhouse: MockGreenhouse) -> (String, Vec<Needle>) {
    let stage = Stage::with(greenhouse).await;
    let (mut shown, mut needles) = (String::new(), Vec::new());
    let account = AccountId::new("acme");
    let note = |shown: &mut String, text: &dyn std::fmt::Debug| {
        shown.push_str(&format!("{text:?}\n"));
    };
    for refused in [false, true] {
        let url = stage.start(0, "acme").await;
        let mut returned = consent(url).await;
        needles.push(Needle::new("a state", &returned["state"]));
        needles.push(Needle::new("a code", &returned["code"]));
        if refused {
            returned.insert("state".to_owned(), "canary-foreign-state".to_owned());
            needles.push(Needle::new("a foreign state", "canary-foreign-state"));
        }
        note(&mut shown, &stage.answered(0, &returned).await);
        let record = stage.store.account(&account).await.unwrap();
        note(&mut shown, &record);
    }
    let returned = stage.consent_in_greenhouse();
    needles.push(Needle::new("a code to confirm", &returned["code"]));
    let (_, report) = stage.answered(0, &returned).await;
    let record = stage.store.account(&account).await.unwrap();
    note(&mut shown, &record);
    let confirm = json!({ "action": "confirm", "confirm": report["confirm"] });
    note(&mut shown, &stage.act(0, confirm).await);
    let token = stage.token().await.unwrap();
    note(&mut shown, &token);
    needles.push(Needle::new("an access token", token.access.expose()));
    let refresh = token.refresh.unwrap();
    needles.push(Needle::new("a refresh token", refresh.expose()));
    let secret = &stage.greenhouse.partner_credential().client_secret;
    needles.push(Needle::new("the client secret", secret));
    for path in [
        "connection",
        "health",
        "sync-log",
        "settings/push",
        "set-up/push",
    ] {
        let answer = stage.ask(0, "acme", Method::GET, path, &Value::Null).await;
        note(&mut shown, &answer);
    }
    note(
        &mut shown,
        &stage.act(0, json!({ "action": "disconnect" })).await,
    );
    (shown, needles)
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Buffer {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
