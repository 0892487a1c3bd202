use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Collected, Full, Limited};
use hyper::body::Incoming;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::assessment::completion;
use crate::auth;
use crate::config::Config;
use crate::control;
use crate::harvest;
use crate::server::connection::ConnectionHandle;
use crate::server::listen::Phase;
use crate::switches::{DateHeader, Switches};
use crate::time::http_date;
use crate::urls;
use crate::wire::{Answer, Call};
use crate::world::{Direction, OpenExchange, World};

mod connection;
mod faults;
mod listen;

/// Error that prevents a mock from starting.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The mock cannot listen on the port.
    #[error("cannot listen on 127.0.0.1 port {port}")]
    Listen {
        /// The configured port.
        port: u16,
        /// The operating system's error.
        source: io::Error,
    },
}

/// The running listener.
#[derive(Debug)]
pub(crate) struct Server {
    /// Requested phase. When the sender is dropped, the server finishes current requests and stops.
    target: watch::Sender<Phase>,
    current: watch::Receiver<Phase>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(config: Config) -> Result<(Self, Arc<World>), StartError> {
        let port = config.port;
        let refused = |source| StartError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let world = Arc::new(World::new(config, format!("http://{address}")));
        let (target, orders) = watch::channel(Phase::Open);
        let (report, current) = watch::channel(Phase::Open);
        let serving = listen::serve(listener, address, Arc::clone(&world), orders, report);
        let server = Self {
            target,
            current,
            task: tokio::spawn(serving),
        };
        Ok((server, world))
    }

    /// Starts or stops refusing connections. Returns when the change has taken effect.
    pub(crate) async fn refuse(&self, refuse: bool) {
        let phase = if refuse { Phase::Refusing } else { Phase::Open };
        self.target.send_replace(phase);
        // Fails only if the server has stopped, in which case there is nothing to refuse.
        let _ = self
            .current
            .clone()
            .wait_for(|current| *current == phase)
            .await;
    }

    /// Stops the server. Waits for requests in progress, with a time limit.
    pub(crate) async fn stop(mut self) {
        self.target.send_replace(Phase::Stopping);
        if tokio::time::timeout(LONGEST_STOP * 2, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

/// Logs a request without a socket and responds to it. Injected faults do not apply.
pub(crate) async fn answer_in_process(
    world: &Arc<World>,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        request_id: world.ids.hex(),
        lag_seconds: None,
        distortion: None,
    };
    let exchange = begin(world, &call);
    let answer = route(world, &call);
    let (parts, body) = log_and_respond(world, &call, &exchange, answer).into_parts();
    let body = body.collect().await.map(Collected::to_bytes);
    Response::from_parts(parts, body.unwrap_or_default())
}

/// Counts and logs a request.
fn begin<'a>(world: &'a World, call: &Call) -> OpenExchange<'a> {
    world.count(&call.method, &endpoint(&call.path));
    let logged = auth::without_secrets(&call.path, &call.body);
    world.begin_exchange(
        Direction::Inbound,
        &call.method,
        &auth::target_without_secrets(call),
        &call.headers,
        &logged,
    )
}

/// Reads and logs a request and responds to it.
async fn answer(
    world: Arc<World>,
    connection: Arc<ConnectionHandle>,
    request: Request<Incoming>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_REQUEST).collect().await;
    let body = body.map(Collected::to_bytes);
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.as_ref().map(Bytes::clone).unwrap_or_default(),
        request_id: world.ids.hex(),
        lag_seconds: None,
        distortion: None,
    };
    if body.is_err() {
        let refusal = Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large");
        return respond(&world, &call, refusal);
    }
    if call.path.starts_with("/_mock") {
        return respond(&world, &call, control::serve(&world, &call).await);
    }
    let exchange = begin(&world, &call);
    if let Some(kind) = world.faults.due(&call) {
        return faults::serve(&world, &connection, call, &exchange, kind).await;
    }
    let answer = route(&world, &call);
    log_and_respond(&world, &call, &exchange, answer)
}

/// Logs a response and adds the common headers.
fn log_and_respond(
    world: &World,
    call: &Call,
    exchange: &OpenExchange<'_>,
    answer: Answer,
) -> Response<Body> {
    let logged = auth::without_secrets(&call.path, &answer.body);
    exchange.finish(answer.status.as_u16(), &logged);
    respond(world, call, answer)
}

fn route(world: &Arc<World>, call: &Call) -> Answer {
    let served = if call.path.starts_with("/v3/") {
        harvest::serve(world, call)
    } else if call.path.starts_with(urls::COMPLETION) {
        completion::serve(world, call)
    } else {
        auth::serve(world, call)
    };
    served.unwrap_or_else(|| {
        let expected = expected(call);
        world.unexpected(call, &expected);
        let answer = Answer::no_route();
        match HeaderValue::from_str(&expected) {
            Ok(expected) => answer.with("x-mock-expected", expected),
            Err(_) => answer,
        }
    })
}

/// Returns the methods that the path supports, or an overview of all paths.
fn expected(call: &Call) -> String {
    let methods = harvest::methods(&call.path);
    if methods.is_empty() {
        "/v3/..., GET /authorize, POST /token, POST /introspect, PATCH /integrations/testing_partners/take_home_tests/{n}, GET /_mock/...".to_owned()
    } else {
        format!("{} {}", methods.join(" or "), call.path)
    }
}

/// Returns the path of the endpoint with `{id}` for an id, or the path itself if no endpoint
/// matches.
fn endpoint(path: &str) -> String {
    if let Some(template) = harvest::template(path) {
        return template.to_owned();
    }
    match path.strip_prefix(urls::COMPLETION) {
        Some(_) => format!("{}{{id}}", urls::COMPLETION),
        None => path.to_owned(),
    }
}

fn respond(world: &World, call: &Call, answer: Answer) -> Response<Body> {
    let body = Full::new(answer.body).map_err(|never| match never {});
    let body = body.boxed();
    with_headers(world, call, answer.status, answer.headers, body)
}

fn with_headers(
    world: &World,
    call: &Call,
    status: StatusCode,
    headers: Vec<(&'static str, HeaderValue)>,
    body: Body,
) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    let switches = world.switches();
    if switches.date_header == DateHeader::Present
        && let Ok(date) = HeaderValue::from_str(&http_date(date_of(world, &switches)))
    {
        response.headers_mut().insert("date", date);
    }
    if let Ok(id) = HeaderValue::from_str(&call.request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Returns the time in the `Date` header.
fn date_of(world: &World, switches: &Switches) -> DateTime<Utc> {
    let offset = TimeDelta::seconds(switches.date_offset_seconds.into());
    let now = world.now();
    now.checked_add_signed(offset).unwrap_or(now)
}

/// The body of a response.
type Body = BoxBody<Bytes, io::Error>;

const LARGEST_REQUEST: usize = 32 * 1024 * 1024;
const LONGEST_STOP: Duration = Duration::from_secs(5);
