//! Mistakes that only Greenhouse can find.

use mock_greenhouse::{Config, Credential, MockGreenhouse};

use crate::terminal::{CommandOutput, Terminal, account, master_key};

#[tokio::test(flavor = "multi_thread")]
async fn push_settings_that_greenhouse_rejects_are_explained() {
    let known = Config::default();
    let credential = Credential::new("acme-1", "another secret");
    let greenhouse = MockGreenhouse::start(known.with_credential(credential))
        .await
        .unwrap();
    let job = greenhouse.seed_job("Account Executive", &["Offer"]).job_id;
    let terminal = Terminal::new();
    let sandbox = format!("sandbox = \"{}\"\n", greenhouse.url());
    terminal.configure(&[&master_key()], &sandbox);
    let apply = |accounts: &str| {
        let file = terminal.write("accounts.toml", accounts);
        let mut output = terminal.run_command(&["accounts", "apply", &file]);
        // The sandbox is announced first.
        output.err = output.err.lines().skip(1).collect::<Vec<_>>().join("\n");
        output
    };
    assert_problem(&apply(&account("acme")), "credential");

    let valid = account("acme").replace("canary-client", "another secret");
    let mapped = |job: i64, product: &str| {
        let own = format!(
            "product_jobs = [{{ id = \"{product}\", name = \"Sales\" }}]\n[accounts.push]\n"
        );
        let mapping = format!("[accounts.push.jobs.sales]\njob = {job}\n[accounts.sync]");
        let valid = valid.replace("[accounts.push]\n", &own);
        valid.replace("[accounts.sync]", &mapping)
    };
    assert_problem(&apply(&mapped(4_711, "sales")), "jobs.sales.job");
    assert_problem(&apply(&mapped(job, "other")), "jobs.sales");
    let applied = apply(&mapped(job, "sales"));
    assert!(applied.ok, "{applied:?}");

    greenhouse.refuse_connections().await;
    let tags = "[accounts.push]\ntags = [\"Assessed\"]\n";
    let changed = mapped(job, "sales").replace("[accounts.push]\n", tags);
    let output = apply(&changed);
    let lead = "nothing was written, because the push settings of account acme could not be checked \
                (`--unchecked` skips this check): ";
    assert!(!output.ok && output.err.starts_with(lead), "{output:?}");
    assert!(output.err.ends_with(": Connection refused"), "{output:?}");
}

/// Checks the message about one problem. Other tests cover the words of the problem and its remedy.
fn assert_problem(output: &CommandOutput, member: &str) {
    let lines: Vec<_> = output.err.lines().collect();
    let [lead, account, problem, remedy] = lines[..] else {
        panic!("{output:?}");
    };
    assert!(!output.ok);
    assert_eq!(
        lead,
        "nothing was written, because push settings are invalid:"
    );
    assert_eq!(account, "account acme");
    for (line, start) in [
        (problem, format!("  {member}: ")),
        (remedy, "    ".to_owned()),
    ] {
        let text = line
            .strip_prefix(&start)
            .unwrap_or_else(|| panic!("{output:?}"));
        assert!(
            text.starts_with(char::is_uppercase) && text.ends_with('.'),
            "{line}"
        );
    }
}
