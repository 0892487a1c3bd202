//! The running binary: probes and logs.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
};

use bytes::Bytes;
use greenhouse_core::{Secret, settings::KeyDigest};
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::terminal::{Terminal, account};

#[tokio::test]
async fn a_stopping_host_and_a_host_without_database_are_alive_and_not_ready() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let ask = async |path: &str| {
        let request = Request::get(path).body(Bytes::new()).unwrap();
        let answer = host.handle(request).await;
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        (answer.status().as_u16(), text)
    };
    host.close().await;
    let (status, text) = ask("/readyz").await;
    assert!(status == 503 && text.contains("the database"), "{text}");
    host.stop();
    let (status, text) = ask("/readyz").await;
    assert!(status == 503 && text.contains("shutting down"), "{text}");
    assert_eq!(ask("/livez").await, (200, "alive\n".to_owned()));
}

/// The log traces a delivery from its id to its request and contains no secrets or personal data.
#[test]
fn the_log_identifies_requests_deliveries_and_accounts_without_secrets() {
    for format in ["json", "text"] {
        let terminal = Terminal::new();
        assert!(terminal.apply(&account("acme")).ok);
        let serving = Serving::start(&terminal, format);
        let body = json!({
            "action": "candidate_stage_change",
            "payload": { "application": { "id": 7, "candidate": {
                "id": 8, "first_name": "canary-person", "email_addresses": [{ "value": "canary@example.org" }],
            } } },
        });
        let body = body.to_string();
        let path = "/api/webhooks/greenhouse/acme-hook-key-0123456789";
        let good = signature(&body);
        for (mark, event, status) in [
            (good.as_str(), "event-1", "200"),
            (good.as_str(), "event-1", "200"),
            ("sha256 00", "event-2", "401"),
            ("sha256 00", "canary event", "401"),
        ] {
            let headers = format!(
                "Signature: {mark}\r\nGreenhouse-Event-ID: {event}\r\nX-Request-Id: front-7\r\n"
            );
            let answer = serving.ask("POST", path, &headers, &body);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
            assert!(answer.contains("x-request-id: front-7\r\n"), "{answer}");
        }
        let odd = "/api/greenhouse/report/canary-report?token=canary-token";
        serving.ask("GET", odd, "X-Request-Id: canary@example.org\r\n", "");
        serving.ask("GET", "/readyz", "", "");

        let log = serving.end();
        assert!(!log.contains("canary"), "{log}");
        assert!(!log.contains("readyz"), "probes are not logged: {log}");
        for (message, event) in [
            ("webhook stored", "event-1"),
            ("webhook received again", "event-1"),
            ("webhook refused", "event-2"),
            ("webhook refused", "[withheld]"),
        ] {
            let mut lines = log.lines();
            let line = lines.find(|line| line.contains(message) && line.contains(event));
            let line = line.unwrap_or_else(|| panic!("{message} in\n{log}"));
            if format == "json" {
                let line: Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["fields"]["account"], "acme", "{line}");
                assert_eq!(line["fields"]["event"], event, "{line}");
                assert_eq!(line["spans"][0]["id"], "front-7", "{line}");
                assert_eq!(line["spans"][0]["endpoint"], "webhook", "{line}");
            } else {
                for part in ["account=acme", "id=\"front-7\"", "endpoint=\"webhook\""] {
                    assert!(line.contains(part), "{part} in {line}");
                }
            }
        }
        let mut lines = log.lines();
        let work = lines.find(|line| line.contains("task finished"));
        if format == "json" {
            let line: Value = serde_json::from_str(work.unwrap()).unwrap();
            let span = &line["spans"][0];
            assert_eq!(
                (&span["kind"], &span["account"]),
                (&json!("reconcile"), &json!("acme"))
            );
            assert!(span["id"].is_string(), "{line}");
        } else {
            assert!(work.unwrap().contains("account=acme"), "{work:?}");
        }
        let answered = log.lines().filter(|line| line.contains("answered"));
        assert_eq!(answered.count(), 5, "{log}");
        if format == "json" {
            for line in log.lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                assert!(line["level"].is_string(), "{line}");
            }
        }
    }
}

/// Neither a token, a cookie nor the address of a page is in the log.
#[test]
fn the_log_of_the_console_contains_neither_tokens_nor_cookies() {
    let terminal = Terminal::new();
    let file = account("acme");
    let (id, token) = ("zenith", KeyDigest::of("canary-token"));
    let file = format!("{file}[[accounts]]\nid = \"{id}\"\noperator_tokens = [\"{token}\"]\n");
    assert!(terminal.apply(&file).ok);
    let serving = Serving::start(&terminal, "json");
    let sign_in = |token: &str| {
        let form = format!("token={token}&next=/console/canary-page");
        serving.ask("POST", "/console/sign-in", "", &form)
    };
    let refused = sign_in("canary-wrong");
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert!(!refused.contains("canary-wrong"), "{refused}");
    let signed_in = sign_in("canary-token");
    assert!(signed_in.starts_with("HTTP/1.1 303 "), "{signed_in}");
    let (_, cookie) = signed_in.split_once("set-cookie: ").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let page = "/console/canary-page?q=canary-query";
    let answer = serving.ask("GET", page, &format!("Cookie: {cookie}\r\n"), "");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let forged = "Cookie: __Host-greenhouse-console=canary-cookie\r\n";
    let answer = serving.ask("GET", page, forged, "");
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    let log = serving.end();
    let (_, sealed) = cookie.split_once('=').unwrap();
    assert!(!log.contains(sealed), "{log}");
    assert!(!log.contains("canary"), "{log}");
    assert!(log.contains("\"endpoint\":\"console\""), "{log}");
}

/// The serving binary. It is killed on drop.
struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
    begun: String,
    address: String,
}

impl Serving {
    fn start(terminal: &Terminal, format: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_axum-host"))
            .args(["serve", "--config", &terminal.path("host.toml")])
            .env_clear()
            .env("GREENHOUSE_LOG_FORMAT", format)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut begun = String::new();
        // The first task schedules the reconciliation.
        while !["listening", "task finished"]
            .iter()
            .all(|said| begun.contains(said))
        {
            assert!(log.read_line(&mut begun).unwrap() > 0, "{begun}");
        }
        let (_, address) = begun.split_once("127.0.0.1:").unwrap();
        let port: String = address.chars().take_while(char::is_ascii_digit).collect();
        Self {
            child,
            log,
            begun,
            address: format!("127.0.0.1:{port}"),
        }
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Kills the process and returns its log.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.read_to_string(&mut self.begun).unwrap();
        self.begun.clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signature(body: &str) -> String {
    let secret = Secret::new("canary-webhook-secret");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let digest = mac.finalize().into_bytes();
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256 {digits}")
}
