//! These tests run on one thread. The runtime polls sockets only after all ready tasks have run.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream as Client,
};

use bytes::Bytes;
use greenhouse_core::testing::ManualClock;
use http_body_util::Full;
use tokio::{net::TcpListener, task::yield_now};

use super::{stream::SHUTDOWN_HEAD_DEADLINE, *};

#[tokio::test]
async fn a_request_that_has_just_arrived_is_answered_before_the_connection_closes() {
    for close in CLOSES {
        let mut fixture = Fixture::new().await;
        fixture.send(REQUEST);
        assert!(fixture.read().await.unwrap().starts_with("HTTP/1.1 200"));
        fixture.send(REQUEST);
        close(&fixture);
        let response = fixture.read().await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    }
}

#[tokio::test]
async fn a_connection_between_two_requests_is_closed() {
    for close in CLOSES {
        let mut fixture = Fixture::new().await;
        fixture.send(REQUEST);
        assert!(fixture.read().await.unwrap().starts_with("HTTP/1.1 200"));
        assert_eq!(fixture.read().await, None);
        close(&fixture);
        assert_eq!(fixture.read().await.as_deref(), Some(""));
    }
}

#[tokio::test]
async fn a_new_connection_gets_half_a_second_at_shutdown() {
    for (first, rest) in [("", REQUEST), REQUEST.split_at(9)] {
        let mut fixture = Fixture::new().await;
        fixture.send(first);
        assert_eq!(fixture.read().await, None);
        fixture.idle.shut_down();
        assert_eq!(fixture.read().await, None);
        fixture.clock.advance(SHUTDOWN_HEAD_DEADLINE - MILLISECOND);
        assert_eq!(fixture.read().await, None);
        fixture.send(rest);
        let response = fixture.read().await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        assert!(response.contains("connection: close"), "{response}");

        let mut fixture = Fixture::new().await;
        fixture.send(first);
        fixture.idle.shut_down();
        assert_eq!(fixture.read().await, None);
        fixture.clock.advance(SHUTDOWN_HEAD_DEADLINE);
        assert_eq!(fixture.read().await.as_deref(), Some(""));
    }
}

#[tokio::test]
async fn a_client_that_still_sends_a_refused_body_gets_the_response() {
    let mut fixture = Fixture::new().await;
    fixture.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1000000\r\n\r\n");
    for _ in 0..4 {
        fixture.send(&"x".repeat(50_000));
    }
    let response = fixture.read().await.unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert_eq!(fixture.read().await.as_deref(), Some(""));
    for _ in 0..4 {
        fixture.send(&"x".repeat(50_000));
        assert_eq!(fixture.read().await.as_deref(), Some(""));
    }

    fixture.clock.advance(DISCARD_TIME);
    for _ in 0..YIELDS {
        yield_now().await;
    }
    let _ = fixture.client.write(b"x");
    assert!(fixture.client.write(b"x").is_err(), "still open");
}

/// Connection to a service that answers immediately.
struct Fixture {
    client: Client,
    clock: Arc<ManualClock>,
    idle: Arc<IdleConnections>,
}

impl Fixture {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::connect(listener.local_addr().unwrap()).unwrap();
        client.set_nonblocking(true).unwrap();
        client.set_nodelay(true).unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let clock = Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        let idle = Arc::new(IdleConnections::default());
        let service = service_fn(|_| async {
            let response = Response::new(Full::new(Bytes::from_static(b"hello")));
            Ok::<_, Infallible>(response)
        });
        tokio::spawn(connection(
            stream,
            Arc::new(ConnectionState::new(IdleConnections::add(&idle))),
            Arc::new(WebConfig::default()),
            Arc::clone(&clock) as _,
            service,
        ));
        Self {
            client,
            clock,
            idle,
        }
    }

    fn send(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).unwrap();
    }

    /// Reads after all tasks have run: `None` if there is no data, empty if the connection is
    /// closed.
    async fn read(&mut self) -> Option<String> {
        for _ in 0..YIELDS {
            yield_now().await;
        }
        let mut bytes = [0; 1024];
        match self.client.read(&mut bytes) {
            Ok(read) => Some(String::from_utf8_lossy(&bytes[..read]).into_owned()),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                None
            }
        }
    }
}

const CLOSES: [fn(&Fixture); 3] = [
    |fixture| fixture.clock.advance(WebConfig::default().keep_alive),
    |fixture| fixture.idle.close_longest(),
    |fixture| fixture.idle.shut_down(),
];
const REQUEST: &str = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
/// The runtime polls its sockets after about 60 yields.
const YIELDS: usize = 500;
const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn some_files_are_kept_for_databases_and_calls() {
    for (files, connections) in [(20_000, 19_744), (1_024, 768), (256, 128), (1, 1), (0, 1)] {
        assert_eq!(connections_within(files), connections, "{files}");
    }
    assert_eq!(allowed_connections(1), 1);
    assert!(allowed_connections(usize::MAX) > 1);
}
