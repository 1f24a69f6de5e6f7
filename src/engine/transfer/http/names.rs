//! Looks up the addresses of names, and keeps the answers for a minute.
//!
//! In: a host and a port. Out: addresses, or why there are none. A look-up that takes longer than it is waited for goes on, and
//! who asks again finds its answer: where the first name server of a computer is dead, the system's library needs five
//! seconds for every name, and no connection would come about. Whether an address may be called is for others to say.

use super::resolver::ResolveError;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// So long a name server is waited for: less than a connection may take, so that it is not the server that is blamed.
pub(crate) const LOOK_UP_PATIENCE: Duration = Duration::from_secs(4);

/// So long an answer holds. Servers behind one name change their addresses within minutes, and not within a transfer's retries.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Most names that are kept.
const MOST_NAMES: usize = 256;

/// The name service is the system's, and all transfers share what it said.
static NAMES: LazyLock<NameAnswers> = LazyLock::new(NameAnswers::default);

/// A host with a port, as a person or a file names it.
pub(crate) trait HostAndPort {
    /// The two. `None` when there is no port.
    fn host_and_port(&self) -> Option<(&str, u16)>;
}

impl HostAndPort for (&str, u16) {
    fn host_and_port(&self) -> Option<(&str, u16)> {
        Some((self.0, self.1))
    }
}

impl HostAndPort for &str {
    fn host_and_port(&self) -> Option<(&str, u16)> {
        let (host, port) = self.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Some((bare.unwrap_or(host), port.parse().ok()?))
    }
}

/// The addresses of a host.
///
/// # Errors
/// Nobody knows the name, or no name server answers in time.
pub(crate) async fn look_up(place: impl HostAndPort) -> Result<Vec<SocketAddr>, ResolveError> {
    let (host, port) = place.host_and_port().ok_or(ResolveError::NotFound)?;
    let found = match host.parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) => NAMES.of(host, ask_system(host.to_owned())).await?.to_vec(),
    };
    Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
}

async fn ask_system(host: String) -> std::io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
}

type Answer = Result<Arc<[IpAddr]>, ResolveError>;

/// What is known of names, and what is being asked.
#[derive(Debug, Default)]
struct NameAnswers {
    of: Mutex<HashMap<String, Entry>>,
}

#[derive(Debug)]
enum Entry {
    Known { addresses: Arc<[IpAddr]>, since: Instant },
    Asked(watch::Receiver<Option<Answer>>),
}

impl NameAnswers {
    /// The addresses of `host`: as they are known, or as `looking` says, which goes on when it takes too long.
    async fn of(
        &'static self,
        host: &str,
        looking: impl Future<Output = std::io::Result<Vec<IpAddr>>> + Send + 'static,
    ) -> Answer {
        let mut answer = {
            let mut of = self.of.lock();
            match of.get(host) {
                Some(Entry::Known { addresses, since }) if since.elapsed() < KEPT_FOR => {
                    return Ok(addresses.clone());
                }
                // Whoever asked may be gone with its part of the program.
                Some(Entry::Asked(answer)) if answer.has_changed().is_ok() => answer.clone(),
                _ => {
                    let (told, answer) = watch::channel(None);
                    make_room(&mut of);
                    of.insert(host.to_owned(), Entry::Asked(answer.clone()));
                    let host = host.to_owned();
                    tokio::spawn(async move {
                        let answer = looking.await.map(Arc::from).map_err(|error| lookup_failure(&error));
                        self.keep(host, &answer);
                        told.send_replace(Some(answer));
                    });
                    answer
                }
            }
        };
        match tokio::time::timeout(LOOK_UP_PATIENCE, answer.wait_for(Option::is_some)).await {
            Ok(Ok(answer)) => answer.clone().unwrap_or(Err(ResolveError::Silent)),
            Ok(Err(_)) | Err(_) => Err(ResolveError::Silent),
        }
    }

