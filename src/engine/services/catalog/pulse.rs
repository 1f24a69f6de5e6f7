//! Whether the servers of sources in one's own network still answer: a call every few seconds, and no request.
//!
//! In: the sources and where they lie. Out: keys of those that do not answer any more, and those that do again. Servers
//! elsewhere are left in peace: what becomes of them shows when they are next asked.

use crate::app::catalog_desk::{SourceCall, WatchedSource};
use crate::app::messages::user_message::UserMessage;
use crate::engine::transfer::http::reason_of_io;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::reason::Reason;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long a call may take in one's own network.
const PATIENCE: Duration = Duration::from_secs(2);

/// Calls every server of each source.
pub(super) async fn call(watched: Vec<WatchedSource>) -> Vec<SourceCall> {
    let mut found = Vec::new();
    for source in watched {
        let mut trouble = None;
        for (host, port) in &source.servers {
            if let Err(reason) = takes_a_call(host, *port).await {
                trouble = trouble
                    .or(Some(UserMessage::TargetUnreachable { url: format!("{host}:{port}"), reason }));
            }
        }
        found.push(SourceCall { key: source.key, trouble });
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

    #[tokio::test]
    async fn a_server_that_is_gone_takes_no_call() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        assert_eq!(takes_a_call("127.0.0.1", port).await, Ok(()));
        drop(listener);
        assert_eq!(takes_a_call("127.0.0.1", port).await, Err(Reason::ConnectionRefused));
    }
}
