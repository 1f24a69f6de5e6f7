//! A small MQTT broker on this computer: QoS 0 and 1, versions 5 and 3.1.1, filters with `+` and `#`, also shared by a group of
//! clients (`$share/GROUP/FILTER`). It keeps no sessions and retains nothing; a client that does not keep up loses messages, as brokers of the field do.
//!
//! In: an address, and messages. Out: the same messages, to whoever subscribed. Start reading at [`DemoBroker::start`].

use super::packets::{self, Carried, ClientPacket, First, MqttVersion, ServerPacket};
use crate::mesh::topic::TopicFilter;
use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Messages that wait for one client; what comes beyond is dropped.
const QUEUE: usize = 2_000;

/// Most clients at once.
const MOST_CLIENTS: usize = 64;

/// Most filters of one client.
const MOST_FILTERS: usize = 256;

/// How long a client may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Passing {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its octets.
    pub payload: Bytes,
    /// What travels with it.
    pub carried: Arc<Carried>,
}

/// What a client is subscribed to.
#[derive(Clone, Debug)]
struct Interest {
    /// As the client wrote it.
    text: String,
    /// Of each message one client of the group gets one; everybody does without a group.
    group: Option<String>,
    filter: TopicFilter,
    needs_receipt: bool,
}

impl Interest {
    fn read((text, needs_receipt): (String, bool)) -> Option<Self> {
        let (group, filter) = match text.strip_prefix("$share/") {
            Some(shared) => {
                let (group, filter) = shared.split_once('/')?;
                let is_name = !group.is_empty() && !group.contains(['+', '#']);
                (Some(is_name.then(|| group.to_owned())?), filter)
            }
            None => (None, text.as_str()),
        };
        let filter = TopicFilter::parse(filter).ok()?;
        Some(Self { group, filter, needs_receipt, text })
    }
}

/// A broker; ends when it is dropped.
#[derive(Debug)]
pub struct DemoBroker {
    hub: Arc<Hub>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
}

/// Who is connected, and to what.
#[derive(Debug)]
struct Hub {
    clients: Mutex<HashMap<String, Client>>,
    /// How many have subscribed to something.
    audience: watch::Sender<usize>,
    dropped: AtomicU64,
    next_connection: AtomicU64,
    /// Whose turn it is in groups.
    turn: AtomicUsize,
}

#[derive(Debug)]
struct Client {
    connection: u64,
    interests: Vec<Interest>,
    to: mpsc::Sender<(Passing, bool)>,
    /// Dropped when another connection takes the name over.
    _kick: watch::Sender<()>,
}

impl DemoBroker {
    /// Listens on `address`.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let hub = Arc::new(Hub {
            clients: Mutex::default(),
            audience: watch::channel(0).0,
            dropped: AtomicU64::new(0),
            next_connection: AtomicU64::new(0),
            turn: AtomicUsize::new(0),
        });
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(welcome(listener, hub.clone(), stopped));
        Ok(Self { hub, address, stop })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("mqtt://{}", self.address)
    }

    /// Passes a message of some media type on to whoever subscribed to its topic.
    pub fn publish(&self, topic: &str, content_type: &str, payload: impl Into<Bytes>) {
        let carried = Carried { content_type: Some(content_type.to_owned()), ..Carried::default() };
        let carried = Arc::new(carried);
        self.hub.pass(&Passing { topic: topic.into(), payload: payload.into(), carried });
    }

    /// How many clients have subscribed to something; to be watched.
    pub fn audience(&self) -> watch::Receiver<usize> {
        self.hub.audience.subscribe()
    }

    /// Messages that clients lost because they did not keep up.
    pub fn dropped(&self) -> u64 {
        self.hub.dropped.load(Ordering::Relaxed)
    }
}

