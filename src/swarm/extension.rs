//! What extended messages mean: what a peer can do, parts of metadata, other peers, and whether it only gives
//! (BEP 9, 10, 11, 21).
//!
//! In: the payload of a [`PeerMessage::Extended`](super::message::PeerMessage::Extended). Out: what it says; and back.
//! What is optional and makes no sense counts as not said; what is no dictionary at all is an error.
//! Start reading at [`Abilities`].

mod exchange;
mod metadata_message;
#[cfg(test)]
mod tests;

pub use exchange::{Exchange, MOST_EXCHANGED, Named};
pub use metadata_message::MetadataMessage;

use crate::catalog::bencode::{self, BencodeError, Dictionary, Node, Value};
use crate::domain::outside_text;
use core::net::IpAddr;
use std::collections::BTreeMap;

/// The id of the handshake of extensions, the same for everybody.
pub const HANDSHAKE_ID: u8 = 0;

/// The id under which we take [`MetadataMessage`]s.
pub const OUR_METADATA_ID: u8 = 1;

/// The id under which we take [`Exchange`]s.
pub const OUR_EXCHANGE_ID: u8 = 2;

/// The id under which a peer may tell us that from now on it only gives.
pub const OUR_UPLOAD_ONLY_ID: u8 = 3;

/// How many requests we keep of one peer.
pub const OUR_REQUESTS: u32 = 500;

/// Longest description of a torrent that is fetched from peers: as much as a .torrent may have.
pub const LONGEST_METADATA: u32 = bencode::LONGEST_INPUT as u32;

/// Octets of each part of metadata but the last.
pub const METADATA_PART: u32 = 16 << 10;

/// Why an extended message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// Not bencoded.
    #[error("extended message: {0}")]
    NotBencoded(#[from] BencodeError),
    /// Bencoded, but no dictionary.
    #[error("extended message without a dictionary")]
    NotADictionary,
    /// A message about metadata does not say which part it is about, or of what kind it is.
    #[error("metadata message that names no part")]
    NoPart,
    /// More octets than a part of metadata has.
    #[error("part of metadata of {octets} octets, where {METADATA_PART} are the most")]
    LongPart {
        /// How many.
        octets: usize,
    },
}

/// What a client says about itself in the handshake of extensions (BEP 10). The default is a client that says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// The id by which it wants [`MetadataMessage`]s (BEP 9). `None`: it takes none.
    pub metadata_id: Option<u8>,
    /// The id by which it wants [`Exchange`]s (BEP 11). `None`: it takes none.
    pub exchange_id: Option<u8>,
    /// Whether it has all that it wants and only gives (BEP 21).
    pub upload_only: bool,
    /// The id by which it wants to be told that we only give. `None`: by the handshake alone.
    pub upload_only_id: Option<u8>,
    /// Octets of the torrent's description, when it has it; at most 32 MiB.
    pub metadata_size: Option<u32>,
    /// How many requests it keeps of one peer; at least one.
    pub requests: Option<u32>,
    /// Where it takes connections.
    pub port: Option<u16>,
    /// What it calls itself; fit to be shown.
    pub client: Option<String>,
    /// The receiver's address as the sender sees it.
    pub your_address: Option<IpAddr>,
}

impl Abilities {
    /// What we say about ourselves; a private torrent takes the id of exchanges out.
    pub fn ours(client: &str, port: Option<u16>, metadata_size: Option<u32>) -> Self {
        Self {
            metadata_id: Some(OUR_METADATA_ID),
            exchange_id: Some(OUR_EXCHANGE_ID),
            upload_only_id: Some(OUR_UPLOAD_ONLY_ID),
            requests: Some(OUR_REQUESTS),
            client: Some(client.to_owned()),
            port,
            metadata_size,
            ..Self::default()
        }
    }

    /// Reads the handshake of extensions.
    ///
    /// # Errors
    /// When it is no bencoded dictionary.
    pub fn read(payload: &[u8]) -> Result<Self, ExtensionError> {
        let mut abilities = Self::default();
        abilities.update(payload)?;
        Ok(abilities)
    }

