//! A host in a process of its own.

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
use server::{Config, Host, Outside, framework::Framework, serve};
use tokio::{net::TcpListener, runtime::Runtime};
use url::Url;
use warp_host::Warp;

use crate::product::Elsewhere;

/// A host in a process of its own, for as long as the value lives.
pub(crate) struct HostProcess {
    process: Child,
    url: String,
}

/// What a host process is started with.
pub(crate) struct Start {
    /// Its configuration file.
    pub(crate) config: PathBuf,
    /// Where it listens; any free port where it is 0.
    pub(crate) port: u16,
    /// Where Greenhouse is.
    pub(crate) greenhouse: String,
    /// How long Greenhouse is away, there and back.
    pub(crate) latency: Duration,
    /// Where the product is, unless it is the stand-in.
    pub(crate) product: Option<String>,
    /// What else is in its environment.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
}

impl HostProcess {
    /// Starts this program again, as a host. It serves when this returns.
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

    /// `kill -9`. It is gone when this returns.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM. How it ended, if it has ended in time.
    pub(crate) async fn terminate(self, grace: Duration) -> Option<ExitStatus> {
        self.signal("TERM");
        self.ended(grace).await
    }

    /// Another signal than `kill -9`, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// How it ended, if it has ended in time.
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

/// The configuration file of the host that this process is to be, if it is to be one.
pub(crate) fn config() -> Option<PathBuf> {
    env::var_os(CONFIG).map(PathBuf::from)
}

/// Serves until told to stop, or until whoever started it is gone.
pub(crate) fn run(config: &Path) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
    Runtime::new().unwrap().block_on(async {
        let config = Config::read(Some(config), []).unwrap();
        let greenhouse: Url = env::var(GREENHOUSE).unwrap().parse().unwrap();
        let latency = env::var(LATENCY).unwrap().parse().unwrap();
        let outside = Outside {
            environment: Environment::sandbox(&greenhouse).unwrap(),
            transport: Arc::new(Far {
                network: ReqwestTransport::direct().unwrap(),
                way: Duration::from_millis(latency) / 2,
            }),
            clock: Arc::new(SystemClock),
        };
        let host = match env::var(PRODUCT) {
            Ok(url) => Host::open_before(Arc::new(Elsewhere::at(&url)), config, outside).await,
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

/// A network with a latency, on which every host is known by its process.
#[derive(Debug)]
struct Far {
    network: ReqwestTransport,
    /// One way.
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

/// In the environment of a host, what makes it one on warp.
pub(crate) const ON_WARP: (&str, &str) = (WEB, "warp");

const WEB: &str = "ACCEPTANCE_HOST_WEB";
const CONFIG: &str = "ACCEPTANCE_HOST_CONFIG";
const PORT: &str = "ACCEPTANCE_HOST_PORT";
const GREENHOUSE: &str = "ACCEPTANCE_HOST_GREENHOUSE";
const LATENCY: &str = "ACCEPTANCE_HOST_LATENCY";
const PRODUCT: &str = "ACCEPTANCE_HOST_PRODUCT";
