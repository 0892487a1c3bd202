use std::{fs, path::Path};

use bytes::Bytes;
use libtest_mimic::Failed;
use serde::Deserialize;

use greenhouse_core::Secret;
use greenhouse_core::webhook::{SignatureError, SignatureVerifier, VerifiedDelivery};

#[derive(Deserialize)]
struct Vector {
    name: String,
    secret_utf8: String,
    body_file: Option<String>,
    body_utf8: Option<String>,
    hmac_sha256_hex: String,
    signature_header: Option<String>,
}

pub(crate) fn published_vectors_verify(folder: &Path) -> Result<(), Failed> {
    for signed in vectors(folder)? {
        let Signed {
            name,
            secret,
            header,
            body,
            digest,
        } = &signed;
        let delivery =
            verify(secret, header.as_bytes(), body).map_err(|error| format!("{name}: {error}"))?;
        assert_eq!(delivery.signatures()[0].to_string(), *digest, "{name}");
    }
    Ok(())
}

pub(crate) fn a_flipped_bit_invalidates_a_published_vector(folder: &Path) -> Result<(), Failed> {
    for Signed {
        name,
        secret,
        header,
        body,
        ..
    } in vectors(folder)?
    {
        for other in flipped(header.as_bytes()) {
            assert!(
                verify(&secret, &other, &body).is_err(),
                "{name}: {}",
                other.escape_ascii()
            );
        }
        for other in flipped(&body) {
            let answer = verify(&secret, header.as_bytes(), &other);
            assert!(answer.is_err(), "{name}: {}", other.escape_ascii());
        }
        // A secret is text, so some bits cannot be flipped.
        let others = flipped(secret.as_bytes()).filter_map(|other| String::from_utf8(other).ok());
        for other in others {
            let answer = verify(&other, header.as_bytes(), &body);
            assert!(answer.is_err(), "{name}: {other:?}");
        }
    }
    Ok(())
}

/// Returns the bytes with each bit flipped, one at a time.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut other = bytes.to_vec();
        other[bit / 8] ^= 1 << (bit % 8);
        other
    })
}

fn verify(secret: &str, header: &[u8], body: &[u8]) -> Result<VerifiedDelivery, SignatureError> {
    let verifier = SignatureVerifier::new([Secret::new(secret)]).unwrap();
    verifier.verify(Some(header), Bytes::copy_from_slice(body))
}

struct Signed {
    name: String,
    secret: String,
    header: String,
    body: Vec<u8>,
    digest: String,
}

fn vectors(folder: &Path) -> Result<Vec<Signed>, Failed> {
    let folder = folder.join("signatures");
    let vectors: Vec<Vector> =
        serde_json::from_slice(&fs::read(folder.join("hmac_vectors.json"))?)?;
    if vectors.is_empty() {
        return Err("there are no vectors".into());
    }
    let signed = vectors.into_iter().map(|vector| {
        let body = match (vector.body_file, vector.body_utf8) {
            (Some(file), _) => fs::read(folder.join(file))?,
            (None, Some(text)) => text.into_bytes(),
            (None, None) => return Err(format!("{}: no body", vector.name).into()),
        };
        let digest = vector.hmac_sha256_hex;
        let header = vector.signature_header;
        Ok(Signed {
            name: vector.name,
            secret: vector.secret_utf8,
            header: header.unwrap_or_else(|| format!("sha256 {digest}")),
            body,
            digest,
        })
    });
    signed.collect()
}
