use std::{fs, time::Duration};

use greenhouse_core::{Backoff, Environment};
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::PartnerConfig;

use crate::{Config, ConfigError, WebConfig};

#[test]
fn missing_settings_have_defaults() {
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
fn every_duration_can_have_decimals() {
    let file = "[push]\nlease_seconds = 10\nsettle_seconds = 2.5\nwrite_deadline_seconds = 1.5\n\
        product_deadline_seconds = 3\nendpoint_wait_seconds = 0.25\npoll_seconds = 0.05\nbusy_wait_seconds = 0.5\n\
        search_interval_seconds = 0.75\ndefinitions_age_seconds = 60\nstop_grace_seconds = 2\n\
        stage_with_candidate = false\n[tokens]\ndeadline_seconds = 0.5\nlease_seconds = 1\n\
        [web]\nbody_deadline_seconds = 5\nstop_grace_seconds = 0.5";
    let config = read(file, &[]).unwrap();
    let mut expected = PushConfig::default();
    expected.lease = Duration::from_secs(10);
    expected.settle_time = Duration::from_millis(2500);
    expected.write_deadline = Duration::from_millis(1500);
    expected.search_interval = Duration::from_millis(750);
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
fn every_duration_of_the_partner_can_be_set() {
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
fn body_limits_of_the_partner_can_be_set() {
    let file = "[partner]\nbody_limit = 131072\nwebhook_body_limit = 4194304";
    let config = read(file, &[("GREENHOUSE_PARTNER_BODY_LIMIT", "262144")]).unwrap();
    let mut expected = PartnerConfig::default();
    expected.body_limit = 262_144;
    expected.webhook_body_limit = 4_194_304;
    assert_eq!(config.partner, expected);
    for (file, expected) in [
        (
            "body_limit = 0",
            "expected a whole number from 1024 to 16777216, got 0",
        ),
        (
            "body_limit = \"64 KiB\"",
            "expected a whole number from 1024 to 16777216",
        ),
        (
            "webhook_body_limit = 1024",
            "expected a whole number from 65536 to 67108864, got 1024",
        ),
    ] {
        let error = read(&format!("[partner]\n{file}"), &[]).unwrap_err();
        let error = greenhouse_core::chain(&error).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_environment_overrides_the_file() {
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
fn durations_have_units_and_the_environment_overrides_either_name() {
    let file = "[push]\nlease = \"2m\"\nsettle_seconds = 90\nat_once_per_account = 3\n[partner]\nhook_silence = \"3days 12h\"\n[web]\nkeep_alive = \"1m 15s\"";
    let variables = [
        ("GREENHOUSE_PUSH_LEASE_SECONDS", "100"),
        ("GREENHOUSE_PUSH_SETTLE", "1m 30s"),
        ("GREENHOUSE_PUSH_STAGE_WITH_CANDIDATE", "false"),
        ("GREENHOUSE_PUSH_POLL", "250ms"),
        ("GREENHOUSE_PUSH_AT_ONCE", "16"),
    ];
    let config = read(file, &variables).unwrap();
    let mut expected = PushConfig::default();
    expected.lease = Duration::from_secs(100);
    expected.settle_time = Duration::from_secs(90);
    expected.stage_with_candidate = false;
    expected.poll = Duration::from_millis(250);
    expected.at_once = 16;
    expected.at_once_per_account = 3;
    assert_eq!(config.push, expected);
    assert_eq!(config.partner.hook_silence, Duration::from_secs(84 * 3600));
    assert_eq!(config.web.keep_alive, Duration::from_secs(75));
}

#[test]
fn a_push_can_have_no_patience() {
    let zero = "[push]\npatience = \"0s\"";
    let seconds = "[push]\npatience_seconds = 0";
    let hour = "[push]\npatience = \"1h\"";
    for (file, variables) in [
        (zero, vec![]),
        (seconds, vec![]),
        (hour, vec![("GREENHOUSE_PUSH_PATIENCE", "0s")]),
    ] {
        let config = read(file, &variables).unwrap();
        assert_eq!(config.push.patience, Duration::ZERO, "{file}");
    }
    let config = read(hour, &[]).unwrap();
    assert_eq!(config.push.patience, Duration::from_secs(3600));
    // No other duration of the section may be zero.
    let error = read("[push]\nlease = \"0s\"", &[]).unwrap_err();
    assert!(error.to_string().contains("above 0"), "{error}");
    let error = read("[push]\npatience = \"25h\"", &[]).unwrap_err();
    assert!(error.to_string().contains("up to 1 day"), "{error}");
}

#[test]
fn unknown_variables_are_listed() {
    let variables = [
        ("GREENHOUSE_PUSH_LEESE", "1s"),
        ("GREENHOUSE_PORT", "tcp://10.0.0.1:80"),
        ("GREENHOUSE_PUSH_LEASE", "40s"),
        ("GREENHOUSE_METRICS_TOKEN", "canary-canary-canary"),
        ("GREENHOUSE_CONFIG", "host.toml"),
        ("GREENHOUSE_CLIENT_ID", "abc"),
        ("GREEN", "1"),
    ];
    let config = read("", &variables).unwrap();
    let unknown = ["GREENHOUSE_PUSH_LEESE", "GREENHOUSE_PORT"];
    assert_eq!(config.unknown_variables, unknown);
    assert_eq!(config.push.lease, Duration::from_secs(40));
}

#[test]
fn every_variable_maps_to_its_place() {
    let variables: Vec<_> = crate::config::variables().collect();
    for (name, place) in &variables {
        assert_eq!(
            crate::config::layers::place(name).as_deref(),
            Some(place.as_str())
        );
    }
    assert!(variables.len() > 45, "{}", variables.len());
}

#[test]
fn the_database_schema_is_set_in_the_file_or_the_environment() {
    let file = "database_schema = \"of_the_file\"";
    let schema = |file: &str, variables: &[(&str, &str)]| {
        let config = read(file, variables).unwrap();
        assert_eq!(config.store_options().schema, config.database_schema);
        config.database_schema
    };
    let variable = ("GREENHOUSE_DATABASE_SCHEMA", "of_the_environment");
    assert_eq!(schema("", &[]), None);
    assert_eq!(schema(file, &[]).as_deref(), Some("of_the_file"));
    let both = schema(file, &[variable]);
    assert_eq!(both.as_deref(), Some("of_the_environment"));
    rejected(
        "database_schema = 7",
        "database_schema",
        "expected text in quotes, got",
    );
}

#[test]
fn a_sandbox_must_be_on_this_machine() {
    for good in ["http://127.0.0.1:9000", "http://[::1]:9000"] {
        let config = read("", &[("GREENHOUSE_SANDBOX", good)]).unwrap();
        assert!(config.environment.sandbox_url().is_some(), "{good}");
    }
    for bad in [
        "http://localhost:9000/",
        "http://10.0.0.1:9000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[::2]",
        "harvest.greenhouse.io",
    ] {
        rejected_in(
            "",
            &[("GREENHOUSE_SANDBOX", bad)],
            "GREENHOUSE_SANDBOX (sandbox)",
        );
    }
    let default = read("", &[]).unwrap().environment;
    assert_eq!(default, Environment::production());
}

fn rejected_in(file: &str, variables: &[(&str, &str)], path: &str) {
    match read(file, variables) {
        Err(ConfigError::Wrong { path: at, .. }) => assert_eq!(at, path),
        other => panic!("{variables:?}: {other:?}"),
    }
}

#[test]
fn invalid_settings_are_rejected_with_path_and_reason() {
    for (file, path, reason) in [
        (
            "[push]\nlease_seconds = 0",
            "push.lease",
            "above 0 and up to 1 day, got 0s",
        ),
        ("[push]\npoll_seconds = -1", "push.poll_seconds", "above 0"),
        ("[push]\npoll_seconds = nan", "push.poll_seconds", "above 0"),
        (
            "[push]\nsettle_seconds = 60000000",
            "push.settle",
            "up to 1 day",
        ),
        (
            "[push]\nsettle = 60",
            "push.settle",
            "such as \"30s\" or \"2h 30m\", got 60",
        ),
        (
            "[push]\nlease_second = 1",
            "push.lease_second",
            "unknown setting",
        ),
        (
            "[push]\nlease_seconds = 30",
            "push",
            "write_deadline (30s) must be less than lease (30s)",
        ),
        (
            "[push]\nsettle_seconds = 29.5",
            "push",
            "settle (29s 500ms) must not be less than write_deadline (30s)",
        ),
        (
            "[tokens]\nlease_seconds = 19",
            "tokens",
            "lease (19s) must be at least twice deadline (10s)",
        ),
        (
            "[partner]\nlease_seconds = 10\nreader_deadline_seconds = 5",
            "partner",
            "product_deadline (10s) must be less than lease (10s)",
        ),
        (
            "[partner]\nnotice_first_wait_seconds = 7200",
            "partner",
            "notice_first_wait (2h) must not exceed notice_longest_wait (1h)",
        ),
        (
            "[partner]\nwork_longest_wait_seconds = 1",
            "partner",
            "work_first_wait (5s) must not exceed work_longest_wait (1s)",
        ),
        (
            "[partner]\nnotice_patience_seconds = 604801",
            "partner.notice_patience",
            "up to 7 days",
        ),
        (
            "[partner]\nkey_overlap_seconds = 7776001",
            "partner.key_overlap",
            "up to 90 days",
        ),
        (
            "[partner]\nhook_silence_seconds = 0",
            "partner.hook_silence",
            "above 0 and up to 90 days",
        ),
        (
            "[partner]\nreconcile_seconds = 59",
            "partner",
            "reconcile (59s) must be at least 1m",
        ),
        ("[web]\nstop_grace_seconds = 0", "web.stop_grace", "above 0"),
        ("push = 7", "push", "expected a table"),
    ] {
        rejected(file, path, reason);
    }
    let error = read("", &[("GREENHOUSE_PUSH_LEASE_SECONDS", "long")]).unwrap_err();
    let expected = "GREENHOUSE_PUSH_LEASE_SECONDS (push.lease): expected a duration with its unit, \
                    such as \"30s\" or \"2h 30m\", got \"long\"";
    assert_eq!(error.to_string(), expected);
}

pub(super) fn rejected(file: &str, path: &str, reason: &str) {
    match read(file, &[]) {
        Err(ConfigError::Wrong {
            path: at,
            reason: why,
            ..
        }) => {
            assert_eq!(at, path, "{file}: {why}");
            assert!(why.contains(reason), "{file}: {why}");
        }
        other => panic!("{file}: {other:?}"),
    }
}

pub(super) fn read(sections: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let key = format!("ghmk_{}", "1".repeat(64));
    let file = format!(
        "public_url = \"https://assess.example.com\"\nmaster_keys = [\"{key}\"]\n{sections}"
    );
    fs::write(&path, file).unwrap();
    let variables = variables.iter();
    let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(Some(&path), variables)
}
