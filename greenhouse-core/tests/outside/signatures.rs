use std::{fs, path::Path};

use bytes::Bytes;
use libtest_mimic::Failed;
use serde::Deserialize;

use greenhouse_core::Secret;
use greenhouse_core::webhook::SignatureVerifier;

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
    let folder = folder.join("signatures");
    let vectors: Vec<Vector> =
        serde_json::from_slice(&fs::read(folder.join("hmac_vectors.json"))?)?;
    if vectors.is_empty() {
        return Err("there are no vectors".into());
    }
    for vector in vectors {
        let body = match (vector.body_file, vector.body_utf8) {
            (Some(file), _) => fs::read(folder.join(file))?,
            (None, Some(text)) => text.into_bytes(),
            (None, None) => return Err(format!("{}: no body", vector.name).into()),
        };
        let digest = vector.hmac_sha256_hex;
        let header = vector
            .signature_header
            .unwrap_or_else(|| format!("sha256 {digest}"));
        let verifier = SignatureVerifier::new([Secret::new(vector.secret_utf8)])?;
        let delivery = verifier
            .verify(Some(header.as_bytes()), Bytes::from(body))
            .map_err(|error| format!("{}: {error}", vector.name))?;
        assert_eq!(delivery.digest().to_string(), digest, "{}", vector.name);
    }
    Ok(())
}
