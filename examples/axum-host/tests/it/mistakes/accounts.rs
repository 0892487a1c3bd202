use greenhouse_core::settings::KeyDigest;

use super::Messages;
use crate::terminal::{Terminal, account};

#[test]
fn invalid_accounts_files_are_explained() {
    let terminal = Terminal::new();
    let mut messages = Messages::default();
    let output = terminal.run_command(&["accounts", "apply", &terminal.path("nowhere.toml")]);
    let expected =
        "the file DIR/nowhere.toml cannot be read: the file does not exist; check the path";
    messages.compare(&terminal, &output, expected);
    for (from, to, expected) in REPLACEMENTS {
        let file = account("acme");
        assert!(file.contains(from), "{from}");
        messages.compare(
            &terminal,
            &terminal.apply(&file.replacen(from, to, 1)),
            expected,
        );
    }
    let acme = account("acme");
    let partner = KeyDigest::of("partner");
    let with_key = |id: &str| {
        format!(
            "{}[accounts.assessments]\npartner_keys = [\"{partner}\"]\n",
            account(id)
        )
    };
    let token = |id: &str| KeyDigest::of(&format!("{id} token")).to_string();
    for (file, expected) in [
        (
            String::new(),
            "required settings are missing from the file and the environment:
  accounts: at least one [[accounts]] section in the file that you pass to `axum-host accounts apply`
  operator_tokens (GREENHOUSE_OPERATOR_TOKEN_DIGESTS): the digest of a token for the operator endpoints; create one with `axum-host keys operator`",
        ),
        (
            format!("{acme}[[accounts]]\nid = \"zenith\"\n"),
            "required settings are missing from the file and the environment:
  operator_tokens of account zenith (GREENHOUSE_OPERATOR_TOKEN_DIGESTS): the digest of a token for the operator endpoints; create one with `axum-host keys operator`",
        ),
        (
            format!("{acme}[[accounts"),
            "the file DIR/accounts.toml is not valid TOML (line 10): the name of a section has no closing `]]`",
        ),
        (
            format!("{acme}{acme}"),
            "account acme is listed twice; remove one of its [[accounts]] sections",
        ),
        (
            format!("{acme}{}", account("zenith").replace(&token("zenith"), &token("acme"))),
            "account zenith has the operator token (operator_tokens) of account acme; each account needs its own",
        ),
        (
            format!("{acme}{}", account("zenith").replace("zenith-hook", "acme-hook")),
            "account zenith has the hook key (sync.hook_key) of account acme; each account needs its own",
        ),
        (
            format!("{}{}", with_key("acme"), with_key("zenith")),
            "account zenith has the partner key (assessments.partner_keys) of account acme; each account needs its own",
        ),
    ] {
        messages.compare(&terminal, &terminal.apply(&file), expected);
    }
    messages.finish();
}

/// Text of a valid file, its replacement, and the message.
const REPLACEMENTS: &[(&str, &str, &str)] = &[
    (
        "id = \"acme\"",
        "id = \" \"",
        "account 1 has a blank id; set `id` to the account's name",
    ),
    (
        "id = \"acme\"\n",
        "",
        "DIR/accounts.toml, line 1: accounts[0]: `id` is missing",
    ),
    (
        "id = \"acme\"",
        "name = \"acme\"",
        "DIR/accounts.toml, line 2: accounts[0].name: unknown setting `name`, expected one of `id`, `operator_tokens`, `scenarios`, `product_jobs`, `report_links`, `assessments`, `push`, `sync`",
    ),
    (
        "sha256:",
        "canary:",
        "DIR/accounts.toml, line 3: accounts[0].operator_tokens[0]: expected a key digest, `sha256:` followed by 64 hex digits; do not enter the key itself",
    ),
    (
        "[accounts.push]",
        "[accounts.pusch]",
        "DIR/accounts.toml, line 5: accounts[0].pusch: unknown setting `pusch`, expected one of `id`, `operator_tokens`, `scenarios`, `product_jobs`, `report_links`, `assessments`, `push`, `sync`",
    ),
    (
        "[accounts.push]",
        "[accounts.push]\nthresholds = { strong_yes = 10, yes = 60, mixed = 40, no = 20 }",
        "DIR/accounts.toml, line 6: accounts[0].push.thresholds: the bound for Strong Yes (10) must be above the bound for Yes (60)",
    ),
    (
        "[accounts.push]",
        "[accounts.push]\nthresholds = { strong_yes = 80, yes = 60, mixed = 40 }",
        "DIR/accounts.toml, line 6: accounts[0].push.thresholds: `no` is missing",
    ),
    (
        "[accounts.push]",
        "[accounts.push]\ntrigger = { kind = \"on_score\", minimum = 101, inclusive = true }",
        "DIR/accounts.toml, line 6: accounts[0].push.trigger: expected a score from 0 to 100, got 101",
    ),
    (
        "[accounts.push]",
        "[accounts.push]\ntrigger = { kind = \"sometimes\" }",
        "DIR/accounts.toml, line 6: accounts[0].push.trigger.kind: expected one of `manual`, `on_complete`, `on_score`, got \"sometimes\"",
    ),
    (
        "[accounts.push]",
        "[accounts.push]\nacting_user = \"me\"",
        "DIR/accounts.toml, line 6: accounts[0].push.acting_user: expected a whole number, got text",
    ),
    (
        "[accounts.push]",
        "[accounts.push]\ntags = \"Assessed\"",
        "DIR/accounts.toml, line 6: accounts[0].push.tags: expected a list in square brackets, got text",
    ),
    (
        "{ client_id = \"acme-1\", client_secret = \"canary-client\" }",
        "\"canary\"",
        "DIR/accounts.toml, line 6: accounts[0].push.credential: the client secret is missing; if this is a Harvest v1 key, create a credential of type \"Harvest V3 (OAuth)\" under Configure > Dev Center > API Credential Management, because Greenhouse removed v1 and v2 on 31 August 2026",
    ),
    (
        ", client_secret = \"canary-client\"",
        "",
        "DIR/accounts.toml, line 6: accounts[0].push.credential: the client secret is missing; if this is a Harvest v1 key, create a credential of type \"Harvest V3 (OAuth)\" under Configure > Dev Center > API Credential Management, because Greenhouse removed v1 and v2 on 31 August 2026",
    ),
    (
        "secrets = [\"canary-webhook-secret\"]",
        "secrets = [\"\"]",
        "DIR/accounts.toml, line 7: accounts[0].sync: at least one webhook secret is required, and none may be empty",
    ),
    (
        "acme-hook-key-0123456789",
        "canary",
        "DIR/accounts.toml, line 7: accounts[0].sync: the hook key must consist of at least 16 letters, digits, '-' or '_'",
    ),
    (
        "secrets = [\"canary-webhook-secret\"]",
        "secrets = [93355512]",
        "DIR/accounts.toml, line 9: accounts[0].sync.secrets[0]: expected a secret in quotes",
    ),
    (
        "[accounts.push]",
        "[accounts.report_links]\ncurrent = { id = \"1\", secret = \"canary\" }\n[accounts.push]",
        "DIR/accounts.toml, line 6: accounts[0].report_links.current: the report link secret is shorter than 32 bytes",
    ),
];
