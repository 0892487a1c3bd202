//! Clients that take their time.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::join;
use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use server::{WebConfig, demo::Stage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    ground::Ground,
    wire::{Reply, rest},
};

/// Nobody keeps a connection longer than it is configured, whatever is slow about it.
pub(crate) async fn slow_clients_are_cut_off(ground: Ground) {
    let mut web = WebConfig::default();
    web.head_deadline = Duration::from_millis(400);
    web.body_deadline = Duration::from_millis(700);
    web.answer_deadline = Duration::from_millis(1_000);
    let stage = ground.setting().web(web).set().await.unwrap();
    let address = address(&stage);
    join!(
        silent(&address),
        slow_with_the_head(&address),
        slow_with_the_body(&address),
        slow_with_the_second_head(&address),
        reads_no_answer(&address),
    );
    stage.strike().await.unwrap();
}

/// And less than it is configured neither.
pub(crate) async fn connections_are_kept_between_two_requests(ground: Ground) {
    let mut web = WebConfig::default();
    web.head_deadline = Duration::from_millis(200);
    web.keep_alive = Duration::from_millis(1_000);
    let stage = ground.setting().web(web).set().await.unwrap();
    let mut client = TcpStream::connect(address(&stage)).await.unwrap();
    for _ in 0..2 {
        ask(&mut client).await;
        SystemClock.sleep(Duration::from_millis(700)).await;
    }
    ask(&mut client).await;
    let start = SystemClock.now();
    assert_eq!(rest(&mut client).await.statuses(), NONE);
    after(start, 1_000);
    stage.strike().await.unwrap();
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

async fn slow_with_the_body(address: &str) {
    let mut client = TcpStream::connect(address).await.unwrap();
    let start = SystemClock.now();
    let head =
        b"POST /api/greenhouse/send-test HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\n";
    let reply = trickled(&mut client, head).await;
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

/// It asks on and on. Once its answers have no place it is not listened to either, until it is cut off.
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

/// Where the connections are limited, the one that has waited longest goes for a new one, and none that has a request.
pub(crate) async fn the_longest_idle_goes_for_a_new_one(ground: Ground) {
    let mut web = WebConfig::default();
    web.connections = 4;
    let stage = ground.setting().web(web).set().await.unwrap();
    let address = address(&stage);
    let mut busy = begun(&address).await;
    let mut first = TcpStream::connect(&address).await.unwrap();
    ask(&mut first).await;
    let mut silent = TcpStream::connect(&address).await.unwrap();
    let mut part = TcpStream::connect(&address).await.unwrap();
    part.write_all(b"GET /nothing HTTP/1.1\r\n").await.unwrap();
    // It waits since its second answer.
    ask(&mut first).await;
    for client in [&mut first, &mut silent, &mut part] {
        assert!(is_open(client).await);
    }

    let mut others = Vec::new();
    for expected in [[true, false, true], [true, false, false], [false; 3]] {
        let mut another = begun(&address).await;
        let mut open = Vec::new();
        for client in [&mut first, &mut silent, &mut part] {
            open.push(is_open(client).await);
        }
        assert_eq!(open, expected);
        assert!(is_open(&mut another).await && is_open(&mut busy).await);
        others.push(another);
    }

    // All are busy: the next one waits, and nobody goes.
    let mut next = TcpStream::connect(&address).await.unwrap();
    next.write_all(ASK.as_bytes()).await.unwrap();
    SystemClock.sleep(Duration::from_millis(200)).await;
    for client in others.iter_mut().chain([&mut busy, &mut next]) {
        assert!(is_open(client).await);
    }
    // That it is answered, and waits itself, is enough.
    let mut done = others.remove(1);
    done.write_all(b"}").await.unwrap();
    assert_eq!(answer(&mut done).await, "HTTP/1.1 401");
    assert_eq!(answer(&mut next).await, "HTTP/1.1 404");
    assert!(!is_open(&mut done).await);
    for client in others.iter_mut().chain([&mut busy]) {
        client.write_all(b"}").await.unwrap();
        assert_eq!(answer(client).await, "HTTP/1.1 401");
    }
    stage.strike().await.unwrap();
}

pub(crate) async fn a_head_has_its_bounds(ground: Ground) {
    let mut web = WebConfig::default();
    web.head_bytes = 8_192;
    web.headers = 7;
    let stage = ground.setting().web(web).set().await.unwrap();
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
    stage.strike().await.unwrap();
}

/// Sends this, and one byte after the other, until the connection is closed.
async fn trickled(client: &mut TcpStream, begin: &[u8]) -> Reply {
    client.write_all(begin).await.unwrap();
    for _ in 0..100 {
        SystemClock.sleep(Duration::from_millis(50)).await;
        // It fails where the connection was closed already.
        if client.write_all(b"a").await.is_err() || !is_open(client).await {
            break;
        }
    }
    rest(client).await
}

/// A request of which the host has all but the last byte.
async fn begun(address: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/greenhouse/send-test HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(answer(&mut client).await, "HTTP/1.1 100");
    client.write_all(b"{").await.unwrap();
    client
}

async fn ask(client: &mut TcpStream) {
    client.write_all(ASK.as_bytes()).await.unwrap();
    assert_eq!(answer(client).await, "HTTP/1.1 404");
}

/// The beginning of an answer, all of which has come.
async fn answer(client: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let read = timeout(PATIENCE, client.read(&mut bytes)).await.unwrap();
    let line = bytes[..read.unwrap()].get(..12).unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

/// Whether the host has not closed the connection, as far as it has come by now.
async fn is_open(client: &mut TcpStream) -> bool {
    let peeked = timeout(Duration::from_millis(20), client.peek(&mut [0])).await;
    peeked.map_or(true, |peeked| peeked.is_ok_and(|bytes| bytes > 0))
}

fn after(start: chrono::DateTime<chrono::Utc>, least: i64) {
    let took = (SystemClock.now() - start).num_milliseconds();
    // A timer counts whole milliseconds.
    assert!((least - 5..WELL_ABOVE).contains(&took), "{took} ms");
}

fn address(stage: &Stage) -> String {
    let address = stage.host_url.trim_start_matches("http://");
    address.trim_end_matches('/').to_owned()
}

const NONE: [u16; 0] = [];
const ASK: &str = "GET /nothing HTTP/1.1\r\nhost: h\r\n\r\n";
/// In milliseconds: all times here are shorter, and those of a host by default longer.
const WELL_ABOVE: i64 = 7_000;
const PATIENCE: Duration = Duration::from_secs(10);
