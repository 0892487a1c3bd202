//! The times that a host works with: every one has a default, and those that cannot work together are refused.

use std::time::Duration;

use greenhouse_core::Backoff;
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::PartnerConfig;
use serde::{Deserialize, Deserializer, de};

use crate::document::{Kind, Variable};

/// The section `[push]`: how long a push waits for what. Whatever it does not name is [`PushConfig`]'s default.
pub(super) fn push<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PushConfig, D::Error> {
    let section = PushSection::deserialize(deserializer)?;
    let mut config = PushConfig::default();
    section.lease_seconds.put(&mut config.lease);
    section.settle_seconds.put(&mut config.settle_time);
    section.second_look_seconds.put(&mut config.second_look);
    let definitions_age = &mut config.definitions_age;
    section.definitions_age_seconds.put(definitions_age);
    section.stop_grace_seconds.put(&mut config.stop_grace);
    let write_deadline = &mut config.write_deadline;
    section.write_deadline_seconds.put(write_deadline);
    let product_deadline = &mut config.product_deadline;
    section.product_deadline_seconds.put(product_deadline);
    section.endpoint_wait_seconds.put(&mut config.endpoint_wait);
    section.poll_seconds.put(&mut config.poll);
    section.busy_wait_seconds.put(&mut config.busy_wait);
    if let Some(stage_with_candidate) = section.stage_with_candidate {
        config.stage_with_candidate = stage_with_candidate;
    }
    if config.write_deadline >= config.lease {
        return Err(de::Error::custom(format_args!(
            "write_deadline_seconds ({}) must be below lease_seconds ({}): no write may outlive the lease that it is made \
             under",
            config.write_deadline.as_secs_f64(),
            config.lease.as_secs_f64()
        )));
    }
    if config.settle_time < config.write_deadline {
        return Err(de::Error::custom(format_args!(
            "settle_seconds ({}) must not be below write_deadline_seconds ({}): before that a write may still be running",
            config.settle_time.as_secs_f64(),
            config.write_deadline.as_secs_f64()
        )));
    }
    Ok(config)
}

/// The section `[tokens]`: how long a token may take to come. Whatever it does not name is [`TokenConfig`]'s default.
pub(super) fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TokenConfig, D::Error> {
    let section = TokensSection::deserialize(deserializer)?;
    let mut config = TokenConfig::default();
    section.deadline_seconds.put(&mut config.deadline);
    section.lease_seconds.put(&mut config.lease);
    if config.lease < config.deadline.saturating_mul(2) {
        return Err(de::Error::custom(format_args!(
            "lease_seconds ({}) must be at least twice deadline_seconds ({}): a request may not outlive the lease that it \
             is made under",
            config.lease.as_secs_f64(),
            config.deadline.as_secs_f64()
        )));
    }
    Ok(config)
}

/// The section `[partner]`: how long what comes from Greenhouse waits for the product, and Greenhouse for its notices.
/// Whatever it does not name is [`PartnerConfig`]'s default.
pub(super) fn partner<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<PartnerConfig, D::Error> {
    let section = PartnerSection::deserialize(deserializer)?;
    let mut config = PartnerConfig::default();
    section.lease_seconds.put(&mut config.lease);
    section.settle_seconds.put(&mut config.settle_time);
    let product_deadline = &mut config.product_deadline;
    section.product_deadline_seconds.put(product_deadline);
    let reader_deadline = &mut config.reader_deadline;
    section.reader_deadline_seconds.put(reader_deadline);
    let notice_deadline = &mut config.notice_deadline;
    section.notice_deadline_seconds.put(notice_deadline);
    let notice_patience = &mut config.notice_patience;
    section.notice_patience_seconds.put(notice_patience);
    section.key_overlap_seconds.put(&mut config.key_overlap);
    section.reconcile_seconds.put(&mut config.reconcile_every);
    section.hook_silence_seconds.put(&mut config.hook_silence);
    config.notice_backoff = backoff(
        "notice",
        config.notice_backoff,
        section.notice_first_wait_seconds,
        section.notice_longest_wait_seconds,
    )?;
    config.work_backoff = backoff(
        "work",
        config.work_backoff,
        section.work_first_wait_seconds,
        section.work_longest_wait_seconds,
    )?;
    if config.reconcile_every < SHORTEST_PERIOD {
        return Err(de::Error::custom(format_args!(
            "reconcile_seconds ({}) must be at least {}: every time costs requests to Greenhouse",
            config.reconcile_every.as_secs_f64(),
            SHORTEST_PERIOD.as_secs()
        )));
    }
    for (name, deadline) in [
        ("product_deadline_seconds", config.product_deadline),
        ("reader_deadline_seconds", config.reader_deadline),
        ("notice_deadline_seconds", config.notice_deadline),
    ] {
        if deadline >= config.lease {
            return Err(de::Error::custom(format_args!(
                "{name} ({}) must be below lease_seconds ({}): no call may outlive the lease that it is made under",
                deadline.as_secs_f64(),
                config.lease.as_secs_f64()
            )));
        }
    }
    Ok(config)
}

fn backoff<E: de::Error>(
    of: &str,
    default: Backoff,
    first: Seconds,
    longest: Seconds,
) -> Result<Backoff, E> {
    let (mut shortest, mut last) = (default.first(), default.longest());
    first.put(&mut shortest);
    longest.put(&mut last);
    if shortest > last {
        return Err(de::Error::custom(format_args!(
            "{of}_first_wait_seconds ({}) must not be above {of}_longest_wait_seconds ({})",
            shortest.as_secs_f64(),
            last.as_secs_f64()
        )));
    }
    Ok(Backoff::new(shortest, last))
}

