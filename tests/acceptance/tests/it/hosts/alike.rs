//! Every host sends the same response to unusual requests, byte for byte except for the date.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use server::{
    WebConfig,
    demo::{Demo, DemoBuilder},
    framework::Framework,
};

use super::{
    hyper::Hyper,
    wire::{Reply, exchange},
};

#[tokio::test(flavor = "multi_thread")]
async fn unusual_requests_get_the_same_response_from_every_host() {
    let frameworks: [&'static dyn Framework; 3] = [&axum_host::Axum, &warp_host::Warp, &Hyper];
    let stages = join_all(frameworks.map(|framework| async move {
        let mut web = WebConfig::default();
        web.body_deadline = Duration::from_secs(1);
        DemoBuilder::new(framework).web(web).start().await.unwrap()
    }))
    .await;

    let answers = unusual_requests()
        .into_iter()
        .map(async |odd: UnusualRequest| {
            let replies = join_all(stages.iter().map(|stage| odd.reply(stage))).await;
            (odd, replies)
        });
    let mut wrong = Vec::new();
    for (odd, replies) in join_all(answers).await {
        for (framework, reply) in frameworks.iter().zip(&replies) {
            if reply.statuses() != odd.expected || *reply != replies[0] {
                wrong.push(format!("{} on {framework:?}: {reply:?}", odd.name));
            }
        }
        (odd.also)(&replies[0]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for stage in stages {
        stage.stop().await.unwrap();
    }
}

/// Bytes of a request, with placeholders for the stage's values: `{key}`, `{token}` and `{hook}`.
struct UnusualRequest {
    name: &'static str,
    sent: Vec<u8>,
    expected: Vec<u16>,
    also: fn(&Reply),
}

impl UnusualRequest {
    async fn reply(&self, stage: &Demo) -> Reply {
        let address = stage.host_url.trim_start_matches("http://");
        let hook = stage.hook.0.rsplit('/').next().unwrap();
        let key = STANDARD.encode(format!("{}:", stage.partner_key.expose()));
        let mut sent = self.sent.clone();
        for (place, value) in [
            ("{key}", key.as_str()),
            ("{token}", stage.client.token().expose()),
            ("{hook}", hook),
        ] {
            sent = replaced(&sent, place.as_bytes(), value.as_bytes());
        }
        exchange(address.trim_end_matches('/'), &sent).await
    }
}

fn unusual_requests() -> Vec<UnusualRequest> {
    let mut all = Vec::new();
    let mut add = |name, sent: Vec<u8>, expected: &[u16], also: fn(&Reply)| {
        let expected = expected.to_vec();
        all.push(UnusualRequest {
            name,
            sent,
            expected,
            also,
        });
    };
    let any: fn(&Reply) = |_| {};

    // Methods.
    add("a list", get(LIST), &[200], |reply| {
        assert!(reply.body().starts_with("[{"))
    });
    add("HEAD", request("HEAD", LIST, KEY, b""), &[200], |reply| {
        assert_eq!(reply.body(), "");
        let length: usize = reply.header("content-length").unwrap().parse().unwrap();
        assert!(length > 2, "the length of the GET response");
    });
    add(
        "HEAD without a key",
        request("HEAD", LIST, "", b""),
        &[401],
        |reply| {
            assert_eq!(reply.body(), "");
        },
    );
    add(
        "HEAD of nothing",
        request("HEAD", "/nothing", "", b""),
        &[404],
        any,
    );
    add(
        "HEAD of a POST",
        request("HEAD", SEND, KEY, b""),
        &[405],
        |reply| {
            assert_eq!(reply.header("allow"), Some("POST"));
        },
    );
    for method in ["DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"] {
        add(
            "a wrong method",
            request(method, LIST, KEY, b""),
            &[405],
            |reply| {
                assert_eq!(reply.header("allow"), Some("GET, HEAD"));
            },
        );
    }
    add(
        "a GET to a hook",
        get("/api/webhooks/greenhouse/{hook}"),
        &[405],
        any,
    );
    add(
        "OPTIONS of everything",
        request("OPTIONS", "*", "", b""),
        &[404],
        any,
    );
    add(
        "CONNECT",
        request("CONNECT", "example.com:443", "", b""),
        &[404],
        any,
    );
    add(
        "a target in authority form",
        get("example.com:443"),
        &[404],
        any,
    );
    add("no method", request("", LIST, KEY, b""), &[400], any);
    add(
        "an invalid method",
        request("G@T", LIST, KEY, b""),
        &[400],
        any,
    );

    for probe in ["/livez", "/readyz"] {
        add("a probe", get(probe), &[200], |reply| {
            assert!(["alive\n", "ready\n"].contains(&reply.body()), "{reply:?}");
        });
        add(
            "HEAD of a probe",
            request("HEAD", probe, "", b""),
            &[200],
            any,
        );
        add(
            "a POST to a probe",
            request("POST", probe, "", b"{}"),
            &[405],
            |reply| {
                assert_eq!(reply.header("allow"), Some("GET, HEAD"));
            },
        );
    }
    add("metrics that are not enabled", get("/metrics"), &[404], any);

    // Paths.
    for path in [
        "/",
        "/api",
        "/api/greenhouse/",
        "/api//greenhouse/list-tests",
        "//api/greenhouse/list-tests",
        "/API/greenhouse/list-tests",
        "/api%2Fgreenhouse%2Flist-tests",
        "/api/greenhouse/%FF%FE",
        "/api/greenhouse/list-tests%00",
        "/api/greenhouse/../greenhouse/list-tests",
        "/api/webhooks/greenhouse/a/b",
        "/product",
    ] {
        add("an unknown path", get(path), &[404], any);
    }
    add(
        "an encoded letter",
        get("/api/greenhouse/list%2Dtests"),
        &[404],
        any,
    );
    add(
        "bad UTF-8 in an id",
        get("/api/greenhouse/report/%FF?token=%FF"),
        &[404],
        any,
    );
    add(
        "a slash in an id",
        get("/api/greenhouse/report/a%2Fb?token=x"),
        &[404],
        any,
    );
    add(
        "operators, doubled",
        get("//api/integrations/greenhouse/health"),
        &[404],
        any,
    );
    add(
        "operators, with a dot",
        get("/api/integrations/greenhouse/./health"),
        &[401],
        any,
    );
    add(
        "an encoded slash for an operator",
        request(
            "GET",
            "/api/integrations/greenhouse/sync-log%2F1",
            TOKEN,
            b"",
        ),
        &[404],
        any,
    );
    add(
        "a trailing slash",
        get("/api/greenhouse/list-tests/"),
        &[200],
        any,
    );
    add("a double slash", get("/product//assessments"), &[401], any);
    add(
        "an empty query",
        get("/api/greenhouse/list-tests?"),
        &[200],
        any,
    );
    add(
        "a query with every special character",
        get("/api/greenhouse/list-tests?a=%FF&&=&?/:@+"),
        &[200],
        any,
    );
    add(
        "a status without an id",
        get("/api/greenhouse/test-status"),
        &[400],
        any,
    );
    add(
        "a status with an odd id",
        get("/api/greenhouse/test-status?partner_interview_id=%FF%00"),
        &[404],
        any,
    );
    add(
        "a target in absolute form",
        get("http://other.example/api/greenhouse/list-tests"),
        &[200],
        any,
    );
    add("no path", request("GET", "", KEY, b""), &[400], any);
    add("only a query", get("?a=b"), &[400], any);
    add("control characters in a path", bytes_in_path(), &[400], any);
    add(
        "a long path",
        get(&format!("/{}", "a".repeat(8_000))),
        &[404],
        any,
    );
    add(
        "a path over the limit",
        get(&format!("/{}", "a".repeat(70_000))),
        &[431],
        any,
    );
    add(
        "a long query",
        get(&format!("{LIST}?{}", "a".repeat(8_000))),
        &[200],
        any,
    );

    // Headers.
    add(
        "many headers",
        request("GET", LIST, &headers(90), b""),
        &[200],
        any,
    );
    add(
        "too many headers",
        request("GET", LIST, &headers(200), b""),
        &[431],
        any,
    );
    let long = format!("{KEY}x-long: {}\r\n", "a".repeat(16_000));
    add(
        "a long header",
        request("GET", LIST, &long, b""),
        &[200],
        any,
    );
    let endless = format!("{KEY}x-long: {}\r\n", "a".repeat(500_000));
    add(
        "a header over the limit",
        request("GET", LIST, &endless, b""),
        &[431],
        any,
    );
    add(
        "two authorization headers",
        request("GET", LIST, &format!("{KEY}{TOKEN}"), b""),
        &[401],
        any,
    );
    add(
        "a key that is not UTF-8",
        key_of_bytes(b"\xFF\xFE"),
        &[401],
        any,
    );
    add("a key with a NUL byte", key_of_bytes(b"\0"), &[400], any);
    add(
        "no host",
        b"GET /nothing HTTP/1.1\r\nconnection: close\r\n\r\n".to_vec(),
        &[404],
        any,
    );
    add(
        "HTTP/1.0",
        b"GET /nothing HTTP/1.0\r\n\r\n".to_vec(),
        &[404],
        any,
    );
    add("no HTTP", b"good morning\r\n\r\n".to_vec(), &[400], any);
    add(
        "HTTP of tomorrow",
        b"GET / HTTP/3.0\r\n\r\n".to_vec(),
        &[400],
        any,
    );
    add(
        "two pipelined requests",
        [
            b"GET /one HTTP/1.1\r\nhost: h\r\n\r\n".to_vec(),
            get("/two"),
        ]
        .concat(),
        &[404, 404],
        any,
    );

    // Bodies.
    let large = vec![b'x'; 70_000];
    let too_large: fn(&Reply) = |reply| assert!(reply.body().contains("too_large"), "{reply:?}");
    add(
        "a GET with a body",
        request("GET", LIST, KEY, b"{}"),
        &[200],
        any,
    );
    add(
        "a body for an unknown path",
        request("POST", "/nothing", "", b"{}"),
        &[404],
        any,
    );
    add(
        "a body up to the limit",
        request("POST", SEND, KEY, &large[..LIMIT]),
        &[400],
        any,
    );
    add(
        "a body over the limit",
        request("POST", SEND, KEY, &large[..=LIMIT]),
        &[413],
        too_large,
    );
    add(
        "a body far over the limit",
        request("POST", SEND, KEY, &large),
        &[413],
        too_large,
    );
    add(
        "a chunked body",
        chunked(&large[..100], "0\r\n\r\n"),
        &[400],
        any,
    );
    add(
        "chunks up to the limit",
        chunked(&large[..LIMIT], "0\r\n\r\n"),
        &[400],
        any,
    );
    add(
        "chunks over the limit",
        chunked(&large[..=LIMIT], "0\r\n\r\n"),
        &[413],
        too_large,
    );
    add(
        "chunks over the limit, without a last chunk",
        chunked(&large, ""),
        &[413],
        too_large,
    );
    add(
        "an invalid chunk",
        chunked(&large[..100], "zz\r\n"),
        &[400],
        |reply| {
            assert!(reply.body().contains("broken_body"), "{reply:?}");
        },
    );
    add(
        "trailers",
        chunked(b"{}", "0\r\nx-more: 1\r\n\r\n"),
        &[422],
        any,
    );
    add(
        "a large webhook",
        hook(&vec![b'x'; 1024 * 1024 + 1]),
        &[413],
        too_large,
    );
    add(
        "a webhook up to the limit",
        hook(&vec![b'x'; 1024 * 1024]),
        &[401],
        any,
    );
    let declared = |length: &str, more: &str| {
        let headers = format!("{KEY}content-length: {length}\r\n{more}");
        raw("POST", SEND, &headers, b"")
    };
    add(
        "a declared body over the limit",
        declared("70000", ""),
        &[413],
        too_large,
    );
    add(
        "expect: 100-continue over the limit",
        declared("70000", "expect: 100-continue\r\n"),
        &[413],
        too_large,
    );
    // The host responds to a refused credential before the body has arrived.
    let missing = |method: &str, target: &str, credential: &str| {
        let headers = format!("{credential}content-length: 60000\r\nexpect: 100-continue\r\n");
        raw(method, target, &headers, b"")
    };
    for (name, sent, status) in [
        ("a body without a key", missing("POST", SEND, ""), 401),
        (
            "a body with a wrong key",
            missing("POST", SEND, WRONG_KEY),
            401,
        ),
        (
            "a body for an unknown hook",
            missing("POST", NO_HOOK, SIGNATURE),
            404,
        ),
        ("an unsigned body", missing("POST", HOOK, ""), 401),
        (
            "a body with a malformed signature",
            missing("POST", HOOK, "signature: sha256=00\r\n"),
            401,
        ),
        ("a body without a token", missing("PUT", PREVIEW, ""), 401),
        (
            "a body with a wrong token",
            missing("PUT", PREVIEW, KEY),
            401,
        ),
        (
            "a product's body without a token",
            missing("POST", "/product/assessments", ""),
            401,
        ),
        (
            "a body for the wrong method",
            missing("POST", LIST, KEY),
            405,
        ),
        (
            "a body that an endpoint does not use",
            missing("GET", LIST, KEY),
            200,
        ),
    ] {
        add(name, sent, &[status], any);
    }
    add(
        "a content-length that is not a number",
        declared("many", ""),
        &[400],
        any,
    );
    add(
        "two content-lengths",
        declared("1", "content-length: 2\r\n"),
        &[400],
        any,
    );
    add("a negative content-length", declared("-1", ""), &[400], any);
    add(
        "expect: 100-continue within the limit",
        raw(
            "POST",
            SEND,
            &format!("{KEY}content-length: 2\r\nexpect: 100-continue\r\n"),
            b"{}",
        ),
        &[100, 422],
        any,
    );
    let too_slow: fn(&Reply) = |reply| assert!(reply.body().contains("too_slow"), "{reply:?}");
    add(
        "a body that never arrives",
        declared("10", ""),
        &[408],
        too_slow,
    );
    add(
        "an incomplete body",
        [declared("10", ""), b"{".to_vec()].concat(),
        &[408],
        too_slow,
    );
    add("incomplete chunks", chunked(b"{", ""), &[408], too_slow);
    add(
        "an operator's incomplete body",
        raw(
            "PUT",
            PREVIEW,
            &format!("{TOKEN}content-length: 9\r\n"),
            b"{",
        ),
        &[408],
        too_slow,
    );
    all
}

fn get(target: &str) -> Vec<u8> {
    request("GET", target, KEY, b"")
}

/// Adds a `content-length` header if there is a body.
fn request(method: &str, target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    if body.is_empty() {
        return raw(method, target, headers, body);
    }
    let headers = format!("{headers}content-length: {}\r\n", body.len());
    raw(method, target, &headers, body)
}

fn raw(method: &str, target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("{method} {target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8], end: &str) -> Vec<u8> {
    let mut sent = raw(
        "POST",
        SEND,
        &format!("{KEY}transfer-encoding: chunked\r\n"),
        b"",
    );
    for chunk in body.chunks(8_000) {
        sent.extend(format!("{:x}\r\n", chunk.len()).bytes());
        sent.extend(chunk);
        sent.extend(b"\r\n");
    }
    sent.extend(end.bytes());
    sent
}

fn hook(body: &[u8]) -> Vec<u8> {
    request("POST", HOOK, SIGNATURE, body)
}

fn headers(count: usize) -> String {
    let more = (0..count).map(|number| format!("x-{number}: 1\r\n"));
    [KEY.to_owned()].into_iter().chain(more).collect()
}

fn key_of_bytes(bytes: &[u8]) -> Vec<u8> {
    let sent = raw("GET", LIST, "authorization: Basic bytes\r\n", b"");
    replaced(&sent, b"bytes", bytes)
}

fn bytes_in_path() -> Vec<u8> {
    replaced(&get("/api/greenhouse/bytes"), b"bytes", b"\x01\x7F")
}

fn replaced(text: &[u8], place: &[u8], value: &[u8]) -> Vec<u8> {
    // Only the head contains placeholders. The body can be large.
    let front = &text[..text.len().min(10_000)];
    match front
        .windows(place.len())
        .position(|window| window == place)
    {
        Some(at) => [&text[..at], value, &text[at + place.len()..]].concat(),
        None => text.to_vec(),
    }
}

const LIST: &str = "/api/greenhouse/list-tests";
const SEND: &str = "/api/greenhouse/send-test";
const PREVIEW: &str = "/api/integrations/greenhouse/settings/push";
const HOOK: &str = "/api/webhooks/greenhouse/{hook}";
const NO_HOOK: &str = "/api/webhooks/greenhouse/an-unknown-hook-key";
const WRONG_KEY: &str = "authorization: Basic d3Jvbmc6\r\n";
const KEY: &str = "authorization: Basic {key}\r\n";
const TOKEN: &str = "authorization: Bearer {token}\r\n";
/// Well-formed signature that matches no body.
const SIGNATURE: &str =
    "signature: sha256 0000000000000000000000000000000000000000000000000000000000000000\r\n";
const LIMIT: usize = 64 * 1024;
