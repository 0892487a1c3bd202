use std::{
    env,
    io::{self, BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use mock_greenhouse::{Config, MockGreenhouse};
use tokio::runtime::Runtime;

/// A Greenhouse in a child process. The process ends when the value is dropped.
pub(crate) struct Elsewhere {
    process: Child,
    url: String,
}

impl Elsewhere {
    /// Starts this program as a child process that serves a Greenhouse with `candidates`
    /// candidates.
    pub(crate) fn start(candidates: usize) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .env(CANDIDATES, candidates.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let url = url.trim().to_owned();
        Self { process, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the number of candidates to serve, if this process must serve a Greenhouse.
pub(crate) fn candidates() -> Option<usize> {
    env::var(CANDIDATES).ok()?.parse().ok()
}

/// Serves until the parent process has ended.
pub(crate) fn serve(candidates: usize) {
    let runtime = Runtime::new().unwrap();
    let config = Config::default().with_rate_limit(1_000_000);
    let greenhouse = runtime.block_on(MockGreenhouse::start(config)).unwrap();
    for number in 0..candidates {
        greenhouse.seed_candidate(
            &format!("First{number}"),
            &format!("Last{number}"),
            &format!("candidate.{number}@example.org"),
        );
    }
    println!("{}", greenhouse.url());
    let _ = io::stdin().read(&mut [0]);
}

const CANDIDATES: &str = "GREENHOUSE_WITH_CANDIDATES";
