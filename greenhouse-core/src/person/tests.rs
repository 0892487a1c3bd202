use proptest::prelude::*;

use super::*;
use crate::{AccountId, plain::is_hidden, store::PersonKey};

const ZED: &str = "zed@example.org";

#[test]
fn every_spelling_of_an_address_is_one_person() {
    let account = AccountId::new("acme");
    let known = PersonKey::of_email(&account, ZED);
    for spelling in [
        "zed@example.org",
        " zed@example.org ",
        "zed@example.org\n",
        "\u{a0}zed@example.org\u{3000}",
        "ZED@Example.ORG",
        "zed@example.org\u{200b}",
        "\u{feff}zed@example.org",
        "z\u{200b}e\u{200c}d\u{200d}@example.org",
        "ze\u{ad}d@exam\u{ad}ple.org",
        "\u{202e}zed@example.org\u{202c}",
        "\u{2066}zed\u{2069}@example.org",
        "zed\u{200e}@\u{200f}example.org",
        "zed@\u{2060}example.org",
        "zed\u{fe0f}@example.org",
        "zed\u{34f}@example.org",
        "zed\u{3164}@example.org",
        "zed\u{7}@example.org",
        "zed\u{1b}@example.org",
        "zed\u{7f}@example.org",
        "zed\u{e0041}@example.org",
        "ｚｅｄ@example.org",
        "zed＠example.org",
        "zed﹫example.org",
        "zed@ｅｘａｍｐｌｅ．ｏｒｇ",
        "zed@example。org",
        "zed@example｡org",
    ] {
        let address = EmailAddress::parse(spelling).unwrap();
        assert_eq!(address.identity(), ZED, "{spelling:?}");
        assert!(
            address.as_str().eq_ignore_ascii_case(ZED),
            "{spelling:?} leaves as {:?}",
            address.as_str()
        );
        assert_eq!(
            PersonKey::of_email(&account, spelling),
            known,
            "{spelling:?}"
        );
    }
}

#[test]
fn addresses_of_other_scripts_are_one_in_every_form() {
    for (one, other) in [
        ("zoe\u{308}@example.org", "zoë@example.org"),
        ("zed@münchen.example", "zed@xn--mnchen-3ya.example"),
        ("zed@mu\u{308}nchen.example", "zed@MÜNCHEN.example"),
    ] {
        let (one, other) = (EmailAddress::parse(one), EmailAddress::parse(other));
        assert_eq!(one.unwrap().identity(), other.unwrap().identity());
    }
    let apart = EmailAddress::parse("zed@munchen.example").unwrap();
    let umlaut = EmailAddress::parse("zed@münchen.example").unwrap();
    assert_ne!(apart.identity(), umlaut.identity());
    assert_eq!(umlaut.as_str(), "zed@münchen.example");
}

#[test]
fn valid_addresses_leave_unchanged() {
    for address in [
        "Mira.Okafor+tests@mail.example.co.uk",
        "o'brien@example.org",
        "a@b.co",
        "x_y-z=1@example.museum",
        "500%off@example.org",
        "李@例え.jp",
        "1@2.com",
    ] {
        assert_eq!(EmailAddress::parse(address).unwrap().as_str(), address);
    }
}

#[test]
fn what_is_no_address_is_refused() {
    use EmailProblem::{Control, Domain, Empty, LocalPart, NoAt, PercentEncoded, TooLong};
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long = format!(
        "{}@{}.org",
        "a".repeat(64),
        ["b".repeat(62).as_str(); 3].join(".")
    );
    for (text, problem) in [
        ("", Empty),
        (" \t\n", Empty),
        ("\u{200b}\u{ad}", Empty),
        ("zed\0@example.org", Control),
        ("zed@example.org\0", Control),
        ("zed@example.org\r\nBcc: x@example.org", Control),
        ("zed@exam\nple.org", Control),
        ("zed\u{2028}@example.org", Control),
        ("zed%40example.org", PercentEncoded),
        ("zed%40example.org@example.org", PercentEncoded),
        ("zed@example.org%0a", PercentEncoded),
        ("zed", NoAt),
        ("zed.example.org", NoAt),
        ("@example.org", LocalPart),
        ("z ed@example.org", LocalPart),
        ("Zed <zed@example.org>", LocalPart),
        ("mailto:zed@example.org", LocalPart),
        ("\"zed\"@example.org", LocalPart),
        (".zed@example.org", LocalPart),
        ("zed.@example.org", LocalPart),
        ("z..d@example.org", LocalPart),
        ("zed,anna@example.org", LocalPart),
        ("z\u{a0}d@example.org", LocalPart),
        (&long_local, LocalPart),
        ("zed@", Domain),
        ("zed@example", Domain),
        ("zed@example.org.", Domain),
        ("zed@.example.org", Domain),
        ("zed@example..org", Domain),
        ("zed@-example.org", Domain),
        ("zed@exa mple.org", Domain),
        ("zed@example.org, anna@example.org", Domain),
        ("zed@anna@example.org", Domain),
        ("zed@127.0.0.1", Domain),
        ("zed@[127.0.0.1]", Domain),
        ("zed@[::1]", Domain),
        ("zed@example.org/x", Domain),
        ("zed@example.org:25", Domain),
        ("zed@example.o", Domain),
        (&long, TooLong),
    ] {
        assert_eq!(EmailAddress::parse(text), Err(problem), "{text:?}");
    }
}

