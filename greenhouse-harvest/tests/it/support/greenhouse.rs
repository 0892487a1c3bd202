//! Simulated Greenhouse that stores written records and can fail before or after storing them.

pub(crate) mod destinations;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    Clock, ExchangeLimits, HttpTransport, TransportError, TransportErrorKind, testing::ManualClock,
};
use http::Response;
use serde_json::{Value, json};
use url::Url;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use super::token;

pub(crate) const JOB: i64 = 6_409_551_002;
pub(crate) const STAGE: i64 = 5_120_077_002;

/// Fault in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Status 500 after applying the request.
    Applied,
    /// Status 500 without applying the request.
    NotApplied,
    /// Status 422.
    Refused,
    /// Status 429.
    Limited,
    /// Status 403.
    Forbidden,
    /// The connection is closed without a response. Only in process.
    Reset,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) candidates: Vec<Value>,
    pub(crate) applications: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) notes: Vec<Value>,
    /// Jobs that are visible to the acting user.
    pub(crate) jobs: Vec<Value>,
    /// Rows of the other lists, by the last segment of their path.
    pub(crate) lists: BTreeMap<&'static str, Vec<Value>>,
    /// Granted scopes in the introspection response. `None` sends one scope.
    pub(crate) scopes: Option<String>,
    /// Method and path of each request to the API. Requests to the token host are in brackets.
    pub(crate) log: Vec<String>,
    pub(crate) unexpected: Vec<String>,
    pub(crate) faults: Vec<(&'static str, Fault)>,
    pub(crate) role: Option<&'static str>,
    /// Responds to a create with only the candidate.
    pub(crate) flat: bool,
    /// If `true`, all lists except the list of jobs are empty.
    pub(crate) lagging: bool,
    /// Number of responses, for each list, that contain only a row that the filter excludes.
    pub(crate) other_row: BTreeMap<&'static str, usize>,
    /// If `true`, lists contain each row twice.
    pub(crate) repeated: bool,
    /// Delay after which lists contain a written record.
    pub(crate) lag: Option<(Arc<ManualClock>, TimeDelta)>,
    /// Response to an update with an unknown custom field. `None` accepts the field.
    pub(crate) unlisted_fields: Option<UnlistedFields>,
    /// Bodies of the requests that created candidates.
    pub(crate) created: Vec<Value>,
    /// Bodies of the rejections.
    pub(crate) rejections: Vec<Value>,
    written: BTreeMap<i64, DateTime<Utc>>,
    last_id: i64,
}

/// Response to an update with an unknown custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnlistedFields {
    Refused,
    Ignored,
}

#[derive(Clone)]
pub(crate) struct Greenhouse {
    server: Option<Arc<MockServer>>,
    state: Arc<Mutex<State>>,
}

impl Greenhouse {
    /// Starts a simulated Greenhouse on a local port.
    pub(crate) async fn start() -> Self {
        let mut greenhouse = Self::in_process();
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(Responder(greenhouse.state.clone()))
            .mount(&server)
            .await;
        greenhouse.server = Some(Arc::new(server));
        greenhouse
    }

    /// Creates a simulated Greenhouse that is itself the client's transport.
    pub(crate) fn in_process() -> Self {
        let state = State {
            last_id: 7_000_000_000,
            jobs: vec![json!({"id": JOB, "name": "Account Executive", "status": "open"})],
            ..State::default()
        };
        Self {
            server: None,
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(crate) fn server(&self) -> &MockServer {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }

    /// Injects this fault into the next request of this kind, such as `POST /v3/notes`.
    pub(crate) fn fail(&self, kind: &'static str, fault: Fault) {
        self.with(|state| state.faults.push((kind, fault)));
    }

    /// Returns the requests to the API since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        let log = self.with(|state| std::mem::take(&mut state.log));
        log.into_iter()
            .filter(|line| !line.starts_with('('))
            .collect()
    }

    /// Returns the numbers of candidates, applications, attachments and notes.
    pub(crate) fn counts(&self) -> [usize; 4] {
        self.with(|state| {
            assert!(state.unexpected.is_empty(), "{:?}", state.unexpected);
            [
                state.candidates.len(),
                state.applications.len(),
                state.attachments.len(),
                state.notes.len(),
            ]
        })
    }
}

struct Responder(Arc<Mutex<State>>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap();
        let answer = state.answer(request.method.as_str(), &request.url, &request.body);
        let template = ResponseTemplate::new(answer.status).insert_header("link", "");
        match answer.body {
            Some(body) => template.set_body_json(body),
            None => template,
        }
    }
}