    /// Reads a further handshake of the same peer: what it does not say stays as it was.
    ///
    /// # Errors
    /// When it is no bencoded dictionary; nothing is changed then.
    pub fn update(&mut self, payload: &[u8]) -> Result<(), ExtensionError> {
        let dictionary = dictionary_of(bencode::read(payload)?.value)?;
        let [m, upload_only, metadata_size, requests, port, client, your_address] =
            dictionary.pick(["m", "upload_only", "metadata_size", "reqq", "p", "v", "yourip"])?;
        if let Some(ids) = m.and_then(Value::dictionary) {
            let [metadata, exchange, only] = ids.pick(["ut_metadata", "ut_pex", "upload_only"])?;
            update_id(&mut self.metadata_id, metadata);
            update_id(&mut self.exchange_id, exchange);
            update_id(&mut self.upload_only_id, only);
        }
        if let Some(says) = upload_only.and_then(Value::integer) {
            self.upload_only = says != 0;
        }
        let size = metadata_size.and_then(number).filter(|size| (1..=LONGEST_METADATA).contains(size));
        let port = port.and_then(number).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
        let client = client.and_then(Value::text).filter(|name| !name.is_empty()).map(shown);
        self.metadata_size = size.or(self.metadata_size);
        self.requests = requests.and_then(number).filter(|most| *most > 0).or(self.requests);
        self.port = port.or(self.port);
        self.client = client.or(self.client.take());
        self.your_address = your_address.and_then(Value::text).and_then(address).or(self.your_address);
        Ok(())
    }

    /// The handshake of extensions as it is sent, under [`HANDSHAKE_ID`].
    pub fn to_octets(&self) -> Vec<u8> {
        let ids = [
            ("ut_metadata", self.metadata_id),
            ("ut_pex", self.exchange_id),
            ("upload_only", self.upload_only_id),
        ];
        let ids = ids.into_iter().filter_map(|(name, id)| Some((name, Node::Integer(id?.into()))));
        let mut entries = BTreeMap::from([("m", Node::Dictionary(ids.collect()))]);
        let numbers = [
            ("metadata_size", self.metadata_size),
            ("p", self.port.map(u32::from)),
            ("reqq", self.requests),
            ("upload_only", self.upload_only.then_some(1)),
        ];
        let numbers =
            numbers.into_iter().filter_map(|(key, number)| Some((key, Node::Integer(number?.into()))));
        entries.extend(numbers);
        entries.extend(self.client.as_deref().map(|client| ("v", Node::text(client))));
        entries.extend(self.your_address.map(|address| ("yourip", Node::Text(octets_of(address).into()))));
        Node::Dictionary(entries).to_octets()
    }
}

/// Reads what stands in a message under [`OUR_UPLOAD_ONLY_ID`]: whether the peer only gives from now on.
pub fn read_upload_only(payload: &[u8]) -> bool {
    payload.first().is_some_and(|says| *says != 0)
}

fn dictionary_of(value: Value<'_>) -> Result<Dictionary<'_>, ExtensionError> {
    value.dictionary().ok_or(ExtensionError::NotADictionary)
}

/// What is not said changes nothing; 0, and what is no id, takes the id away.
fn update_id(id: &mut Option<u8>, said: Option<Value<'_>>) {
    if let Some(said) = said {
        *id = number(said).and_then(|id| u8::try_from(id).ok()).filter(|id| *id != 0);
    }
}

fn number(value: Value<'_>) -> Option<u32> {
    value.integer().and_then(|number| u32::try_from(number).ok())
}

fn shown(name: &[u8]) -> String {
    // Four octets a character at most, and no more than 200 characters are shown.
    outside_text::show(&String::from_utf8_lossy(&name[..name.len().min(1_024)]))
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let four = octets.try_into().map(|four: [u8; 4]| IpAddr::from(four));
    four.or_else(|_| octets.try_into().map(|sixteen: [u8; 16]| IpAddr::from(sixteen).to_canonical())).ok()
}

fn octets_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}
