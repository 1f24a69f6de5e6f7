//! As whom one comes to an AMQP broker, which queue is declared there and how, and what it is bound to.
//!
//! In: what is asked of the broker. Out: [`AmqpTerms`]. Queues are named and kept as those of Sarracenia: `q_USER.…`, durable, gone
//! once nobody read them for a time.

use super::place::{AmqpPlace, LONGEST_NAME};
use super::routing::{AmqpBinding, binding_of};
use crate::mesh::topic::TopicFilter;
use std::time::Duration;

/// As whom the public comes to brokers of Sarracenia; the password is the same.
pub const ANONYMOUS: &str = "anonymous";

/// How long a queue stays of which nothing is to be kept, should it ever be left without a reader: as long as one of Sarracenia.
const SHORT_EXPIRE: Duration = Duration::from_secs(300);

/// What becomes of a queue when its last reader leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKeeping {
    /// It goes with the reader.
    Dropped,
    /// It stays for so long, and messages wait in it.
    Kept(Duration),
}

/// What is asked of a broker. Not to be shown: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct AmqpTerms {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
    /// The virtual host.
    pub virtual_host: String,
    /// The queue.
    pub queue: String,
    /// What becomes of it when nobody reads it.
    pub keeping: QueueKeeping,
    /// How long a message waits in it at most. `None` for as long as the queue is kept.
    pub message_ttl: Option<Duration>,
    /// What it is bound to, filter by filter; `None` for one that AMQP cannot express.
    pub bindings: Vec<Option<AmqpBinding>>,
}

impl AmqpTerms {
    /// The terms for `filters` as `user`, at the place that a URL names; `client` is our name there.
    pub fn new(
        (user, password): (&str, &str),
        place: AmqpPlace,
        (client, keeping): (&str, QueueKeeping),
        filters: &[TopicFilter],
    ) -> Self {
        let is_named = place.queue.is_some();
        let queue = place.queue.unwrap_or_else(|| own_queue(user, client));
        let keeping = match (place.expire, keeping) {
            (Some(expire), _) => QueueKeeping::Kept(expire),
            // A queue that a person named is to be there the next time.
            (None, QueueKeeping::Dropped) if is_named => QueueKeeping::Kept(SHORT_EXPIRE),
            (None, keeping) => keeping,
        };
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
            virtual_host: place.virtual_host,
            queue,
            keeping,
            message_ttl: place.message_ttl,
            bindings: filters.iter().map(binding_of).collect(),
        }
    }

    /// How long the queue is kept without a reader, whatever becomes of it otherwise.
    pub fn expire(&self) -> Duration {
        match self.keeping {
            QueueKeeping::Dropped => SHORT_EXPIRE,
            QueueKeeping::Kept(expire) => expire,
        }
    }
}

/// `q_USER.nuee.…`: brokers of Sarracenia give a user rights on queues that begin with his name.
fn own_queue(user: &str, client: &str) -> String {
    let mut name = format!("q_{user}.nuee.{}", client.trim_start_matches("nuee-"));
    while name.len() > LONGEST_NAME {
        name.pop();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(path: &str, keeping: QueueKeeping) -> AmqpTerms {
        let filters = [TopicFilter::parse("v02.post.#").expect("a filter")];
        let place = AmqpPlace::of_url_part(path);
        AmqpTerms::new(("anonymous", "anonymous"), place, ("nuee-12ab-w34", keeping), &filters)
    }

    #[test]
    fn a_queue_is_named_after_its_user_and_our_name_and_stays_as_long_as_a_session() {
        let hour = QueueKeeping::Kept(Duration::from_secs(3_600));
        let own = terms("", hour);
        assert_eq!((own.queue.as_str(), own.keeping), ("q_anonymous.nuee.12ab-w34", hour));
        assert_eq!(own.bindings[0].as_ref().map(|bound| bound.exchange.as_str()), Some("xpublic"));
        let long = AmqpTerms::new(("é", ""), AmqpPlace::of_url_part(""), (&"é".repeat(300), hour), &[]);
        assert!(long.queue.len() <= LONGEST_NAME);
    }

    #[test]
    fn a_queue_without_a_session_goes_with_its_reader_unless_a_person_named_it() {
        assert_eq!(terms("", QueueKeeping::Dropped).keeping, QueueKeeping::Dropped);
        assert_eq!(terms("", QueueKeeping::Dropped).expire(), SHORT_EXPIRE);
        let named = terms("/?queue=q_anonymous.mine", QueueKeeping::Dropped);
        assert_eq!(
            (named.queue.as_str(), named.keeping),
            ("q_anonymous.mine", QueueKeeping::Kept(SHORT_EXPIRE))
        );
        let asked = terms("/?queue=q_anonymous.mine&expire=60", QueueKeeping::Dropped);
        assert_eq!(asked.expire(), Duration::from_secs(60));
    }
}
