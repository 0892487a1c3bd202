//! The client's trace-level log and its error messages contain no secrets or personal data.

mod capture;
mod echo;
mod partner;

use std::{error::Error as _, fmt::Debug, net::TcpListener, sync::Arc, time::Duration};

use acceptance::needle::Needle;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::{
    ApplicationId, CandidateId, Clock, JobId, UserId,
    settings::{HarvestCredential, NoteVisibility, ReportAttachment},
    testing::ManualClock,
};
use greenhouse_harvest::api::RejectionReasonId;
use greenhouse_harvest::{
    Error, HarvestClient, HarvestEndpoints, ReqwestTransport, Route, SystemClock, UntypedCall,
    api::{
        AttachmentFilter, CandidateFilter, JobFilter, NewApplication, NewAttachment, NewCandidate,
        NewNote, NewWebhook, PhoneKind, PhoneNumber, Rejection, UpdateCandidate, WebhookAction,
    },
};
use mock_greenhouse::{
    Config, Credential, Fault, FaultKind, ListForNonAdmin, MockClock, MockGreenhouse,
    PartnerCredential, Switches,
};
use serde_json::json;
use tokio::runtime::Builder;

use self::{capture::Capture, echo::Echo};

#[test]
fn logs_and_errors_contain_no_secrets_and_no_personal_data() {
    // The mock runs on its own threads, so that its log is not attributed to the client.
    let elsewhere = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let greenhouse = elsewhere.block_on(greenhouse());
    let capture = Capture::begin();
    let here = Builder::new_current_thread().enable_all().build().unwrap();
    let mut shown = Shown::default();
    let mut needles = needles();
    here.block_on(async {
        play(&greenhouse, &mut shown).await;
        needles.extend(partner::play(&greenhouse, &elsewhere, &mut shown).await);
    });
    let log = capture.end();
    elsewhere.block_on(greenhouse.stop());

    for known in [
        "harvest",
        "/v3/candidates",
        "status=200",
        "attempts=",
        "starting new connection",
    ] {
        assert!(
            log.contains(known),
            "the log was not captured: expected {known} in it"
        );
    }
    for known in ["[withheld]", "harvest:candidates:list", "is unknown"] {
        assert!(shown.0.contains(known), "no error contains {known}");
    }
    for needle in needles {
        for (place, text) in [("the log", &log), ("an error", &shown.0)] {
            if !needle.is_in(text) {
                continue;
            }
            let lines = text.lines().filter(|line| needle.is_in(line));
            let lines: Vec<_> = lines.take(3).collect();
            panic!("{} is in {place}: {lines:#?}", needle.what);
        }
    }
}

async fn greenhouse() -> MockGreenhouse {
    let mut switches = Switches::default();
    switches.list_for_non_admin = ListForNonAdmin::Forbidden;
    let config = Config::default()
        .with_credential(Credential::new(CLIENT_ID, CLIENT_SECRET))
        .with_partner_credential(PartnerCredential::new(
            PARTNER_ID,
            PARTNER_SECRET,
            "https://partner.example/callback",
        ))
        .with_rate_limit(10_000)
        .with_switches(switches);
    let greenhouse = MockGreenhouse::start(config).await.unwrap();
    let job = greenhouse.seed_job("Account Executive", &["Application Review", "Offer"]);
    let candidate = greenhouse.seed_candidate(FIRST_NAME, LAST_NAME, EMAIL);
    greenhouse.seed_application(candidate, job.job_id).unwrap();
    greenhouse
}

