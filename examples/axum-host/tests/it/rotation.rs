use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use sqlx_store::MasterKey;

use crate::terminal::{Terminal, account, master_key};

#[tokio::test]
async fn a_host_seals_anew_beside_its_work_when_it_starts() {
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
    let said = terminal.type_in(&["accounts", "list"]);
    assert!(said.ok, "{said:?}");
}

/// Two hosts on one database, from an old master key to a new one, without a moment in which either cannot read.
#[test]
fn master_keys_are_rotated_while_every_host_can_read() {
    let (old, new) = (master_key(), master_key());
    let id = |key: &str| key.parse::<MasterKey>().unwrap().id().to_string();
    let terminal = Terminal::with_keys(&[&old]);
    assert!(terminal.apply(&account("acme")).ok);
    let reads = |keys: &[&str]| {
        terminal.configure(keys, "");
        let said = terminal.type_in(&["accounts", "list"]);
        assert_eq!(said.ok, said.out.contains("account acme"), "{said:?}");
        said
    };

    // 1: every host can open what the new key will seal.
    assert!(reads(&[&old, &new]).ok);
    // 2: the new key seals, host by host, while others still have the old one first.
    assert!(reads(&[&new, &old]).ok);
    assert!(terminal.apply(&account("zenith")).ok);
    assert!(reads(&[&old, &new]).ok);
    let said = reads(&[&new]);
    assert!(said.err.contains(&id(&old)), "still needed: {said:?}");

    // 3: everything is sealed with it.
    terminal.configure(&[&new, &old], "");
    let said = terminal.type_in(&["keys", "reseal"]);
    assert!(said.ok, "{said:?}");
    for line in [
        "sealed anew:".to_owned(),
        format!("everything is sealed with master key {}", id(&new)),
        format!("nothing in the database needs master key {}:", id(&old)),
    ] {
        assert!(said.out.contains(&line), "{line}: {said:?}");
    }
    assert!(!said.out.contains(&old) && !said.out.contains(&new));
    let again = terminal.type_in(&["keys", "reseal"]);
    assert!(
        again.ok && again.out.contains("rows that were sealed anew: 0"),
        "{again:?}"
    );

    // 4: the old key is dropped.
    assert!(reads(&[&new]).ok);
    let said = reads(&[&old]);
    assert!(said.err.contains(&id(&new)), "{said:?}");
}
