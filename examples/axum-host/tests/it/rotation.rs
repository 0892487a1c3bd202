use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use sqlx_store::MasterKey;

use crate::terminal::{Terminal, account, master_key};

#[tokio::test]
async fn a_host_reseals_in_the_background_after_its_start() {
    let (old, new) = (master_key(), master_key());
    let terminal = Terminal::with_keys(&[&old]);
    assert!(terminal.apply(&account("acme")).ok);
    terminal.configure(&[&new, &old], "");
    let host = terminal.host().await;
    for service in host.background() {
        while service
            .run_due(16)
            .await
            .unwrap()
            .is_some_and(|due| due <= SystemClock.now())
        {}
    }
    host.close().await;
    terminal.configure(&[&new], "");
    let said = terminal.run_command(&["accounts", "list"]);
    assert!(said.ok, "{said:?}");
}

/// Rotates the master key of two hosts on one database. Both can read at all times.
#[test]
fn master_keys_are_rotated_while_every_host_can_read() {
    let (old, new) = (master_key(), master_key());
    let id = |key: &str| key.parse::<MasterKey>().unwrap().id().to_string();
    let terminal = Terminal::with_keys(&[&old]);
    assert!(terminal.apply(&account("acme")).ok);
    let reads = |keys: &[&str]| {
        terminal.configure(keys, "");
        let said = terminal.run_command(&["accounts", "list"]);
        assert_eq!(said.ok, said.out.contains("account acme"), "{said:?}");
        said
    };

    // 1. Every host accepts the new key.
    assert!(reads(&[&old, &new]).ok);
    // 2. One host after another seals with the new key, while the others still use the old one.
    assert!(reads(&[&new, &old]).ok);
    assert!(terminal.apply(&account("zenith")).ok);
    assert!(reads(&[&old, &new]).ok);
    let said = reads(&[&new]);
    assert!(said.err.contains(&id(&old)), "still needed: {said:?}");

    // 3. Every value is sealed with the new key.
    terminal.configure(&[&new, &old], "");
    let said = terminal.run_command(&["keys", "reseal"]);
    assert!(said.ok, "{said:?}");
    for line in [
        "re-encrypted so far:".to_owned(),
        format!("everything is encrypted with master key {}", id(&new)),
        format!("the database no longer needs master key {};", id(&old)),
    ] {
        assert!(said.out.contains(&line), "{line}: {said:?}");
    }
    assert!(!said.out.contains(&old) && !said.out.contains(&new));
    let again = terminal.run_command(&["keys", "reseal"]);
    assert!(
        again.ok && again.out.contains("re-encrypted rows: 0"),
        "{again:?}"
    );

    // 4. The old key is removed.
    assert!(reads(&[&new]).ok);
    let said = reads(&[&old]);
    assert!(said.err.contains(&id(&new)), "{said:?}");
}
