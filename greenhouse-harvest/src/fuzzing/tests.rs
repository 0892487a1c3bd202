use std::{fs, path::Path};

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_link_header_of_parts(parts in vec(select(LINK_PARTS), 0..24)) {
        link_header(parts.concat().as_bytes());
    }

    #[test]
    fn a_link_header_of_bytes(bytes in vec(any::<u8>(), 0..64)) {
        link_header(&bytes);
    }

    #[test]
    fn an_error_body_of_any_text(sent in vec("\\PC{0,12}", 0..4), body in ".{0,80}") {
        error_body(format!("{}\n\n{body}", sent.join("\n")).as_bytes());
    }

    #[test]
    fn an_error_body_of_parts(sent in vec(select(SENT), 0..6), parts in vec(select(BODY_PARTS), 0..40)) {
        let sent = sent.join("\n");
        error_body(format!("{sent}\n\n{}", parts.concat()).as_bytes());
        let text = parts.concat();
        let body = json!({ "message": text, "errors": [{ "field": text, "message": sent }, text] });
        error_body(format!("{sent}\n\n{body}").as_bytes());
    }

    #[test]
    fn rows_with_members_of_any_type(
        members in vec((select(MEMBERS), select(VALUES)), 0..8),
        id in any::<i64>(),
    ) {
        let members = members.iter().map(|(name, value)| format!(r#""{name}":{value},"#));
        rows(format!(r#"[{{{}"id":{id}}}]"#, members.collect::<String>()).as_bytes());
    }
}

#[test]
fn the_seeds_of_the_fuzz_targets() {
    for (target, holds) in [
        ("link_header", link_header as fn(&[u8])),
        ("error_body", error_body),
        ("rows", rows),
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

const LINK_PARTS: &[&str] = &[
    "<",
    ">",
    "<https://a/b?c=%3D>",
    "<x>",
    ";",
    "; ",
    "rel=",
    "REL=\"next\"",
    "rel=next",
    "rel",
    "=",
    "\"",
    "\\",
    "next",
    " prev next ",
    ",",
    ", ",
    "title=\"a, b; rel=next\"",
    "\n",
    "é",
    "\t",
    "a",
];

const SENT: &[&str] = &[
    "Mira",
    "Okafor",
    "Mira Okafor",
    "Li",
    "straße",
    "ΟΔΟΣ",
    "with",
    "held]",
    "[withheld]",
    "aaaa",
    "aaab",
    "\\\\n",
    "İpek",
    "did well and better than that",
    "mira@example.org",
    "",
    " ",
    "\u{200b}Mira",
];

const BODY_PARTS: &[&str] = &[
    "Mira",
    "OKAFOR",
    "Okafor",
    " ",
    "\n",
    "\u{1b}",
    "\u{200b}",
    "\u{202e}",
    "Li",
    "STRASSE",
    "οδος",
    "with",
    "held]",
    "[",
    "a",
    "aa",
    "aab",
    "\\",
    "\"",
    "i\u{307}pek",
    "İPEK",
    "did well and b",
    "@",
    "%4",
    "0",
    "://",
    "example.org",
    "{",
    "}",
    ":",
    ",",
];

const MEMBERS: &[&str] = &[
    "first_name",
    "tags",
    "private",
    "email_addresses",
    "custom_fields",
    "created_at",
    "status",
    "stage_id",
    "answers",
    "prospective_job_ids",
    "news",
];

const VALUES: &[&str] = &[
    "null",
    "true",
    "7",
    "-1",
    "7.5",
    "1e300",
    "18446744073709551615",
    r#""""#,
    r#""7""#,
    r#""hired""#,
    r#""2026-05-05T22:36:04.296Z""#,
    "[]",
    "[1,null,[]]",
    r#"["a",{}]"#,
    "{}",
    r#"{"a":{"name":"A","type":"t","value":7}}"#,
    r#"[{"value":"v","type":"work"},{"value":7}]"#,
    r#"{"a":[{}]}"#,
];
