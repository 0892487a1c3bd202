//! The help page for recruiters and admins has an entry for every problem code.

mod page;
mod source;

use std::{collections::BTreeSet, fs};

use self::{
    page::Page,
    source::{Source, root},
};

const CORE: &str = "greenhouse-core/src/texts";
const HARVEST: &str = "greenhouse-harvest/src/push/texts";
const PARTNER: &str = "greenhouse-partner/src/texts";

#[test]
fn every_code_has_help_or_a_reason_for_none() {
    let (codes, page) = (codes(), page());
    let anchors = BTreeSet::from_iter(page.anchors);
    let without = without_help();
    let none: [&String; 0] = [];

    let known = &anchors | &without;
    let missing: Vec<_> = codes.difference(&known).collect();
    assert_eq!(
        missing, none,
        "codes without an entry in troubleshooting.md"
    );
    let unknown: Vec<_> = known.difference(&codes).collect();
    assert_eq!(unknown, none, "anchors or listed codes that no source has");
    let both: Vec<_> = anchors.intersection(&without).collect();
    assert_eq!(
        both, none,
        "codes with an entry that are listed without help"
    );
}

#[test]
fn anchors_are_unique_and_links_lead_to_them() {
    let page = page();
    let mut targets = page.sections;
    for anchor in page.anchors {
        assert!(targets.insert(anchor.clone()), "{anchor} is not unique");
    }
    for link in &page.links {
        assert!(targets.contains(link), "{link} is no anchor and no section");
    }
    assert!(page.links.len() > 5, "{:?}", page.links);
}

#[test]
fn every_entry_has_three_parts() {
    let page = page();
    assert!(page.entries.len() > 80, "{}", page.entries.len());
    for entry in &page.entries {
        assert!(entry.is_complete(), "{}:\n{}", entry.title, entry.body);
    }
}

fn page() -> Page {
    let path = root().join("examples/server/docs/troubleshooting.md");
    Page::parse(&fs::read_to_string(path).unwrap())
}

/// Collects the codes of all sources. Fails if a source has fewer codes than expected, so that a
/// source that can no longer be parsed is noticed.
fn codes() -> BTreeSet<String> {
    let file = |folder: &str, file: &str| Source::file(&format!("{folder}/{file}.rs"));
    let secret = Source::file("greenhouse-core/src/secret/pasted.rs");
    let refusals = [file(PARTNER, "refusal"), file(PARTNER, "report_page")];
    let refusals: Vec<_> = refusals.iter().map(Source::literals).collect();
    let doctor = Source::file("examples/server/src/doctor/codes.rs");
    let mut all = BTreeSet::new();
    for (what, found, minimum) in [
        ("texts of the core", texts(CORE), 50),
        ("texts of the push", texts(HARVEST), 70),
        ("texts of the partner", texts(PARTNER), 70),
        ("checks of the core", checks(CORE), 4),
        ("checks of the push", checks(HARVEST), 14),
        ("checks of the partner", checks(PARTNER), 8),
        (
            "problems in push settings",
            file(HARVEST, "settings").settings_problems(),
            25,
        ),
        (
            "a problem in push settings that concerns webhooks",
            file(HARVEST, "webhooks").settings_problems(),
            1,
        ),
        (
            "problems in partner settings",
            file(PARTNER, "settings").settings_problems(),
            4,
        ),
        (
            "problems of secrets",
            secret.literals_of_function("code"),
            5,
        ),
        (
            "refusals of the partner",
            refusals.into_iter().flatten().collect(),
            12,
        ),
        ("errors of the operator endpoints", endpoint_errors(), 12),
        ("findings of the doctor", doctor.literals(), 30),
    ] {
        assert!(found.len() >= minimum, "{what}: {found:?}");
        all.extend(found);
    }
    all
}

/// Codes that the operator endpoints return without a text of their own.
fn endpoint_errors() -> BTreeSet<String> {
    let core = Source::module("greenhouse-core/src/operator");
    let others = [
        "greenhouse-core/src/accounts/operator.rs",
        "greenhouse-core/src/integration.rs",
        "greenhouse-core/src/parking/operator.rs",
        "greenhouse-harvest/src/push/operator.rs",
        "greenhouse-harvest/src/push/settings/refusal.rs",
        "greenhouse-harvest/src/push/trigger_estimate.rs",
        "greenhouse-partner/src/service/operator/hooks.rs",
        "greenhouse-partner/src/service/operator/keys.rs",
    ];
    let others = others.map(Source::file);
    let greenhouse = others[4].literals_of_function("greenhouse_failure");
    let sources = core.iter().chain(&others);
    sources.flat_map(Source::errors).chain(greenhouse).collect()
}

