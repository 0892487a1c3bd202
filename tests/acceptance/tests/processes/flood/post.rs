//! Sends deliveries as Greenhouse does, until each is accepted. Deliveries are shuffled and
//! concurrent, and some are sent more than once.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Client;

use super::letter::{Letter, Name};
use crate::chance::Chance;

pub(crate) struct Post {
    url: String,
    client: Client,
    state: Mutex<State>,
}

struct State {
    chance: Chance,
    waiting: VecDeque<Letter>,
    under_way: usize,
    /// `true` while deliveries can still be added.
    open: bool,
    /// Deliveries that received a 200 response.
    taken: BTreeSet<Name>,
    /// Number of responses by status. Status 0 counts requests without a response.
    answers: BTreeMap<u16, usize>,
}

impl Post {
    pub(crate) fn new(url: &str, chance: Chance) -> Self {
        Self {
            url: url.to_owned(),
            client: Client::builder().no_proxy().build().unwrap(),
            state: Mutex::new(State {
                chance,
                waiting: VecDeque::new(),
                under_way: 0,
                open: true,
                taken: BTreeSet::new(),
                answers: BTreeMap::new(),
            }),
        }
    }

    pub(crate) fn put(&self, letters: Vec<Letter>) {
        self.state().waiting.extend(letters);
    }

    /// Declares that no more deliveries will be added.
    pub(crate) fn close(&self) {
        self.state().open = false;
    }

    /// Returns `true` if deliveries are left to send.
    pub(crate) fn is_busy(&self) -> bool {
        let state = self.state();
        state.open || !state.waiting.is_empty() || state.under_way > 0
    }

    /// Returns the number of 200 responses.
    pub(crate) fn taken_times(&self) -> usize {
        self.state().answers.get(&200).copied().unwrap_or(0)
    }

    pub(crate) fn taken(&self) -> BTreeSet<Name> {
        self.state().taken.clone()
    }

    pub(crate) fn answers(&self) -> BTreeMap<u16, usize> {
        self.state().answers.clone()
    }

    /// Runs one of several concurrent senders.
    pub(crate) async fn work(&self) {
        while self.is_busy() {
            let drawn = self.draw();
            let Some(letter) = drawn else {
                tokio::time::sleep(SHORT).await;
                continue;
            };
            let status = self.send(&letter.headers, letter.body.clone()).await;
            if !self.answered(letter, status) {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Returns the next delivery, mostly in order but sometimes far ahead, so that others stay
    /// behind.
    fn draw(&self) -> Option<Letter> {
        let mut state = self.state();
        let count = state.waiting.len();
        if count == 0 {
            return None;
        }
        let letter = if state.chance.below(3) > 0 {
            let near = state.chance.below(count.min(NEAR));
            state.waiting.remove(near)
        } else {
            let far = state.chance.below(count);
            state.waiting.swap_remove_front(far)
        };
        state.under_way += 1;
        letter
    }

    async fn send(&self, headers: &HeaderMap, body: Bytes) -> Option<u16> {
        let request = self.client.post(&self.url).headers(headers.clone());
        let request = request.body(body).timeout(LONGEST_ANSWER);
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        // A response counts only if its body is complete.
        answer.bytes().await.ok()?;
        Some(status)
    }

    /// Queues the delivery again unless the response is 200. Returns `true` if there was a
    /// response.
    fn answered(&self, mut letter: Letter, status: Option<u16>) -> bool {
        let mut state = self.state();
        state.under_way -= 1;
        *state.answers.entry(status.unwrap_or(0)).or_default() += 1;
        if status != Some(200) {
            state.waiting.push_back(letter);
            return false;
        }
        let next = std::mem::take(&mut letter.next);
        state.taken.insert(letter.name);
        state.waiting.extend(next);
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

const NEAR: usize = 50;
const SHORT: Duration = Duration::from_millis(5);
/// Time that a sender waits after a request without a response.
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST_ANSWER: Duration = Duration::from_secs(10);
