//! A load balancer in front of the hosts. Each connection goes to the next host that accepts it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use crate::host::HostProcess;

pub(crate) struct Balancer {
    hosts: Arc<Mutex<Hosts>>,
}

#[derive(Default)]
struct Hosts {
    addresses: Vec<SocketAddr>,
    next: usize,
}

impl Balancer {
    /// Accepts connections until the process ends.
    pub(crate) async fn serve(port: u16) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let listener = TcpListener::bind(address).await.unwrap();
        let hosts = Arc::<Mutex<Hosts>>::default();
        let known = Arc::clone(&hosts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, Arc::clone(&known)));
            }
        });
        Self { hosts }
    }

    pub(crate) fn know<'a>(&self, hosts: impl IntoIterator<Item = &'a HostProcess>) {
        let addresses = hosts.into_iter().map(|host| {
            let address = host.url().strip_prefix("http://").unwrap();
            address.parse().unwrap()
        });
        self.hosts.lock().unwrap().addresses = addresses.collect();
    }
}

/// Forwards a connection. Closes it if no host accepts it, and resets it if its host is killed.
async fn pass(mut client: TcpStream, hosts: Arc<Mutex<Hosts>>) {
    let turn = {
        let mut hosts = hosts.lock().unwrap();
        hosts.next += 1;
        let mut turn = hosts.addresses.clone();
        let count = turn.len().max(1);
        turn.rotate_left(hosts.next % count);
        turn
    };
    for host in turn {
        if let Ok(mut host) = TcpStream::connect(host).await {
            // Both sides see a broken connection.
            let _ = copy_bidirectional(&mut client, &mut host).await;
            return;
        }
    }
}
