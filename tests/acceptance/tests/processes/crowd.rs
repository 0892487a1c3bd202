//! One active client among many idle ones.

mod client;

use std::{fs, path::Path, time::Duration};

use chrono::TimeDelta;
use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::timeout,
};

use self::client::Crowd;
pub(crate) use self::client::{gather, is_one};
use crate::{host::HostProcess, report::memory, stage::Stage};

/// With more connections than the limit, all silent, slow or idle, a client receives a response
/// within a second. The host closes the oldest connections to accept new ones.
pub(crate) async fn does_not_block_other_clients(
    limit: usize,
    framework: Option<(&'static str, &'static str)>,
) {
    let mut stage = Stage::set(&format!("{PATIENT}connections = {limit}\n")).await;
    stage.environment.extend(framework);
    let host = stage.host();
    let before = memory(&host, "VmRSS:");
    let mut crowd = Crowd::connect(&host, limit + MORE).await;
    let mut longest = TimeDelta::zero();
    for _ in 0..NORMAL {
        let start = SystemClock.now();
        let answer = one_request(&stage, &host).await;
        longest = longest.max(SystemClock.now() - start);
        assert_eq!(answer, "HTTP/1.1 200");
    }
    let with = memory(&host, "VmRSS:");
    println!(
        "{limit} connections: answered within {} ms; {before:?} bytes before, {with:?} bytes with them",
        longest.num_milliseconds(),
    );
    assert!(longest < TimeDelta::seconds(1), "{longest}");
    if let (Some(before), Some(with)) = (before, with) {
        let allowed = BASE_MEMORY + MEMORY_PER_CONNECTION * limit as u64;
        assert!(with <= before + allowed, "{before} bytes, then {with}");
    }

    let closed = crowd.closed().await;
    let first: Vec<usize> = (0..closed.len()).collect();
    assert_eq!(closed, first, "the oldest connections are closed first");
    assert!(
        (MORE..=MORE + NORMAL).contains(&closed.len()),
        "{}",
        closed.len()
    );
    let ended = host.terminate(AT_ONCE).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    stage.greenhouse.stop().await;
}

/// The connection that has been idle longest and has just sent a request receives a response, like
/// the new connections that exceed the limit. The host is suspended while all of them send.
pub(crate) async fn loses_no_request(framework: Option<(&'static str, &'static str)>) {
    let mut stage = Stage::set(&format!("{PATIENT}connections = {FEW}\n")).await;
    stage.environment.extend(framework);
    let host = stage.host();
    let mut clients = Vec::new();
    for _ in 0..FEW {
        let mut client = TcpStream::connect(address(&host)).await.unwrap();
        client.write_all(COMPLETE.as_bytes()).await.unwrap();
        assert_eq!(answer(&mut client).await, "HTTP/1.1 401");
        clients.push(client);
    }
    SystemClock.sleep(Duration::from_millis(100)).await;
    host.signal("STOP");
    for _ in 0..FEW {
        clients.push(TcpStream::connect(address(&host)).await.unwrap());
    }
    for client in &mut clients {
        client.write_all(COMPLETE.as_bytes()).await.unwrap();
    }
    host.signal("CONT");
    for mut client in clients {
        assert_eq!(answer(&mut client).await, "HTTP/1.1 401");
    }
    drop(host);
    stage.greenhouse.stop().await;
}