impl fmt::Debug for Greenhouse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Greenhouse")
    }
}

#[async_trait]
impl HttpTransport for Greenhouse {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let url = request.uri().to_string().parse().unwrap();
        let method = request.method().as_str();
        let answer = self.with(|state| state.answer(method, &url, request.body()));
        if answer.status == RESET {
            return Err(TransportError::new(TransportErrorKind::Cut));
        }
        let body = answer.body.map(|body| body.to_string()).unwrap_or_default();
        let response = Response::builder()
            .status(answer.status)
            .header("link", "")
            .header("content-type", "application/json");
        Ok(response.body(body.into()).unwrap())
    }
}

/// Status of a [`Fault::Reset`].
const RESET: u16 = 599;

struct Answered {
    status: u16,
    body: Option<Value>,
}

impl State {
    fn answer(&mut self, method: &str, url: &Url, body: &[u8]) -> Answered {
        let kind = format!("{method} {}", url.path());
        match kind.as_str() {
            "POST /token" => {
                self.log.push(format!("({kind})"));
                return match self.take_fault(&kind) {
                    Some(Fault::Refused) => ok(401, json!({"error": "invalid_client"})),
                    Some(Fault::Reset) => bare(RESET),
                    Some(_) => bare(500),
                    None => ok(200, token()),
                };
            }
            "POST /introspect" => {
                self.log.push(format!("({kind})"));
                return ok(200, self.identity());
            }
            _ => self.log.push(kind.clone()),
        }
        let fault = self.take_fault(&kind);
        match fault {
            Some(Fault::NotApplied) => return bare(500),
            Some(Fault::Limited) => return bare(429),
            Some(Fault::Forbidden) => return bare(403),
            Some(Fault::Reset) => return bare(RESET),
            Some(Fault::Refused) => {
                return ok(
                    422,
                    json!({"message": "Unprocessable Content", "errors": ["no"]}),
                );
            }
            _ => {}
        }
        let answer = if method != "GET" {
            let earlier = self.last_id;
            let body = serde_json::from_slice(body).unwrap();
            let answer = self.write(&kind, &body);
            let answer = answer.or_else(|| self.write_destination(method, url.path(), &body));
            if let Some((clock, _)) = &self.lag {
                let now = clock.now();
                let new = (earlier + 1)..=self.last_id;
                self.written.extend(new.map(|id| (id, now)));
            }
            answer
        } else {
            self.list(&kind, url)
        };
        match (fault, answer) {
            (Some(Fault::Applied), _) => bare(500),
            (_, Some(answer)) => answer,
            (_, None) => {
                self.unexpected.push(kind);
                bare(404)
            }
        }
    }

    pub(crate) fn add_candidate(&mut self, email: &str) -> i64 {
        let id = self.id();
        self.candidates.push(json!({
            "id": id, "first_name": "Mira", "last_name": "Okafor",
            "email_addresses": [{"value": email, "type": "personal"}], "tags": [], "custom_fields": {},
        }));
        id
    }

    pub(crate) fn add_application(&mut self, candidate: i64, job: i64, status: &str) -> i64 {
        let id = self.id();
        self.applications.push(json!({
            "id": id, "candidate_id": candidate, "job_id": job, "status": status, "stage_name": "Application Review",
            "job_interview_stage_id": STAGE, "last_activity_at": "2026-05-11T13:50:00.118Z", "custom_fields": {},
        }));
        id
    }

