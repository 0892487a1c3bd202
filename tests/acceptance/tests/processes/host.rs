//! A host in a child process.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use axum_host::Axum;
use bytes::Bytes;
use greenhouse_core::{Clock, Environment, ExchangeLimits, HttpTransport, TransportError, within};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use http::{HeaderValue, Request, Response, header};
use server::{Config, Host, HostEnvironment, framework::Framework, serve};
use tokio::{net::TcpListener, runtime::Runtime};
use url::Url;
use warp_host::Warp;

use crate::product::Elsewhere;

/// A host in a child process. It is killed when the value is dropped.
pub(crate) struct HostProcess {
    process: Child,
    url: String,
}

/// Parameters of a host process.
pub(crate) struct Start {
    /// Configuration file.
    pub(crate) config: PathBuf,
    /// Port to listen on. 0 selects a free port.
    pub(crate) port: u16,
    /// URL of Greenhouse.
    pub(crate) greenhouse: String,
    /// Round-trip latency to Greenhouse.
    pub(crate) latency: Duration,
    /// URL of the product. `None` selects the built-in demo product.
    pub(crate) product: Option<String>,
    /// Additional environment variables.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
}

impl HostProcess {
    /// Starts this program as a child process that runs a host. Returns when the host serves
    /// requests.
    pub(crate) fn start(start: &Start) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .env(CONFIG, &start.config)
            .env(PORT, start.port.to_string())
            .env(GREENHOUSE, &start.greenhouse)
            .env(LATENCY, start.latency.as_millis().to_string())
            .envs(start.environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(product) = &start.product {
            command.env(PRODUCT, product);
        }
        let mut process = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://"), "the host does not serve: {url}");
        Self { process, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Kills the process with `kill -9` and waits for its end.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sends SIGTERM. Returns the exit status, or `None` after the timeout.
    pub(crate) async fn terminate(self, grace: Duration) -> Option<ExitStatus> {
        self.signal("TERM");
        self.ended(grace).await
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Returns the exit status, or `None` after the timeout.
    pub(crate) async fn ended(mut self, grace: Duration) -> Option<ExitStatus> {
        let ended = async {
            loop {
                if let Some(status) = self.process.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        within(&SystemClock, grace, ended).await
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the configuration file, if this process must run a host.
pub(crate) fn config() -> Option<PathBuf> {
    env::var_os(CONFIG).map(PathBuf::from)
}

/// Serves until SIGTERM or until its parent process has ended.
pub(crate) fn run(config: &Path) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
    Runtime::new().unwrap().block_on(async {
        let config = Config::read(Some(config), []).unwrap();
        let greenhouse: Url = env::var(GREENHOUSE).unwrap().parse().unwrap();
        let latency = env::var(LATENCY).unwrap().parse().unwrap();
        let outside = HostEnvironment {
            environment: Environment::sandbox(&greenhouse).unwrap(),
            transport: Arc::new(Far {
                network: ReqwestTransport::direct().unwrap(),
                way: Duration::from_millis(latency) / 2,
            }),
            clock: Arc::new(SystemClock),
        };
        let host = match env::var(PRODUCT) {
            Ok(url) => {
                Host::open_with_product(Arc::new(Elsewhere::at(&url)), config, outside).await
            }
            Err(_) => Host::open(config, outside).await,
        };
        let port = env::var(PORT).unwrap().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let listener = TcpListener::bind(address).await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        let framework: &dyn Framework = match env::var(WEB) {
            Ok(warp) => {
                assert_eq!(warp, ON_WARP.1);
                &Warp
            }
            Err(_) => &Axum,
        };
        let served = serve::serve(framework, host.unwrap(), listener);
        served.await.unwrap();
    });
}

/// A transport with latency, which sends the host's process id in each request.
#[derive(Debug)]
struct Far {
    network: ReqwestTransport,
    /// One-way latency.
    way: Duration,
}

#[async_trait]
impl HttpTransport for Far {
    async fn send(
        &self,
        mut request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let agent = HeaderValue::from(std::process::id());
        request.headers_mut().insert(header::USER_AGENT, agent);
        SystemClock.sleep(self.way).await;
        let response = self.network.send(request, limits).await;
        SystemClock.sleep(self.way).await;
        response
    }
}

/// Environment variable that selects warp.
pub(crate) const ON_WARP: (&str, &str) = (WEB, "warp");

const WEB: &str = "ACCEPTANCE_HOST_WEB";
const CONFIG: &str = "ACCEPTANCE_HOST_CONFIG";
const PORT: &str = "ACCEPTANCE_HOST_PORT";
const GREENHOUSE: &str = "ACCEPTANCE_HOST_GREENHOUSE";
const LATENCY: &str = "ACCEPTANCE_HOST_LATENCY";
const PRODUCT: &str = "ACCEPTANCE_HOST_PRODUCT";
