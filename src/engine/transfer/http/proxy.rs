//! Which proxy a request goes through, so that a dead one is named and not the server behind it.
//!
//! In: the proxy setting and an address. Out: host and port of the proxy. The rules are those by which requests go.

use crate::app::settings::Proxy;
use crate::domain::outside_text::show;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// Host and port of the proxy through which `url` is asked. `None` when it is asked directly.
pub(super) fn proxy_for(proxy: &Proxy, url: &Url) -> Option<String> {
    let matcher = match proxy {
        Proxy::Direct => return None,
        Proxy::System => Matcher::from_env(),
        Proxy::By(url) => Matcher::builder().all(url.as_str()).build(),
    };
    let found = matcher.intercept(&url.as_str().parse().ok()?)?;
    let authority = found.uri().authority()?;
    // Whoever may use it is nobody's business here.
    let place = authority.as_str().rsplit('@').next().unwrap_or_default();
    Some(show(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_of_a_request_is_named_without_its_password() {
        let url = Url::parse("https://data.example/a").expect("a URL");
        let by = |text: &str| proxy_for(&Proxy::By(text.to_owned()), &url);
        assert_eq!(by("http://me:secret@proxy.example:3128").as_deref(), Some("proxy.example:3128"));
        assert_eq!(by("socks5://127.0.0.1:9050").as_deref(), Some("127.0.0.1:9050"));
        assert_eq!(proxy_for(&Proxy::Direct, &url), None);
    }
}
