//! On one thread, which learns of a socket only after every task that is awake had a turn.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream as Client,
};

use bytes::Bytes;
use greenhouse_core::testing::ManualClock;
use http_body_util::Full;
use tokio::{net::TcpListener, task::yield_now};

use super::{line::LAST_MOMENT, *};

#[tokio::test]
async fn what_has_just_come_in_is_answered_whoever_wants_to_end_it() {
    for end in ENDS {
        let mut ground = Ground::set().await;
        ground.send(REQUEST);
        assert!(ground.said().await.unwrap().starts_with("HTTP/1.1 200"));
        ground.send(REQUEST);
        end(&ground);
        let said = ground.said().await.unwrap();
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    }
}

#[tokio::test]
async fn what_waits_between_two_requests_is_ended_by_anyone() {
    for end in ENDS {
        let mut ground = Ground::set().await;
        ground.send(REQUEST);
        assert!(ground.said().await.unwrap().starts_with("HTTP/1.1 200"));
        assert_eq!(ground.said().await, None);
        end(&ground);
        assert_eq!(ground.said().await.as_deref(), Some(""));
    }
}

#[tokio::test]
async fn a_new_connection_has_a_moment_when_the_host_is_stopped() {
    for (first, rest) in [("", REQUEST), REQUEST.split_at(9)] {
        let mut ground = Ground::set().await;
        ground.send(first);
        assert_eq!(ground.said().await, None);
        ground.seats.close();
        assert_eq!(ground.said().await, None);
        ground.clock.advance(LAST_MOMENT - MILLISECOND);
        assert_eq!(ground.said().await, None);
        ground.send(rest);
        let said = ground.said().await.unwrap();
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!(said.contains("connection: close"), "{said}");

        let mut ground = Ground::set().await;
        ground.send(first);
        ground.seats.close();
        assert_eq!(ground.said().await, None);
        ground.clock.advance(LAST_MOMENT);
        assert_eq!(ground.said().await.as_deref(), Some(""));
    }
}

/// A connection to a service that answers at once.
struct Ground {
    client: Client,
    clock: Arc<ManualClock>,
    seats: Arc<Seats>,
}

impl Ground {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::connect(listener.local_addr().unwrap()).unwrap();
        client.set_nonblocking(true).unwrap();
        client.set_nodelay(true).unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let clock = Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        let seats = Arc::new(Seats::default());
        let service = service_fn(|_| async {
            let answer = Response::new(Full::new(Bytes::from_static(b"hello")));
            Ok::<_, Infallible>(answer)
        });
        tokio::spawn(connection(
            stream,
            Arc::new(Progress::new(Seats::add(&seats))),
            Arc::new(WebConfig::default()),
            Arc::clone(&clock) as _,
            service,
        ));
        Self {
            client,
            clock,
            seats,
        }
    }

    fn send(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).unwrap();
    }

    /// What has come after everybody had their turns; none where nothing has, nothing where it has ended.
    async fn said(&mut self) -> Option<String> {
        for _ in 0..TURNS {
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

const ENDS: [fn(&Ground); 3] = [
    |ground| ground.clock.advance(WebConfig::default().keep_alive),
    |ground| ground.seats.pick(),
    |ground| ground.seats.close(),
];
const REQUEST: &str = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
/// The runtime looks at its sockets after some sixty.
const TURNS: usize = 500;
const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn connections_leave_files_to_others() {
    for (files, connections) in [(20_000, 19_744), (1_024, 768), (256, 128), (1, 1), (0, 1)] {
        assert_eq!(connections_within(files), connections, "{files}");
    }
    assert_eq!(allowed_connections(1), 1);
    assert!(allowed_connections(usize::MAX) > 1);
}
