//! One window per person: a second start hands over what it was given and asks the first for its window (R13).
//!
//! In: the data and run-time folders. Out: [`Claim`]. The lock in the data folder decides; the socket lies in a 0700
//! folder, takes connections of this user only, and reads at most 64 KiB. What comes over it is asked about first.

use super::places::Places;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;

const LOCK: &str = "lock";
#[cfg(unix)]
const SOCKET: &str = "window.sock";

/// Most octets of one message.
const LARGEST: u64 = 64 << 10;

/// Most targets of one message.
const MOST_TARGETS: usize = 100;

/// What a second start says.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Call {
    /// Paths, URLs and magnets; the first is asked for its window in any case.
    pub(in crate::engine) targets: Vec<String>,
}

/// Whose window it is.
#[derive(Debug)]
pub(in crate::engine) enum Claim {
    /// Ours.
    First(Instance),
    /// Another start has it, and was told.
    HandedOver,
    /// Another start has it, and did not listen.
    Deaf,
}

/// The right to the window, for as long as it lives.
#[derive(Debug)]
pub(in crate::engine) struct Instance {
    _lock: File,
    socket: Option<PathBuf>,
}

/// Claims the window, or hands `targets` over to the start that has it.
///
/// # Errors
/// When the data folder cannot be written.
pub(in crate::engine) fn claim(places: &Places, targets: &[String]) -> io::Result<Claim> {
    private_folder(&places.data)?;
    let lock = File::options().create(true).truncate(false).write(true).open(places.data.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(Claim::First(Instance { _lock: lock, socket: None })),
        Err(TryLockError::WouldBlock) => {
            let call = Call { targets: targets.iter().map(|target| absolute(target)).collect() };
            Ok(if hand_over(places, &call).is_ok() { Claim::HandedOver } else { Claim::Deaf })
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A path as the first start finds it, wherever it was started.
pub(in crate::engine) fn absolute(target: &str) -> String {
    let of_url = url::Url::parse(target).ok().filter(|url| url.scheme() == "file");
    let path = of_url.and_then(|url| url.to_file_path().ok()).unwrap_or_else(|| PathBuf::from(target));
    if path.exists() {
        std::path::absolute(&path).map_or_else(|_| target.to_owned(), |path| path.display().to_string())
    } else {
        target.to_owned()
    }
}

/// Makes a folder that only this user can enter.
fn private_folder(path: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// A message as it was received; `None` when it is none.
fn read_call(octets: &[u8]) -> Option<Call> {
    let mut call: Call = serde_json::from_slice(octets).ok()?;
    call.targets.truncate(MOST_TARGETS);
    Some(call)
}

#[cfg(not(unix))]
fn hand_over(_places: &Places, _call: &Call) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn hand_over(places: &Places, call: &Call) -> io::Result<()> {
    use std::io::{Read, Write};
    use std::time::Duration;
    let mut stream = std::os::unix::net::UnixStream::connect(places.runtime.join(SOCKET))?;
    stream.set_write_timeout(Some(Duration::from_secs(3)))?;
    stream.set_read_timeout(Some(Duration::from_secs(3)))?;
    let message = serde_json::to_vec(call).map_err(io::Error::other)?;
    stream.write_all(&message)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = [0; 2];
    stream.read_exact(&mut answer)?;
    if &answer == b"ok" { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

impl Instance {
    /// Listens for second starts; `hear` is told what each says. Without a socket a second start only cannot hand over.
    #[cfg(unix)]
    pub(in crate::engine) fn listen(
        &mut self,
        places: &Places,
        hear: impl Fn(Call) + Send + Sync + 'static,
    ) -> io::Result<()> {
        private_folder(&places.runtime)?;
        let path = places.runtime.join(SOCKET);
        // We hold the lock: a socket that lies there belongs to nobody any more.
        let _ = std::fs::remove_file(&path);
        let listener = tokio::net::UnixListener::bind(&path)?;
        self.socket = Some(path);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Some(call) = receive(stream).await {
                    hear(call);
                }
            }
        });
        Ok(())
    }

    /// This system has no such socket.
    #[cfg(not(unix))]
    pub(in crate::engine) fn listen(
        &mut self,
        _: &Places,
        _: impl Fn(Call) + Send + Sync + 'static,
    ) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            // One that stays is removed by the next start.
            let _ = std::fs::remove_file(socket);
        }
    }
}

/// What one caller says, one after the other; those of other users are not heard.
#[cfg(unix)]
async fn receive(mut stream: tokio::net::UnixStream) -> Option<Call> {
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let is_ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::getuid().as_raw());
    if !is_ours {
        return None;
    }
    let mut octets = Vec::new();
    let read = async {
        let (reader, _) = stream.split();
        reader.take(LARGEST + 1).read_to_end(&mut octets).await
    };
    tokio::time::timeout(Duration::from_secs(3), read).await.ok()?.ok()?;
    let call = (octets.len() as u64 <= LARGEST).then(|| read_call(&octets)).flatten()?;
    // A caller that went away has said what it had to say.
    let _ = stream.write_all(b"ok").await;
    Some(call)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::mpsc;
    use std::time::Duration;

    fn first(places: &Places) -> (Instance, mpsc::Receiver<Call>) {
        let Ok(Claim::First(mut instance)) = claim(places, &[]) else { panic!("nobody else is there") };
        let (calls, called) = mpsc::channel();
        instance.listen(places, move |call| drop(calls.send(call))).expect("a socket");
        (instance, called)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_second_start_hands_over_and_the_third_finds_the_window_free_again() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let places = Places::below(scratch.path());
        let (instance, called) = first(&places);
        let targets = ["magnet:?xt=urn:btih:x".to_owned()];
        assert!(matches!(claim(&places, &targets), Ok(Claim::HandedOver)));
        assert_eq!(called.recv_timeout(Duration::from_secs(5)).expect("a call").targets, targets);
        drop(instance);
        assert!(matches!(claim(&places, &[]), Ok(Claim::First(_))));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn noise_and_long_messages_are_not_heard_and_the_next_is() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let places = Places::below(scratch.path());
        let (_instance, called) = first(&places);
        for message in [vec![b'{'; 10], vec![b' '; 100 << 10]] {
            let mut stream =
                std::os::unix::net::UnixStream::connect(places.runtime.join(SOCKET)).expect("a socket");
            // The listener may hang up before all is written.
            let _ = stream.write_all(&message);
        }
        assert!(matches!(claim(&places, &[]), Ok(Claim::HandedOver)));
        assert_eq!(called.recv_timeout(Duration::from_secs(5)).expect("a call"), Call::default());
        assert!(called.try_recv().is_err());
    }

    #[tokio::test]
    async fn only_this_user_can_enter_the_folder_of_the_socket() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let places = Places::below(scratch.path());
        let _first = first(&places);
        for folder in [&places.runtime, &places.data] {
            let mode = std::fs::metadata(folder).expect("a folder").permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }
}
