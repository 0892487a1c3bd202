//! Pages of a product that embed one element each.

use super::host::HostFile;

/// What a product's pages have in common.
#[derive(Debug)]
pub(super) struct ProductPage {
    style: &'static str,
    policy: Option<&'static str>,
}

pub(super) const FREE: ProductPage = ProductPage {
    style: "body { font-family: sans-serif }",
    policy: None,
};
pub(super) const HOSTILE: ProductPage = ProductPage {
    style: "* { all: unset !important; color: red !important; font-size: 40px !important }",
    policy: None,
};
pub(super) const STRICT: ProductPage = ProductPage {
    style: FREE.style,
    policy: Some(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:",
    ),
};
pub(super) const TRUSTED_TYPES: ProductPage = ProductPage {
    style: FREE.style,
    policy: Some(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; require-trusted-types-for 'script'",
    ),
};

impl ProductPage {
    /// The files of the product, with a page for each element.
    pub(super) fn files(&self) -> Vec<HostFile> {
        let mut files = vec![
            (
                "/page.js".to_owned(),
                "text/javascript",
                None,
                SCRIPT.to_owned(),
            ),
            (
                "/page.css".to_owned(),
                "text/css",
                None,
                self.style.to_owned(),
            ),
            ("/favicon.ico".to_owned(), "image/png", None, String::new()),
        ];
        for element in ["settings", "activity", "push"] {
            let page = PAGE.replace("{element}", element);
            files.push((format!("/{element}"), "text/html", self.policy, page));
        }
        files
    }
}

/// The page for the push begins without an assessment, which the product sets later.
const PAGE: &str = "<!doctype html>
    <html lang=\"en\">
        <head>
            <title>Product</title>
            <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
            <link rel=\"stylesheet\" href=\"/page.css\">
            <script src=\"/page.js\"></script>
            <script type=\"module\" src=\"/settings/greenhouse/embed.js\"></script>
        </head>
        <body>
            <main>
                <h1>Product</h1>
                <greenhouse-{element} src=\"/settings/greenhouse\" assessment=\"none\">
                </greenhouse-{element}>
            </main>
        </body>
    </html>";

/// Collects the events of the elements.
const SCRIPT: &str = "
    window.heard = [];
    for (const type of ['greenhouse-saved', 'greenhouse-pushed', 'greenhouse-error']) {
        addEventListener(type, (event) => heard.push(`${type} ${event.detail.code}`));
    }
";
