//! Topic filters and routing keys, each in the words of the other, as Sarracenia maps them between MQTT and AMQP.
//!
//! In: a [`TopicFilter`], or exchange and routing key of a message. Out: the exchange and the key of a binding, or a topic. The first
//! level of a topic is the exchange, the others are the words of the key; `+` is `*` there. A filter that names no exchange means
//! the usual one.

use super::place::LONGEST_NAME;
use crate::mesh::topic::{TopicFilter, USUAL_EXCHANGE};

/// What a queue is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmqpBinding {
    /// The exchange.
    pub exchange: String,
    /// The key, in which `*` is one word and `#` any number of them.
    pub key: String,
}

/// The binding that means what `filter` means. `None` when one of its names is longer than AMQP allows.
pub fn binding_of(filter: &TopicFilter) -> Option<AmqpBinding> {
    let (first, rest) = filter.as_str().split_once('/').unwrap_or((filter.as_str(), "#"));
    let (exchange, words) = match first {
        "#" | "+" => (USUAL_EXCHANGE, rest),
        exchange => (exchange, rest),
    };
    let word = |level: &str| match level {
        "+" => "*".to_owned(),
        "#" => "#".to_owned(),
        // As Sarracenia writes the sign that is a wildcard to one side and none to the other.
        level => level.replace('*', "%22"),
    };
    let key = words.split('/').map(word).collect::<Vec<_>>().join(".");
    let is_short = exchange.len() <= LONGEST_NAME && key.len() <= LONGEST_NAME;
    is_short.then(|| AmqpBinding { exchange: exchange.to_owned(), key })
}

/// The topic of a message that came through `exchange` with this routing key.
pub fn topic_of(exchange: &str, routing_key: &str) -> String {
    // NUL may stand in no topic.
    let levels = routing_key.replace('.', "/").replace('\0', "\u{fffd}");
    if exchange.is_empty() { levels } else { format!("{}/{levels}", exchange.replace('\0', "\u{fffd}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(filter: &str) -> Option<(String, String)> {
        let binding = binding_of(&TopicFilter::parse(filter).expect("a filter"))?;
        Some((binding.exchange, binding.key))
    }

    #[test]
    fn filters_become_bindings_with_the_first_level_as_the_exchange() {
        for (filter, exchange, key) in [
            ("xpublic/v02/post/#", "xpublic", "v02.post.#"),
            ("v02.post.#", "xpublic", "v02.post.#"),
            (
                "v02.post.*.WXO-DD.observations.swob-ml.#",
                "xpublic",
                "v02.post.*.WXO-DD.observations.swob-ml.#",
            ),
            ("xs_me_public/v03/+/GRIB/#", "xs_me_public", "v03.*.GRIB.#"),
            ("xpublic/v03/a*b", "xpublic", "v03.a%22b"),
            ("xpublic", "xpublic", "#"),
            ("#", "xpublic", "#"),
            ("+/v03/#", "xpublic", "v03.#"),
        ] {
            assert_eq!(bound(filter), Some((exchange.to_owned(), key.to_owned())), "{filter}");
        }
        assert_eq!(bound(&format!("xpublic/{}", "x".repeat(256))), None);
    }

    #[test]
    fn what_a_binding_lets_through_has_a_topic_that_its_filter_matches() {
        for (filter, key) in [
            ("v02.post.#", "v02.post.20261130.WXO-DD.observations"),
            ("v02.post.*.WXO-DD.#", "v02.post.20261130.WXO-DD"),
            ("xpublic/v03/#", "v03"),
        ] {
            let filter = TopicFilter::parse(filter).expect("a filter");
            assert!(filter.matches(&topic_of("xpublic", key)), "{filter} {key}");
        }
        assert_eq!(topic_of("", "q_me.queue"), "q_me/queue");
    }
}
