use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::terminal::Terminal;

/// The serving program, which logs to a file. It is killed on drop.
pub(crate) struct Serving {
    child: Child,
    log: String,
    address: String,
}

impl Serving {
    pub(crate) fn start(terminal: &Terminal) -> Self {
        let log = terminal.path("host.log");
        let child = Command::new(env!("CARGO_BIN_EXE_axum-host"))
            .args(["serve", "--config", &terminal.path("host.toml")])
            .env_clear()
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut serving = Self {
            child,
            log,
            address: String::new(),
        };
        let begins_by = Instant::now() + Duration::from_secs(30);
        while serving.address.is_empty() {
            let text = fs::read_to_string(&serving.log).unwrap();
            let line = text.lines().find(|line| line.contains("listening"));
            let port = line.and_then(|line| line.rsplit_once("127.0.0.1:"));
            if let Some((_, port)) = port {
                serving.address = format!("127.0.0.1:{}", port.trim());
            }
            assert!(
                Instant::now() < begins_by,
                "the host does not serve: {text}"
            );
            thread::sleep(Duration::from_millis(10));
        }
        serving
    }

    /// Sends a webhook and returns the status of the response.
    pub(crate) fn deliver(&self, event: u32) -> u16 {
        let body = r#"{"action":"candidate_stage_change","payload":{"application":{"id":7,"candidate":{"id":8}}}}"#;
        let mut mac = Hmac::<Sha256>::new_from_slice(b"canary-webhook-secret").unwrap();
        mac.update(body.as_bytes());
        let digest = mac.finalize().into_bytes();
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let headers = format!("Signature: sha256 {digits}\r\nGreenhouse-Event-ID: {event}\r\n");
        let path = "/api/webhooks/greenhouse/acme-hook-key-0123456789";
        self.ask("POST", path, &headers, body).0
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.ask("GET", path, "", "")
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// Kills the program and returns its log.
    pub(crate) fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // The program has already ended if `end` was called.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
