use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use serde_json::{Value, json};

/// A server that echoes the whole request in its response, with a fixed status.
pub(super) struct Echo {
    url: String,
}

impl Echo {
    pub(super) fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // The server ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = answer(stream.unwrap(), status);
            }
        });
        Self { url }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

fn answer(mut stream: TcpStream, status: u16) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        let line = line.trim().to_owned();
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        head.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let sent: Value = serde_json::from_str(&body).unwrap_or_default();
    let fields = sent.as_object().into_iter().flatten();
    let errors: Vec<Value> = fields
        .map(|(name, value)| json!({ "field": name, "message": format!("{value} is invalid") }))
        .chain(head.iter().map(|line| json!(line)))
        .collect();
    let answer = json!({ "message": format!("{head:?} {body}"), "errors": errors });
    let answer = answer.to_string();
    write!(
        stream,
        "HTTP/1.1 {status} Echo\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
        answer.len()
    )
}
