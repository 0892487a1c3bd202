//! Every known error body of Greenhouse, complete and truncated at every position, as the response
//! to a read and to a write.

use std::{
    error::Error as _,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    ApplicationId, CandidateId, ExchangeLimits, HttpTransport, JobId, TransportError,
    settings::{HarvestCredential, NoteVisibility},
    testing::ManualClock,
};
use greenhouse_harvest::{
    AuthProblem, Error, HarvestClient, PartnerConnection,
    api::{JobFilter, NewApplication, NewCandidate, NewNote},
};
use http::{Request, Response};

use crate::support::{EMAIL, SECRET, TOKEN, start, token};

#[tokio::test]
async fn a_refusal_is_recognized_from_any_truncated_body() {
    let refusals = [
        (401, UNAUTHORIZED),
        (403, FORBIDDEN),
        (404, NOT_FOUND),
        (422, UNPROCESSABLE),
    ];
    for (status, body) in refusals
        .iter()
        .flat_map(|(status, bodies)| cut(*status, bodies))
    {
        let client = client(token_answer(), Answer::new(status, body));
        for (error, scope, sent) in errors(&client).await {
            match (&error, status) {
                (
                    Error::Auth {
                        problem: AuthProblem::TokenRejected,
                        ..
                    },
                    401,
                ) => {}
                (
                    Error::Auth {
                        problem: AuthProblem::Forbidden { scope: named },
                        ..
                    },
                    403,
                ) => {
                    assert_eq!(*named, scope);
                }
                (Error::Api { status: actual, .. }, 404 | 422) => assert_eq!(*actual, status),
                _ => panic!("{status} {error:?}"),
            }
            assert!(!error.outcome_unknown());
            shows_nothing(&error, sent);
        }
    }
}

