use super::*;

/// Answers after a consent was begun with the state `own` at second 0.
#[test]
fn each_answer_has_one_outcome() {
    let exchange = |code: &str| Ok(ConsentStep::Exchange(code.into()));
    let failed = |error: &str| {
        let error = error.to_owned();
        Err(ConsentRefusal::Failed { error })
    };
    let confirm = |second: i64| {
        let expires_at = at(second + 60);
        Ok(ConsentStep::Confirm { expires_at })
    };
    let long = "c".repeat(LONGEST_CODE + 1);
    for (second, state, code, error, expected) in [
        (0, "own", "c", "", exchange("c")),
        (599, "own", "c", "", exchange("c")),
        (600, "own", "c", "", Err(ConsentRefusal::ExpiredState)),
        (0, "other", "c", "", Err(ConsentRefusal::UnknownState)),
        // A foreign state never leads to a confirmation.
        (0, "own ", "c", "", Err(ConsentRefusal::UnknownState)),
        (0, "OWN", "c", "", Err(ConsentRefusal::UnknownState)),
        (
            0,
            "other",
            "",
            "access_denied",
            Err(ConsentRefusal::UnknownState),
        ),
        (0, "own", "", "access_denied", Err(ConsentRefusal::Denied)),
        (
            600,
            "own",
            "",
            "access_denied",
            Err(ConsentRefusal::ExpiredState),
        ),
        // An error wins over a code.
        (0, "own", "c", "access_denied", Err(ConsentRefusal::Denied)),
        (0, "own", "", "invalid_scope", failed("invalid_scope")),
        (0, "own", "", "<b>Call 555</b>", failed("other")),
        (0, "own", "", &"e".repeat(41), failed("other")),
        (0, "own", "", "", Err(ConsentRefusal::NoCode)),
        (0, "own", &long, "", Err(ConsentRefusal::NoCode)),
        (0, "own", "a/b+c= d", "", exchange("a/b+c= d")),
        (0, "own", "é", "", Err(ConsentRefusal::NoCode)),
        (0, "own", "a\nb", "", Err(ConsentRefusal::NoCode)),
        (0, "", "c", "", confirm(0)),
        (700, "", "c", "", confirm(700)),
        (0, "", "", "access_denied", Err(ConsentRefusal::Denied)),
        (0, "", "", "", Err(ConsentRefusal::NoCode)),
    ] {
        let mut connection = started();
        let answer = answer(state, code, error);
        let found = connection.answered(answer, &"id".into(), at(second));
        assert_eq!(found, expected, "{second} {state} {code} {error}");
        let waits = connection.unconfirmed.is_some();
        assert_eq!(waits, matches!(expected, Ok(ConsentStep::Confirm { .. })));
        // Only the answer to the account's own consent uses it up.
        assert_eq!(connection.started.is_none(), state == "own", "{state}");
    }
}

#[test]
fn a_state_is_used_up_by_its_first_answer() {
    for (second, code, error) in [(0, "c", ""), (0, "", "access_denied"), (601, "c", "")] {
        let mut connection = started();
        let _ = connection.answered(answer("own", code, error), &"id".into(), at(second));
        let again = connection.answered(answer("own", "c", ""), &"id".into(), at(1));
        assert_eq!(again, Err(ConsentRefusal::UsedState), "{second} {error}");
    }
}

#[test]
fn a_later_consent_replaces_an_earlier_one() {
    let mut connection = started();
    connection.start(&"second".into(), at(1));
    let first = connection.answered(answer("own", "c", ""), &"id".into(), at(2));
    assert_eq!(first, Err(ConsentRefusal::UnknownState));
    let second = connection.answered(answer("second", "d", ""), &"id".into(), at(2));
    assert_eq!(second, Ok(ConsentStep::Exchange("d".into())));
}

#[test]
fn only_the_confirmed_consent_is_exchanged_once_within_a_minute() {
    for (id, second, expected) in [
        ("first", 59, Ok("c".into())),
        ("first", 60, Err(ConsentRefusal::ExpiredCode)),
        ("other", 1, Err(ConsentRefusal::NothingToConfirm)),
        ("", 1, Err(ConsentRefusal::NothingToConfirm)),
    ] {
        let mut connection = waiting();
        let is_shown = connection.confirmable_until(&id.into(), at(second));
        assert_eq!(is_shown.is_some(), expected.is_ok(), "{id} {second}");
        let confirmed = connection.confirm(&id.into(), at(second));
        assert_eq!(confirmed, expected, "{id} {second}");
        let again = connection.confirm(&id.into(), at(second));
        assert_eq!(again, Err(ConsentRefusal::NothingToConfirm));
    }
}

/// Otherwise a code that arrives while the user reads the page would be confirmed instead.
#[test]
fn a_code_that_arrives_later_is_not_confirmed_by_the_earlier_page() {
    let mut connection = waiting();
    let later = connection.answered(answer("", "evil", ""), &"second".into(), at(1));
    assert!(later.is_ok());
    let confirmed = connection.confirm(&"first".into(), at(2));
    assert_eq!(confirmed, Err(ConsentRefusal::NothingToConfirm));
    assert_eq!(
        connection.confirm(&"second".into(), at(2)),
        Ok("evil".into())
    );
}

#[test]
fn disconnecting_ends_every_consent_in_progress() {
    let mut connection = started();
    connection.connected(ConnectedUser::new(at(0), "app-1", Some(UserId::new(7))));
    assert_eq!(connection.by("app-1").unwrap().user, Some(UserId::new(7)));
    assert_eq!(connection.by("app-2"), None);
    let _ = connection.answered(answer("", "c", ""), &"first".into(), at(0));
    connection.disconnected();
    assert_eq!(connection.by("app-1"), None);
    let state = connection.answered(answer("own", "c", ""), &"id".into(), at(1));
    assert_eq!(state, Err(ConsentRefusal::UsedState));
    let confirmed = connection.confirm(&"first".into(), at(1));
    assert_eq!(confirmed, Err(ConsentRefusal::NothingToConfirm));
}

#[test]
fn tokens_are_long_and_differ() {
    let [one, two] = [(); 2].map(|()| Connection::new_token().unwrap());
    assert_eq!(one.expose().len(), 64);
    assert_ne!(one, two);
}

#[test]
fn debug_shows_neither_codes_nor_states() {
    let mut connection = started();
    let answer = answer("canary", "canary", "canary");
    let _ = connection.answered(self::answer("", "canary", ""), &"canary".into(), at(0));
    connection.connected(ConnectedUser::new(at(0), "canary", None));
    let step = ConsentStep::Exchange("canary".into());
    let shown = format!("{connection:?} {answer:?} {step:?}");
    assert!(!shown.contains("canary"), "{shown}");
}

fn started() -> Connection {
    let mut connection = Connection::default();
    connection.start(&"own".into(), at(0));
    connection
}

fn waiting() -> Connection {
    let mut connection = Connection::default();
    let answered = connection.answered(answer("", "c", ""), &"first".into(), at(0));
    assert!(answered.is_ok());
    connection
}

fn answer(state: &str, code: &str, error: &str) -> ConsentAnswer {
    ConsentAnswer::new(
        Some(code.into()),
        Some(state.into()),
        Some(error.to_owned()),
    )
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + second, 0).unwrap()
}
