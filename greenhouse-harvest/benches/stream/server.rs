use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use serde_json::{Value, json};

/// Serves a token and a list from prepared responses, so that the server costs as little as
/// possible.
pub(crate) struct Server {
    url: String,
    pages: Arc<[Page]>,
}

struct Page {
    head: String,
    body: Vec<u8>,
}

impl Server {
    pub(crate) fn start(pages: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let pages: Arc<[Page]> = (0..pages)
            .map(|page| Page::new(&url, page, pages))
            .collect();
        let served = pages.clone();
        // Stops with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let served = served.clone();
                thread::spawn(move || serve(&stream.unwrap(), &served));
            }
        });
        Self { url, pages }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn rows(&self) -> usize {
        self.pages.len() * ROWS
    }

    pub(crate) fn bodies(&self) -> impl Iterator<Item = &[u8]> {
        self.pages.iter().map(|page| page.body.as_slice())
    }
}

impl Page {
    fn new(url: &str, page: usize, pages: usize) -> Self {
        let rows: Vec<Value> = (page * ROWS..(page + 1) * ROWS).map(row).collect();
        let body = serde_json::to_vec(&rows).unwrap();
        let next = page + 1;
        let link = match next < pages {
            true => format!("<{url}/v3/candidates?cursor={next}>; rel=\"next\""),
            false => String::new(),
        };
        let head = format!("link: {link}\r\n{LIMITS}content-length: {}\r\n", body.len());
        Self { head, body }
    }
}

fn serve(mut stream: &TcpStream, pages: &[Page]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(told) = line.strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
        }
        reader.read_exact(&mut vec![0; length])?;
        if first.starts_with("POST") {
            let length = TOKEN.len();
            write!(stream, "{HEAD}content-length: {length}\r\n\r\n{TOKEN}")?;
            continue;
        }
        let cursor = first
            .split_once("?cursor=")
            .map_or("0", |(_, cursor)| cursor);
        let cursor = cursor
            .split(' ')
            .next()
            .and_then(|cursor| cursor.parse().ok());
        let page: &Page = &pages[cursor.unwrap_or(0)];
        stream.write_all(format!("{HEAD}{}\r\n", page.head).as_bytes())?;
        stream.write_all(&page.body)?;
    }
}

/// Row as in the official description, with two custom fields.
fn row(number: usize) -> Value {
    let at = "2026-05-05T22:36:04.296Z";
    json!({
        "id": 7_310_000_002_usize + number * 1000,
        "first_name": format!("First{number}"),
        "last_name": format!("Last{number}"),
        "preferred_name": null,
        "company": "Example Ltd",
        "title": "Account Executive",
        "created_at": at,
        "updated_at": at,
        "last_activity_at": at,
        "private": false,
        "can_email": true,
        "time_zone": "Europe/Berlin",
        "tags": ["assessed", "remote"],
        "linked_user_ids": [],
        "phone_numbers": [{ "value": "+49 30 1234567", "type": "mobile" }],
        "addresses": [{ "value": "Example Street 5\n10115 Berlin", "type": "home" }],
        "email_addresses": [
            { "value": format!("candidate.{number}@example.org"), "type": "personal" },
            { "value": format!("candidate.{number}@example.com"), "type": "work" },
        ],
        "website_addresses": [],
        "social_media_addresses": [{ "value": format!("social.example/{number}") }],
        "custom_fields": {
            "assessment_score": { "name": "Assessment Score", "type": "number", "value": "85.0" },
            "level": { "name": "Level", "type": "single_select", "value": "Senior" },
        },
    })
}

const ROWS: usize = 500;
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=utf-8\r\n";
const TOKEN: &str = r#"{"token_type":"Bearer","access_token":"a.b.c","expires_in":3600}"#;
const LIMITS: &str = "x-ratelimit-limit: 1000000\r\nx-ratelimit-remaining: 999999\r\n";
