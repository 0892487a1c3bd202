use proptest::{collection::vec, prelude::*};

use super::*;

proptest! {
    #[test]
    fn a_sealed_value_opens_in_its_context(plain in vec(any::<u8>(), 0..300), account in ".{0,20}", row in ".{0,20}") {
        let account = AccountId::new(account);
        let context = SealContext { account: &account, column: "tokens.access", row: &row };
        let keys = keys();
        let sealed = keys.seal(&context, &plain).unwrap();
        prop_assert_eq!(sealed.len(), plain.len() + 49);
        prop_assert_eq!(key_id_of(&sealed), Ok(keys.current_key_id()));
        prop_assert_eq!(&*keys.open(&context, &sealed).unwrap(), &plain);
    }

    #[test]
    fn contexts_never_share_associated_data(one in contexts(), two in contexts()) {
        let id = keys().current_key_id();
        let data = |(account, row): &(String, String)| {
            SealContext { account: &AccountId::new(account), column: "a.b", row }.associated_data(id)
        };
        prop_assert_eq!(one == two, data(&one) == data(&two));
    }
}

#[test]
fn values_sealed_by_earlier_versions_open() {
    let key = format!("ghmk_{}", "07".repeat(32));
    let keys = MasterKeys::new(key.parse().unwrap(), []);
    let account = AccountId::new("acme");
    let sealed: Vec<u8> = SEALED_EARLIER
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(
        &**keys.open(&context(&account), &sealed).unwrap(),
        b"hunter2"
    );
}

#[test]
fn a_value_for_one_purpose_opens_for_no_other() {
    let (old, new) = (
        MasterKey::generate().unwrap(),
        MasterKey::generate().unwrap(),
    );
    let before = MasterKeys::new(old.clone(), []);
    let sealed = before.seal_for("cookie", b"hunter2").unwrap();
    let opened = before.open_for("cookie", &sealed);
    assert_eq!(opened.as_deref(), Some(&b"hunter2"[..]));
    assert_eq!(before.open_for("link", &sealed), None);
    let rotated = MasterKeys::new(new.clone(), [old]);
    assert_eq!(rotated.open_for("cookie", &sealed), opened);
    assert_eq!(MasterKeys::new(new, []).open_for("cookie", &sealed), None);
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(before.open_for("cookie", &changed), None, "bit {bit}");
    }
}

#[test]
fn any_changed_bit_is_detected() {
    let (keys, account) = (keys(), AccountId::new("acme"));
    let context = context(&account);
    let sealed = keys.seal(&context, b"hunter2").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let error = keys.open(&context, &changed).unwrap_err();
        let expected = match bit / 8 {
            0 => SealError::UnknownVersion(changed[0]),
            1..=8 => SealError::UnknownKey(key_id_of(&changed).unwrap()),
            _ => SealError::Damaged,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
}

#[test]
fn a_value_does_not_open_in_another_context() {
    let (keys, acme, zenith) = (keys(), AccountId::new("acme"), AccountId::new("zenith"));
    let put = context(&acme);
    let sealed = keys.seal(&put, b"hunter2").unwrap();
    for moved in [
        SealContext {
            account: &zenith,
            ..put
        },
        SealContext {
            column: "account_secrets.sealed2",
            ..put
        },
        SealContext {
            row: "/push/other",
            ..put
        },
        SealContext { row: "", ..put },
    ] {
        assert_eq!(keys.open(&moved, &sealed), Err(SealError::Damaged));
    }
}

#[test]
fn a_key_opens_only_its_own_values() {
    let account = AccountId::new("acme");
    let context = context(&account);
    let (old, new) = (
        MasterKey::generate().unwrap(),
        MasterKey::generate().unwrap(),
    );
    let before = MasterKeys::new(old.clone(), []);
    let rotated = MasterKeys::new(new.clone(), [old.clone(), new.clone(), old.clone()]);
    assert_eq!(
        rotated.key_ids().collect::<Vec<_>>(),
        [new.id(), old.id()],
        "a key counts once"
    );

    let sealed = before.seal(&context, b"hunter2").unwrap();
    assert_eq!(&**rotated.open(&context, &sealed).unwrap(), b"hunter2");
    let again = rotated.seal(&context, b"hunter2").unwrap();
    assert_eq!(key_id_of(&again), Ok(new.id()));
    let error = before.open(&context, &again).unwrap_err();
    assert_eq!(error, SealError::UnknownKey(new.id()));
    assert!(error.to_string().contains(&new.id().to_string()), "{error}");

    let mut renamed = sealed.clone();
    renamed[1..9].copy_from_slice(&new.id().to_bytes());
    assert_eq!(rotated.open(&context, &renamed), Err(SealError::Damaged));
}

#[test]
fn truncated_values_do_not_open() {
    let (keys, account) = (keys(), AccountId::new("acme"));
    let context = context(&account);
    let sealed = keys.seal(&context, b"hunter2").unwrap();
    for length in 0..sealed.len() {
        let expected = match length {
            0..49 => SealError::TooShort,
            _ => SealError::Damaged,
        };
        assert_eq!(
            keys.open(&context, &sealed[..length]),
            Err(expected),
            "{length}"
        );
    }
    let longer = [sealed.as_slice(), &[0]].concat();
    assert_eq!(keys.open(&context, &longer), Err(SealError::Damaged));
}

#[test]
fn sealing_twice_gives_different_bytes() {
    let (keys, account) = (keys(), AccountId::new("acme"));
    let context = context(&account);
    let (one, two) = (
        keys.seal(&context, b"hunter2").unwrap(),
        keys.seal(&context, b"hunter2").unwrap(),
    );
    assert_ne!(one[9..33], two[9..33], "the nonces");
    assert_ne!(one[33..], two[33..], "the ciphertexts");
    let hidden = |sealed: &[u8]| !sealed.windows(7).any(|window| window == b"hunter2");
    assert!(hidden(&one) && hidden(&two));
}

#[test]
fn debug_shows_ids_only() {
    let key = MasterKey::generate().unwrap();
    let text = key.expose();
    let keys = MasterKeys::new(key, []);
    let shown = format!("{keys:?}");
    assert!(shown.contains(&keys.current_key_id().to_string()));
    assert!(!shown.contains(&text.expose()["ghmk_".len()..]));
}

fn keys() -> MasterKeys {
    MasterKeys::new(MasterKey::generate().unwrap(), [])
}

fn context(account: &AccountId) -> SealContext<'_> {
    SealContext {
        account,
        column: "account_secrets.sealed",
        row: "/push/credential/client_secret",
    }
}

/// Generates short parts of two letters, so that their concatenations often collide.
fn contexts() -> impl Strategy<Value = (String, String)> {
    ("[ab]{0,3}", "[ab]{0,3}")
}

const SEALED_EARLIER: &str = "011f34518a1a6d65426d5b752d3a9b4a918512e4d007cb07475709a5d068694573\
    f430994c53ae26ce3ef23d3c234de613e82df53fccef74";