fn texts(module: &str) -> BTreeSet<String> {
    let sources = Source::module(module);
    sources.iter().flat_map(Source::texts).collect()
}

fn checks(module: &str) -> BTreeSet<String> {
    let sources = Source::module(module);
    sources.iter().flat_map(Source::checks).collect()
}

fn without_help() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for code in WITHOUT_HELP.iter().flat_map(|(_, codes)| *codes) {
        assert!(codes.insert((*code).to_owned()), "{code} is listed twice");
    }
    codes
}

/// Codes without an entry on the page, each group with the reason.
const WITHOUT_HELP: &[(&str, &[&str])] = &[
    (
        "normal progress of a push",
        &[
            "push_fields_set",
            "push_moved",
            "push_requested",
            "push_running",
            "push_of_backfill",
            "push_of_invited_result",
            "push_of_stage_test",
            "push_triggered",
        ],
    ),
    (
        "normal progress of a test",
        &[
            "notice_accepted",
            "notice_due",
            "notice_repeated",
            "status_requested",
            "status_written",
            "test_completed",
            "test_completed_again",
            "test_expired",
            "stage_test_sent",
            "test_received",
            "test_received_while_unavailable",
            "test_reopened",
            "test_withdrawn",
        ],
    ),
    (
        "sentence after the text of a failed notice, which has an entry",
        &["notice_next_attempt"],
    ),
    (
        "change in Greenhouse that was applied, or that needed no change",
        &[
            "application_active",
            "application_replaced",
            "application_status",
            "application_transferred",
            "application_updated",
            "candidate_merged",
            "candidate_merged_in_chain",
            "change_contradicted",
            "link_removed",
            "nothing_changed",
            "stage_changed",
            "status_confirmed",
            "webhook_outdated",
        ],
    ),
    (
        "change in Greenhouse that is being read",
        &[
            "candidate_gone",
            "change_reported",
            "comparison_differs",
            "comparison_found_none",
            "stage_reported",
            "status_reported",
        ],
    ),
    (
        "anonymization in Greenhouse that was applied",
        &[
            "anonymized_around_merge",
            "anonymized_elsewhere",
            "anonymized_in_part",
            "candidate_anonymized",
            "merged_candidate_anonymized",
        ],
    ),
    (
        "action of a person that was carried out",
        &[
            "account_removed",
            "account_switched_on",
            "report_links_revoked",
            "task_retried",
        ],
    ),
    (
        "message or remedy of a problem of a pasted secret, which has an entry",
        &[
            "copy_secret_again",
            "enter_longer_secret",
            "enter_secret",
            "secret_blank",
            "secret_control_character",
            "secret_hidden_character",
            "secret_missing",
            "secret_too_short",
        ],
    ),
    (
        "error for developers who call the operator endpoints",
        &["no_state", "unauthorized"],
    ),
    (
        "response to a refused request of Greenhouse, which the sync log or health reports with another code",
        &[
            "bad_callback_url",
            "bad_email",
            "bad_signature",
            "malformed",
            "missing_email",
            "missing_test",
            "too_large",
            "unavailable",
            "unknown_test",
        ],
    ),
    (
        "set-up step of the push",
        &[
            "check_push",
            "consenting_user",
            "create_credential",
            "grant_scopes",
            "grant_scorecard_scopes",
            "map_jobs",
            "no_stage_rule",
            "own_user",
            "register_app",
            "save_credential",
            "title",
        ],
    ),
    (
        "set-up step of assessments or webhooks",
        &[
            "add_stage",
            "ask_for_completion_credential",
            "assessments_title",
            "automate_test",
            "check_webhooks",
            "choose_test",
            "completion_credential_stored",
            "create_webhooks",
            "fill_in_webhooks",
            "hand_over_key",
            "https_required",
            "make_key",
            "no_valid_key",
            "nothing_to_set_up",
            "open_webhooks",
            "other_label",
            "register_partner",
            "save_webhooks",
            "try_test",
            "valid_key",
            "webhook_error_recipient",
            "webhook_event",
            "webhook_name",
            "webhooks_title",
        ],
    ),
];
