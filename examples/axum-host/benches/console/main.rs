//! Time of each page of the console, compared with the JSON endpoints that the page shows, in an
//! account with 10,000 entries of the sync log and 200 mapped jobs. The requests of a page and of
//! its endpoints alternate, each on its own kept connection. The bench fails if the median of a
//! page exceeds its limit, or its ratio to the sum of its endpoints' medians. A page that waits for
//! Greenhouse at each load has only the second limit. Greenhouse is the mock
//! on the loopback interface, without rate limits.
//!
//! `cargo bench -p axum-host --bench console` sends 200 requests to each address, and 1,000 with
//! `-- --full`.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a bench measures real time")]

#[path = "../shared/caller.rs"]
mod caller;
#[path = "../shared/host.rs"]
mod host;
mod stage;
mod views;

use std::{env, process, time::Instant};

use tokio::runtime::Builder;

use crate::{caller::Caller, stage::Stage, views::View};

fn main() {
    let has_argument = |word: &str| env::args().any(|argument| argument == word);
    // Without optimization, as in a test run, the figures would be meaningless.
    if !has_argument("--bench") {
        return;
    }
    let rounds = if has_argument("--full") { 1_000 } else { 200 };
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let stage = runtime.block_on(Stage::set());
    let mut views: Vec<_> = views::all(&stage)
        .into_iter()
        .map(|view| Measured::new(&stage, view))
        .collect();
    for _ in 0..rounds {
        for view in &mut views {
            view.ask();
        }
    }
    println!(
        "{:<20} {:>9} {:>9} {:>9} {:>9} {:>6} {:>11} {:>8}  calls to Greenhouse (first, again)",
        "page", "median", "p95", "JSON", "JSON p95", "ratio", "first load", "size"
    );
    let mut kept = true;
    for view in &mut views {
        kept &= view.print();
    }
    println!("times in milliseconds, size in kB, JSON: sum of the endpoints that the page shows");
    for view in &views {
        println!("{}: {}", view.name, view.endpoints.join(", "));
    }
    if !kept {
        process::exit(1);
    }
}

/// A page with its endpoints, and their times in milliseconds.
struct Measured {
    name: &'static str,
    endpoints: Vec<String>,
    page: Timed,
    json: Vec<Timed>,
    first_load: f64,
    /// Calls to Greenhouse of the first load of the page, and of the next one.
    calls: [u64; 2],
}

impl Measured {
    fn new(stage: &Stage, view: View) -> Self {
        let cookie = format!("cookie: {}", stage.cookie);
        let bearer = format!("authorization: Bearer {}", host::OPERATOR);
        let mut page = Timed::new(Caller::new(stage.host, &view.page, &cookie));
        let calls = [(); 2].map(|()| {
            let before = stage.greenhouse_calls();
            page.ask();
            stage.greenhouse_calls() - before
        });
        let first_load = page.times[0];
        let json = view.endpoints.iter().map(|path| {
            let path = format!("/api/integrations/greenhouse/{path}");
            Timed::new(Caller::new(stage.host, &path, &bearer))
        });
        let mut own = Self {
            name: view.name,
            json: json.collect(),
            endpoints: view.endpoints,
            page,
            first_load,
            calls,
        };
        for _ in 0..WARM_UP {
            own.ask();
        }
        own.page.times.clear();
        for json in &mut own.json {
            json.times.clear();
        }
        own
    }

    fn ask(&mut self) {
        self.page.ask();
        for json in &mut self.json {
            json.ask();
        }
    }

    /// Prints the line of the page. Returns `true` if the page keeps its limits.
    fn print(&mut self) -> bool {
        let [median, tail] = [0.5, 0.95].map(|share| self.page.quantile(share));
        let [json, json_tail] = [0.5, 0.95].map(|share| {
            let of_each = self.json.iter_mut().map(|json| json.quantile(share));
            of_each.sum::<f64>()
        });
        // The help shows no endpoint.
        let ratio = (!self.json.is_empty()).then(|| median / json);
        let is_own_time = self.calls[1] == 0;
        let is_fast = !is_own_time || median <= MOST_MILLISECONDS;
        let kept = is_fast && ratio.is_none_or(|ratio| ratio <= MOST_RATIO);
        let waits = match self.calls {
            [0, 0] => "",
            [_, 0] => ": the first load waits for Greenhouse",
            _ => ": each load waits for Greenhouse",
        };
        println!(
            "{:<20} {median:>9.3} {tail:>9.3} {json:>9.3} {json_tail:>9.3} {:>6} {:>11.3} {:>8.1}  {}, {}{waits}{}",
            self.name,
            ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}")),
            self.first_load,
            self.page.size as f64 / 1e3,
            self.calls[0],
            self.calls[1],
            if kept { "" } else { ": EXCEEDED" },
        );
        kept
    }
}

/// An address with the times of its requests in milliseconds.
struct Timed {
    caller: Caller,
    times: Vec<f64>,
    size: usize,
}

impl Timed {
    fn new(caller: Caller) -> Self {
        Self {
            caller,
            times: Vec::new(),
            size: 0,
        }
    }

    fn ask(&mut self) {
        let began = Instant::now();
        self.size = self.caller.ask().len();
        self.times.push(began.elapsed().as_secs_f64() * 1e3);
    }

    fn quantile(&mut self, share: f64) -> f64 {
        self.times.sort_unstable_by(f64::total_cmp);
        self.times[(self.times.len() as f64 * share) as usize]
    }
}

const WARM_UP: usize = 5;
const MOST_MILLISECONDS: f64 = 10.0;
const MOST_RATIO: f64 = 2.0;
