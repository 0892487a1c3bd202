//! What a host bears of those who ask it.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use super::times::{Seconds, seconds};
use crate::document::{Kind, Variable};

/// How long a host waits for those who ask it, and how much of them there may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebConfig {
    /// How many connections there may be. For one more, the one that has waited longest without a request is dropped.
    /// Default: 10,000, or fewer where the process may not have so many files open.
    pub connections: usize,
    /// How long a connection may take to send the first byte, and from then on the rest of the head of a request. Default:
    /// 10 seconds.
    pub head_deadline: Duration,
    /// How many bytes the head of a request may have: its first line and its headers. Default: 32 KiB.
    pub head_bytes: usize,
    /// How many headers a request may have. Default: 100.
    pub headers: usize,
    /// How long the whole body of a request may take to come. Default: 20 seconds.
    pub body_deadline: Duration,
    /// How long a client may take to read an answer, as far as there is more of it than the operating system keeps for it.
    /// Default: 30 seconds.
    pub answer_deadline: Duration,
    /// How long a connection is kept for the next request. Default: 75 seconds.
    pub keep_alive: Duration,
    /// How long a host that is being stopped still answers what it has accepted. Default: 10 seconds.
    pub stop_grace: Duration,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_deadline: Duration::from_secs(10),
            head_bytes: 32 * 1024,
            headers: 100,
            body_deadline: Duration::from_secs(20),
            answer_deadline: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
            stop_grace: Duration::from_secs(10),
        }
    }
}

/// The section `[web]`. Whatever it does not name is [`WebConfig`]'s default.
pub(super) fn web<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WebConfig, D::Error> {
    let section = WebSection::deserialize(deserializer)?;
    let mut config = WebConfig::default();
    section.connections.put(&mut config.connections);
    section.head_deadline_seconds.put(&mut config.head_deadline);
    section.head_bytes.put(&mut config.head_bytes);
    section.headers.put(&mut config.headers);
    section.body_deadline_seconds.put(&mut config.body_deadline);
    let answer_deadline = &mut config.answer_deadline;
    section.answer_deadline_seconds.put(answer_deadline);
    section.keep_alive_seconds.put(&mut config.keep_alive);
    section.stop_grace_seconds.put(&mut config.stop_grace);
    Ok(config)
}

/// The environment variables of the section, and where each goes.
pub(super) const VARIABLES: [Variable; 8] = [
    number("GREENHOUSE_WEB_CONNECTIONS", &["web", "connections"]),
    seconds(
        "GREENHOUSE_WEB_HEAD_DEADLINE_SECONDS",
        &["web", "head_deadline_seconds"],
    ),
    number("GREENHOUSE_WEB_HEAD_BYTES", &["web", "head_bytes"]),
    number("GREENHOUSE_WEB_HEADERS", &["web", "headers"]),
    seconds(
        "GREENHOUSE_WEB_BODY_DEADLINE_SECONDS",
        &["web", "body_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_WEB_ANSWER_DEADLINE_SECONDS",
        &["web", "answer_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_WEB_KEEP_ALIVE_SECONDS",
        &["web", "keep_alive_seconds"],
    ),
    seconds(
        "GREENHOUSE_WEB_STOP_GRACE_SECONDS",
        &["web", "stop_grace_seconds"],
    ),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WebSection {
    connections: Number<1, 1_000_000>,
    head_deadline_seconds: Seconds,
    // Less than that hyper does not read with.
    head_bytes: Number<8_192, 1_048_576>,
    headers: Number<1, 1_000>,
    body_deadline_seconds: Seconds,
    answer_deadline_seconds: Seconds,
    keep_alive_seconds: Seconds,
    stop_grace_seconds: Seconds,
}

/// A whole number between two others that may be left out.
#[derive(Default)]
struct Number<const LEAST: usize, const MOST: usize>(Option<usize>);

impl<const LEAST: usize, const MOST: usize> Number<LEAST, MOST> {
    /// Puts it in the place of the default.
    fn put(self, default: &mut usize) {
        if let Some(number) = self.0 {
            *default = number;
        }
    }
}

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Number<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        match usize::try_from(number) {
            Ok(possible) if (LEAST..=MOST).contains(&possible) => Ok(Self(Some(possible))),
            _ => Err(de::Error::custom(format_args!(
                "{number} cannot be: a whole number from {LEAST} to {MOST} is expected"
            ))),
        }
    }
}

const fn number(name: &'static str, path: &'static [&'static str]) -> Variable {
    Variable::new(name, path, Kind::Number)
}

#[cfg(test)]
mod tests;