impl Drop for DemoBroker {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl Hub {
    fn pass(&self, message: &Passing) {
        let clients = self.clients.lock();
        // A filter that a group shares is another subscription than the same filter of another group.
        let mut groups: BTreeMap<(&str, &str), Vec<(&Client, bool)>> = BTreeMap::new();
        for client in clients.values() {
            let matching = client.interests.iter().filter(|interest| interest.filter.matches(&message.topic));
            let mut own = None;
            for interest in matching {
                match &interest.group {
                    Some(group) => groups
                        .entry((group, interest.filter.as_str()))
                        .or_default()
                        .push((client, interest.needs_receipt)),
                    None => own = own.max(Some(interest.needs_receipt)),
                }
            }
            if let Some(needs_receipt) = own {
                self.hand(client, (message, needs_receipt));
            }
        }
        for members in groups.into_values() {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % members.len();
            let (client, needs_receipt) = members[turn];
            self.hand(client, (message, needs_receipt));
        }
    }

    fn hand(&self, client: &Client, (message, needs_receipt): (&Passing, bool)) {
        if client.to.try_send((message.clone(), needs_receipt)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changes what a client is subscribed to, unless its name was taken over.
    fn change(&self, (name, connection): (&str, u64), change: impl FnOnce(&mut Vec<Interest>)) {
        let mut clients = self.clients.lock();
        if let Some(client) = clients.get_mut(name).filter(|client| client.connection == connection) {
            change(&mut client.interests);
        }
        self.audience.send_replace(clients.values().filter(|client| !client.interests.is_empty()).count());
    }

    fn leave(&self, (name, connection): (&str, u64)) {
        let mut clients = self.clients.lock();
        if clients.get(name).is_some_and(|client| client.connection == connection) {
            clients.remove(name);
        }
        self.audience.send_replace(clients.values().filter(|client| !client.interests.is_empty()).count());
    }
}

async fn welcome(listener: TcpListener, hub: Arc<Hub>, mut stopped: watch::Receiver<bool>) {
    let mut conversations = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if conversations.len() < MOST_CLIENTS => {
                    conversations.spawn(converse(stream, hub.clone()));
                }
                Ok(_) => tracing::debug!("the demo's broker has enough clients"),
                Err(error) => {
                    tracing::warn!(%error, "the demo's broker cannot take a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = conversations.join_next() => {}
            () = told_to_stop(&mut stopped) => return,
        }
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that the broker itself is gone, which is the same.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn converse(stream: TcpStream, hub: Arc<Hub>) {
    match Conversation::begin(stream, hub).await {
        Ok(Some(mut conversation)) => {
            let ended = conversation.go_on().await;
            let whom = (conversation.name.as_str(), conversation.connection);
            conversation.hub.leave(whom);
            if let Err(error) = ended {
                tracing::debug!(%error, "a client of the demo's broker went away");
            }
        }
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "what came to the demo's broker is no client"),
    }
}

/// One client, from its welcome to its end.
struct Conversation {
    stream: TcpStream,
    hub: Arc<Hub>,
    version: MqttVersion,
    name: String,
    connection: u64,
    patience: Option<Duration>,
    most_unacknowledged: usize,
    unacknowledged: usize,
    next_number: u16,
    read: BytesMut,
    messages: mpsc::Receiver<(Passing, bool)>,
    kicked: watch::Receiver<()>,
}

impl Conversation {
    /// Waits for the client to say who it is. `None` when it went away instead.
    async fn begin(mut stream: TcpStream, hub: Arc<Hub>) -> std::io::Result<Option<Self>> {
        stream.set_nodelay(true)?;
        let mut read = BytesMut::new();
        let first = async {
            loop {
                if let Some(first) = packets::first(&mut read).map_err(std::io::Error::other)? {
                    return Ok::<_, std::io::Error>(Some(first));
                }
                if stream.read_buf(&mut read).await? == 0 {
                    return Ok(None);
                }
            }
        };
        let first = tokio::time::timeout(PATIENCE, first).await??;
        let (version, client, keep_alive_secs, receive_max) = match first {
            Some(First::Greeting(
                version,
                ClientPacket::Connect { client, keep_alive_secs, receive_max },
            )) => (version, client, keep_alive_secs, receive_max),
            Some(First::OtherVersion(refusal)) => {
                stream.write_all(refusal).await?;
                stream.shutdown().await?;
                return Ok(None);
            }
            Some(First::Greeting(..)) | None => return Ok(None),
        };
        let connection = hub.next_connection.fetch_add(1, Ordering::Relaxed);
        let name = if client.is_empty() { format!("nameless-{connection}") } else { client };
        let (to, messages) = mpsc::channel(QUEUE);
        let (kick, kicked) = watch::channel(());
        hub.clients
            .lock()
            .insert(name.clone(), Client { connection, interests: Vec::new(), to, _kick: kick });
        let mut conversation = Self {
            stream,
            hub,
            version,
            name,
            connection,
            // Half as long again as the client promised, as the specification has it.
            patience: (keep_alive_secs > 0)
                .then(|| Duration::from_millis(1_500 * u64::from(keep_alive_secs))),
            most_unacknowledged: usize::from(receive_max.clamp(1, 1_000)),
            unacknowledged: 0,
            next_number: 0,
            read,
            messages,
            kicked,
        };
        conversation.tell([ServerPacket::Welcome]).await?;
        Ok(Some(conversation))
    }

    async fn go_on(&mut self) -> std::io::Result<()> {
        loop {
            while let Some(asked) =
                packets::read(&mut self.read, self.version).map_err(std::io::Error::other)?
            {
                if asked == ClientPacket::Goodbye {
                    return Ok(());
                }
                self.answer(asked).await?;
            }
            let may_send = self.unacknowledged < self.most_unacknowledged;
            let patience = self.patience;
            let silence = async move {
                match patience {
                    Some(patience) => tokio::time::sleep(patience).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                read = self.stream.read_buf(&mut self.read) => if read? == 0 { return Ok(()) },
                Some(message) = self.messages.recv(), if may_send => self.send(message).await?,
                taken = self.kicked.changed() => if taken.is_err() {
                    return self.tell([ServerPacket::TakenOver]).await;
                },
                () = silence => return Err(std::io::ErrorKind::TimedOut.into()),
            }
        }
    }

    async fn answer(&mut self, asked: ClientPacket) -> std::io::Result<()> {
        match asked {
            ClientPacket::Connect { .. } | ClientPacket::Goodbye => {
                Err(std::io::Error::other("a second greeting, or none any more"))
            }
            ClientPacket::Publish { topic, payload, carried, number } => {
                self.hub.pass(&Passing { topic: topic.into(), payload, carried: Arc::new(carried) });
                self.tell(number.map(ServerPacket::Passed)).await
            }
            ClientPacket::Acknowledged => {
                self.unacknowledged = self.unacknowledged.saturating_sub(1);
                Ok(())
            }
            ClientPacket::Subscribe { number, filters } => {
                let read: Vec<Option<Interest>> = filters.into_iter().map(Interest::read).collect();
                let granted = read.iter().map(|read| read.as_ref().map(|read| read.needs_receipt)).collect();
                // The answer goes out before any message that follows from it.
                self.tell([ServerPacket::Subscribed(number, granted)]).await?;
                self.hub.change((&self.name, self.connection), |known| {
                    for interest in read.into_iter().flatten() {
                        known.retain(|old| old.text != interest.text);
                        if known.len() < MOST_FILTERS {
                            known.push(interest);
                        }
                    }
                });
                Ok(())
            }
            ClientPacket::Unsubscribe { number, filters } => {
                self.hub.change((&self.name, self.connection), |known| {
                    known.retain(|old| !filters.contains(&old.text));
                });
                self.tell([ServerPacket::Unsubscribed(number, filters.len())]).await
            }
            ClientPacket::Ping => self.tell([ServerPacket::Pong]).await,
        }
    }

    async fn send(&mut self, (message, needs_receipt): (Passing, bool)) -> std::io::Result<()> {
        let number = needs_receipt.then(|| {
            self.unacknowledged += 1;
            self.next_number = self.next_number.checked_add(1).unwrap_or(1);
            self.next_number
        });
        let (topic, carried) = (message.topic.to_string(), Arc::unwrap_or_clone(message.carried));
        self.tell([ServerPacket::Message { topic, payload: message.payload, carried, number }]).await
    }

    async fn tell(&mut self, all: impl IntoIterator<Item = ServerPacket>) -> std::io::Result<()> {
        let mut buffer = BytesMut::new();
        for told in all {
            packets::write(told, self.version, &mut buffer).map_err(std::io::Error::other)?;
        }
        self.stream.write_all(&buffer).await
    }
}
