use std::{fs, time::Duration};

use greenhouse_core::Backoff;
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::PartnerConfig;

use crate::{Config, ConfigError, WebConfig};

#[test]
fn what_is_not_named_is_the_default() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.push, PushConfig::default());
    assert_eq!(config.tokens, TokenConfig::default());
    assert_eq!(config.partner, PartnerConfig::default());
    assert_eq!(config.web, WebConfig::default());
    let config = read("[push]\nsettle_seconds = 90", &[]).unwrap();
    let mut expected = PushConfig::default();
    expected.settle_time = Duration::from_secs(90);
    assert_eq!(config.push, expected);
}

#[test]
fn every_time_can_be_named_with_decimals() {
    let file = "[push]\nlease_seconds = 10\nsettle_seconds = 2.5\nwrite_deadline_seconds = 1.5\n\
        product_deadline_seconds = 3\nendpoint_wait_seconds = 0.25\npoll_seconds = 0.05\nbusy_wait_seconds = 0.5\n\
        second_look_seconds = 0.75\ndefinitions_age_seconds = 60\nstop_grace_seconds = 2\n\
        stage_with_candidate = false\n[tokens]\ndeadline_seconds = 0.5\nlease_seconds = 1\n\
        [web]\nbody_deadline_seconds = 5\nstop_grace_seconds = 0.5";
    let config = read(file, &[]).unwrap();
    let mut expected = PushConfig::default();
    expected.lease = Duration::from_secs(10);
    expected.settle_time = Duration::from_millis(2500);
    expected.write_deadline = Duration::from_millis(1500);
    expected.second_look = Duration::from_millis(750);
    expected.definitions_age = Duration::from_secs(60);
    expected.stop_grace = Duration::from_secs(2);
    expected.product_deadline = Duration::from_secs(3);
    expected.endpoint_wait = Duration::from_millis(250);
    expected.poll = Duration::from_millis(50);
    expected.busy_wait = Duration::from_millis(500);
    expected.stage_with_candidate = false;
    assert_eq!(config.push, expected);
    assert_eq!(config.tokens.deadline, Duration::from_millis(500));
    assert_eq!(config.tokens.lease, Duration::from_secs(1));
    assert_eq!(config.web.body_deadline, Duration::from_secs(5));
    assert_eq!(config.web.stop_grace, Duration::from_millis(500));
}

#[test]
fn every_time_of_the_partner_can_be_named() {
    let file = "[partner]\nlease_seconds = 3\nsettle_seconds = 2\nproduct_deadline_seconds = 1.5\n\
        reader_deadline_seconds = 2.5\nnotice_deadline_seconds = 0.75\nnotice_patience_seconds = 259200\n\
        key_overlap_seconds = 86400.5\nreconcile_seconds = 3600\nhook_silence_seconds = 259200.5\n\
        notice_first_wait_seconds = 0.2\nnotice_longest_wait_seconds = 0.8\nwork_first_wait_seconds = 0.1\n\
        work_longest_wait_seconds = 0.1";
    let config = read(file, &[("GREENHOUSE_PARTNER_SETTLE_SECONDS", "4")]).unwrap();
    let mut expected = PartnerConfig::default();
    expected.lease = Duration::from_secs(3);
    expected.settle_time = Duration::from_secs(4);
    expected.product_deadline = Duration::from_millis(1500);
    expected.reader_deadline = Duration::from_millis(2500);
    expected.notice_deadline = Duration::from_millis(750);
    expected.notice_patience = Duration::from_secs(3 * 24 * 3600);
    expected.key_overlap = Duration::from_secs_f64(86400.5);
    expected.reconcile_every = Duration::from_secs(3600);
    expected.hook_silence = Duration::from_secs_f64(259_200.5);
    expected.notice_backoff = Backoff::new(Duration::from_millis(200), Duration::from_millis(800));
    expected.work_backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(100));
    assert_eq!(config.partner, expected);
}

