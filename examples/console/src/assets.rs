//! The style sheet and the script, with addresses that contain their digest.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};

/// A file that the console serves.
pub(crate) struct Asset {
    /// Name with the digest, such as `console-0a1b2c3d.css`.
    pub(crate) name: String,
    etag: String,
    content_type: &'static str,
    content: Bytes,
}

/// Style sheet of the pages and of the custom elements.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = Bytes::from_static(include_bytes!("assets/console.css"));
    Asset::new("console", "css", "text/css; charset=utf-8", content)
});

/// Script of the pages and of the custom elements, which load the style sheet by its name.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("assets/embed.js").replacen(STYLE_NAME, &STYLE.name, 1);
    let content = Bytes::from(content);
    Asset::new("embed", "js", "text/javascript; charset=utf-8", content)
});

/// Name of the style sheet in the file of the script.
const STYLE_NAME: &str = "console.css";

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: Bytes) -> Self {
        let digest = hex::encode(&Sha256::digest(&content)[..8]);
        Self {
            name: format!("{stem}-{digest}.{extension}"),
            etag: format!("\"{digest}\""),
            content_type,
            content,
        }
    }
}

/// Returns the response to a request for an asset. `None` for any other path.
///
/// The address with the digest may be cached for ever. `embed.js`, which other pages load, is
/// revalidated each time.
pub(crate) fn answer(path: &str, headers: &HeaderMap) -> Option<Response<Bytes>> {
    let name = path.trim_start_matches('/');
    let (asset, caching) = match name {
        "embed.js" => (&*SCRIPT, "no-cache"),
        _ => {
            let mut all = [&*STYLE, &*SCRIPT].into_iter();
            (all.find(|asset| asset.name == name)?, FOR_EVER)
        }
    };
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known.is_some_and(|known| known.as_bytes() == asset.etag.as_bytes());
    let mut response = match is_known {
        true => Response::new(Bytes::new()),
        false => Response::new(asset.content.clone()),
    };
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.content_type),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(etag) = HeaderValue::from_str(&asset.etag) {
        headers.insert(header::ETAG, etag);
    }
    let no_sniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_sniff);
    Some(response)
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_cached_by_their_digest() {
        let none = HeaderMap::new();
        let style = answer(&format!("/{}", STYLE.name), &none).unwrap();
        assert_eq!(style.headers()[header::CACHE_CONTROL], FOR_EVER);
        let embedded = answer("/embed.js", &none).unwrap();
        assert_eq!(embedded.headers()[header::CACHE_CONTROL], "no-cache");
        let mut known = HeaderMap::new();
        let etag = embedded.headers()[header::ETAG].clone();
        known.insert(header::IF_NONE_MATCH, etag);
        let again = answer("/embed.js", &known).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(again.body().is_empty());
        assert!(answer("/console-00000000.css", &none).is_none());
        assert!(answer("/assessments", &none).is_none());
    }
}
