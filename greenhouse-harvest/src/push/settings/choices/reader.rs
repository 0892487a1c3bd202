use crate::{Access, Error, HarvestClient};

/// Returns the client that sees every record. `None` if the lists could lack records.
///
/// With `is_fresh`, Greenhouse is asked for the role of the user again, because it can have changed
/// during the life of the token. The token host allows only 60 calls in a minute, so a list that
/// may be older does without.
pub(super) async fn of(access: Access, is_fresh: bool) -> Result<Option<HarvestClient>, Error> {
    if sees_all(&access.client, is_fresh).await? {
        return Ok(Some(access.client));
    }
    let Some(own) = access.own() else {
        return Ok(None);
    };
    let is_reader = sees_all(own, is_fresh).await.unwrap_or(false);
    Ok(is_reader.then(|| own.clone()))
}

async fn sees_all(client: &HarvestClient, is_fresh: bool) -> Result<bool, Error> {
    match is_fresh {
        true => Ok(client.introspect().await?.sees_all()),
        false => client.sees_all().await,
    }
}