/// A host without a free descriptor closes an idle connection or waits without using the CPU, and
/// keeps serving.
pub(crate) async fn survives_descriptor_exhaustion() {
    let stage = Stage::set(PATIENT).await;
    let host = stage.host();
    assert_eq!(one_request(&stage, &host).await, "HTTP/1.1 200");
    let place = 10;
    limit_files(&host, open_files(&host) + place).await;

    let mut crowd = Crowd::connect(&host, 3 * place).await;
    assert_eq!(one_request(&stage, &host).await, "HTTP/1.1 200");
    let closed = crowd.closed().await.len();
    // More connections fit if the host had temporary files open when its descriptors were counted.
    assert!((place..3 * place).contains(&closed), "{closed} of them");
    drop(crowd);

    // Every connection has an incomplete request.
    let mut busy = Vec::new();
    for _ in 0..place + 5 {
        let mut client = TcpStream::connect(address(&host)).await.unwrap();
        let request = complete_request(&stage);
        let incomplete = &request.as_bytes()[..request.len() - 1];
        client.write_all(incomplete).await.unwrap();
        busy.push(client);
    }
    SystemClock.sleep(Duration::from_millis(300)).await;
    let (start, used) = (SystemClock.now(), processor_time(&host));
    SystemClock.sleep(Duration::from_secs(1)).await;
    let took = SystemClock.now() - start;
    let used = processor_time(&host) - used;
    assert!(used <= 20, "{used} hundredths of a second within {took}");
    for mut client in busy {
        client.write_all(b"}").await.unwrap();
        assert_eq!(answer(&mut client).await, "HTTP/1.1 422");
    }
    assert_eq!(one_request(&stage, &host).await, "HTTP/1.1 200");
    drop(host);
    stage.greenhouse.stop().await;
}

/// Returns `true` if a process may open enough connections on this system.
pub(crate) fn limit_is_sufficient() -> bool {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let hard = files.and_then(|line| line.split_whitespace().nth(4));
    hard.is_some_and(|hard| hard.parse().map_or(true, |hard: u64| hard >= 12_000))
}

pub(crate) fn can_take_descriptors() -> bool {
    Path::new("/proc/self/fd").exists() && Path::new(PRLIMIT).exists()
}

async fn limit_files(host: &HostProcess, files: usize) {
    let limited = Command::new(PRLIMIT)
        .args(["--pid", &host.id().to_string()])
        .arg(format!("--nofile={files}:"))
        .status();
    assert!(limited.await.unwrap().success());
}

fn open_files(host: &HostProcess) -> usize {
    fs::read_dir(format!("/proc/{}/fd", host.id()))
        .unwrap()
        .count()
}

/// Returns the CPU time in hundredths of a second.
fn processor_time(host: &HostProcess) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", host.id())).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields = fields.split(' ').skip(11).take(2);
    fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// Sends a request that reads the database, on its own connection. Returns the status line.
async fn one_request(stage: &Stage, host: &HostProcess) -> String {
    let mut client = TcpStream::connect(address(host)).await.unwrap();
    let request = format!(
        "GET /api/integrations/greenhouse/sync-log HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n\r\n",
        stage.operator_token.expose()
    );
    client.write_all(request.as_bytes()).await.unwrap();
    answer(&mut client).await
}

/// Returns a request with a body and an operator token, to which the response is 422.
pub(crate) fn complete_request(stage: &Stage) -> String {
    format!(
        "POST /api/integrations/greenhouse/preview HTTP/1.1\r\nhost: h\r\nauthorization: Bearer \
         {}\r\ncontent-length: 2\r\n\r\n{{}}",
        stage.operator_token.expose()
    )
}

async fn answer(client: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let read = timeout(PATIENCE, client.read(&mut bytes)).await.unwrap();
    let line = bytes[..read.unwrap()].get(..12).unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

pub(crate) fn address(host: &HostProcess) -> &str {
    host.url().trim_start_matches("http://")
}

/// Memory for buffers of the clients that receive responses.
const BASE_MEMORY: u64 = 32 * 1024 * 1024;
const MEMORY_PER_CONNECTION: u64 = 24 * 1024;
const COMPLETE: &str =
    "POST /api/greenhouse/send-test HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\n{}";
/// Timeouts that are too long to close a slow connection during the test.
const PATIENT: &str = "[web]
head_deadline_seconds = 120
keep_alive_seconds = 120
";
/// Number of connections in excess of the limit.
const MORE: usize = 100;
const FEW: usize = 50;
const NORMAL: usize = 20;
const AT_ONCE: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(10);
const PRLIMIT: &str = "/usr/bin/prlimit";
