use proptest::prelude::*;

use super::*;

const SECRET: &str = "1uSUju2H6AohOE7OQVaxeLT3O8Uxxuas";
const RFC_4231_KEY: &str = "Jefe";
const RFC_4231_BODY: &[u8] = b"what do ya want for nothing?";
const RFC_4231_DIGEST: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

#[test]
fn refuses_empty_secrets() {
    assert_eq!(
        SignatureVerifier::new([]).unwrap_err(),
        VerifierError::NoSecrets
    );
    let secrets = ["one", ""].map(Secret::new);
    assert_eq!(
        SignatureVerifier::new(secrets).unwrap_err(),
        VerifierError::EmptySecret { index: 1 }
    );
    let texts = [
        VerifierError::EmptySecret { index: 1 },
        VerifierError::UnusableSecret { index: 0 },
    ]
    .map(|error| error.to_string());
    assert_eq!(
        texts,
        [
            "webhook secret 2 is empty",
            "webhook secret 1 cannot be used as a key"
        ]
    );
}

#[test]
fn parses_the_header() {
    let digest = RFC_4231_DIGEST;
    let upper = digest.to_uppercase();
    let malformed = |reason| Err(SignatureError::Malformed(reason));
    let table: &[(&str, String, Result<usize, SignatureError>)] = &[
        ("as documented", format!("sha256 {digest}"), Ok(0)),
        (
            "upper case scheme",
            format!("SHA256 {digest}"),
            Err(SignatureError::UnsupportedScheme),
        ),
        (
            "upper case digest",
            format!("sha256 {upper}"),
            malformed(MalformedSignature::NotHex),
        ),
        ("blanks around", format!(" \tsha256  \t{digest} "), Ok(0)),
        (
            "equals sign",
            format!("sha256={digest}"),
            malformed(MalformedSignature::EqualsSign),
        ),
        (
            "blank, equals",
            format!("sha256 = {digest}"),
            malformed(MalformedSignature::EqualsSign),
        ),
        (
            "nothing",
            String::new(),
            malformed(MalformedSignature::Empty),
        ),
        ("blanks", "  ".into(), malformed(MalformedSignature::Empty)),
        (
            "scheme alone",
            "sha256 ".into(),
            malformed(MalformedSignature::NoDigest),
        ),
        (
            "short",
            format!("sha256 {}", &digest[1..]),
            malformed(MalformedSignature::Length),
        ),
        (
            "long",
            format!("sha256 {digest}0"),
            malformed(MalformedSignature::Length),
        ),
        (
            "twice",
            format!("sha256 {digest}{digest}"),
            malformed(MalformedSignature::Length),
        ),
        (
            "list",
            format!("sha256 {digest}, sha256 {digest}"),
            malformed(MalformedSignature::Length),
        ),
        (
            "not hex",
            format!("sha256 g{}", &digest[1..]),
            malformed(MalformedSignature::NotHex),
        ),
        (
            "digest alone",
            digest.into(),
            Err(SignatureError::UnsupportedScheme),
        ),
        (
            "no blank",
            format!("sha256{digest}"),
            Err(SignatureError::UnsupportedScheme),
        ),
        (
            "other scheme",
            format!("sha1 {digest}"),
            Err(SignatureError::UnsupportedScheme),
        ),
        (
            "other digest",
            format!("sha256 {}", "0".repeat(64)),
            Err(SignatureError::Mismatch),
        ),
    ];
    let verifier = SignatureVerifier::new([Secret::new(RFC_4231_KEY)]).unwrap();
    for (name, header, expected) in table {
        // `check_header` rejects every header that no body can match.
        let of_head = match expected {
            Err(SignatureError::Mismatch) | Ok(_) => Ok(()),
            Err(error) => Err(*error),
        };
        let checked = SignatureVerifier::check_header(Some(header.as_bytes()));
        assert_eq!(checked, of_head, "{name}");
        let body = Bytes::from_static(RFC_4231_BODY);
        let answer = verifier.verify(Some(header.as_bytes()), body);
        assert_eq!(
            answer.map(|delivery| delivery.secret_index()),
            *expected,
            "{name}"
        );
    }
    let unsigned = verifier.verify(None, Bytes::from_static(RFC_4231_BODY));
    assert_eq!(unsigned.unwrap_err(), SignatureError::Missing);
}

#[test]
fn refuses_every_flipped_bit_of_header_body_and_secret() {
    let header = format!("sha256 {RFC_4231_DIGEST}");
    let signed = (header.as_bytes(), RFC_4231_BODY, RFC_4231_KEY.as_bytes());
    for (other, what) in flipped(signed.0)
        .map(|header| (verify(RFC_4231_KEY, &header, signed.1), "header"))
        .chain(flipped(signed.1).map(|body| (verify(RFC_4231_KEY, signed.0, &body), "body")))
        // Secrets are text.
        .chain(
            flipped(signed.2)
                .filter_map(|secret| String::from_utf8(secret).ok())
                .map(|secret| (verify(&secret, signed.0, signed.1), "secret")),
        )
    {
        assert!(other.is_err(), "{what}");
    }
    assert!(verify(RFC_4231_KEY, signed.0, signed.1).is_ok());
}

