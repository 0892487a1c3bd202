use url::Url;

/// Returns the address to open after the sign-in: `next` if it is a page of the console, or else
/// the console itself. `mount` is the path of the console.
///
/// Reads the address as a browser does, so that neither another site nor a page outside of the
/// console can be entered.
pub(super) fn page(next: Option<&str>, mount: &str) -> String {
    let own = next.filter(|next| next.starts_with('/') && !next.contains('\\'));
    let own = own.and_then(|next| {
        let base = Url::parse(BASE).ok()?;
        let url = base.join(next).ok()?;
        let rest = url.path().strip_prefix(mount)?;
        let is_own = url.origin() == base.origin() && (rest.is_empty() || rest.starts_with('/'));
        let is_session = matches!(rest.trim_matches('/'), super::SIGN_IN | super::SIGN_OUT);
        let query = url.query().map(|query| format!("?{query}"));
        let address = format!("{}{}", url.path(), query.unwrap_or_default());
        (is_own && !is_session).then_some(address)
    });
    own.unwrap_or_else(|| mount.to_owned())
}

const BASE: &str = "http://host.invalid/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_console_are_opened() {
        for (next, expected) in [
            ("/base/console", "/base/console"),
            ("/base/console/push", "/base/console/push"),
            (
                "/base/console/activity?status=failed&x=%22",
                "/base/console/activity?status=failed&x=%22",
            ),
            ("/base/console/../console/health", "/base/console/health"),
            ("", MOUNT),
            ("push", MOUNT),
            ("/product/assessments", MOUNT),
            ("/base/consoles", MOUNT),
            ("/base/console/../../product/assessments", MOUNT),
            ("/base/console/%2e%2e/%2e%2e/product", MOUNT),
            ("/base/console/sign-in", MOUNT),
            ("/base/console/sign-out", MOUNT),
            ("https://evil.example/base/console/push", MOUNT),
            ("//evil.example/base/console/push", MOUNT),
            ("///evil.example/base/console/push", MOUNT),
            ("/\\evil.example/base/console/push", MOUNT),
            ("/\t/evil.example/base/console/push", MOUNT),
            ("/\n/evil.example/base/console/push", MOUNT),
            ("javascript:alert(1)", MOUNT),
            (
                "/base/console/\r\nset-cookie: a=b",
                "/base/console/set-cookie:%20a=b",
            ),
        ] {
            assert_eq!(page(Some(next), MOUNT), expected, "{next:?}");
        }
        assert_eq!(page(None, MOUNT), MOUNT);
    }

    const MOUNT: &str = "/base/console";
}
