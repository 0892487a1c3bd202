//! Searches stored files and dumps for secrets and personal data.

use std::{fs, io, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use greenhouse_core::{
    AccountId, CandidateId, Clock,
    store::{Applied, PersonKey, Records, Shared, StoredToken, TokenKey, TokenLock},
};
use greenhouse_harvest::SystemClock;
use server::{
    accounts::{self, ErasureTarget},
    databases,
    demo::{self, Demo},
};
use sqlx_store::SqlxStore;

use crate::needle::{Needle, as_text};

/// Runs the demo and checks that none of its secrets are stored. Then erases every person in the
/// demo and checks that no personal data is left. `read` returns the data stored at the time of the
/// call.
pub async fn nothing_leaks(stage: &Demo, read: impl Fn() -> Vec<AtRest>) {
    demo::run_steps(stage, &mut io::sink()).await.unwrap();
    let account = AccountId::new("demo");
    let store = databases::open(&stage.config).await.unwrap();

    let secrets = secrets(stage, &store, &account).await;
    let at_rest = read();
    for secret in secrets {
        assert_eq!(secret.found_in(&at_rest), None, "{}", secret.what);
    }
    for known in known(stage) {
        assert!(known.found_in(&at_rest).is_some(), "{}", known.what);
    }
    let mira = Needle::new("the invited person's address", "mira@example.org");
    assert!(mira.found_in(&at_rest).is_some(), "nothing to erase");

    for (index, (first, last)) in PEOPLE.iter().enumerate() {
        let email = email(first);
        let in_greenhouse = stage.greenhouse.candidates();
        let candidate = in_greenhouse
            .iter()
            .find(|candidate| candidate.first_name == *first && candidate.last_name == *last);
        // Some candidates are erased by id, others by e-mail address.
        let subject = match candidate.filter(|_| index % 2 == 1) {
            Some(candidate) => ErasureTarget::Candidate(CandidateId::new(candidate.id)),
            None => ErasureTarget::Email(email),
        };
        accounts::erase(&store, &account, &subject).await.unwrap();
    }
    store.close().await;

    let at_rest = read();
    for (first, last) in PEOPLE {
        let email = email(first);
        let key = PersonKey::of_email(&account, &email);
        for person in [
            last,
            format!("{first} {last}").as_str(),
            email.as_str(),
            key.as_str(),
        ] {
            assert_eq!(
                Needle::new(*first, person).found_in(&at_rest),
                None,
                "{first}"
            );
        }
    }
    for known in known(stage) {
        assert!(known.found_in(&at_rest).is_some(), "{}", known.what);
    }
}

/// The contents of a database file or dump.
#[derive(Debug)]
pub struct AtRest {
    name: String,
    /// The contents as text, with one character per byte, so that a text search is fast in debug
    /// builds.
    text: String,
}

impl AtRest {
    /// Creates the contents of a database dump.
    pub fn dump(bytes: Vec<u8>) -> Vec<Self> {
        vec![Self::new("the dump".to_owned(), &bytes)]
    }

    /// Reads the current files of an open SQLite database.
    pub fn files_of(database: &str) -> Vec<Self> {
        let read = |name: String| Self::new(name.clone(), &fs::read(name).unwrap());
        ["", "-wal", "-shm"]
            .map(|suffix| read(format!("{database}{suffix}")))
            .into()
    }

    fn new(name: String, bytes: &[u8]) -> Self {
        let text = as_text(bytes);
        Self { name, text }
    }
}

impl Needle {
    /// Returns the name of a file or dump that contains the needle, if any.
    fn found_in<'a>(&self, at_rest: &'a [AtRest]) -> Option<&'a str> {
        assert!(!at_rest.is_empty(), "nothing to search");
        let holds = |place: &&AtRest| self.is_in(&place.text);
        at_rest.iter().find(holds).map(|place| place.name.as_str())
    }
}

/// Returns every secret of the run.
async fn secrets(stage: &Demo, store: &SqlxStore, account: &AccountId) -> Vec<Needle> {
    let record = store.account(account).await.unwrap().unwrap();
    let at_rest = record.settings.at_rest().unwrap();
    let mut secrets: Vec<Needle> = at_rest
        .secrets
        .iter()
        .map(|(place, secret)| Needle::new(place, secret.expose()))
        .collect();
    let places: Vec<&str> = at_rest.secrets.keys().map(String::as_str).collect();
    let expected = [
        "/assessments/completion/password",
        "/assessments/completion/user",
        "/push/credential/client_secret",
        "/report_links/current/secret",
        "/sync/hook_key",
        "/sync/secrets/0",
    ];
    assert_eq!(places, expected);

    let master_key = stage.master_key.expose();
    let digits = master_key.expose().trim_start_matches("ghmk_");
    secrets.extend([
        Needle::new("the partner key", stage.partner_key.expose()),
        Needle::new("the operator token", stage.client.token().expose()),
        Needle::new("the webhook secret", stage.hook.1.expose()),
        Needle::new("the master key", digits),
        Needle::new("the bytes of the master key", from_hex(digits)),
        // Every access token of the mock begins with the same header.
        Needle::new(
            "an access token",
            STANDARD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        ),
    ]);
    let push = record.settings.push.unwrap();
    let key = TokenKey::new(push.credential.client_id(), push.acting_user);
    if let Some(token) = store.token(account, &key).await.unwrap() {
        let signature = token.access.expose().rsplit('.').next().unwrap();
        secrets.push(Needle::new("the access token", signature));
    }
    secrets.extend(tokens_of_a_partner(store, account).await);
    secrets
}

/// Adds a credential obtained by consent, because the demo stores no refresh token. Returns its
/// tokens.
async fn tokens_of_a_partner(store: &SqlxStore, account: &AccountId) -> [Needle; 2] {
    let (access, refresh) = ("partner-access-canary", "partner-refresh-canary");
    let (now, key) = (SystemClock.now(), TokenKey::new("partner-4000002002", None));
    let lease = Duration::from_secs(5);
    let lock = store.lock_token(account, &key, now, lease).await.unwrap();
    let TokenLock::Ours { generation, .. } = lock else {
        panic!("no other caller refreshes this token");
    };
    let token = StoredToken::new(access.into(), now, now).with_refresh(refresh.into());
    let saved = store.save_token(account, &key, generation, token).await;
    assert_eq!(saved.unwrap(), Applied::Applied);
    [access, refresh].map(|token| Needle::new(token, token))
}

/// Returns texts that must be found, as a check that the search works.
fn known(stage: &Demo) -> [Needle; 2] {
    let mut sealed = vec![1];
    sealed.extend(from_hex(&stage.master_key.id().to_string()));
    [
        Needle::new("a text of the sync log", "was hired in Greenhouse."),
        Needle::new("the prefix of sealed values | =", sealed),
    ]
}

fn from_hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn email(first: &str) -> String {
    format!("{}@example.org", first.to_lowercase())
}

/// Every person in the demo.
const PEOPLE: &[(&str, &str)] = &[
    ("Mira", "Okafor"),
    ("Noor", "Haddad"),
    ("Jonas", "Lindqvist"),
    ("Ada", "Brandt"),
    ("Tess", "Moreau"),
];
