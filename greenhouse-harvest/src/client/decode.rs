use serde::de::DeserializeOwned;

/// Reads a body; the error is the place where it is not of the expected shape, never what stands there.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // Following the path costs time that is only worth it once something is wrong.
    serde_json::from_slice(body).map_err(|_| wrong_at::<T>(body))
}

/// As [`decode`], taking an empty body for a null.
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
            // Names of members come from outside: none of them forges a line of a log.
            let path = path.replace(|letter: char| !letter.is_ascii_graphic(), "?");
            path.chars().take(MAX_PATH).collect()
        }
    }
}

/// In characters.
const MAX_PATH: usize = 200;
