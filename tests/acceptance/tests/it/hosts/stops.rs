//! A host that is told to stop.

use std::time::Duration;

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use server::WebConfig;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{ground::Ground, wire::rest};

/// Who was let in is answered, nobody else is let in, and a connection without a request keeps nothing.
pub(crate) async fn what_was_accepted_is_answered(ground: Ground) {
    let stage = ground.stage().await;
    let address = address(&stage.host_url);
    let mut begun = begun(&address).await;
    let _silent = TcpStream::connect(&address).await.unwrap();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"GET /nothing HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);

    let ended = tokio::spawn(stage.strike());
    until_closed(&address).await;
    begun.write_all(b"}").await.unwrap();
    assert_eq!(rest(&mut begun).await.statuses(), [401]);
    ended.await.unwrap().unwrap();
}

/// A client that never sends the rest of its request keeps the host for as long as it is configured, and no longer.
pub(crate) async fn a_slow_client_does_not_keep_the_host(ground: Ground) {
    let mut web = WebConfig::default();
    web.stop_grace = Duration::from_millis(300);
    let stage = ground.setting().web(web).set().await.unwrap();
    let _begun = begun(&address(&stage.host_url)).await;
    let start = SystemClock.now();
    stage.strike().await.unwrap();
    let took = SystemClock.now() - start;
    assert!((300..5_000).contains(&took.num_milliseconds()), "{took}");
}

/// A request of which the host has the beginning, and is to get one byte more.
async fn begun(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/greenhouse/send-test HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // It asks for the body, so it has accepted the request.
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{").await.unwrap();
    stream
}

async fn until_closed(address: &str) {
    for _ in 0..500 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        SystemClock.sleep(Duration::from_millis(10)).await;
    }
    panic!("the host still lets others in");
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned()
}
