use std::time::Duration;

use super::sections::{read, rejected};
use crate::WebConfig;

#[test]
fn every_setting_can_be_in_the_file() {
    let file = "[web]\nconsole = false\nconnections = 20\nhead_deadline_seconds = 0.5\nhead_bytes = 8192\nheaders = 7\n\
        body_deadline_seconds = 5\nbody_budget = 1048576\nanswer_deadline_seconds = 1.5\nkeep_alive_seconds = 3\nstop_grace_seconds = 0.75";
    let expected = WebConfig {
        console: false,
        connections: 20,
        head_deadline: Duration::from_millis(500),
        head_bytes: 8192,
        headers: 7,
        body_deadline: Duration::from_secs(5),
        body_budget: 1_048_576,
        answer_deadline: Duration::from_millis(1500),
        keep_alive: Duration::from_secs(3),
        stop_grace: Duration::from_millis(750),
    };
    assert_eq!(read(file, &[]).unwrap().web, expected);
}

#[test]
fn every_setting_can_be_in_the_environment_and_overrides_the_file() {
    let variables = [
        ("GREENHOUSE_WEB_CONSOLE", "false"),
        ("GREENHOUSE_WEB_CONNECTIONS", " 1000000 "),
        ("GREENHOUSE_WEB_HEAD_DEADLINE_SECONDS", "1"),
        ("GREENHOUSE_WEB_HEAD_BYTES", "1048576"),
        ("GREENHOUSE_WEB_HEADERS", "1000"),
        ("GREENHOUSE_WEB_BODY_DEADLINE_SECONDS", "2"),
        ("GREENHOUSE_WEB_BODY_BUDGET", "2097152"),
        ("GREENHOUSE_WEB_ANSWER_DEADLINE_SECONDS", "3"),
        ("GREENHOUSE_WEB_KEEP_ALIVE_SECONDS", "4"),
        ("GREENHOUSE_WEB_STOP_GRACE_SECONDS", "0.25"),
    ];
    let expected = WebConfig {
        console: false,
        connections: 1_000_000,
        head_deadline: Duration::from_secs(1),
        head_bytes: 1_048_576,
        headers: 1000,
        body_deadline: Duration::from_secs(2),
        body_budget: 2_097_152,
        answer_deadline: Duration::from_secs(3),
        keep_alive: Duration::from_secs(4),
        stop_grace: Duration::from_millis(250),
    };
    let file = "[web]\nconnections = 20\nheaders = 7";
    assert_eq!(read(file, &variables).unwrap().web, expected);
}

#[test]
fn invalid_settings_are_rejected_with_path_and_reason() {
    for (file, path, reason) in [
        (
            "console = 1",
            "web.console",
            "expected true or false, got 1",
        ),
        ("console = \"no\"", "web.console", "expected true or false"),
        ("connections = 0", "web.connections", "from 1 to 1000000"),
        ("connections = -5", "web.connections", "from 1 to 1000000"),
        ("connections = 1.5", "web.connections", "from 1 to 1000000"),
        (
            "head_bytes = 8191",
            "web.head_bytes",
            "from 8192 to 1048576",
        ),
        (
            "body_budget = 1048575",
            "web.body_budget",
            "from 1048576 to 1099511627776",
        ),
        ("headers = 1001", "web.headers", "from 1 to 1000"),
        ("keep_alive_seconds = 0", "web.keep_alive", "above 0"),
        (
            "head_deadlines = 1",
            "web.head_deadlines",
            "unknown setting",
        ),
    ] {
        rejected(&format!("[web]\n{file}"), path, reason);
    }
}
