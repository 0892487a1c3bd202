use greenhouse_harvest::PushConfig;
use serde::{Deserialize, Deserializer, de};

use super::section::{Number, Span, SpanOrZero, format_duration, section};

section! {
    /// The section `[push]`: deadlines and limits of pushes.
    PushSection for PushConfig {
        lease: Span => lease,
        settle: Span => settle_time,
        search_interval: Span => search_interval,
        definitions_age: Span => definitions_age,
        stop_grace: Span => stop_grace,
        write_deadline: Span => write_deadline,
        product_deadline: Span => product_deadline,
        endpoint_wait: Span => endpoint_wait,
        poll: Span => poll,
        busy_wait: Span => busy_wait,
        patience: SpanOrZero => patience,
        at_once: Number<1, 1_000> => at_once,
        at_once_per_account: Number<1, 1_000> => at_once_per_account,
        stage_with_candidate: Option<bool> => stage_with_candidate,
    }
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PushConfig, D::Error> {
    let config = PushSection::deserialize(deserializer)?.over_defaults();
    let (lease, write_deadline) = (
        format_duration(config.lease),
        format_duration(config.write_deadline),
    );
    if config.write_deadline >= config.lease {
        return Err(de::Error::custom(format_args!(
            "write_deadline ({write_deadline}) must be less than lease ({lease}), because a write \
             must end before its lease expires"
        )));
    }
    if config.settle_time < config.write_deadline {
        return Err(de::Error::custom(format_args!(
            "settle ({}) must not be less than write_deadline ({write_deadline}), because a write \
             may still be running until then",
            format_duration(config.settle_time)
        )));
    }
    Ok(config)
}
