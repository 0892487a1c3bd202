use std::time::Duration;

use greenhouse_core::retention::RetentionConfig;

use super::sections::{read, rejected};

#[test]
fn missing_settings_have_defaults() {
    let config = read("", &[]).unwrap().retention;
    assert_eq!(config, RetentionConfig::default());
    let config = read("[retention]\nlog_days = 30", &[]).unwrap().retention;
    let mut expected = RetentionConfig::default();
    expected.log = 30 * DAY;
    assert_eq!(config, expected);
}

#[test]
fn every_duration_can_be_set_and_the_environment_overrides_it() {
    let file =
        "[retention]\nbodies_days = 0.5\ndeliveries_days = 1\nlog_days = 3650\nevery_seconds = 60";
    let mut expected = RetentionConfig::default();
    expected.bodies = DAY / 2;
    expected.deliveries = DAY;
    expected.log = 3650 * DAY;
    expected.every = Duration::from_secs(60);
    assert_eq!(read(file, &[]).unwrap().retention, expected);
    let variables = [
        ("GREENHOUSE_RETENTION_BODIES_DAYS", "2"),
        ("GREENHOUSE_RETENTION_DELIVERIES_DAYS", "2.5"),
        ("GREENHOUSE_RETENTION_LOG_DAYS", " 1 "),
        ("GREENHOUSE_RETENTION_EVERY_SECONDS", "86400"),
    ];
    expected.bodies = 2 * DAY;
    expected.deliveries = 5 * DAY / 2;
    expected.log = DAY;
    expected.every = DAY;
    assert_eq!(read(file, &variables).unwrap().retention, expected);
}

#[test]
fn invalid_settings_are_rejected_with_path_and_reason() {
    for (section, path, reason) in [
        (
            "bodies_days = 0",
            "retention.bodies",
            "above 0 and up to 3650",
        ),
        ("log_days = 3651", "retention.log", "above 0 and up to 3650"),
        ("log_days = nan", "retention.log_days", "above 0"),
        ("log = \"90\"", "retention.log", "with its unit, such as"),
        (
            "log_seconds = 90",
            "retention",
            "log (1m 30s) must be at least 1d",
        ),
        ("logs_days = 90", "retention.logs", "unknown setting"),
        (
            "bodies_days = 0.5\ndeliveries_days = 0.75",
            "retention",
            "deliveries (18h) must be at least 1d, because Greenhouse retries a webhook",
        ),
        (
            "bodies_days = 91",
            "retention",
            "bodies (91d) must not exceed deliveries (90d)",
        ),
        (
            "log_days = 0.5",
            "retention",
            "log (12h) must be at least 1d",
        ),
        (
            "every_seconds = 59",
            "retention",
            "every (59s) must be at least 1m",
        ),
        ("every_seconds = 86401", "retention.every", "up to 1 day"),
    ] {
        rejected(&format!("[retention]\n{section}"), path, reason);
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);
