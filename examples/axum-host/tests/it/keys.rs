use crate::terminal::run;

#[test]
fn keys_are_shown_once_with_where_they_go() {
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
        let shown = format!("key, shown this once: {prefix}");
        assert!(one.out.contains(&shown), "{purpose}: {one:?}");
        assert!(one.out.contains(goes), "{purpose}: {one:?}");
        assert_eq!(one.out.contains("sha256:"), digest, "{purpose}: {one:?}");
        assert_eq!(
            one.out.contains("its id"),
            purpose == "master",
            "{purpose}: {one:?}"
        );
    }
}
