//! Completion notices over real HTTP. The host does not follow a redirect from an allowed host, and
//! does not call local addresses that are not allowed.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, Background, InvitationId, ScenarioId, Secret,
    integration::Ports,
    operator::OperatorPart,
    platform::{AssessmentPlatform, AssessmentState, Scenario},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::Score,
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, FixedSettings, KeyDigest,
    },
    store::{LogFilter, NoticeState, Records, SyncLog, memory::MemoryStore},
    testing::{FakePlatform, ManualClock},
};
use greenhouse_harvest::ReqwestTransport;
use greenhouse_partner::{CallbackPolicy, PartnerConfig, PartnerService};
use http::Request;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let stranger = Recorder::start("HTTP/1.1 204 No Content\r\n".to_owned()).await;
        for location in [
            stranger.url("http", "127.0.0.1"),
            stranger.url("http", "localhost"),
            stranger.url("http", "[::1]"),
            "/elsewhere".to_owned(),
        ] {
            let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\n");
            let greenhouse = Recorder::start(head).await;
            let partner = Partner::new(CallbackPolicy::loopback());
            let id = partner
                .take(&greenhouse.url("http", "127.0.0.1"))
                .await
                .unwrap();
            partner.finish(&id).await;
            assert_eq!(
                greenhouse.asked(),
                ["PATCH /777 HTTP/1.1"],
                "{status} {location}"
            );
            assert_eq!(stranger.asked(), [""; 0], "{status} {location}");
            assert_eq!(partner.notice(&id).await, NoticeState::Refused);
            let why = format!("Greenhouse redirected the completion notice ({status}).");
            assert!(
                partner.last_line().await.starts_with(&why),
                "{status} {location}"
            );
            let checks = partner.service.checks(&partner.account).await;
            assert!(
                checks.iter().any(|check| check.text.contains(&why)),
                "{checks:?}"
            );
        }
    }
}

/// At its end, the test shows that the listener is reachable, so only the URL policy blocks the
/// notices.
#[tokio::test]
async fn local_addresses_are_not_called() {
    let listener = Recorder::start("HTTP/1.1 204 No Content\r\n".to_owned()).await;
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "%31%32%37.0.0.1",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "app.greenhouse.io@127.0.0.1",
    ] {
        for scheme in ["http", "https"] {
            let partner = Partner::new(CallbackPolicy::default());
            let refused = partner.take(&listener.url(scheme, host)).await.unwrap_err();
            assert_eq!(refused, "bad_callback_url", "{scheme} {host}");
            assert!(partner.service.run_due(10).await.unwrap().is_none());
            let line = partner.last_line().await;
            assert!(line.starts_with("A request to send a test was refused: "));
        }
    }
    assert_eq!(listener.asked(), [""; 0]);

    let partner = Partner::new(CallbackPolicy::loopback());
    let id = partner
        .take(&listener.url("http", "2130706433"))
        .await
        .unwrap();
    partner.finish(&id).await;
    assert_eq!(partner.notice(&id).await, NoticeState::Accepted);
    assert_eq!(listener.asked(), ["PATCH /777 HTTP/1.1"]);
}

/// The partner service with the transport that hosts use.
struct Partner {
    account: AccountId,
    store: Arc<MemoryStore>,
    platform: Arc<FakePlatform>,
    service: PartnerService,
}

impl Partner {
    fn new(callbacks: CallbackPolicy) -> Self {
        let account = AccountId::new("acme");
        let key = ReportLinkKey::new("k1", Secret::new("s".repeat(32))).unwrap();
        let mut settings = AccountSettings::new(ReportLinks::new(key, vec![]));
        let mut assessments = AssessmentSettings::new(vec![KeyDigest::of("key")]);
        assessments.completion = Some(CompletionCredential {
            user: Secret::new("user"),
            password: Secret::new("password"),
        });
        settings.assessments = Some(assessments);
        let settings = FixedSettings::new([(account.clone(), settings)], None).unwrap();
        let (store, platform) = (Arc::new(MemoryStore::new()), Arc::new(FakePlatform::new()));
        let scenario = ScenarioId::new("sc-1");
        let name = "Discovery Call".to_owned();
        platform.add_scenario(&account, Scenario { id: scenario, name });
        let ports = Ports::builder(platform.clone(), store.clone())
            .public_url("https://host.example")
            .unwrap()
            .settings(Arc::new(settings))
            .transport(ReqwestTransport::direct().unwrap())
            .clock(ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap()))
            .build();
        let mut config = PartnerConfig::default();
        config.callback = callbacks;
        let service = PartnerService::builder(&ports.unwrap()).config(config);
        let service = service.build().unwrap();
        Self {
            account,
            store,
            platform,
            service,
        }
    }

    /// Returns the invitation, or the error code.
    async fn take(&self, callback: &str) -> Result<InvitationId, String> {
        let body = json!({
            "partner_test_id": "sc-1", "candidate": { "email": "ada@example.org" }, "url": callback,
        });
        let request = Request::post("/api/greenhouse/send-test")
            .header("authorization", "Basic a2V5Og==")
            .body(Bytes::from(body.to_string()));
        let answer = self.service.handle(request.unwrap()).await;
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        match answer["partner_interview_id"].as_str() {
            Some(id) => Ok(InvitationId::new(id)),
            None => Err(answer["error"]["code"].as_str().unwrap().to_owned()),
        }
    }

    /// Invites the candidate and completes the assessment, so that a notice is due.
    async fn finish(&self, id: &InvitationId) {
        self.service.run_due(10).await.unwrap();
        let invitation = self.store.invitation(&self.account, id).await.unwrap();
        let id = invitation.unwrap().assessment.unwrap();
        let found = self.platform.assessment(&self.account, &id).await.unwrap();
        let mut assessment = found.unwrap();
        assessment.state = AssessmentState::Completed;
        assessment.score = Some(Score::new(80.0).unwrap());
        self.platform.put(&self.account, assessment);
        let changed = self.service.assessment_changed(&self.account, &id);
        changed.await.unwrap();
        self.service.run_due(10).await.unwrap();
    }

    async fn notice(&self, id: &InvitationId) -> NoticeState {
        let invitation = self.store.invitation(&self.account, id).await.unwrap();
        invitation.unwrap().notice
    }

    async fn last_line(&self) -> String {
        let filter = LogFilter::newest(1);
        let page = self.store.log_page(&self.account, &filter).await.unwrap();
        page.entries.into_iter().next().unwrap().entry.text
    }
}

/// A server that records requests and always sends the same response.
struct Recorder {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    async fn start(head: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        // The server ends with the test's runtime.
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let asked = read_head(&mut stream).await;
                seen.lock().unwrap().push(asked);
                let answer = format!("{head}content-length: 0\r\nconnection: close\r\n\r\n");
                // A request is recorded even if the client has closed the connection.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { port, asked }
    }

    fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/777", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads the request line. Returns an empty line for a connection without a request.
async fn read_head(stream: &mut BufReader<TcpStream>) -> String {
    let (mut first, mut line) = (String::new(), String::new());
    let _ = stream.read_line(&mut first).await;
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        line.clear();
    }
    first.trim_end().to_owned()
}
