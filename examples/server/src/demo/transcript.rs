use std::io::{self, Write};

use mock_greenhouse::{Direction, Exchange};

/// A numbered transcript: who called whom, what was asked, what was answered, what changed.
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

    pub(super) fn chapter(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "\n== {text}")
    }

    pub(super) fn step(&mut self, text: &str) -> io::Result<()> {
        self.steps += 1;
        writeln!(self.out, "\n{:>2}. {text}", self.steps)
    }

    pub(super) fn step_number(&self) -> usize {
        self.steps
    }

    /// A call that a person's browser makes to the host.
    pub(super) fn call(
        &mut self,
        who: &str,
        method: &str,
        path: &str,
        asked: &str,
        status: u16,
        answer: &str,
    ) -> io::Result<()> {
        self.line(
            &format!("{who} -> host"),
            method,
            path,
            asked,
            Some(status),
            answer,
        )
    }

    /// An exchange between Greenhouse and the host.
    pub(super) fn exchange(&mut self, exchange: &Exchange) -> io::Result<()> {
        let who = match exchange.direction {
            Direction::Inbound => "host -> Greenhouse",
            Direction::Outbound => "Greenhouse -> host",
        };
        let asked = String::from_utf8_lossy(&exchange.request_body);
        let answer = String::from_utf8_lossy(&exchange.response_body);
        self.line(
            who,
            exchange.method.as_str(),
            path_of(&exchange.url),
            &asked,
            exchange.status,
            &answer,
        )
    }

    pub(super) fn changed(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      changed: {text}")
    }

    /// A text that a person would see, line by line.
    pub(super) fn shown(&mut self, text: &str) -> io::Result<()> {
        text.lines()
            .try_for_each(|line| writeln!(self.out, "      | {line}"))
    }

    pub(super) fn checked(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      checked: {text}")
    }

    fn line(
        &mut self,
        who: &str,
        method: &str,
        path: &str,
        asked: &str,
        status: Option<u16>,
        answer: &str,
    ) -> io::Result<()> {
        writeln!(
            self.out,
            "    {who}: {method} {}",
            shortened(path, LONGEST_PATH)
        )?;
        if !asked.is_empty() {
            writeln!(self.out, "      asked: {}", shortened(asked, LONGEST_BODY))?;
        }
        let status = status.map_or("no answer".to_owned(), |status| status.to_string());
        writeln!(
            self.out,
            "      answered: {status} {}",
            shortened(answer, LONGEST_BODY)
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

/// One line of at most `longest` characters.
fn shortened(text: &str, longest: usize) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(longest) {
        line.truncate(at);
        line.push_str(" ...");
    }
    line
}

const LONGEST_PATH: usize = 120;
const LONGEST_BODY: usize = 180;
