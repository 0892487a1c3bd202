use std::{
    fmt::{self, Display},
    sync::Arc,
};

use bytes::{Buf, Bytes};
use futures_util::Stream;
use greenhouse_core::{AccountId, body, integration::Integration};
use http::{Request, Response, StatusCode};
use maud::Markup;

use crate::{
    Describe, Layout, assets, context::Context, cross_site, pages, request::ConsoleRequest,
    response, texts::Texts,
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
    /// Responds with 401 and a page that says so if `account` is `None`. The style sheet and the
    /// script are available without an account.
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
            return response::signed_out(&self.context, &Request::from_parts(head, Bytes::new()));
        };
        let greenhouse = &self.context.greenhouse;
        let clock = greenhouse.ports().clock();
        let (deadline, budget) = (greenhouse.body_deadline(), greenhouse.body_budget());
        let read = body::read(
            &head.headers,
            chunks,
            BODY_LIMIT,
            deadline,
            &**clock,
            budget,
        );
        match read.await {
            Ok(held) => {
                let request = Request::from_parts(head, held.bytes().clone());
                self.handle(&account, request).await
            }
            Err(rejection) => rejection,
        }
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

    /// Returns a 403 page if the request could change something and was sent by a page of another
    /// site. `None` if the host may handle the request. [`handle`](Self::handle) checks this itself.
    pub fn refuse_cross_site<B>(&self, request: &Request<B>) -> Option<Response<Bytes>> {
        (!cross_site::is_allowed(request)).then(|| response::cross_site(&self.context, request))
    }
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