    fn id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    fn take_fault(&mut self, kind: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|(of, _)| *of == kind)?;
        Some(self.faults.remove(at).1)
    }

    fn identity(&self) -> Value {
        let role = self.role.unwrap_or("site_admin");
        let scopes = self.scopes.as_deref().unwrap_or("harvest:candidates:list");
        json!({
            "active": true, "client_id": "client-7", "sub": "5400012002", "scope": scopes,
            "https://auth.greenhouse.io/claims": {"organization": {"id": 1, "name": "x"}, "user_role": role},
        })
    }

    fn write(&mut self, kind: &str, body: &Value) -> Option<Answered> {
        match kind {
            "POST /v3/candidates" => {
                let email = body["email_addresses"][0]["value"].as_str()?;
                let candidate = self.add_candidate(email);
                self.created.push(body.clone());
                if let Some(tags) = body.get("tags") {
                    self.candidates.last_mut()?["tags"] = tags.clone();
                }
                if let Some(job) = body["application"]["job_id"].as_i64() {
                    self.add_application(candidate, job, "in_process");
                }
                let row = self.candidates.last()?;
                let application = self
                    .applications
                    .last()
                    .filter(|row| row["candidate_id"] == candidate);
                Some(ok(
                    201,
                    if self.flat {
                        row.clone()
                    } else {
                        json!({"candidate": row, "application": application})
                    },
                ))
            }
            "POST /v3/applications" => {
                let (candidate, job) = (body["candidate_id"].as_i64()?, body["job_id"].as_i64()?);
                self.add_application(candidate, job, "in_process");
                Some(ok(201, self.applications.last()?.clone()))
            }
            "POST /v3/attachments" | "POST /v3/notes" => {
                let mut row = body.clone();
                row["id"] = self.id().into();
                let rows = if kind == "POST /v3/notes" {
                    &mut self.notes
                } else {
                    &mut self.attachments
                };
                rows.push(row.clone());
                Some(ok(201, row))
            }
            _ => None,
        }
    }

    fn shows(&self, row: &Value) -> bool {
        let written = row["id"].as_i64().and_then(|id| self.written.get(&id));
        let lag = self.lag.as_ref().zip(written);
        lag.is_none_or(|((clock, lag), written)| clock.now() >= *written + *lag)
    }

    fn list(&mut self, kind: &str, url: &Url) -> Option<Answered> {
        let lies = match self.other_row.get_mut(kind) {
            Some(left) => {
                let lies = *left > 0;
                *left = left.saturating_sub(1);
                lies
            }
            None => false,
        };
        let stages;
        let rows = match kind {
            "GET /v3/application_stages" => {
                stages = self.application_stages();
                &stages
            }
            "GET /v3/candidates" => &self.candidates,
            "GET /v3/applications" => &self.applications,
            "GET /v3/attachments" => &self.attachments,
            "GET /v3/notes" => &self.notes,
            "GET /v3/jobs" => &self.jobs,
            other => {
                let list = other.strip_prefix("GET /v3/")?;
                match self.lists.get(list) {
                    Some(rows) => rows,
                    None if LISTS.contains(&list) => NONE,
                    None => return None,
                }
            }
        };
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let found: Vec<&Value> = rows
            .iter()
            .filter(|_| !self.lagging || kind == "GET /v3/jobs")
            .filter(|row| self.shows(row))
            .filter(|row| query.iter().all(|(name, value)| matches(row, name, value)) != lies)
            .collect();
        let shown = if lies { 1 } else { found.len() };
        let found = &found[found.len().saturating_sub(shown)..];
        let times = if self.repeated { 2 } else { 1 };
        let found = found.repeat(times);
        Some(ok(200, json!(found)))
    }
}

fn matches(row: &Value, name: &str, value: &str) -> bool {
    let id = |member: &str| {
        value
            .split(',')
            .any(|id| row[member] == id.parse::<i64>().unwrap())
    };
    let flag = || row[name] == value.parse::<bool>().unwrap();
    match name {
        "email" => row["email_addresses"][0]["value"]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case(value),
        "ids" => id("id"),
        "candidate_ids" => id("candidate_id"),
        "job_ids" => id("job_id"),
        "application_ids" => id("application_id"),
        "custom_field_ids" => id("custom_field_id"),
        "scorecard_ids" => id("scorecard_id"),
        "type" | "status" | "field_type" | "primary_email" => row[name] == value,
        "active" | "deactivated" | "current" => flag(),
        "per_page" | "fields" | "show_service_accounts" => true,
        other => panic!("unexpected filter {other}"),
    }
}

fn ok(status: u16, body: Value) -> Answered {
    Answered {
        status,
        body: Some(body),
    }
}

const NONE: &Vec<Value> = &Vec::new();
/// Lists that are empty until a test sets their rows. Any other list exists once it is set.
const LISTS: [&str; 10] = [
    "scorecards",
    "scorecard_candidate_attributes",
    "job_candidate_attributes",
    "users",
    "job_interview_stages",
    "job_interviews",
    "interview_kits",
    "custom_fields",
    "custom_field_options",
    "sources",
];

fn bare(status: u16) -> Answered {
    Answered { status, body: None }
}
