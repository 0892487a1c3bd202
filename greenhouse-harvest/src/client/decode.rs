use serde::de::DeserializeOwned;

/// Reads a body; the error is the place where it is not of the expected shape, never what stands there.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| error.path().to_string())?;
    deserializer.end().map_err(|_| "the end".to_owned())?;
    Ok(read)
}
