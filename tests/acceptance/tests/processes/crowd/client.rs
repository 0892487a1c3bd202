//! Idle connections in their own process, because each process has a descriptor limit.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
};

use super::address;
use crate::host::HostProcess;

/// Connections of a child process. They are closed when the value is dropped.
pub(super) struct Crowd {
    process: Child,
    said: BufReader<ChildStdout>,
}

impl Crowd {
    /// Opens the connections one after another and returns when all are open.
    pub(super) async fn connect(host: &HostProcess, size: usize) -> Self {
        let raised = "ulimit -n \"$(ulimit -Hn)\" && exec \"$0\"";
        let mut process = Command::new("sh")
            .args(["-c", raised])
            .arg(env::current_exe().unwrap())
            .env(BEFORE, address(host))
            .env(SIZE, size.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        let mut crowd = Self { process, said };
        assert_eq!(crowd.next_line(), "gathered");
        crowd
    }

    /// Returns the indexes of the closed connections in the order in which they were opened.
    pub(super) async fn closed(&mut self) -> Vec<usize> {
        let stdin = self.process.stdin.as_mut().unwrap();
        stdin.write_all(b"closed?\n").unwrap();
        let line = self.next_line();
        let numbers = line.split_whitespace();
        numbers.map(|number| number.parse().unwrap()).collect()
    }

    fn next_line(&mut self) -> String {
        tokio::task::block_in_place(|| {
            let mut line = String::new();
            self.said.read_line(&mut line).unwrap();
            line.trim().to_owned()
        })
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns `true` if this process is the child that opens the connections.
pub(crate) fn is_one() -> bool {
    env::var_os(BEFORE).is_some()
}

/// Opens the connections, prints the indexes of closed ones for each input line, and ends with its
/// parent process.
pub(crate) fn gather() {
    let runtime = Runtime::new().unwrap();
    let clients = runtime.block_on(async {
        let address = env::var(BEFORE).unwrap();
        let size = env::var(SIZE).unwrap().parse().unwrap();
        let mut clients = Vec::new();
        for number in 0..size {
            clients.push(connected(&address, number).await);
        }
        Arc::new(clients)
    });
    runtime.spawn(send_slowly(Arc::clone(&clients)));
    println!("gathered");
    for _ in io::stdin().lines() {
        let closed: Vec<String> = runtime.block_on(async {
            let clients = clients.iter().enumerate();
            let closed = clients.filter(|(_, client)| is_closed(client));
            closed.map(|(number, _)| number.to_string()).collect()
        });
        println!("{}", closed.join(" "));
    }
}

/// Sends one more byte of every incomplete head every 500 ms.
async fn send_slowly(clients: Arc<Vec<TcpStream>>) {
    loop {
        for client in clients.iter().skip(1).step_by(3) {
            // Fails if the connection is closed.
            let _ = client.try_write(b"a");
        }
        SystemClock.sleep(Duration::from_millis(500)).await;
    }
}

fn is_closed(client: &TcpStream) -> bool {
    let read = client.try_read(&mut [0]);
    !read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Opens a connection. In turn, a connection is silent, has sent an incomplete head, or has
/// received a response.
async fn connected(address: &str, number: usize) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    match number % 3 {
        0 => {}
        1 => client
            .write_all(b"GET /nothing HTTP/1.1\r\nx: ")
            .await
            .unwrap(),
        _ => {
            let request = b"GET /nothing HTTP/1.1\r\nhost: h\r\n\r\n";
            client.write_all(request).await.unwrap();
            let read = client.read(&mut [0; 4096]).await.unwrap();
            assert!(read > 0, "expected a response, got none");
            // Orders the connections by their time of last use.
            SystemClock.sleep(Duration::from_millis(1)).await;
        }
    }
    client
}

const BEFORE: &str = "ACCEPTANCE_CROWD_BEFORE";
const SIZE: &str = "ACCEPTANCE_CROWD_SIZE";