#[tokio::test]
async fn a_server_error_leaves_a_write_ambiguous() {
    let bodies: Vec<&str> = [UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNPROCESSABLE].concat();
    for status in [408, 500, 502, 503, 504] {
        for body in &bodies {
            let client = client(token_answer(), Answer::new(status, *body));
            for (error, _, sent) in errors(&client).await {
                match &error {
                    Error::Api { status: actual, .. } if !error.route().method().is_safe() => {
                        panic!("{actual} {error:?}");
                    }
                    Error::Api { status: actual, .. } => assert_eq!(*actual, status),
                    Error::Ambiguous { status: actual, .. } => assert_eq!(*actual, Some(status)),
                    _ => panic!("{status} {error:?}"),
                }
                shows_nothing(&error, sent);
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_token_host_is_recognized_from_any_truncated_body() {
    let refusals = [(401, TOKEN_UNAUTHORIZED), (400, TOKEN_REFUSED)];
    for (status, body) in refusals
        .iter()
        .flat_map(|(status, bodies)| cut(*status, bodies))
    {
        let client = client(Answer::new(status, body), Answer::new(418, ""));
        for (error, _, sent) in errors(&client).await {
            assert!(matches!(error, Error::Auth { .. }), "{status} {error:?}");
            assert_eq!(error.route().template(), "/token");
            shows_nothing(&error, sent);
        }
    }
}

#[tokio::test]
async fn refusals_of_codes_and_introspections_are_recognized_from_any_truncated_body() {
    let refusals = [
        (401, TOKEN_UNAUTHORIZED),
        (400, TOKEN_REFUSED),
        (403, FORBIDDEN),
    ];
    let cut = refusals
        .iter()
        .flat_map(|(status, bodies)| cut(*status, bodies));
    let active = r#"{"active":true,"client_id":"client-4000002002-7","sub":"7","scope":"a b"}"#;
    let half = (0..active.len()).map(|end| (200, &active[..end]));
    for (status, body) in cut.chain(half) {
        let answer = || Answer::new(status, body);
        let client = client(token_answer(), answer());
        let introspected = client.introspect().await.unwrap_err();
        let partner = partner(answer());
        let exchanged = partner.exchange("canary-code").await.unwrap_err();
        for error in [introspected, exchanged] {
            match error {
                Error::Auth { .. } if status != 200 => {}
                Error::Decode { .. } if status == 200 => {}
                _ => panic!("{status} {body} {error:?}"),
            }
            shows_nothing(&error, &["canary"]);
        }
    }
}

#[tokio::test]
async fn a_truncated_token_response_is_not_a_token() {
    let whole = token().to_string();
    for end in 0..whole.len() {
        let client = client(Answer::new(200, &whole[..end]), Answer::new(418, ""));
        for (error, _, sent) in errors(&client).await {
            assert!(
                matches!(&error, Error::Decode { path, .. } if !path.is_empty()),
                "{error:?}"
            );
            assert!(!error.outcome_unknown());
            shows_nothing(&error, sent);
        }
    }
}

#[tokio::test]
async fn a_truncated_success_names_its_position_and_leaves_a_write_ambiguous() {
    let row = format!(
        r#"{{"id":7,"first_name":"Canary","email_addresses":[{{"value":"{EMAIL}","type":"personal"}}],"custom_fields":{{"a":{{"name":"A","type":"short_text","value":"Canary"}}}},"created_at":"2026-05-05T22:36:04.296Z"}}"#
    );
    for whole in [
        format!("[{row},{row}]"),
        row.clone(),
        format!(r#"{{"candidate":{row},"application":null}}"#),
    ] {
        for end in 0..whole.len() {
            let client = client(token_answer(), Answer::new(200, &whole[..end]));
            for (error, _, sent) in errors(&client).await {
                match &error {
                    Error::Decode { path, .. } => assert!(!path.is_empty() && path.len() < 250),
                    Error::Ambiguous {
                        status: Some(200), ..
                    } => {
                        assert!(!error.route().method().is_safe());
                    }
                    _ => panic!("{error:?}"),
                }
                shows_nothing(&error, sent);
            }
        }
    }
}

/// Errors of a read and three writes, each with its scope and the values that were sent.
async fn errors(client: &HarvestClient) -> [(Error, &'static str, &'static [&'static str]); 4] {
    let (candidate, application) = (CandidateId::new(1), ApplicationId::new(2));
    let person = NewCandidate::new("Canary", "Personal", EMAIL);
    let text = "Canary did well";
    let note = NewNote::new(candidate, application, NoteVisibility::Private, text);
    let applying = NewApplication::new(candidate, JobId::new(3), None);
    let read = client.jobs(&JobFilter::default()).all().await.unwrap_err();
    let person = client.create_candidate(&person).await.unwrap_err();
    let note = client.create_note(&note).await.unwrap_err();
    let applying = client.create_application(&applying).await.unwrap_err();
    [
        (read, "harvest:jobs:list", &[]),
        (person, "harvest:candidates:create", &["canary", "personal"]),
        (note, "harvest:notes:create", &["did well"]),
        (applying, "harvest:applications:create", &[]),
    ]
}

fn shows_nothing(error: &Error, sent: &[&str]) {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains(char::is_control), "{shown:?}");
    let shown = shown.to_lowercase();
    for canary in [EMAIL, SECRET, TOKEN, CLIENT_ID].iter().chain(sent) {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
}

/// Returns each body truncated at every position.
fn cut(status: u16, bodies: &'static [&'static str]) -> impl Iterator<Item = (u16, &'static str)> {
    let ends = |body: &'static str| (0..=body.len()).filter(|end| body.is_char_boundary(*end));
    bodies
        .iter()
        .flat_map(move |body| ends(body).map(move |end| (status, &body[..end])))
}

fn client(token: Answer, api: Answer) -> HarvestClient {
    let credential = HarvestCredential::new(CLIENT_ID, Some(SECRET.into())).unwrap();
    client_of(credential, token, api)
}

fn client_of(credential: HarvestCredential, token: Answer, api: Answer) -> HarvestClient {
    let greenhouse = Arc::new(Greenhouse {
        token,
        api,
        sent: Mutex::default(),
    });
    let clock = Arc::new(ManualClock::self_advancing(start()));
    HarvestClient::builder(greenhouse, clock, credential).build()
}

fn partner(token: Answer) -> PartnerConnection {
    let secret = Some(SECRET.into());
    let back = "https://partner.example/callback";
    let credential = HarvestCredential::partner(CLIENT_ID, secret, back).unwrap();
    client_of(credential, token, Answer::new(418, ""))
        .partner()
        .unwrap()
}

fn token_answer() -> Answer {
    Answer::new(200, token().to_string())
}

/// Greenhouse that returns the same response to every request.
#[derive(Debug)]
struct Greenhouse {
    token: Answer,
    api: Answer,
    sent: Mutex<u32>,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    body: Bytes,
}

impl Answer {
    fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into().into(),
        }
    }
}

#[async_trait]
impl HttpTransport for Greenhouse {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut sent = self.sent.lock().unwrap();
        *sent += 1;
        assert!(*sent < 100, "endless requests");
        let answer = match request.uri().path() {
            "/token" => &self.token,
            _ => &self.api,
        };
        let response = Response::builder().status(answer.status);
        Ok(response.body(answer.body.clone()).unwrap())
    }
}

const CLIENT_ID: &str = "client-4000002002-7";

/// Observed live.
const UNAUTHORIZED: &[&str] = &[
    r#"{"message":"Unauthorized","errors":["Token could not be decoded. Please ensure your token is from a trusted source."]}"#,
    r#"{"message":"Unauthorized","errors":["canary.token.jwt is not known"]}"#,
];

/// The real body is not documented.
const FORBIDDEN: &[&str] = &[
    r#"{"message":"Forbidden"}"#,
    "{}",
    "",
    "<html><h1>Forbidden</h1></html>",
];

/// Observed live.
const NOT_FOUND: &[&str] = &[
    r#"{"message":"Resource not found"}"#,
    r#"{"message":"Resource not found","errors":"Application not found"}"#,
];

/// Documented, observed live or reported by one client, and a body that repeats values that were
/// sent.
const UNPROCESSABLE: &[&str] = &[
    r#"{"message":"Unprocessable Content","errors":["When passing a cursor, do not include other query params."]}"#,
    r#"{"message":"Unprocessable Content","errors":[{"per_page":"`600` number is greater than: 500"}]}"#,
    r#"{"errors":["Invalid query params: private"]}"#,
    r#"{"message":"Unprocessable Content","errors":[{"message":"is invalid","field":"job_id"}]}"#,
    r#"{"message":"Unprocessable Content","errors":["canary@example.org is taken",{"first_name":"CANARY is odd"},{"message":"Canary Personal exists","field":"Canary did well"},[1,{"a":null}],7,null,true,"\u0043anary \ud83e\udd86\r\nforged line"]}"#,
];

/// Observed live, except the last, because the body for an expired token is unknown.
const TOKEN_UNAUTHORIZED: &[&str] = &[
    r#"{"message":"Unauthorized","errorId":"err-0190b"}"#,
    r#"{"error":"invalid_client"}"#,
    r#"{"error":"invalid_grant","error_description":"client-4000002002-7 canary-secret"}"#,
];

/// Observed live, except the last, because the body for an expired code or token is unknown.
const TOKEN_REFUSED: &[&str] = &[
    r#"{"message":"client_id=client-4000002002-7 does not contain a valid client ID suffix","errorId":"err-0190b"}"#,
    r#"{"message":"Must include `grant_type` parameter in /token request"}"#,
    r#"{"message":"grant_type=x is invalid, please use one of: authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:token-exchange"}"#,
    r#"{"error":"invalid_grant"}"#,
];
