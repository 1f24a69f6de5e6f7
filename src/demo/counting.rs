//! Counts what a server of the demo sends: every octet that is written to its connections, heads and pages included.
//!
//! In: a listener. Out: the same with a [`SentOctets`], which is read at any time. It counts where octets leave, so that no
//! figure relies on what whoever received them says.

use crate::domain::octets::ByteCount;
use axum::serve::Listener;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How many octets a server has sent so far.
#[derive(Clone, Debug, Default)]
pub struct SentOctets(Arc<AtomicU64>);

impl SentOctets {
    /// So many by now.
    pub fn count(&self) -> ByteCount {
        ByteCount(self.0.load(Ordering::Relaxed))
    }

    fn add(&self, written: &Poll<std::io::Result<usize>>) {
        if let Poll::Ready(Ok(octets)) = written {
            self.0.fetch_add(*octets as u64, Ordering::Relaxed);
        }
    }
}

/// A listener whose connections count what is written to them.
pub(super) struct CountedListener {
    listener: TcpListener,
    sent: SentOctets,
}

impl CountedListener {
    pub(super) fn new(listener: TcpListener, sent: SentOctets) -> Self {
        Self { listener, sent }
    }
}

impl Listener for CountedListener {
    type Io = CountedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, from) = Listener::accept(&mut self.listener).await;
        (CountedStream { stream, sent: self.sent.clone() }, from)
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A connection that counts what is written to it.
pub(super) struct CountedStream {
    stream: TcpStream,
    sent: SentOctets,
}

impl AsyncRead for CountedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(task, buffer)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(task, octets);
        self.sent.add(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(task, slices);
        self.sent.add(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn what_a_connection_is_sent_is_counted_to_the_octet_and_what_it_sends_is_not() {
        let sent = SentOctets::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let mut counted = CountedListener::new(listener, sent.clone());
        let address = counted.local_addr().expect("an address");
        let asking = tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.expect("a server");
            stream.write_all(b"a question").await.expect("sent");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.expect("an answer");
            answer.len()
        });
        let (mut stream, _) = counted.accept().await;
        let mut question = [0; 10];
        stream.read_exact(&mut question).await.expect("a question");
        assert_eq!(sent.count(), ByteCount::ZERO);
        stream.write_all(&[7; 70_000]).await.expect("sent");
        let more = stream.write_vectored(&[IoSlice::new(b"one"), IoSlice::new(b"two")]).await.expect("sent");
        drop(stream);
        let received = asking.await.expect("an answer");
        assert_eq!((sent.count(), received), (ByteCount(70_000 + more as u64), 70_000 + more));
    }
}
