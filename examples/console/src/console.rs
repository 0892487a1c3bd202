use std::{
    fmt::{self, Display},
    sync::Arc,
};

use bytes::{Buf, Bytes};
use futures_util::Stream;
use greenhouse_core::{
    AccountId,
    body::{self, HeldBody},
    integration::Integration,
};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, request::Parts};
use maud::Markup;

use crate::{
    Describe, Layout, assets,
    context::Context,
    cross_site,
    form::Form,
    pages,
    request::{ConsoleRequest, is_fragment},
    response,
    texts::Texts,
};

/// The console of an [`Integration`]: settings, activity and help pages.
///
/// Cheap to clone. The pages call the operator endpoints in this process and keep no state.
#[derive(Clone)]
pub struct Console {
    context: Context,
}

impl Console {
    /// Creates the console with the default layout and English texts.
    pub fn new(greenhouse: &Integration) -> Self {
        let context = Context {
            greenhouse: greenhouse.clone(),
            layout: Arc::new(Layout::default()),
            describe: None,
            texts: &Texts::ENGLISH,
        };
        Self { context }
    }

    /// Sets the layout around the pages.
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.context.layout = Arc::new(layout);
        self
    }

    /// Sets the port that names assessments. Without it, the pages show their ids.
    #[must_use]
    pub fn describe(mut self, describe: impl Describe + 'static) -> Self {
        self.context.describe = Some(Arc::new(describe));
        self
    }

    /// Sets the texts, for another language.
    #[must_use]
    pub fn texts(mut self, texts: &'static Texts) -> Self {
        self.context.texts = texts;
        self
    }

    /// Handles a request of a user who may operate this account.
    ///
    /// Infallible. Before the call, the host authenticates the user. The path is relative to the
    /// mount point, and the extension [`MountPath`](crate::MountPath) contains the path of the mount point.
    pub async fn handle(&self, account: &AccountId, request: Request<Bytes>) -> Response<Bytes> {
        if let Some(asset) = assets::answer(request.uri().path(), request.headers()) {
            return asset;
        }
        if let Some(refusal) = self.refuse_cross_site(&request) {
            return refusal;
        }
        let mut request = ConsoleRequest::new(&self.context, account, request);
        request.read_account().await;
        let answer = pages::answer(&request).await;
        response::of(&request, answer)
    }

    /// Reads the body of a request and handles the request. For web framework adapters.
    ///
    /// Responds with 401 and a page that says so if `account` is `None`. A form is not lost: the
    /// script keeps the page, and without the script the response contains what was typed, to be
    /// sent again after the sign-in in another tab. Secrets are not kept. The style sheet and the
    /// script are available without an account.
    ///
    /// When Greenhouse sends the browser to the redirect URI of a partner's app, a page of this site
    /// opens the address once more, because a cookie with `SameSite=Strict` is not sent before.
    pub async fn handle_streamed<D: Buf, E: Display>(
        &self,
        account: Option<AccountId>,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (head, chunks) = request.into_parts();
        if let Some(asset) = assets::answer(head.uri.path(), &head.headers) {
            return asset;
        }
        let Some(account) = account else {
            if returns_from_greenhouse(&head) {
                return response::returning(&self.context, &Request::from_parts(head, ()));
            }
            return self.signed_out(head, chunks).await;
        };
        match self.read(&head.headers, chunks, BODY_LIMIT).await {
            Ok(held) => {
                let request = Request::from_parts(head, held.bytes().clone());
                self.handle(&account, request).await
            }
            Err(rejection) => rejection,
        }
    }

    /// Responds with 401. The page returns a form that was submitted without the script, with a
    /// button that sends it again after the sign-in in another tab. The browser's Back button may
    /// not help, because the fields of pages with `Cache-Control: no-store` are not kept. The script
    /// keeps its page, so it needs no form.
    ///
    /// A form with a secret is not returned. Nor is one from another site, because the user would
    /// send it again in the name of this one.
    async fn signed_out<D: Buf, E: Display>(
        &self,
        head: Parts,
        chunks: impl Stream<Item = Result<D, E>>,
    ) -> Response<Bytes> {
        let request = Request::from_parts(head, ());
        let is_form = request.method() == Method::POST
            && !is_fragment(request.headers())
            && cross_site::is_allowed(&request);
        let form = match is_form {
            true => self.read(request.headers(), chunks, KEPT_LIMIT).await.ok(),
            false => None,
        };
        let form = form.map(|held| Form::parse(held.bytes()));
        response::signed_out(&self.context, &request, form.as_ref())
    }

    async fn read<D: Buf, E: Display>(
        &self,
        headers: &HeaderMap,
        chunks: impl Stream<Item = Result<D, E>>,
        limit: usize,
    ) -> Result<HeldBody, Response<Bytes>> {
        let greenhouse = &self.context.greenhouse;
        let clock = greenhouse.ports().clock();
        let (deadline, budget) = (greenhouse.body_deadline(), greenhouse.body_budget());
        body::read(headers, chunks, limit, deadline, &**clock, budget).await
    }

    /// Returns a page of the host's own, such as a sign-in page, in the layout of the console.
    /// `title` is the title of the document. The request contains the [`MountPath`](crate::MountPath).
    pub fn page<B>(
        &self,
        request: &Request<B>,
        status: StatusCode,
        title: &str,
        content: Markup,
    ) -> Response<Bytes> {
        response::of_host(&self.context, request, status, title, content)
    }

    /// Path and query, relative to the mount point, of the page to open after a sign-in that this
    /// page required. Use it for an address of your sign-in page that contains the page, because the
    /// address of the redirect URI of a partner's app contains a code.
    pub fn page_after_sign_in(page: &Uri) -> String {
        pages::page_after_sign_in(page)
    }

    /// Returns a 403 page if the request could change something and was sent by a page of another
    /// site. `None` if the host may handle the request. [`handle`](Self::handle) checks this itself.
    pub fn refuse_cross_site<B>(&self, request: &Request<B>) -> Option<Response<Bytes>> {
        (!cross_site::is_allowed(request)).then(|| response::cross_site(&self.context, request))
    }
}

/// Returns `true` if Greenhouse has sent the browser to the redirect URI. A session cookie with
/// `SameSite=Strict` is then missing, although the user is signed in.
fn returns_from_greenhouse(head: &Parts) -> bool {
    let site = head.headers.get("sec-fetch-site");
    head.method == Method::GET
        && pages::is_callback(head.uri.path())
        && site.is_none_or(|site| site != "same-origin")
        && !head.uri.query().is_some_and(response::has_returned)
}

/// The console with the default layout and texts.
impl From<&Integration> for Console {
    fn from(greenhouse: &Integration) -> Self {
        Self::new(greenhouse)
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").finish_non_exhaustive()
    }
}

/// Maximum size of a form in bytes. A form with 200 mapped jobs has about 40 kB.
const BODY_LIMIT: usize = 512 * 1024;
/// Maximum size of a form that a signed-out user gets back, in bytes.
const KEPT_LIMIT: usize = 64 * 1024;