async fn play(greenhouse: &MockGreenhouse, shown: &mut Shown) {
    let work = Task::of(greenhouse);
    let admin = UserId::new(greenhouse.site_admin());
    let client = client(&at(greenhouse.url()), CLIENT_ID, CLIENT_SECRET, admin);
    shown.add(&client);
    shown.done(client.introspect().await);
    work.all(&client, shown).await;

    for kind in [
        FaultKind::ExpiredToken,
        FaultKind::Refuse,
        FaultKind::StallApplied,
        FaultKind::Cut { applied: false },
        FaultKind::Cut { applied: true },
        FaultKind::Status {
            status: 503,
            applied: false,
        },
        FaultKind::Status {
            status: 500,
            applied: true,
        },
        FaultKind::TooManyRequests {
            retry_after_seconds: Some(7),
        },
        FaultKind::TruncatedBody,
        FaultKind::WrongContentType,
        FaultKind::MalformedJson,
    ] {
        // The fault occurs once, so that the client retries, or so often that the client gives up.
        for times in [1, 1_000] {
            greenhouse.add_fault(Fault::new("POST", "*", kind).next(times));
            greenhouse.add_fault(Fault::new("GET", "*", kind).next(times));
            let client = client
                .clone()
                .with_write_deadline(Duration::from_millis(100));
            if kind == FaultKind::StallApplied {
                greenhouse.clear_faults();
                greenhouse.add_fault(Fault::new("POST", "/v3/candidates", kind).next(times));
            }
            work.all(&client, shown).await;
            greenhouse.clear_faults();
        }
    }

    let job_admin = UserId::new(greenhouse.job_admin());
    for (id, secret, user) in [
        (CLIENT_ID, CLIENT_SECRET, job_admin),
        (CLIENT_ID, CLIENT_SECRET, UserId::new(1)),
        (CLIENT_ID, OTHER_SECRET, admin),
        ("canaryclient", CLIENT_SECRET, admin),
        ("canaryclient-1", CLIENT_SECRET, admin),
    ] {
        let client = self::client(&at(greenhouse.url()), id, secret, user);
        work.all(&client, shown).await;
    }

    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let unreachable = HarvestEndpoints::new(
        format!("http://{unused}").parse().unwrap(),
        greenhouse.url().parse().unwrap(),
    );
    let client = self::client(&unreachable.unwrap(), CLIENT_ID, CLIENT_SECRET, admin);
    work.all(&client, shown).await;

    for status in [200, 201, 302, 400, 401, 404, 409, 422, 429, 500] {
        let echo = Echo::start(status);
        let api = echo.url().parse().unwrap();
        let endpoints = HarvestEndpoints::new(api, greenhouse.url().parse().unwrap()).unwrap();
        let client = self::client(&endpoints, CLIENT_ID, CLIENT_SECRET, admin);
        work.all(&client, shown).await;
        // The token host also echoes requests.
        let client = self::client(&at(echo.url()), CLIENT_ID, CLIENT_SECRET, admin);
        work.all(&client, shown).await;
    }
}

/// Calls that the test repeats under every fault.
struct Task {
    clock: MockClock,
    candidate: CandidateId,
    application: ApplicationId,
    job: JobId,
    reason: RejectionReasonId,
}

impl Task {
    fn of(greenhouse: &MockGreenhouse) -> Self {
        let application = &greenhouse.applications()[0];
        Self {
            clock: greenhouse.clock().clone(),
            candidate: CandidateId::new(application.candidate_id),
            application: ApplicationId::new(application.id),
            job: JobId::new(application.job_id.unwrap()),
            reason: RejectionReasonId::new(greenhouse.rejection_reason()),
        }
    }

    async fn all(&self, client: &HarvestClient, shown: &mut Shown) {
        // The token host has its own rate limit.
        self.clock.advance(Duration::from_secs(61));
        let by_email = CandidateFilter::new().email(EMAIL);
        shown.add(&by_email);
        shown.done(client.candidates(&by_email).all().await);
        shown.done(client.jobs(&JobFilter::default()).all().await);
        let files = AttachmentFilter::new().application_ids([self.application]);
        shown.done(client.attachments(&files).all().await);

        let read = UntypedCall::new(UNTYPED_READ).query("email", EMAIL);
        shown.add(&read);
        shown.done(client.call(&read).await.map(drop));
        let body = json!({ "tag": LAST_NAME, "deep": [{ "note": NOTE }] });
        let write = UntypedCall::new(UNTYPED_WRITE).body(body);
        shown.add(&write);
        shown.done(client.call(&write).await.map(drop));

        let person = NewCandidate::new(FIRST_NAME, LAST_NAME, EMAIL).applying(self.job, None);
        shown.add(&person);
        shown.done(client.create_candidate(&person).await);
        let again = NewApplication::new(self.candidate, self.job, None);
        shown.done(client.create_application(&again).await);
        let file = Bytes::from_static(FILE.as_bytes());
        let kind = ReportAttachment::Other;
        let file = NewAttachment::new(self.application, FILE_NAME, kind, file);
        shown.add(&file);
        shown.done(client.create_attachment(&file).await);
        let mut update = UpdateCandidate::new();
        update.company = Some(COMPANY.to_owned());
        update.phone_numbers = Some(vec![PhoneNumber::new(PhoneKind::Mobile, PHONE)]);
        update.tags = Some(vec![TAG.to_owned()]);
        shown.add(&update);
        shown.done(client.update_candidate(self.candidate, &update).await);
        shown.done(client.create_candidate_tag(TAG).await);
        let mut rejection = Rejection::new(self.reason);
        rejection.notes = Some(NOTE.to_owned());
        shown.add(&rejection);
        shown.done(
            client
                .reject_application(self.application, &rejection)
                .await,
        );
        let hook = NewWebhook::new(TAG, HOOK, HOOK_SECRET, WebhookAction::RejectCandidate, 1)
            .with_basic_auth(HOOK_SECRET, HOOK_SECRET);
        shown.add(&hook);
        shown.done(client.create_webhook(&hook).await);
        for application in [self.application, ApplicationId::new(1)] {
            let note = NewNote::new(self.candidate, application, NoteVisibility::Private, NOTE);
            shown.add(&note);
            shown.done(client.create_note(&note).await);
        }
    }
}

