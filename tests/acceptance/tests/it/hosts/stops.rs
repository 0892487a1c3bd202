//! Graceful stop of a host.

use std::time::Duration;

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use server::WebConfig;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{setup::Setup, slow::begun, wire::rest};

/// During a stop, accepted requests receive a response, new connections are refused, and idle
/// connections do not delay the stop.
pub(crate) async fn accepted_requests_are_answered_during_a_stop(setup: Setup) {
    let stage = setup.stage().await;
    let address = address(&stage.host_url);
    let mut begun = begun(&stage).await;
    let _silent = TcpStream::connect(&address).await.unwrap();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"GET /nothing HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);

    let ended = tokio::spawn(stage.stop());
    until_closed(&address).await;
    begun.write_all(b"}").await.unwrap();
    assert_eq!(rest(&mut begun).await.statuses(), [422]);
    ended.await.unwrap().unwrap();
}

/// A client that never completes its request delays the stop only until the configured deadline.
pub(crate) async fn a_slow_client_delays_the_stop_until_the_deadline(setup: Setup) {
    let mut web = WebConfig::default();
    web.stop_grace = Duration::from_millis(300);
    let stage = setup.setting().web(web).start().await.unwrap();
    let _begun = begun(&stage).await;
    let start = SystemClock.now();
    stage.stop().await.unwrap();
    let took = SystemClock.now() - start;
    assert!((300..5_000).contains(&took.num_milliseconds()), "{took}");
}

async fn until_closed(address: &str) {
    for _ in 0..500 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        SystemClock.sleep(Duration::from_millis(10)).await;
    }
    panic!("the host still accepts connections");
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned()
}
