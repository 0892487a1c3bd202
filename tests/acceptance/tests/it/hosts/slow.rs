//! Slow clients.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use futures_util::join;
use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use server::{WebConfig, demo::Demo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    setup::Setup,
    wire::{Reply, rest},
};

/// No connection exceeds the configured deadlines, for any kind of slow client.
pub(crate) async fn slow_clients_are_disconnected(setup: Setup) {
    let mut web = WebConfig::default();
    web.head_deadline = Duration::from_millis(400);
    web.body_deadline = Duration::from_millis(700);
    web.answer_deadline = Duration::from_millis(1_000);
    let stage = setup.setting().web(web).start().await.unwrap();
    let address = address(&stage);
    join!(
        silent(&address),
        slow_with_the_head(&address),
        slow_with_the_body(&stage),
        slow_with_the_second_head(&address),
        reads_no_answer(&address),
    );
    stage.stop().await.unwrap();
}

/// Idle connections are kept for the configured time.
pub(crate) async fn idle_connections_are_kept_alive(setup: Setup) {
    let mut web = WebConfig::default();
    web.head_deadline = Duration::from_millis(200);
    web.keep_alive = Duration::from_millis(1_000);
    let stage = setup.setting().web(web).start().await.unwrap();
    let mut client = TcpStream::connect(address(&stage)).await.unwrap();
    for _ in 0..2 {
        ask(&mut client).await;
        SystemClock.sleep(Duration::from_millis(700)).await;
    }
    ask(&mut client).await;
    let start = SystemClock.now();
    assert_eq!(rest(&mut client).await.statuses(), NONE);
    after(start, 1_000);
    stage.stop().await.unwrap();
}

async fn silent(address: &str) {
    let mut client = TcpStream::connect(address).await.unwrap();
    let start = SystemClock.now();
    assert_eq!(rest(&mut client).await.statuses(), NONE);
    after(start, 400);
}

async fn slow_with_the_head(address: &str) {
    let mut client = TcpStream::connect(address).await.unwrap();
    let start = SystemClock.now();
    let reply = trickled(&mut client, b"GET /nothing HTTP/1.1\r\nx: ").await;
    assert_eq!(reply.statuses(), NONE);
    after(start, 400);
}

async fn slow_with_the_body(stage: &Demo) {
    let mut client = TcpStream::connect(address(stage)).await.unwrap();
    let start = SystemClock.now();
    let head = [send_test(stage), "content-length: 1000\r\n\r\n".to_owned()].concat();
    let reply = trickled(&mut client, head.as_bytes()).await;
    assert_eq!(reply.statuses(), [408]);
    after(start, 700);
}

async fn slow_with_the_second_head(address: &str) {
    let mut client = TcpStream::connect(address).await.unwrap();
    ask(&mut client).await;
    SystemClock.sleep(Duration::from_millis(800)).await;
    ask(&mut client).await;
    let start = SystemClock.now();
    assert_eq!(trickled(&mut client, b"GET").await.statuses(), NONE);
    after(start, 400);
}

/// Sends requests without reading responses. When the buffers are full, the host stops reading and
/// closes the connection after the deadline.
async fn reads_no_answer(address: &str) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut client = socket.connect(address.parse().unwrap()).await.unwrap();
    let many = ASK.repeat(500);
    let mut last = SystemClock.now();
    let mut longest = TimeDelta::zero();
    while client.write_all(many.as_bytes()).await.is_ok() {
        let now = SystemClock.now();
        longest = longest.max(now - last);
        last = now;
    }
    longest = longest.max(SystemClock.now() - last);
    assert!(
        (500..WELL_ABOVE).contains(&longest.num_milliseconds()),
        "{longest}"
    );
}

/// At the connection limit, the host closes the longest idle connection to accept a new one.
/// Connections with a request in progress are kept.
pub(crate) async fn the_longest_idle_connection_is_closed_for_a_new_one(setup: Setup) {
    let mut web = WebConfig::default();
    web.connections = 4;
    let stage = setup.setting().web(web).start().await.unwrap();
    let address = address(&stage);
    let mut busy = begun(&stage).await;
    let mut first = TcpStream::connect(&address).await.unwrap();
    ask(&mut first).await;
    let mut silent = TcpStream::connect(&address).await.unwrap();
    let mut part = TcpStream::connect(&address).await.unwrap();
    part.write_all(b"GET /nothing HTTP/1.1\r\n").await.unwrap();
    // Gives the host time to accept all connections before the next request.
    SystemClock.sleep(Duration::from_millis(200)).await;
    // This connection has been idle since its second response.
    ask(&mut first).await;
    for client in [&mut first, &mut silent, &mut part] {
        assert!(is_open(client).await);
    }

    let mut others = Vec::new();
    for expected in [[true, false, true], [true, false, false], [false; 3]] {
        let mut another = begun(&stage).await;
        let mut open = Vec::new();
        for client in [&mut first, &mut silent, &mut part] {
            open.push(is_open(client).await);
        }
        assert_eq!(open, expected);
        assert!(is_open(&mut another).await && is_open(&mut busy).await);
        others.push(another);
    }

    // All connections have a request in progress, so the next connection waits and none is closed.
    let mut next = TcpStream::connect(&address).await.unwrap();
    next.write_all(ASK.as_bytes()).await.unwrap();
    SystemClock.sleep(Duration::from_millis(200)).await;
    for client in others.iter_mut().chain([&mut busy, &mut next]) {
        assert!(is_open(client).await);
    }
    // A connection is closed when it has received its response and is idle.
    let mut done = others.remove(1);
    done.write_all(b"}").await.unwrap();
    assert_eq!(answer(&mut done).await, "HTTP/1.1 422");
    assert_eq!(answer(&mut next).await, "HTTP/1.1 404");
    assert!(!is_open(&mut done).await);
    for client in others.iter_mut().chain([&mut busy]) {
        client.write_all(b"}").await.unwrap();
        assert_eq!(answer(client).await, "HTTP/1.1 422");
    }
    stage.stop().await.unwrap();
}