#[test]
fn returns_secret_index_body_and_digest() {
    let secrets = [SECRET, RFC_4231_KEY].map(Secret::new);
    let verifier = SignatureVerifier::new(secrets).unwrap();
    let header = format!("sha256 {RFC_4231_DIGEST}");
    let delivery = verifier
        .verify(Some(header.as_bytes()), Bytes::from_static(RFC_4231_BODY))
        .unwrap();
    assert_eq!(delivery.secret_index(), 1);
    assert_eq!(delivery.body(), RFC_4231_BODY);
    assert_eq!(delivery.signatures()[1].to_string(), RFC_4231_DIGEST);
    assert_ne!(delivery.signatures()[0], delivery.signatures()[1]);
    let sha_256 = "b381e7fec653fc3ab9b178272366b8ac87fed8d31cb25ed1d0e1f3318644c89c";
    assert_eq!(delivery.digest().to_string(), sha_256);
    assert_eq!(
        *delivery.digest(),
        BodyHash::from_bytes(*delivery.digest().as_bytes())
    );
}

/// Rotating the secret changes the signature but not the identity of a delivery.
#[test]
fn digest_is_independent_of_the_secret() {
    let verify = |secret: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(RFC_4231_BODY);
        let header = format!("sha256 {}", BodyHash(mac.finalize().into_bytes().into()));
        let verifier = SignatureVerifier::new([Secret::new(secret)]).unwrap();
        let body = Bytes::from_static(RFC_4231_BODY);
        verifier.verify(Some(header.as_bytes()), body).unwrap()
    };
    let (one, other) = (verify("one secret"), verify("other secret"));
    assert_eq!(one.digest(), other.digest());
    assert_ne!(one.signatures(), other.signatures());
}

#[test]
fn debug_hides_secret_digest_and_body() {
    let verifier = SignatureVerifier::new([Secret::new(RFC_4231_KEY)]).unwrap();
    let header = format!("sha256 {RFC_4231_DIGEST}");
    let delivery = verifier
        .verify(Some(header.as_bytes()), Bytes::from_static(RFC_4231_BODY))
        .unwrap();
    assert_eq!(format!("{verifier:?}"), "SignatureVerifier { secrets: 1 }");
    assert_eq!(
        format!("{delivery:?}"),
        "VerifiedDelivery { bytes: 28, secret_index: 0, .. }"
    );
    assert_eq!(format!("{:?}", delivery.digest()), "BodyHash(..)");
}

/// The bytes with each bit flipped, one at a time.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut other = bytes.to_vec();
        other[bit / 8] ^= 1 << (bit % 8);
        other
    })
}

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256 {}", BodyHash(mac.finalize().into_bytes().into()))
}

fn verify(secret: &str, header: &[u8], body: &[u8]) -> Result<VerifiedDelivery, SignatureError> {
    let verifier = SignatureVerifier::new([Secret::new(secret)]).unwrap();
    verifier.verify(Some(header), Bytes::copy_from_slice(body))
}

proptest! {
    #[test]
    fn accepts_signed_bodies(secret in ".{1,80}", body: Vec<u8>) {
        let header = sign(&secret, &body);
        prop_assert!(verify(&secret, header.as_bytes(), &body).is_ok());
    }

    #[test]
    fn refuses_a_body_with_a_flipped_bit(
        mut body in prop::collection::vec(any::<u8>(), 1..300),
        at: prop::sample::Index,
        bit in 0..8_u8,
    ) {
        let header = sign(SECRET, &body);
        let at = at.index(body.len());
        body[at] ^= 1 << bit;
        prop_assert_eq!(verify(SECRET, header.as_bytes(), &body).unwrap_err(), SignatureError::Mismatch);
    }

    #[test]
    fn refuses_a_secret_with_a_flipped_bit(
        secret in "[ -~]{1,80}",
        at: prop::sample::Index,
        bit in 0..7_u8,
    ) {
        let header = sign(&secret, b"body");
        let mut other = secret.into_bytes();
        let at = at.index(other.len());
        other[at] ^= 1 << bit;
        // A key shorter than the block is padded with zeros, so trailing zeros make no difference.
        prop_assume!(other.last() != Some(&0));
        let other = String::from_utf8(other).unwrap();
        prop_assert_eq!(verify(&other, header.as_bytes(), b"body").unwrap_err(), SignatureError::Mismatch);
    }

    #[test]
    fn refuses_a_header_with_a_flipped_bit(body: Vec<u8>, at: prop::sample::Index, bit in 0..8_u8) {
        let header = sign(SECRET, &body);
        let mut other = header.clone().into_bytes();
        let at = at.index(other.len());
        other[at] ^= 1 << bit;
        prop_assert!(verify(SECRET, &other, &body).is_err());
    }

    #[test]
    fn never_panics_on_any_header(header: Vec<u8>) {
        prop_assert!(verify(SECRET, &header, b"body").is_err());
    }

    #[test]
    fn never_panics_on_similar_headers(header in "(sha256|sha1|SHA256)?[ =\t]{0,3}[0-9a-fA-Fg]{0,70}[ ]?") {
        prop_assert!(verify(SECRET, header.as_bytes(), b"body").is_err());
    }
}
