//! Raw requests and responses.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends the bytes and returns all responses until the server closes the connection. The client
/// does not half-close.
pub(crate) async fn exchange(address: &str, sent: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    match stream.write_all(sent).await {
        Ok(()) => {}
        // A server that rejects a request without reading it can close the connection before
        // everything is written.
        Err(error) => assert!(sent.len() > LARGE, "{error}"),
    }
    rest(&mut stream).await
}

/// Reads until the end of the connection.
pub(crate) async fn rest(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    // A server that rejects a request without reading it resets the connection after its response.
    let ended = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "the connection stays open: {bytes:?}");
    Reply::new(&bytes)
}

/// Responses without date and request id, with their headers sorted by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply(String);

impl Reply {
    fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.split_inclusive("\r\n");
        let differs = |line: &str| line.starts_with("date: ") || line.starts_with("x-request-id: ");
        let mut lines: Vec<_> = lines.filter(|line| !differs(line)).collect();
        for head in lines.split_mut(|line| *line == "\r\n") {
            if let Some(headers) = head.get_mut(1..) {
                headers.sort_unstable();
            }
        }
        Self(lines.concat())
    }

    /// Returns the status codes of all responses in order.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        let lines = self.0.split("HTTP/1.").skip(1);
        lines
            .filter_map(|line| line.split(' ').nth(1)?.get(..3)?.parse().ok())
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.0.split("\r\n");
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

/// Size up to which a request is always written completely.
const LARGE: usize = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);