pub(crate) async fn head_size_and_header_count_are_limited(setup: Setup) {
    let mut web = WebConfig::default();
    web.head_bytes = 8_192;
    web.headers = 7;
    let stage = setup.setting().web(web).start().await.unwrap();
    let address = address(&stage);
    for (headers, expected) in [
        ("x: y\r\n".repeat(7), 404),
        ("x: y\r\n".repeat(8), 431),
        (format!("x: {}\r\n", "y".repeat(8_000)), 404),
        (format!("x: {}\r\n", "y".repeat(8_200)), 431),
    ] {
        let mut client = TcpStream::connect(&address).await.unwrap();
        let head = format!("GET /nothing HTTP/1.1\r\n{headers}\r\n");
        client.write_all(head.as_bytes()).await.unwrap();
        assert_eq!(answer(&mut client).await, format!("HTTP/1.1 {expected}"));
    }
    stage.stop().await.unwrap();
}

/// Sends the text, then single bytes until the connection is closed.
async fn trickled(client: &mut TcpStream, begin: &[u8]) -> Reply {
    client.write_all(begin).await.unwrap();
    for _ in 0..100 {
        SystemClock.sleep(Duration::from_millis(50)).await;
        // The write fails if the connection is already closed.
        if client.write_all(b"a").await.is_err() || !is_open(client).await {
            break;
        }
    }
    rest(client).await
}

/// Sends a request except for its last byte. The response to the complete request is 422.
pub(crate) async fn begun(stage: &Demo) -> TcpStream {
    let mut client = TcpStream::connect(address(stage)).await.unwrap();
    let more = "expect: 100-continue\r\ncontent-length: 2\r\n\r\n".to_owned();
    let head = [send_test(stage), more].concat();
    client.write_all(head.as_bytes()).await.unwrap();
    // The host has requested the body, so it has accepted the request.
    let mut proceed = [0; 25];
    client.read_exact(&mut proceed).await.unwrap();
    assert_eq!(&proceed, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(b"{").await.unwrap();
    client
}

/// Returns the beginning of a request with the partner key.
fn send_test(stage: &Demo) -> String {
    let key = STANDARD.encode(format!("{}:", stage.partner_key.expose()));
    format!("POST /api/greenhouse/send-test HTTP/1.1\r\nhost: h\r\nauthorization: Basic {key}\r\n")
}

async fn ask(client: &mut TcpStream) {
    client.write_all(ASK.as_bytes()).await.unwrap();
    assert_eq!(answer(client).await, "HTTP/1.1 404");
}

/// Reads a whole response and returns its status line.
async fn answer(client: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let read = timeout(PATIENCE, client.read(&mut bytes)).await.unwrap();
    let line = bytes[..read.unwrap()].get(..12).unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

/// Returns `true` if the host has not closed the connection yet.
async fn is_open(client: &mut TcpStream) -> bool {
    let peeked = timeout(Duration::from_millis(20), client.peek(&mut [0])).await;
    peeked.map_or(true, |peeked| peeked.is_ok_and(|bytes| bytes > 0))
}

fn after(start: chrono::DateTime<chrono::Utc>, least: i64) {
    let took = (SystemClock.now() - start).num_milliseconds();
    // Timers count whole milliseconds.
    assert!((least - 5..WELL_ABOVE).contains(&took), "{took} ms");
}

fn address(stage: &Demo) -> String {
    let address = stage.host_url.trim_start_matches("http://");
    address.trim_end_matches('/').to_owned()
}

const NONE: [u16; 0] = [];
const ASK: &str = "GET /nothing HTTP/1.1\r\nhost: h\r\n\r\n";
/// Maximum wait in milliseconds. All configured times are shorter, and the defaults are longer.
const WELL_ABOVE: i64 = 7_000;
const PATIENCE: Duration = Duration::from_secs(10);