/// The environment variables of the sections, and where each goes.
pub(super) const VARIABLES: [Variable; 25] = [
    seconds("GREENHOUSE_PUSH_LEASE_SECONDS", &["push", "lease_seconds"]),
    seconds(
        "GREENHOUSE_PUSH_SETTLE_SECONDS",
        &["push", "settle_seconds"],
    ),
    seconds(
        "GREENHOUSE_PUSH_SECOND_LOOK_SECONDS",
        &["push", "second_look_seconds"],
    ),
    seconds(
        "GREENHOUSE_PUSH_DEFINITIONS_AGE_SECONDS",
        &["push", "definitions_age_seconds"],
    ),
    seconds(
        "GREENHOUSE_PUSH_STOP_GRACE_SECONDS",
        &["push", "stop_grace_seconds"],
    ),
    seconds(
        "GREENHOUSE_PUSH_WRITE_DEADLINE_SECONDS",
        &["push", "write_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_PUSH_PRODUCT_DEADLINE_SECONDS",
        &["push", "product_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_PUSH_ENDPOINT_WAIT_SECONDS",
        &["push", "endpoint_wait_seconds"],
    ),
    seconds("GREENHOUSE_PUSH_POLL_SECONDS", &["push", "poll_seconds"]),
    seconds(
        "GREENHOUSE_PUSH_BUSY_WAIT_SECONDS",
        &["push", "busy_wait_seconds"],
    ),
    seconds(
        "GREENHOUSE_TOKENS_DEADLINE_SECONDS",
        &["tokens", "deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_TOKENS_LEASE_SECONDS",
        &["tokens", "lease_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_LEASE_SECONDS",
        &["partner", "lease_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_SETTLE_SECONDS",
        &["partner", "settle_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_PRODUCT_DEADLINE_SECONDS",
        &["partner", "product_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_READER_DEADLINE_SECONDS",
        &["partner", "reader_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_NOTICE_DEADLINE_SECONDS",
        &["partner", "notice_deadline_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_NOTICE_PATIENCE_SECONDS",
        &["partner", "notice_patience_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_KEY_OVERLAP_SECONDS",
        &["partner", "key_overlap_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_RECONCILE_SECONDS",
        &["partner", "reconcile_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_HOOK_SILENCE_SECONDS",
        &["partner", "hook_silence_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_NOTICE_FIRST_WAIT_SECONDS",
        &["partner", "notice_first_wait_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_NOTICE_LONGEST_WAIT_SECONDS",
        &["partner", "notice_longest_wait_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_WORK_FIRST_WAIT_SECONDS",
        &["partner", "work_first_wait_seconds"],
    ),
    seconds(
        "GREENHOUSE_PARTNER_WORK_LONGEST_WAIT_SECONDS",
        &["partner", "work_longest_wait_seconds"],
    ),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PushSection {
    lease_seconds: Seconds,
    settle_seconds: Seconds,
    second_look_seconds: Seconds,
    definitions_age_seconds: Seconds,
    stop_grace_seconds: Seconds,
    write_deadline_seconds: Seconds,
    product_deadline_seconds: Seconds,
    endpoint_wait_seconds: Seconds,
    poll_seconds: Seconds,
    busy_wait_seconds: Seconds,
    stage_with_candidate: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TokensSection {
    deadline_seconds: Seconds,
    lease_seconds: Seconds,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PartnerSection {
    lease_seconds: Seconds,
    settle_seconds: Seconds,
    product_deadline_seconds: Seconds,
    reader_deadline_seconds: Seconds,
    notice_deadline_seconds: Seconds,
    notice_patience_seconds: Seconds<WEEK>,
    key_overlap_seconds: Seconds<QUARTER>,
    reconcile_seconds: Seconds<WEEK>,
    hook_silence_seconds: Seconds<QUARTER>,
    notice_first_wait_seconds: Seconds,
    notice_longest_wait_seconds: Seconds,
    work_first_wait_seconds: Seconds,
    work_longest_wait_seconds: Seconds,
}

/// A time up to `LONGEST` seconds that may be left out; decimals allowed.
#[derive(Default)]
pub(super) struct Seconds<const LONGEST: u64 = DAY>(Option<Duration>);

impl<const LONGEST: u64> Seconds<LONGEST> {
    /// Puts it in the place of the default.
    pub(super) fn put(self, default: &mut Duration) {
        if let Some(time) = self.0 {
            *default = time;
        }
    }
}

impl<'de, const LONGEST: u64> Deserialize<'de> for Seconds<LONGEST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        let time = Duration::try_from_secs_f64(seconds).ok();
        match time.filter(|time| !time.is_zero() && *time <= Duration::from_secs(LONGEST)) {
            Some(time) => Ok(Self(Some(time))),
            None => Err(de::Error::custom(format_args!(
                "{seconds} is not a time to wait: a number of seconds above 0 and up to {LONGEST} is expected"
            ))),
        }
    }
}

pub(super) const fn seconds(name: &'static str, path: &'static [&'static str]) -> Variable {
    Variable::new(name, path, Kind::Decimal)
}

/// What is longer was meant in another unit.
const DAY: u64 = 24 * 3600;
const WEEK: u64 = 7 * DAY;
const QUARTER: u64 = 90 * DAY;
pub(super) const SHORTEST_PERIOD: Duration = Duration::from_secs(60);

#[cfg(test)]
pub(super) mod tests;
