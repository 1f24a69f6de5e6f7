//! Resolves names and keeps to the address rule: a connection can only go where the rule allows.

use super::names::look_up;
use crate::transfer::address_rule::{AddressClass, AddressRule, Reach};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// The system's resolver under a rule.
#[derive(Clone, Debug)]
pub(super) struct RuledResolver {
    rule: AddressRule,
    /// The proxy's name, which the person set: it may lie in a private network.
    proxy: Option<String>,
}

/// A name led to addresses that the rule forbids, or to none.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// Every address is of a forbidden class.
    #[error("address refused: {0:?}")]
    Refused(AddressClass),
    /// There is no address.
    #[error("name not found")]
    NotFound,
    /// No name server answered.
    #[error("no name server answers")]
    Silent,
}

impl RuledResolver {
    pub(super) fn new(rule: AddressRule) -> Self {
        Self { rule, proxy: None }
    }

    /// The same, by way of the proxy at `url`.
    pub(super) fn with_proxy(self, url: &str) -> Self {
        let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        Self { proxy: host, ..self }
    }
}

impl Resolve for RuledResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self.proxy.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(name.as_str()));
        let rule = if is_proxy { self.rule.with_reach(Reach::Anywhere) } else { self.rule.clone() };
        Box::pin(async move {
            let found = look_up((name.as_str(), 0)).await?;
            Ok(allowed(&rule, found).map(|addresses| Box::new(addresses.into_iter()) as Addrs)?)
        })
    }
}

/// The allowed ones among `addresses`. A name with one forbidden address among public ones is refused whole: it is
/// how names are rebound.
pub(crate) fn allowed(
    rule: &AddressRule,
    addresses: Vec<SocketAddr>,
) -> Result<Vec<SocketAddr>, ResolveError> {
    if let Some(class) = addresses.iter().find_map(|address| rule.check(address.ip()).err()) {
        return Err(ResolveError::Refused(class));
    }
    if addresses.is_empty() { Err(ResolveError::NotFound) } else { Ok(addresses) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_inwards_is_refused_even_when_it_also_leads_outwards() {
        let rule = AddressRule::default();
        let addresses =
            |texts: &[&str]| texts.iter().map(|t| t.parse().expect("an address")).collect::<Vec<_>>();
        assert!(allowed(&rule, addresses(&["8.8.8.8:80", "9.9.9.9:80"])).is_ok());
        let rebound = allowed(&rule, addresses(&["8.8.8.8:80", "127.0.0.1:80"]));
        assert!(matches!(rebound, Err(ResolveError::Refused(AddressClass::Loopback))));
        assert!(matches!(allowed(&rule, Vec::new()), Err(ResolveError::NotFound)));
    }
}