#[test]
fn names_have_only_what_can_be_seen() {
    for (text, expected) in [
        ("Mira", "Mira"),
        ("  Mira \n Ada\tB. ", "Mira Ada B."),
        ("Zed\u{200b}", "Zed"),
        ("Z\u{200d}e\u{200c}d", "Zed"),
        ("\u{202e}Zed\u{202c}", "Zed"),
        ("Ze\u{ad}d\0\u{1b}", "Zed"),
        ("Zoe\u{308}", "Zoë"),
        ("Ｚｅｄ", "Ｚｅｄ"),
        ("O'Brien-\u{feff}Smith", "O'Brien-Smith"),
        ("علی\u{200c}رضا", "علی\u{200c}رضا"),
        ("\u{200b}\u{3164}\u{2800}", ""),
        ("\0", ""),
        ("", ""),
    ] {
        assert_eq!(name(text), expected, "{text:?}");
    }
}

#[test]
fn wholly_different_names_are_told_from_spellings() {
    for (one, other, differ) in [
        (["Mira", "Okafor"], ["Mira", "Okafor"], false),
        (["Mira", "Okafor"], ["Okafor", "Mira"], false),
        (["MIRA", "Okáfor"], ["mira", "okafor"], false),
        (["Mira", "Okafor"], ["Mira", "Schmidt"], false),
        (["Mira", "Okafor"], ["M.", "Okafor-Schmidt"], false),
        (["Alex", "Smith"], ["Alexander", "Jones"], false),
        (["Maryann", "Lee"], ["Mary", "Ann Lee"], false),
        (["Mi\u{200b}ra", "Okafor"], ["Mira", "-"], false),
        (["Ｍｉｒａ", "-"], ["Mira", "Okafor"], false),
        (["李", "明"], ["明", "李"], false),
        (["Mira", "Okafor"], ["", ""], false),
        (["Mira", "Okafor"], ["-", "?"], false),
        (["Mira", "Okafor"], ["Otto", "Becker"], true),
        (["Mira", "Okafor"], ["M.", "Becker"], true),
        (["李", "明"], ["王", "芳"], true),
        (["Al", "Smith"], ["Albert", "Jones"], true),
    ] {
        assert_eq!(names_differ(&one, &other), differ, "{one:?} {other:?}");
        assert_eq!(names_differ(&other, &one), differ, "{other:?} {one:?}");
    }
}

proptest! {
    #[test]
    fn a_normalised_address_stays_as_it_is(text in any::<String>(), domain in "[a-z]{1,9}\\.[a-z]{2,5}") {
        if let Ok(address) = EmailAddress::parse(&format!("{text}@{domain}")) {
            let again = EmailAddress::parse(address.as_str()).unwrap();
            prop_assert_eq!(again.identity(), address.identity());
            prop_assert_eq!(again.as_str(), address.as_str());
            prop_assert!(!address.as_str().chars().any(|c| is_unseen(c) || c.is_whitespace()));
        }
        let once = name(&text);
        prop_assert_eq!(name(&once), once.clone());
        prop_assert!(!once.chars().any(is_hidden));
    }

    #[test]
    fn names_never_differ_from_themselves(one in any::<String>(), other in any::<String>()) {
        prop_assert!(!names_differ(&[&one], &[&one]));
        prop_assert_eq!(names_differ(&[&one], &[&other]), names_differ(&[&other], &[&one]));
    }
}
