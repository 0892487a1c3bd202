use serde::de::DeserializeOwned;

/// Parses a body. The error is the path of the unexpected value, never the value itself.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // Tracking the path costs time, so it is done only after a failure.
    serde_json::from_slice(body).map_err(|_| wrong_at::<T>(body))
}

/// Same as [`decode`], but an empty body is read as null.
pub(super) fn decode_or_null<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    match body.trim_ascii() {
        [] => decode(b"null"),
        body => decode(body),
    }
}

fn wrong_at<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => "the end".to_owned(),
        Err(error) => {
            let path = error.path().to_string();
            // Member names come from outside and must not forge a log line.
            let path = path.replace(|letter: char| !letter.is_ascii_graphic(), "?");
            path.chars().take(MAX_PATH).collect()
        }
    }
}

/// Maximum length of a path, in characters.
const MAX_PATH: usize = 200;
