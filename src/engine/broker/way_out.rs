//! By which way a broker is reached: through the proxy that is set, or directly by our own address rule.
//!
//! In: host and port, and a [`WayOut`]. Out: a connection. With a proxy nothing goes around it: names are resolved there.

use crate::app::settings::Proxy;
use crate::engine::http::{ResolveError, allowed, lookup_failure};
use crate::transfer::address_rule::AddressRule;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tower_service::Service;

const CONNECT_SECS: Duration = Duration::from_secs(10);

/// By which way a broker is reached.
#[derive(Clone, Debug)]
pub(super) struct WayOut {
    /// Which addresses its name may lead to, where it is resolved here.
    pub(super) rule: AddressRule,
    /// The proxy, if any.
    pub(super) proxy: Proxy,
}

impl WayOut {
    /// A connection to `host`, a name or address with its port. `scheme` is `https` for what is encrypted and `http` otherwise:
    /// a system may have a proxy for each.
    pub(super) async fn dial(self, scheme: &'static str, host: String) -> io::Result<TcpStream> {
        let stream = match self.proxy_to(scheme, &host)? {
            Some(proxy) => through(&proxy, &format!("{scheme}://{host}")).await?,
            None => directly(&host, &self.rule).await?,
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn proxy_to(&self, scheme: &str, host: &str) -> io::Result<Option<Intercept>> {
        let matcher = match &self.proxy {
            Proxy::Direct => return Ok(None),
            Proxy::System => Matcher::from_env(),
            Proxy::By(url) => Matcher::builder().all(url.as_str()).build(),
        };
        let target = format!("{scheme}://{host}").parse().map_err(io::Error::other)?;
        let found = matcher.intercept(&target);
        match (&self.proxy, &found) {
            (Proxy::By(_), None) => Err(io::Error::other("the proxy that is set cannot be used")),
            _ => Ok(found),
        }
    }
}

async fn through(proxy: &Intercept, target: &str) -> io::Result<TcpStream> {
    let mut connector = HttpConnector::new();
    // What is spoken to the proxy is not HTTP when it is SOCKS5.
    connector.enforce_http(false);
    let (way, target) = (proxy.uri().clone(), target.parse().map_err(io::Error::other)?);
    let connected = async {
        match proxy.uri().scheme_str() {
            Some("socks5" | "socks5h") => {
                let mut socks = SocksV5::new(way, connector).local_dns(false);
                if let Some((user, password)) = proxy.raw_auth() {
                    socks = socks.with_auth(user.to_owned(), password.to_owned());
                }
                socks.call(target).await.map_err(io::Error::other)
            }
            Some("http") => {
                let mut tunnel = Tunnel::new(way, connector);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                tunnel.call(target).await.map_err(io::Error::other)
            }
            _ => Err(io::Error::other("a proxy of this kind cannot carry a connection to a broker")),
        }
    };
    match tokio::time::timeout(CONNECT_SECS, connected).await {
        Ok(stream) => Ok(stream?.into_inner()),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Connects by our own rule, whatever the name resolves to.
async fn directly(host: &str, rule: &AddressRule) -> io::Result<TcpStream> {
    let found = tokio::net::lookup_host(host).await;
    let found = found.map_err(|error| io::Error::other(lookup_failure(&error)))?;
    let addresses = allowed(rule, found.collect()).map_err(io::Error::other)?;
    let mut last = io::Error::other(ResolveError::NotFound);
    for address in addresses {
        match tokio::time::timeout(CONNECT_SECS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(url: &str) -> WayOut {
        WayOut { rule: AddressRule::default(), proxy: Proxy::By(url.to_owned()) }
    }

    fn proxy_of(way: &WayOut) -> Option<String> {
        let found = way.proxy_to("https", "broker.example:8883").ok()?;
        found.map(|found| found.uri().to_string())
    }

    #[test]
    fn a_proxy_that_is_set_carries_every_broker_also_encrypted_ones() {
        assert_eq!(proxy_of(&by("http://proxy.example:3128")).as_deref(), Some("http://proxy.example:3128/"));
        assert_eq!(proxy_of(&by("socks5://127.0.0.1:9050")).as_deref(), Some("socks5://127.0.0.1:9050/"));
        let plain = by("socks5://127.0.0.1:9050").proxy_to("http", "192.0.2.7:1883").expect("usable");
        assert!(plain.is_some());
    }

    #[test]
    fn without_a_proxy_the_way_is_direct() {
        let way = WayOut { rule: AddressRule::default(), proxy: Proxy::Direct };
        assert!(way.proxy_to("http", "broker.example:1883").is_ok_and(|found| found.is_none()));
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_and_no_way_around_it() {
        assert!(by("gopher://proxy.example").proxy_to("http", "broker.example:1883").is_err());
    }
}
