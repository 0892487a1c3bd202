use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::assessment::completion;
use crate::auth;
use crate::config::Config;
use crate::control;
use crate::exchange::Direction;
use crate::harvest;
use crate::time::http_date;
use crate::wire::{Answer, Call};
use crate::world::World;

/// Why a mock did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be listened on.
    #[error("cannot listen on 127.0.0.1 port {port}")]
    Listen {
        /// The configured port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

/// The running listener.
#[derive(Debug)]
pub(crate) struct Server {
    /// Dropped, it lets the server finish what it is answering and go.
    stop: Option<oneshot::Sender<()>>,
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
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&world));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let until_stopped = async {
                let _ = stopped.await;
            };
            // axum's serve never ends with an error.
            let _ = axum::serve(listener, router)
                .with_graceful_shutdown(until_stopped)
                .await;
        });
        Ok((
            Self {
                stop: Some(stop),
                task,
            },
            world,
        ))
    }

    /// Lets requests in progress finish, within a bound.
    pub(crate) async fn stop(mut self) {
        self.stop.take();
        if tokio::time::timeout(LONGEST_STOP, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

/// Reads the request, logs it, answers it.
async fn answer(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_REQUEST).await;
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.as_ref().map(Bytes::clone).unwrap_or_default(),
        request_id: world.mint.hex(),
    };
    if body.is_err() {
        return respond(
            &world,
            &call,
            Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large"),
        );
    }
    if call.path.starts_with("/_mock") {
        return respond(&world, &call, control::serve(&world, &call));
    }
    let logged = auth::without_secrets(&call.path, &call.body);
    let number = world.exchanges.begin(
        world.now(),
        Direction::Inbound,
        &call.method,
        &call.target(),
        &call.headers,
        &logged,
    );
    let answer = route(&world, &call);
    world.exchanges.finish(
        number,
        answer.status.as_u16(),
        &auth::without_secrets(&call.path, &answer.body),
    );
    respond(&world, &call, answer)
}

fn route(world: &Arc<World>, call: &Call) -> Answer {
    let served = if call.path.starts_with("/v3/") {
        harvest::serve(world, call)
    } else if call.path.starts_with(completion::PATH) {
        completion::serve(world, call)
    } else {
        auth::serve(world, call)
    };
    served.unwrap_or_else(|| {
        world.unexpected(call, &expected(call));
        Answer::no_route()
    })
}

/// The methods that the path would take, or what there is at all.
fn expected(call: &Call) -> String {
    let methods = harvest::methods(&call.path);
    if methods.is_empty() {
        "/v3/..., POST /token, POST /introspect, PATCH /integrations/testing_partners/take_home_tests/{n}, GET /_mock/...".to_owned()
    } else {
        format!("{} {}", methods.join(" or "), call.path)
    }
}

fn respond(world: &World, call: &Call, answer: Answer) -> Response {
    let mut answer = answer;
    if let Ok(date) = HeaderValue::from_str(&http_date(world.now())) {
        answer = answer.with("date", date);
    }
    if let Ok(id) = HeaderValue::from_str(&call.request_id) {
        answer = answer.with("x-request-id", id);
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value);
    }
    response
}

const LARGEST_REQUEST: usize = 32 * 1024 * 1024;
const LONGEST_STOP: Duration = Duration::from_secs(5);
