//! A client with minimal overhead that runs on its own thread.

use std::{
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{Builder, Runtime},
    sync::{Mutex, mpsc},
    task::JoinSet,
};

/// Open connections of the client.
pub(crate) struct Load {
    connections: Vec<TcpStream>,
    runtime: Runtime,
}

impl Load {
    pub(crate) fn new(server: SocketAddr, connections: usize) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let connect = || {
            let stream = runtime.block_on(TcpStream::connect(server)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        Self {
            connections: (0..connections).map(|_| connect()).collect(),
            runtime,
        }
    }

    /// Sends each request as soon as a connection is free. Returns the total time in seconds.
    pub(crate) fn send_all(&mut self, requests: Vec<Vec<u8>>) -> f64 {
        let now = Instant::now();
        let (send, taken) = mpsc::unbounded_channel();
        for request in requests {
            send.send((request, now)).unwrap();
        }
        drop(send);
        let began = Instant::now();
        self.answered(taken);
        began.elapsed().as_secs_f64()
    }

    /// Sends `rate` requests per second, independent of earlier responses. Returns the seconds from
    /// the time each request was due until its response.
    pub(crate) fn send_paced(&mut self, requests: Vec<Vec<u8>>, rate: f64) -> Vec<f64> {
        let (send, taken) = mpsc::unbounded_channel();
        let pace = thread::spawn(move || {
            let mut due = Instant::now();
            for request in requests {
                due += Duration::from_secs_f64(1.0 / rate);
                thread::sleep(due.saturating_duration_since(Instant::now()));
                send.send((request, due)).unwrap();
            }
        });
        let times = self.answered(taken);
        pace.join().unwrap();
        times
    }

    fn answered(&mut self, requests: mpsc::UnboundedReceiver<(Vec<u8>, Instant)>) -> Vec<f64> {
        let requests = Arc::new(Mutex::new(requests));
        let mut running = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            let requests = Arc::clone(&requests);
            let send = async move {
                let mut times = Vec::new();
                loop {
                    let next = requests.lock().await.recv().await;
                    let Some((request, due)) = next else {
                        return (connection, times);
                    };
                    connection.write_all(&request).await.unwrap();
                    read_ok(&mut connection).await;
                    times.push(due.elapsed().as_secs_f64());
                }
            };
            running.spawn_on(send, self.runtime.handle());
        }
        let mut all = Vec::new();
        self.runtime.block_on(async {
            while let Some(done) = running.join_next().await {
                let (connection, times) = done.unwrap();
                self.connections.push(connection);
                all.extend(times);
            }
        });
        all
    }
}

/// Reads a response, which must be a 200.
async fn read_ok(connection: &mut TcpStream) {
    let mut answer = [0; 4096];
    let mut read = 0;
    loop {
        let more = connection.read(&mut answer[read..]).await.unwrap();
        assert_ne!(more, 0, "the response is complete");
        read += more;
        let text = str::from_utf8(&answer[..read]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("HTTP/1.1 200 "), "{text}");
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().unwrap())
        });
        if body.len() == length.unwrap_or(0) {
            return;
        }
    }
}
