use http::{HeaderMap, header::LINK};

/// Returns the target of `rel="next"` (RFC 8288), or `None` on the last page.
///
/// Observed: Greenhouse sends only `next`, as an absolute URL. On the last page, the header is
/// present but empty. The header may also be absent. An unreadable header is an error, because
/// treating it as the end would make an incomplete list look complete.
pub(crate) fn next(headers: &HeaderMap) -> Result<Option<&str>, Unreadable> {
    for value in headers.get_all(LINK) {
        let text = value.to_str().map_err(|_| Unreadable)?;
        if let Some(target) = next_of(text)? {
            return Ok(Some(target));
        }
    }
    Ok(None)
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

fn next_of(text: &str) -> Result<Option<&str>, Unreadable> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Ok(None);
        }
        let (target, after) = rest
            .strip_prefix('<')
            .and_then(|rest| rest.split_once('>'))
            .ok_or(Unreadable)?;
        let (parameters, following) = cut(after, ',')?;
        if target.contains(is_outside_a_url) || !leads_parameters(parameters) {
            return Err(Unreadable);
        }
        if is_next(parameters)? {
            return Ok(Some(target));
        }
        rest = following;
    }
}

/// Splits at the first separator that is not quoted.
fn cut(text: &str, separator: char) -> Result<(&str, &str), Unreadable> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                let (before, behind) = text.split_at(at);
                return Ok((before, behind.strip_prefix(separator).unwrap_or_default()));
            }
            _ => {}
        }
    }
    if quoted {
        return Err(Unreadable);
    }
    Ok((text, ""))
}

fn leads_parameters(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with(';')
}

fn is_outside_a_url(character: char) -> bool {
    character.is_whitespace() || matches!(character, '<' | '"')
}

/// Returns `true` if the relation is `next`. Only the first `rel` parameter counts.
fn is_next(parameters: &str) -> Result<bool, Unreadable> {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (parameter, following) = cut(rest, ';')?;
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.trim().eq_ignore_ascii_case("rel") {
            let words = value.trim().trim_matches('"').split_whitespace();
            return Ok(words
                .into_iter()
                .any(|word| word.eq_ignore_ascii_case("next")));
        }
        rest = following;
    }
    Ok(false)
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
            (
                r#"<https://a/1>; rel="last"; rel="next"; title="\"; rel=next""#,
                Ok(None),
            ),
            (
                r#", <https://a/1,2>; title="\", <b>;"; rel="x next", <c"#,
                Ok(Some("https://a/1,2")),
            ),
            ("<https://a/1>", Ok(None)),
            ("<https://a/1> rel=next", Err(Unreadable)),
            (r#"<https://a/1>; rel="next"#, Err(Unreadable)),
            ("<https://a/ 1>; rel=next", Err(Unreadable)),
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