#[test]
fn the_environment_stands_above_the_file() {
    let file = "[push]\nlease_seconds = 10\nwrite_deadline_seconds = 5";
    let variables = [
        ("GREENHOUSE_PUSH_LEASE_SECONDS", "20.5"),
        ("GREENHOUSE_TOKENS_LEASE_SECONDS", " 40 "),
        ("GREENHOUSE_WEB_BODY_DEADLINE_SECONDS", "7"),
        ("GREENHOUSE_WEB_STOP_GRACE_SECONDS", "0.25"),
    ];
    let config = read(file, &variables).unwrap();
    assert_eq!(config.push.lease, Duration::from_millis(20_500));
    assert_eq!(config.push.write_deadline, Duration::from_secs(5));
    assert_eq!(config.tokens.lease, Duration::from_secs(40));
    assert_eq!(config.web.body_deadline, Duration::from_secs(7));
    assert_eq!(config.web.stop_grace, Duration::from_millis(250));
}

#[test]
fn what_cannot_work_is_refused_with_where_and_why() {
    for (file, path, reason) in [
        ("[push]\nlease_seconds = 0", "push.lease_seconds", "above 0"),
        ("[push]\npoll_seconds = -1", "push.poll_seconds", "above 0"),
        ("[push]\npoll_seconds = nan", "push.poll_seconds", "above 0"),
        (
            "[push]\nsettle_seconds = 60000000",
            "push.settle_seconds",
            "up to 86400",
        ),
        (
            "[push]\nsettle_seconds = \"1 min\"",
            "push.settle_seconds",
            "invalid type",
        ),
        (
            "[push]\nlease_second = 1",
            "push.lease_second",
            "unknown field",
        ),
        (
            "[push]\nlease_seconds = 30",
            "push",
            "write_deadline_seconds (30) must be below lease_seconds (30)",
        ),
        (
            "[push]\nsettle_seconds = 29.5",
            "push",
            "settle_seconds (29.5) must not be below write_deadline_seconds (30)",
        ),
        (
            "[tokens]\nlease_seconds = 19",
            "tokens",
            "lease_seconds (19) must be at least twice deadline_seconds (10)",
        ),
        (
            "[partner]\nlease_seconds = 10\nreader_deadline_seconds = 5",
            "partner",
            "product_deadline_seconds (10) must be below lease_seconds (10)",
        ),
        (
            "[partner]\nnotice_first_wait_seconds = 7200",
            "partner",
            "notice_first_wait_seconds (7200) must not be above notice_longest_wait_seconds (3600)",
        ),
        (
            "[partner]\nwork_longest_wait_seconds = 1",
            "partner",
            "work_first_wait_seconds (5) must not be above work_longest_wait_seconds (1)",
        ),
        (
            "[partner]\nnotice_patience_seconds = 604801",
            "partner.notice_patience_seconds",
            "up to 604800",
        ),
        (
            "[partner]\nkey_overlap_seconds = 7776001",
            "partner.key_overlap_seconds",
            "up to 7776000",
        ),
        (
            "[partner]\nhook_silence_seconds = 0",
            "partner.hook_silence_seconds",
            "above 0 and up to 7776000",
        ),
        (
            "[partner]\nreconcile_seconds = 59",
            "partner",
            "reconcile_seconds (59) must be at least 60",
        ),
        (
            "[web]\nstop_grace_seconds = 0",
            "web.stop_grace_seconds",
            "above 0",
        ),
        ("push = 7", "push", "expected a table"),
    ] {
        refused(file, path, reason);
    }
    let error = read("", &[("GREENHOUSE_PUSH_LEASE_SECONDS", "long")]).unwrap_err();
    let expected = "GREENHOUSE_PUSH_LEASE_SECONDS: a number is expected";
    assert_eq!(error.to_string(), expected);
}

pub(in crate::config) fn refused(file: &str, path: &str, reason: &str) {
    match read(file, &[]) {
        Err(ConfigError::Wrong {
            path: at,
            reason: why,
        }) => {
            assert_eq!(at, path, "{file}: {why}");
            assert!(why.contains(reason), "{file}: {why}");
        }
        other => panic!("{file}: {other:?}"),
    }
}

pub(in crate::config) fn read(
    sections: &str,
    variables: &[(&str, &str)],
) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let key = format!("ghmk_{}", "1".repeat(64));
    let file = format!(
        "public_url = \"https://assess.example.com\"\nmaster_keys = [\"{key}\"]\n{sections}"
    );
    fs::write(&path, file).unwrap();
    Config::read(Some(&path), |name| {
        let set = variables.iter().find(|(set, _)| *set == name);
        set.map(|(_, value)| (*value).to_owned())
    })
}
