//! The document around a page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    assets::{SCRIPT, STYLE},
    texts::Texts,
};

/// Layout around the pages: the host's own HTML, who may frame the pages, and the addresses for
/// sign-in and sign-out. By default, a page fills the window.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    head: String,
    before: String,
    after: String,
    frame_ancestors: Option<String>,
    sign_in: Option<String>,
    sign_out: Option<String>,
}

impl Layout {
    /// Creates a layout from the host's own HTML: `head` is added to the document's head, and the
    /// page stands between `before` and `after`. The HTML is not escaped.
    ///
    /// Its style sheets and scripts must be files of the same origin, because of the
    /// `Content-Security-Policy` of the pages.
    pub fn new(
        head: impl Into<String>,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Self {
        Self {
            head: head.into(),
            before: before.into(),
            after: after.into(),
            ..Self::default()
        }
    }

    /// Sets the origins that may show the pages in a frame: the value of `frame-ancestors`, such as
    /// `'self' https://app.example.com`. Default: `'none'`.
    #[must_use]
    pub fn frame_ancestors(self, origins: impl Into<String>) -> Self {
        let frame_ancestors = Some(origins.into());
        Self {
            frame_ancestors,
            ..self
        }
    }

    /// Sets the address to which the page for signed-out users links.
    #[must_use]
    pub fn sign_in(self, address: impl Into<String>) -> Self {
        let sign_in = Some(address.into());
        Self { sign_in, ..self }
    }

    /// Sets the address to which the button "Sign out" sends a `POST` request. Without it, there is
    /// no such button.
    #[must_use]
    pub fn sign_out(self, address: impl Into<String>) -> Self {
        let sign_out = Some(address.into());
        Self { sign_out, ..self }
    }

    pub(crate) fn sign_in_address(&self) -> Option<&str> {
        self.sign_in.as_deref()
    }

    /// The `Content-Security-Policy` of every page.
    pub(crate) fn content_security_policy(&self) -> String {
        let frame_ancestors = self.frame_ancestors.as_deref().unwrap_or("'none'");
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors {frame_ancestors}"
        )
    }

    /// The whole document. `mount` is the path of the mount point.
    pub(crate) fn document(
        &self,
        texts: &Texts,
        mount: &str,
        title: &str,
        content: &Markup,
    ) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(texts.language) dir=(texts.direction) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="same-origin";
                    title { (title) " – " (texts.common.product) }
                    link rel="stylesheet" href={ (mount) "/" (STYLE.name) };
                    script type="module" src={ (mount) "/" (SCRIPT.name) } {}
                    (PreEscaped(&self.head))
                }
                body.gh-document {
                    a.gh-skip href="#gh-main" { (texts.common.skip_to_content) }
                    (PreEscaped(&self.before))
                    (content)
                    @if let Some(address) = &self.sign_out {
                        form.gh-sign-out method="post" action=(address) {
                            button.gh-button.gh-quiet type="submit" { (texts.common.sign_out) }
                        }
                    }
                    (PreEscaped(&self.after))
                }
            }
        }
    }
}
