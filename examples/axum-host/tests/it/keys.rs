use crate::terminal::{Terminal, account, run};

#[test]
fn keys_are_shown_once_with_their_destination() {
    for (purpose, prefix, digest, goes) in [
        ("partner", "gpk_", true, "assessments.partner_keys"),
        ("operator", "gho_", true, "operator_tokens"),
        ("report-link", "", false, "report_links.current.secret"),
        ("hook", "", false, "sync.hook_key"),
        ("master", "ghmk_", false, "GREENHOUSE_MASTER_KEYS"),
    ] {
        let (one, two) = (run(&["keys", purpose], &[]), run(&["keys", purpose], &[]));
        assert!(one.ok && two.ok, "{purpose}");
        assert_ne!(one.out, two.out, "{purpose}: two keys differ");
        let shown = format!("key, shown only once: {prefix}");
        assert!(one.out.contains(&shown), "{purpose}: {one:?}");
        assert!(one.out.contains(goes), "{purpose}: {one:?}");
        assert_eq!(one.out.contains("sha256:"), digest, "{purpose}: {one:?}");
        assert_eq!(
            one.out.contains("id, which identifies"),
            purpose == "master",
            "{purpose}: {one:?}"
        );
    }
}

#[tokio::test]
async fn partner_keys_are_created_listed_rotated_and_revoked() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let keys = |arguments: &[&str]| {
        let said = terminal.run_command(&[&["keys", "partner"], arguments].concat());
        (said.ok, said.out.clone() + &said.err)
    };
    let (ok, said) = keys(&["list", "acme"]);
    assert!(
        !ok && said.contains("settings set --of assessments"),
        "{said}"
    );
    let file = terminal.write("assessments.json", r#"{"version": 1, "settings": {}}"#);
    let set = terminal.run_command(&["settings", "set", "acme", &file, "--of", "assessments"]);
    assert!(set.ok, "{set:?}");
    assert!(
        keys(&["list", "acme"])
            .1
            .contains("no partner keys; create one")
    );

    let (ok, minted) = keys(&["mint", "acme"]);
    assert!(ok, "{minted}");
    let (key, id) = key_and_id(&minted);
    let (_, listed) = keys(&["list", "acme"]);
    assert!(!listed.contains(key), "{listed}");
    for part in [id, &key[..10], "valid, created 20", "never used"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    let (ok, rotated) = keys(&["rotate", "acme", id]);
    assert!(ok, "{rotated}");
    let (new, new_id) = key_and_id(&rotated);
    assert_ne!(new, key);
    let (_, listed) = keys(&["list", "acme"]);
    let of = |id: &str| listed.lines().find(|line| line.starts_with(id)).unwrap();
    assert!(
        of(id).contains("ending, created") && of(id).contains(", expires 20"),
        "{listed}"
    );
    assert!(of(new_id).contains("valid, created"), "{listed}");

    let (ok, revoked) = keys(&["revoke", "acme", id]);
    assert!(ok && revoked.contains("is revoked"), "{revoked}");
    for gone in [&["revoke", "acme", id][..], &["rotate", "acme", id]] {
        let (ok, said) = keys(gone);
        assert!(!ok && said.contains("has no partner key"), "{said}");
    }
    let (_, listed) = keys(&["list", "acme"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
}

fn key_and_id(said: &str) -> (&str, &str) {
    let after = |words| said.split_once(words).unwrap().1.lines().next().unwrap();
    (after("shown only once: "), after("\nid: "))
}
