//! A product behind HTTP. The server runs in the test process, the client in the host process.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use greenhouse_core::{
    AccountId, AssessmentId, ProductJobId, ScenarioId,
    platform::{
        Assessment, AssessmentPlatform, AssessmentState, Completed, CompletedCursor, Invite,
        Outcome, Person, PlatformError, ProductJob, Scenario,
    },
    scorecard::Score,
};
use reqwest::{Client, Response};
use url::Url;

use crate::stage::JOB;

/// A product with completed assessments, served from this process.
pub(crate) struct Product {
    url: String,
    kept: Kept,
}

type Kept = Arc<Mutex<BTreeMap<String, (Assessment, Bytes)>>>;

impl Product {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let kept = Kept::default();
        let served = Arc::clone(&kept);
        // The server ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = answer(stream.unwrap(), &served);
            }
        });
        Self { url, kept }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Adds a completed assessment of a new person, with a report of `report` bytes.
    pub(crate) fn completed(&self, id: &str, report: usize) {
        let assessment = Assessment {
            id: AssessmentId::new(id),
            scenario: ScenarioId::new("discovery-call"),
            scenario_name: "Discovery call".to_owned(),
            job: Some(ProductJobId::new(JOB)),
            person: Person {
                first_name: "Noor".to_owned(),
                last_name: "Haddad".to_owned(),
                email: Some(format!("{id}@example.org")),
            },
            state: AssessmentState::Completed,
            score: Some(Score::new(81.5).unwrap()),
            traits: Vec::new(),
            summary: None,
            started_at: None,
            completed_at: None,
            invitation: None,
            metadata: BTreeMap::new(),
        };
        let mut kept = self.kept.lock().unwrap();
        kept.insert(id.to_owned(), (assessment, Bytes::from(pdf(report))));
    }
}

/// Returns bytes that cannot be compressed.
fn pdf(length: usize) -> Vec<u8> {
    let mut random = 7_u32;
    let body = std::iter::repeat_with(|| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random.to_be_bytes()[0]
    });
    b"%PDF-1.4\n"
        .iter()
        .copied()
        .chain(body)
        .take(length)
        .collect()
}

fn answer(mut stream: TcpStream, kept: &Kept) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let path: Vec<&str> = first.split(['/', ' ']).collect();
    let found = |id: &str| kept.lock().unwrap().get(id).cloned();
    let body = match path.as_slice() {
        ["GET", "", "assessments", id, "HTTP", ..] => {
            found(id).map(|(assessment, _)| serde_json::to_vec(&assessment).unwrap().into())
        }
        ["GET", "", "reports", id, "HTTP", ..] => found(id).map(|(_, pdf)| pdf),
        _ => None,
    };
    let status = if body.is_some() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let body = body.unwrap_or_default();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

/// Client with which a host in another process calls the product.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    url: Url,
    client: Client,
}

impl Elsewhere {
    pub(crate) fn at(url: &str) -> Self {
        Self {
            url: url.parse().unwrap(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Sends a request. Returns `None` for a 404 response.
    async fn ask(&self, path: &str) -> Result<Option<Response>, PlatformError> {
        let url = self.url.join(path).map_err(unavailable)?;
        let response = self.client.get(url).send().await.map_err(unavailable)?;
        Ok(response.status().is_success().then_some(response))
    }
}

#[async_trait]
impl AssessmentPlatform for Elsewhere {
    async fn scenarios(&self, _: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(Vec::new())
    }

    async fn jobs(&self, _: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(Vec::new())
    }

    async fn invite(&self, _: &AccountId, _: &Invite) -> Result<AssessmentId, PlatformError> {
        Err(PlatformError::NotFound { what: "scenario" })
    }

    async fn assessment(
        &self,
        _: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        let Some(found) = self.ask(&format!("assessments/{assessment}")).await? else {
            return Ok(None);
        };
        let body = found.bytes().await.map_err(unavailable)?;
        serde_json::from_slice(&body).map(Some).map_err(unavailable)
    }

    async fn report_pdf(
        &self,
        _: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        let found = self.ask(&format!("reports/{assessment}")).await?;
        let mut found = found.ok_or(PlatformError::NotFound { what: "report" })?;
        let length = found.content_length().unwrap_or_default();
        let mut report = BytesMut::with_capacity(usize::try_from(length).map_err(unavailable)?);
        while let Some(chunk) = found.chunk().await.map_err(unavailable)? {
            report.extend_from_slice(&chunk);
        }
        Ok(report.freeze())
    }

    async fn report_url(
        &self,
        _: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        let path = format!("reports/{assessment}");
        self.url.join(&path).map_err(unavailable)
    }

    async fn apply_outcome(
        &self,
        _: &AccountId,
        _: &AssessmentId,
        _: Outcome,
        _: u64,
    ) -> Result<(), PlatformError> {
        Ok(())
    }

    async fn completed_since(
        &self,
        _: &AccountId,
        _: &CompletedCursor,
        _: usize,
    ) -> Result<Completed, PlatformError> {
        Ok(Completed::NotSupported)
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> PlatformError {
    PlatformError::Unavailable(Box::new(error))
}
