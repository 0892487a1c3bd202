//! SIGTERM under load.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::{Either, join_all, select};
use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    crowd::{address, complete_request},
    host::HostProcess,
    stage::Stage,
};

/// A client that had connected or sent a request before SIGTERM receives a response. The host ends
/// in time.
pub(crate) async fn answers_every_request(framework: Option<(&'static str, &'static str)>) {
    let mut stage = Stage::set("").await;
    stage.environment.extend(framework);
    let request = complete_request(&stage);
    with_unread_requests(stage.host(), &request).await;
    under_constant_load(stage.host(), &request).await;
    stage.greenhouse.stop().await;
}

/// Suspends the host while the clients send, so that it has read none of the requests when it
/// receives the signal.
async fn with_unread_requests(host: HostProcess, request: &str) {
    let address = address(&host).to_owned();
    let kept = many(|| connected(&address, Some(request))).await;
    let mut idle = many(|| connected(&address, Some(request))).await;
    let silent = many(|| connected(&address, None)).await;
    let mut unused = connected(&address, None).await;
    let begun = many(|| begun(&address, request)).await;
    SystemClock.sleep(Duration::from_millis(100)).await;

    host.signal("STOP");
    let new = many(|| connected(&address, None)).await;
    let mut asking: Vec<TcpStream> = kept.into_iter().chain(silent).chain(new).collect();
    for client in &mut asking {
        client.write_all(request.as_bytes()).await.unwrap();
    }
    let asked_first = many(|| connected(&address, None)).await;
    let told_at = SystemClock.now();
    host.signal("TERM");
    host.signal("CONT");

    // A connected client that has not sent a request can still send one for a moment.
    asking.extend(asked_first);
    for client in asking.iter_mut().rev().take(MANY) {
        client.write_all(request.as_bytes()).await.unwrap();
    }
    // Idle connections have no such moment. A slow machine delays both ends alike.
    let idle_ends = async {
        for client in &mut idle {
            assert_eq!(rest(client).await, "", "an idle connection received data");
        }
    };
    match select(pin!(idle_ends), pin!(rest(&mut unused))).await {
        Either::Left(((), unused_ends)) => assert_eq!(unused_ends.await, ""),
        Either::Right(_) => panic!("a connection without a request ended before the idle ones"),
    }
    for client in &mut asking {
        assert_whole(&rest(client).await);
    }
    for mut client in begun {
        client.write_all(b"}").await.unwrap();
        let answer = rest(&mut client).await;
        assert_whole(&answer);
        assert!(answer.contains("connection: close"), "{answer:?}");
    }
    let took = (SystemClock.now() - told_at).num_milliseconds();
    let ended = host.ended(GRACE).await;
    println!("{} responses within {took} ms", asking.len() + MANY);
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
}

async fn under_constant_load(host: HostProcess, request: &str) {
    let stopping = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let address = address(&host).to_owned();
    let clients = (0..MANY).map(|number| {
        let (stopping, answered) = (Arc::clone(&stopping), Arc::clone(&answered));
        tokio::spawn(send_until_stopped(
            address.clone(),
            request.to_owned(),
            number % 2 == 0,
            stopping,
            answered,
        ))
    });
    let clients: Vec<_> = clients.collect();
    SystemClock.sleep(Duration::from_millis(500)).await;
    stopping.store(true, Ordering::SeqCst);
    let ended = host.terminate(GRACE).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    for client in clients {
        client.await.unwrap();
    }
    let answered = answered.load(Ordering::SeqCst);
    println!("{answered} responses in all");
    assert!(answered > MANY);
}

/// Sends requests until the host has ended. Clients that connected or sent a request before the
/// stop must receive a response.
async fn send_until_stopped(
    address: String,
    request: String,
    keeps: bool,
    stopping: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
) {
    let mut kept = None;
    loop {
        let (mut client, mut owed) = match kept.take() {
            Some(client) => (client, false),
            None => match TcpStream::connect(&address).await {
                Ok(client) => (client, !stopping.load(Ordering::SeqCst)),
                Err(_) => {
                    assert!(
                        stopping.load(Ordering::SeqCst),
                        "the host refuses connections before the stop"
                    );
                    return;
                }
            },
        };
        let sent = client.write_all(request.as_bytes()).await.is_ok();
        owed |= sent && !stopping.load(Ordering::SeqCst);
        let mut bytes = [0; 4096];
        let read = timeout(GRACE, client.read(&mut bytes)).await.unwrap();
        let text = String::from_utf8_lossy(&bytes[..read.unwrap_or(0)]);
        if text.starts_with("HTTP/1.1 422") {
            answered.fetch_add(1, Ordering::SeqCst);
            let last = text.contains("connection: close");
            kept = (keeps && !last).then_some(client);
        } else {
            assert!(!owed && text.is_empty(), "no complete response: {text:?}");
        }
    }
}

async fn many<F: Future<Output = TcpStream>>(one: impl Fn() -> F) -> Vec<TcpStream> {
    join_all((0..MANY).map(|_| one())).await
}

async fn connected(address: &str, asked: Option<&str>) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    if let Some(request) = asked {
        client.write_all(request.as_bytes()).await.unwrap();
        let read = client.read(&mut [0; 4096]).await.unwrap();
        assert!(read > 0, "expected a response, got none");
    }
    client
}

async fn begun(address: &str, request: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let all_but_one = &request.as_bytes()[..request.len() - 1];
    client.write_all(all_but_one).await.unwrap();
    client
}

fn assert_whole(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer:?}");
    assert!(answer.ends_with('}'), "{answer:?}");
}

async fn rest(client: &mut TcpStream) -> String {
    let mut text = String::new();
    let read = timeout(GRACE, client.read_to_string(&mut text)).await;
    read.unwrap().unwrap();
    text
}

const MANY: usize = 50;
/// Default grace period of a host.
const GRACE: Duration = Duration::from_secs(10);