    /// Addresses are kept; that there are none is asked anew.
    fn keep(&self, host: String, answer: &Answer) {
        let mut of = self.of.lock();
        match answer {
            Ok(addresses) => {
                of.insert(host, Entry::Known { addresses: addresses.clone(), since: Instant::now() });
            }
            Err(_) => {
                of.remove(&host);
            }
        }
    }
}

/// Forgets what holds no longer, or everything that nobody waits for, when too much is known.
fn make_room(of: &mut HashMap<String, Entry>) {
    of.retain(|_, entry| !matches!(entry, Entry::Known { since, .. } if since.elapsed() >= KEPT_FOR));
    if of.len() >= MOST_NAMES {
        of.retain(|_, entry| matches!(entry, Entry::Asked(_)));
    }
}

/// Why a name has no address: nobody knows it, or no name server said anything.
fn lookup_failure(error: &std::io::Error) -> ResolveError {
    // The library passes the words of the system on, and no number.
    let words = error.to_string();
    let is_silent = ["Temporary failure", "Try again", "try again"].iter().any(|sign| words.contains(sign));
    if is_silent { ResolveError::Silent } else { ResolveError::NotFound }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::time::sleep;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn names() -> &'static NameAnswers {
        Box::leak(Box::default())
    }

    async fn after(pause: Duration, asked: Arc<AtomicUsize>) -> std::io::Result<Vec<IpAddr>> {
        asked.fetch_add(1, Ordering::Relaxed);
        sleep(pause).await;
        Ok(vec![HERE])
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_server_that_never_answers_is_given_up_and_named() {
        let answer = names().of("a.example", std::future::pending()).await;
        assert!(matches!(answer, Err(ResolveError::Silent)), "{answer:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_late_is_there_for_who_asks_again() {
        let (names, asked) = (names(), Arc::new(AtomicUsize::new(0)));
        let slow = || after(Duration::from_secs(5), asked.clone());
        assert!(names.of("a.example", slow()).await.is_err());
        let again = names.of("a.example", slow()).await.expect("the answer of the first look-up");
        assert_eq!(again[..], [HERE]);
        assert_eq!(asked.load(Ordering::Relaxed), 1, "asked once");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_holds_for_a_minute_and_a_failure_is_asked_anew() {
        let (names, asked) = (names(), Arc::new(AtomicUsize::new(0)));
        let quick = || after(Duration::ZERO, asked.clone());
        for _ in 0..3 {
            names.of("a.example", quick()).await.expect("an answer");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        sleep(KEPT_FOR).await;
        names.of("a.example", quick()).await.expect("an answer");
        assert_eq!(asked.load(Ordering::Relaxed), 2, "a minute later it is asked anew");
        let unknown = async { Err(std::io::Error::other("Name or service not known")) };
        assert!(matches!(names.of("b.example", unknown).await, Err(ResolveError::NotFound)));
        names.of("b.example", quick()).await.expect("it was asked anew");
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_names_are_kept_than_there_is_room_for() {
        let names = names();
        for number in 0..3 * MOST_NAMES {
            let found = async { Ok(vec![HERE]) };
            names.of(&format!("{number}.example"), found).await.expect("an answer");
        }
        assert!(names.of.lock().len() <= MOST_NAMES);
    }

    #[tokio::test]
    async fn an_address_needs_no_name_server() {
        let found = look_up("127.0.0.1:80").await.expect("an address");
        assert_eq!(found, [SocketAddr::new(HERE, 80)]);
        let found = look_up("[::1]:81").await.expect("an address");
        assert_eq!(found[0].port(), 81);
        assert!(look_up("no port").await.is_err());
    }

    #[test]
    fn a_silent_name_server_is_told_from_a_name_that_nobody_knows() {
        let of = |words: &str| lookup_failure(&std::io::Error::other(words));
        let silent = of("failed to lookup address information: Temporary failure in name resolution");
        assert!(matches!(silent, ResolveError::Silent));
        let unknown = of("failed to lookup address information: Name or service not known");
        assert!(matches!(unknown, ResolveError::NotFound));
    }
}
