//! Whether the servers of sources in one's own network still answer: a call every few seconds, and no request.
//!
//! In: the sources and where they lie. Out: keys of those that do not answer any more, and those that do again. Servers
//! elsewhere are left in peace: what becomes of them shows when they are next asked.

use crate::app::sources::SourceKey;
use crate::app::user_message::UserMessage;
use crate::engine::transfer::http::reason_of_io;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::reason::Reason;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::net::TcpStream;
use url::Url;

/// How long a call may take in one's own network.
const PATIENCE: Duration = Duration::from_secs(2);

/// A source whose server is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watched {
    pub(super) key: SourceKey,
    /// Host and port of each of its servers.
    pub(super) servers: BTreeSet<(String, u16)>,
}

/// The server of an address, when it lies in one's own network as far as the address tells.
pub(super) fn own_server(address: &str) -> Option<(String, u16)> {
    // A gap of a template is no part of a host.
    let url = Url::parse(address.split('{').next()?).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_own = Reach::of_places([&without_query(&url)]) > Reach::Public;
    (is_web && is_own).then_some(())?;
    Some((url.host_str()?.trim_matches(['[', ']']).to_owned(), url.port_or_known_default()?))
}

fn without_query(url: &Url) -> Url {
    let mut place = url.clone();
    place.set_query(None);
    place
}

/// What calling the servers of a source showed.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) key: SourceKey,
    /// The first server that took no call, and why. `None` when all took one.
    pub(super) trouble: Option<UserMessage>,
}

/// Calls every server of each source.
pub(super) async fn call(watched: Vec<Watched>) -> Vec<Called> {
    let mut found = Vec::new();
    for source in watched {
        let mut trouble = None;
        for (host, port) in &source.servers {
            if let Err(reason) = takes_a_call(host, *port).await {
                trouble = trouble
                    .or(Some(UserMessage::TargetUnreachable { url: format!("{host}:{port}"), reason }));
            }
        }
        found.push(Called { key: source.key, trouble });
    }
    found
}

/// Whether a connection is taken, which is closed at once.
///
/// # Errors
/// What was seen instead.
async fn takes_a_call(host: &str, port: u16) -> Result<(), Reason> {
    let rule = AddressRule::new(Reach::Computer, Vec::new());
    let called = async {
        let found = tokio::net::lookup_host((host, port)).await?;
        let mut last = std::io::Error::other("no address");
        for address in found.filter(|address| rule.check(address.ip()).is_ok()) {
            match TcpStream::connect(address).await {
                Ok(_) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    match tokio::time::timeout(PATIENCE, called).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(reason_of_io(&error).unwrap_or(Reason::Other(error.to_string()))),
        Err(_) => Err(Reason::NoAnswer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_of_ones_own_network_are_called() {
        let own = |address: &str| own_server(address);
        assert_eq!(own("http://127.0.0.1:8080/{run:%Y}/?a=b"), Some(("127.0.0.1".to_owned(), 8080)));
        assert_eq!(own("http://192.168.1.4/a/{lead}"), Some(("192.168.1.4".to_owned(), 80)));
        assert_eq!(own("https://data.example.org/{run}"), None);
        assert_eq!(own("/srv/torrents"), None);
    }

    #[tokio::test]
    async fn a_server_that_is_gone_takes_no_call() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        assert_eq!(takes_a_call("127.0.0.1", port).await, Ok(()));
        drop(listener);
        assert_eq!(takes_a_call("127.0.0.1", port).await, Err(Reason::ConnectionRefused));
    }
}