/// Text of everything that a caller can print.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn add(&mut self, value: &impl Debug) {
        self.0.push_str(&format!("{value:?}\n"));
    }

    fn done(&mut self, result: Result<impl Debug, Error>) {
        match result {
            Ok(value) => self.add(&value),
            Err(error) => {
                self.0.push_str(&format!("{error} {error:?} {error:#?}\n"));
                let mut source = error.source();
                while let Some(cause) = source {
                    self.0.push_str(&format!("{cause} {cause:?}\n"));
                    source = cause.source();
                }
            }
        }
    }
}

fn client(endpoints: &HarvestEndpoints, id: &str, secret: &str, user: UserId) -> HarvestClient {
    let credential = HarvestCredential::new(id, Some(secret.into())).unwrap();
    // Waits take no time on this clock.
    let clock = Arc::new(ManualClock::self_advancing(SystemClock.now()));
    HarvestClient::builder(
        Arc::new(ReqwestTransport::direct().unwrap()),
        clock,
        credential,
    )
    .acting_as(user)
    .endpoints(endpoints.clone())
    .build()
}

fn at(url: &str) -> HarvestEndpoints {
    HarvestEndpoints::new(url.parse().unwrap(), url.parse().unwrap()).unwrap()
}

fn needles() -> Vec<Needle> {
    let named = [
        ("the client id", CLIENT_ID),
        ("another client id", "canaryclient"),
        ("the client secret", CLIENT_SECRET),
        ("another client secret", OTHER_SECRET),
        ("a partner's client id", PARTNER_ID),
        ("a partner's client secret", PARTNER_SECRET),
        ("a first name", FIRST_NAME),
        ("a last name", LAST_NAME),
        ("an e-mail address", EMAIL),
        ("the host of an e-mail address", "canary-host"),
        ("a company", COMPANY),
        ("a telephone number", PHONE),
        ("a tag", TAG),
        ("the address of a webhook", "canary-hook"),
        ("a note", "canary-note"),
        ("the rest of a note", "sold nothing"),
        ("the name of a file", FILE_NAME),
        ("a file", FILE),
    ];
    let mut needles: Vec<Needle> = named
        .into_iter()
        .map(|(what, text)| Needle::new(what, text))
        .collect();
    // Every access token of the mock begins with the same header.
    let token = STANDARD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    needles.push(Needle::new("an access token", token));
    needles
}

const UNTYPED_READ: Route = Route::get("/v3/candidates", "harvest:candidates:list");
const UNTYPED_WRITE: Route = Route::post("/v3/candidates", "harvest:candidates:create");

const CLIENT_ID: &str = "canaryclient-4000001002";
const CLIENT_SECRET: &str = "canary-client-secret";
const OTHER_SECRET: &str = "canary-wrong-word";
const PARTNER_ID: &str = "canarypartner-4000002002";
const PARTNER_SECRET: &str = "canary-partner-secret";
const FIRST_NAME: &str = "Canaria";
const LAST_NAME: &str = "Zwitscher";
const EMAIL: &str = "canaria@canary-host.example";
const COMPANY: &str = "Canary Seed Traders";
const PHONE: &str = "+49-170-5550199";
const TAG: &str = "canary-tag";
const HOOK: &str = "https://127.0.0.1:1/canary-hook";
const HOOK_SECRET: &str = "canary-hook-secret";
const NOTE: &str =
    "canary-note of Canaria Zwitscher <canaria@canary-host.example>\nshe sold nothing\n";
const FILE_NAME: &str = "canary-report-Zwitscher.pdf";
const FILE: &str = "%PDF canary-file";
