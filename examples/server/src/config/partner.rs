use std::time::Duration;

use greenhouse_core::Backoff;
use greenhouse_partner::PartnerConfig;
use serde::{Deserialize, Deserializer, de};

use super::section::{Number, QUARTER, Setting, Span, WEEK, format_duration, section};

section! {
    /// The section `[partner]`: limits and deadlines for requests from Greenhouse, and retries of
    /// completion notices.
    PartnerSection for PartnerConfig {
        lease: Span => lease,
        body_limit: Number<1_024, 16_777_216> => body_limit,
        webhook_body_limit: Number<65_536, 67_108_864> => webhook_body_limit,
        settle: Span => settle_time,
        product_deadline: Span => product_deadline,
        reader_deadline: Span => reader_deadline,
        notice_deadline: Span => notice_deadline,
        notice_patience: Span<WEEK> => notice_patience,
        key_overlap: Span<QUARTER> => key_overlap,
        reconcile: Span<WEEK> => reconcile_every,
        hook_silence: Span<QUARTER> => hook_silence,
    }
    besides {
        notice_first_wait: Span,
        notice_longest_wait: Span,
        work_first_wait: Span,
        work_longest_wait: Span,
    }
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartnerConfig, D::Error> {
    let section = PartnerSection::deserialize(deserializer)?;
    let mut config = section.over_defaults();
    config.notice_backoff = backoff(
        "notice",
        config.notice_backoff,
        &section.notice_first_wait,
        &section.notice_longest_wait,
    )?;
    config.work_backoff = backoff(
        "work",
        config.work_backoff,
        &section.work_first_wait,
        &section.work_longest_wait,
    )?;
    if config.reconcile_every < MIN_PERIOD {
        return Err(de::Error::custom(format_args!(
            "reconcile ({}) must be at least {}, because each comparison sends requests to \
             Greenhouse",
            format_duration(config.reconcile_every),
            format_duration(MIN_PERIOD)
        )));
    }
    for (name, deadline) in [
        ("product_deadline", config.product_deadline),
        ("reader_deadline", config.reader_deadline),
        ("notice_deadline", config.notice_deadline),
    ] {
        if deadline >= config.lease {
            return Err(de::Error::custom(format_args!(
                "{name} ({}) must be less than lease ({}), because a call must end before its \
                 lease expires",
                format_duration(deadline),
                format_duration(config.lease)
            )));
        }
    }
    Ok(config)
}

fn backoff<E: de::Error>(
    of: &str,
    default: Backoff,
    first_wait: &Span,
    longest_wait: &Span,
) -> Result<Backoff, E> {
    let (mut first, mut longest) = (default.first(), default.longest());
    first_wait.put(&mut first);
    longest_wait.put(&mut longest);
    if first > longest {
        return Err(de::Error::custom(format_args!(
            "{of}_first_wait ({}) must not exceed {of}_longest_wait ({})",
            format_duration(first),
            format_duration(longest)
        )));
    }
    Ok(Backoff::new(first, longest))
}

pub(super) const MIN_PERIOD: Duration = Duration::from_secs(60);
