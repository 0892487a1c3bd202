use std::{fs, path::Path};

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn send_test_with_members_of_any_type(
        above in vec((select(ABOVE), select(VALUES)), 0..6),
        within in vec((select(WITHIN), select(VALUES)), 0..8),
    ) {
        let written = |members: &[(&str, &str)]| {
            let members = members.iter().map(|(name, value)| format!(r#","{name}":{value}"#));
            members.collect::<String>()
        };
        let person = format!(r#"{{"email":"ada@example.org"{}}}"#, written(&within));
        let body = format!(r#"{{"partner_test_id":"1","candidate":{person}{}}}"#, written(&above));
        send_test(body.as_bytes());
    }

    #[test]
    fn send_test_with_any_callback(parts in vec(select(ADDRESS_PARTS), 0..10)) {
        let url = parts.concat();
        let body = format!(r#"{{"partner_test_id":1,"candidate":{{"email":"a@b"}},"url":"{url}"}}"#);
        send_test(body.as_bytes());
    }

    #[test]
    fn send_test_of_bytes(bytes in vec(any::<u8>(), 0..64)) {
        send_test(&bytes);
    }

    #[test]
    fn basic_header_of_parts(parts in vec(select(HEADER_PARTS), 0..8)) {
        basic_header(parts.concat().as_bytes());
    }

    #[test]
    fn webhook_body_of_parts(parts in vec(select(WEBHOOK_PARTS), 0..24)) {
        webhook_body(parts.concat().as_bytes());
    }

    #[test]
    fn webhook_of_bytes(bytes in vec(any::<u8>(), 0..64)) {
        webhook_body(&bytes);
        webhook_header(&bytes);
    }

    #[test]
    fn webhook_header_of_parts(parts in vec(select(SIGNATURE_PARTS), 0..8)) {
        webhook_header(parts.concat().as_bytes());
    }

    #[test]
    fn basic_header_of_text(text in "\\PC{0,60}") {
        basic_header(text.as_bytes());
    }
}

#[test]
fn checks_the_seeds_of_the_fuzz_targets() {
    for (target, holds) in [
        ("send_test", send_test as fn(&[u8])),
        ("basic_header", basic_header),
        ("webhook_body", webhook_body),
        ("webhook_header", webhook_header),
    ] {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/fuzz/seeds")
            .join(target);
        let seeds: Vec<_> = fs::read_dir(seeds)
            .unwrap()
            .map(|seed| seed.unwrap().path())
            .collect();
        assert!(!seeds.is_empty());
        for seed in seeds {
            let bytes = fs::read(seed).unwrap();
            for end in 0..=bytes.len() {
                holds(&bytes[..end]);
            }
        }
    }
}

const ABOVE: &[&str] = &[
    "partner_test_id",
    "candidate",
    "application",
    "sent_by",
    "url",
    "news",
];

const WITHIN: &[&str] = &[
    "first_name",
    "last_name",
    "preferred_name",
    "email",
    "greenhouse_profile_url",
    "phone_number",
    "id",
    "url",
    "news",
];

const VALUES: &[&str] = &[
    "null",
    "true",
    "7",
    "-1",
    "7.5",
    "1e300",
    "18446744073709551616",
    r#""""#,
    r#"" ""#,
    r#""7""#,
    r#""ada@example.org""#,
    r#""a\u0000@\u0000""#,
    r#""@""#,
    r#""https://app.greenhouse.io/take_home_tests/7""#,
    r#""https://app.greenhouse.io/people/7?application_id=8""#,
    r#""https://app.greenhouse.io/people/99999999999999999999?application_id=""#,
    r#""https://evil.example/7""#,
    "[]",
    r#"["a",{}]"#,
    "{}",
    r#"{"id":7,"email":"b@example.org"}"#,
    "[[[[[[[[[[[[[[[[[[[[7]]]]]]]]]]]]]]]]]]]]",
];

const ADDRESS_PARTS: &[&str] = &[
    "https://",
    "http://",
    "app",
    ".greenhouse.io",
    "evil.example",
    "@",
    ":",
    "443",
    "/",
    "//",
    "\\\\",
    "?",
    "#",
    "%2e",
    "%2f",
    "..",
    "\\t",
    "\u{3002}greenhouse\u{ff0e}io",
    "\u{2488}",
    "127.1",
    "[::1]",
    "\\u0000",
    "xn--",
    "7",
];

const HEADER_PARTS: &[&str] = &[
    "Basic", "basic ", "Bearer ", " ", "\t", "YTo=", "YTpi", "OmI=", "YTo6", "/zo=", "=", "YQ",
    "\n", "é", ",", ":",
];

const WEBHOOK_PARTS: &[&str] = &[
    r#"{"action":"#,
    r#""reject_candidate""#,
    r#""merge_candidate""#,
    r#""candidate_anonymized""#,
    r#","payload":{"#,
    r#""application":{"id":7"#,
    r#""person":{"id":7,"new_candidate_id":"8""#,
    r#","deleted_application_ids":[1,"2",null]"#,
    r#""candidate_id":7"#,
    r#""anonymized_fields":["full_name",7]"#,
    r#","status":"rejected""#,
    r#","last_activity_at":"2026-11-23T09:00:00Z""#,
    r#","current_stage":{"id":"#,
    r#""\ud83d""#,
    "1e999",
    "null",
    "[",
    "]",
    "{",
    "}",
    ",",
    "}}",
    "}}}",
];

const SIGNATURE_PARTS: &[&str] = &[
    "sha256",
    "SHA256",
    "sha1",
    " ",
    "\t",
    "=",
    "\n",
    "00",
    "ff",
    "FF",
    "6eb1c3d2",
    "é",
    // Signature of the body `{"action":"ping","payload":{}}` with the secret of the checks.
    "97d550b3c7374273dd1277d16aba41bb1b6a077a98a2b94be8bf23d707ac8075",
];
