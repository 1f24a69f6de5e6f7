//! Calls an address, or is called, and exchanges handshakes.
//!
//! In: an address, or a connection that somebody opened. Out: a connection on which both sides named the same torrent,
//! or the reason why there is none.

use super::reason_of;
use crate::domain::torrent::InfoHash;
use crate::swarm::message::Handshake;
use crate::transfer::reason::Reason;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// How long an address has to accept a call: many do not answer, and others wait behind them.
const CALL_PATIENCE: Duration = Duration::from_secs(3);

/// How long a handshake may take.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(6);

/// Octets that may wait in the system to be sent: what was given up or choked since is not sent in vain.
const UNSENT: u32 = 128 << 10;

/// A connection on which handshakes were exchanged.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) stream: TcpStream,
    pub(super) address: SocketAddr,
    pub(super) handshake: Handshake,
    /// How long the call took to be accepted, where we called.
    pub(super) round_trip: Option<Duration>,
}

/// Calls `address` about a torrent.
///
/// # Errors
/// When nobody answers, or about something else.
pub(super) async fn call(address: SocketAddr, ours: Handshake) -> Result<Met, Reason> {
    let called = Instant::now();
    let stream = match timeout(CALL_PATIENCE, TcpStream::connect(address)).await {
        Ok(connected) => connected.map_err(|error| reason_of(&error))?,
        Err(_) => return Err(Reason::NoAnswer),
    };
    let round_trip = called.elapsed();
    prepare(&stream);
    let greet = async {
        let mut stream = stream;
        stream.write_all(&ours.to_octets()).await.map_err(|error| reason_of(&error))?;
        let theirs = read_handshake(&mut stream).await?;
        if theirs.info_hash != ours.info_hash {
            return Err(Reason::Other("another torrent".to_owned()));
        }
        Ok(Met { stream, address, handshake: theirs, round_trip: Some(round_trip) })
    };
    timeout(HANDSHAKE_PATIENCE, greet).await.unwrap_or(Err(Reason::NoAnswer))
}

/// Hears what a caller wants. Nothing is said before it is known whether we have that torrent.
///
/// # Errors
/// When it is slow, or no peer.
pub(super) async fn hear(mut stream: TcpStream) -> Result<(TcpStream, Handshake), Reason> {
    prepare(&stream);
    let hearing = timeout(HANDSHAKE_PATIENCE, read_handshake(&mut stream));
    let theirs = hearing.await.unwrap_or(Err(Reason::NoAnswer))?;
    Ok((stream, theirs))
}

/// Answers a caller whose torrent we have.
///
/// # Errors
/// When it is gone.
pub(super) async fn answer(stream: &mut TcpStream, ours: Handshake) -> Result<(), Reason> {
    let octets = ours.to_octets();
    let saying = timeout(HANDSHAKE_PATIENCE, stream.write_all(&octets));
    saying.await.map_err(|_| Reason::NoAnswer)?.map_err(|error| reason_of(&error))
}

/// What we say of ourselves.
pub(super) fn ours(info_hash: InfoHash, peer_id: [u8; 20]) -> Handshake {
    Handshake::ours(info_hash, peer_id)
}

async fn read_handshake(stream: &mut TcpStream) -> Result<Handshake, Reason> {
    let mut octets = [0u8; Handshake::LENGTH];
    stream.read_exact(&mut octets).await.map_err(|error| reason_of(&error))?;
    Handshake::read(&octets).map_err(|error| Reason::Other(error.to_string()))
}

fn prepare(stream: &TcpStream) {
    // Both only make it quicker: a connection without them is as good.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT);
}
