use std::io::{self, Write};

use mock_greenhouse::{Direction, Exchange};

/// Numbered transcript of requests, responses, effects and checks.
pub(super) struct Transcript<'a> {
    out: &'a mut (dyn Write + Send),
    steps: usize,
}

impl<'a> Transcript<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send)) -> Self {
        Self { out, steps: 0 }
    }

    pub(super) fn title(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    pub(super) fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    pub(super) fn section(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "\n== {text}")
    }

    pub(super) fn step(&mut self, text: &str) -> io::Result<()> {
        self.steps += 1;
        writeln!(self.out, "\n{:>2}. {text}", self.steps)
    }

    pub(super) fn step_number(&self) -> usize {
        self.steps
    }

    /// Writes a request from the recruiter or the product to the host.
    pub(super) fn call(
        &mut self,
        who: &str,
        method: &str,
        path: &str,
        request: &str,
        status: u16,
        response: &str,
    ) -> io::Result<()> {
        self.line(
            &format!("{who} -> host"),
            method,
            path,
            request,
            Some(status),
            response,
        )
    }

    /// Writes an exchange between Greenhouse and the host.
    pub(super) fn exchange(&mut self, exchange: &Exchange) -> io::Result<()> {
        let who = match exchange.direction {
            Direction::Inbound => "host -> Greenhouse",
            Direction::Outbound => "Greenhouse -> host",
        };
        let request = String::from_utf8_lossy(&exchange.request_body);
        let response = String::from_utf8_lossy(&exchange.response_body);
        self.line(
            who,
            exchange.method.as_str(),
            path_of(&exchange.url),
            &request,
            exchange.status,
            &response,
        )
    }

    pub(super) fn effect(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      effect: {text}")
    }

    /// Writes a text as an indented block.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        text.lines()
            .try_for_each(|line| writeln!(self.out, "      | {line}"))
    }

    pub(super) fn check(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      ok: {text}")
    }

    fn line(
        &mut self,
        who: &str,
        method: &str,
        path: &str,
        request: &str,
        status: Option<u16>,
        response: &str,
    ) -> io::Result<()> {
        writeln!(self.out, "    {who}: {method} {}", shorten(path, MAX_PATH))?;
        if !request.is_empty() {
            writeln!(self.out, "      request: {}", shorten(request, MAX_BODY))?;
        }
        let status = status.map_or("no response".to_owned(), |status| status.to_string());
        writeln!(
            self.out,
            "      response: {status} {}",
            shorten(response, MAX_BODY)
        )
    }
}

fn path_of(url: &str) -> &str {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    match behind_scheme.find('/') {
        Some(at) if url.contains("://") => behind_scheme.get(at..).unwrap_or(url),
        _ => url,
    }
}

/// Joins the lines of a text and cuts it after `max_length` characters.
fn shorten(text: &str, max_length: usize) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(max_length) {
        line.truncate(at);
        line.push_str(" ...");
    }
    line
}

const MAX_PATH: usize = 120;
const MAX_BODY: usize = 180;
