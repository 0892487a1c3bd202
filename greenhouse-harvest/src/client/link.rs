use http::{HeaderMap, header::LINK};

/// The target of `rel="next"`.
///
/// Observed: only `next`, an absolute URL; on the last page the header is present and empty, and may as well be absent.
/// A header that cannot be read is an error: taking it for the end would pass a part of a list for the whole.
pub(super) fn next(headers: &HeaderMap) -> Result<Option<&str>, Unreadable> {
    for value in headers.get_all(LINK) {
        let text = value.to_str().map_err(|_| Unreadable)?;
        if let Some(target) = next_of(text)? {
            return Ok(Some(target));
        }
    }
    Ok(None)
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

fn next_of(text: &str) -> Result<Option<&str>, Unreadable> {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (target, after) = rest
            .strip_prefix('<')
            .and_then(|rest| rest.split_once('>'))
            .ok_or(Unreadable)?;
        let (parameters, following) = split_parameters(after);
        if parameters.split(';').any(is_next) {
            return Ok(Some(target));
        }
        rest = following.trim_start();
    }
    Ok(None)
}

/// Splits at the comma that ends this link, which may also stand inside a quoted parameter.
fn split_parameters(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                let (parameters, following) = text.split_at(at);
                return (parameters, following.strip_prefix(',').unwrap_or_default());
            }
            _ => {}
        }
    }
    (text, "")
}

fn is_next(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_whitespace()
                .any(|word| word.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_page() {
        for (header, expected) in [
            ("", Ok(None)),
            ("  ", Ok(None)),
            (
                r#"<https://a/b?cursor=x%3D>; rel="next""#,
                Ok(Some("https://a/b?cursor=x%3D")),
            ),
            ("<https://a/b>;rel=next", Ok(Some("https://a/b"))),
            (
                r#"<https://a/1>; rel="prev"; title="a, b", <https://a/2>; REL="Next""#,
                Ok(Some("https://a/2")),
            ),
            (r#"<https://a/1>; rel="last""#, Ok(None)),
            (r#"https://a/1; rel="next""#, Err(Unreadable)),
            (r#"<https://a/1; rel="next""#, Err(Unreadable)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, header.parse().unwrap());
            assert_eq!(next(&headers), expected, "{header}");
        }
        assert_eq!(next(&HeaderMap::new()), Ok(None));
    }
}
