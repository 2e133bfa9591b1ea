use std::future::Future;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

/// Which addresses an API's backends may have. An API is written by a candidate: through an HTTP integration it must not
/// reach what listens on the sandbox's own machine or network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    /// Where the sandbox itself listens, which is always in reach: on AWS an API can call another one.
    pub own: Option<SocketAddr>,
    /// Whether private addresses are in reach, too.
    pub private: bool,
}

/// Why no connection was made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectError {
    /// The name leads nowhere, or is none.
    #[error("Invalid endpoint address")]
    Unknown,
    #[error("{0} is a private address, which this sandbox does not let an API reach")]
    OutOfReach(IpAddr),
    #[error("{0}")]
    Failed(String),
}

impl Reach {
    pub(super) fn allows(&self, address: SocketAddr) -> bool {
        let is_own = |own: SocketAddr| {
            let same = own.ip() == address.ip() || (own.ip().is_unspecified() && address.ip().is_loopback());
            own.port() == address.port() && same
        };
        self.private || self.own.is_some_and(is_own) || is_public(address.ip())
    }
}

/// Whether an address is one of the internet's.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let benchmark = a == 198 && (18..20).contains(&b);
            let reserved = a >= 240 || a == 0 || (a, b, c) == (192, 0, 0);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || shared
                || benchmark
                || reserved)
        }
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    // 2000::/3 is what is given out; 2001:db8::/32 is for documents, 2002::/16 and 64:ff9b::/96 lead to IPv4.
    let documentation = first == 0x2001 && address.segments()[1] == 0x0db8;
    (first & 0xe000) == 0x2000 && first != 0x2002 && !documentation
}

/// Connects to backends within reach. The address that was looked at is the one that is connected to.
#[derive(Debug, Clone, Copy)]
pub struct Connector(pub Reach);

/// A connection to a backend.
#[derive(Debug)]
pub struct Line(TcpStream);

impl Service<Uri> for Connector {
    type Response = TokioIo<Line>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Line>, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let reach = self.0;
        Box::pin(async move {
            let host = uri.host().ok_or(ConnectError::Unknown)?.trim_matches(['[', ']']).to_owned();
            let secure = uri.scheme_str() == Some("https");
            let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
            let found = tokio::net::lookup_host((host.as_str(), port)).await;
            let found: Vec<SocketAddr> = found.map_err(|_| ConnectError::Unknown)?.collect();
            let mut problem = ConnectError::Unknown;
            for address in found {
                if !reach.allows(address) {
                    problem = ConnectError::OutOfReach(address.ip());
                    continue;
                }
                match TcpStream::connect(address).await {
                    Ok(stream) => {
                        // Without this, small requests wait for the backend's acknowledgement.
                        let _ = stream.set_nodelay(true);
                        return Ok(TokioIo::new(Line(stream)));
                    }
                    Err(error) => problem = ConnectError::Failed(error.to_string()),
                }
            }
            Err(problem)
        })
    }
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl tokio::io::AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl tokio::io::AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_out_of_reach_except_the_sandbox_s_own() {
        let own: SocketAddr = "127.0.0.1:4566".parse().unwrap();
        let reach = Reach { own: Some(own), private: false };
        assert!(reach.allows(own));
        for private in [
            "127.0.0.1:80",
            "[::1]:4566",
            "10.0.0.1:80",
            "192.168.1.1:80",
            "172.16.0.1:443",
            "169.254.169.254:80",
            "100.64.0.1:80",
            "0.0.0.0:80",
            "[fd00::1]:80",
            "[fe80::1]:80",
            "[::ffff:127.0.0.1]:80",
            "[::ffff:10.0.0.1]:80",
            "[64:ff9b::a00:1]:80",
        ] {
            assert!(!reach.allows(private.parse().unwrap()), "{private}");
        }
        for public in ["93.184.216.34:80", "[2606:2800:220:1::1]:443"] {
            assert!(reach.allows(public.parse().unwrap()), "{public}");
        }
        assert!(Reach { own: None, private: true }.allows("127.0.0.1:80".parse().unwrap()));
    }
}
