//! Memory use of a host for bodies that it refuses.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    crowd::address,
    host::HostProcess,
    report::{forget_peak, memory},
    stage::Stage,
};

/// If many connections send a large body to an unknown hook, the peak memory of the host is at most
/// 1.2 times the peak memory with as many idle connections.
pub(crate) async fn bodies_cost_no_more_than_idle_connections(
    framework: Option<(&'static str, &'static str)>,
) {
    let mut stage = Stage::set("").await;
    stage.environment.extend(framework);
    let idle = peak_with(&stage, async |host| {
        let clients = (0..CONNECTIONS).map(|_| TcpStream::connect(address(host)));
        let clients: Vec<_> = join_all(clients).await;
        SystemClock.sleep(Duration::from_millis(500)).await;
        assert!(clients.iter().all(Result::is_ok));
    });
    let idle = idle.await;
    let sending = peak_with(&stage, async |host| {
        let body: Arc<[u8]> = vec![b'x'; BODY].into();
        let clients = (0..CONNECTIONS).map(|_| {
            let (address, body) = (address(host).to_owned(), Arc::clone(&body));
            tokio::spawn(async move { send(&address, &body).await })
        });
        // Each client keeps its connection until all have sent their body.
        let clients: Vec<_> = join_all(clients).await;
        assert!(clients.iter().all(Result::is_ok));
    });
    let sending = sending.await;
    let permille = sending * 1000 / idle;
    println!(
        "{CONNECTIONS} connections: {} kB if idle, {} kB with bodies for an unknown hook, \
         ratio {}.{:03}",
        idle / 1000,
        sending / 1000,
        permille / 1000,
        permille % 1000
    );
    assert!(permille <= MOST, "{permille} thousandths");
    stage.greenhouse.stop().await;
}

/// Returns the peak memory of a new host while the clients run, in bytes.
async fn peak_with(stage: &Stage, clients: impl AsyncFnOnce(&HostProcess)) -> u64 {
    let host = stage.host();
    drop(send(address(&host), b"{}").await);
    forget_peak(&host);
    clients(&host).await;
    memory(&host, "VmHWM:").unwrap()
}

/// Sends a body to an unknown hook, and returns the connection after the response.
async fn send(address: &str, body: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/webhooks/greenhouse/an-unknown-hook-key HTTP/1.1\r\nhost: h\r\nsignature: \
         sha256 {}\r\ncontent-length: {}\r\n\r\n",
        "0".repeat(64),
        body.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    // Fails if the host has closed the connection after its response.
    let _ = client.write_all(body).await;
    let mut answer = [0; 12];
    let read = timeout(PATIENCE, client.read_exact(&mut answer)).await;
    read.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
    client
}

const CONNECTIONS: usize = 300;
const BODY: usize = 1024 * 1024;
/// Maximum ratio, in thousandths.
const MOST: u64 = 1200;
const PATIENCE: Duration = Duration::from_secs(30);
