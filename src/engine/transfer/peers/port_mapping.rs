//! Asks the router of this network to let connections of peers in (PCP, NAT-PMP, UPnP), through `crab_nat` and `igd-next`.
//!
//! In: the port at which we take connections. Out: where it is reached from outside, or why it is not, as it changes.
//! The lease is renewed at half its time and given back at the end. Runs only while a [`PortMappingHandle`] lives. Opening a router
//! is a person's decision, so nobody starts this unless it was allowed.
//! Start reading at [`start`].

mod gateway;
#[cfg(test)]
mod tests;

use crate::domain::outside_text;
use crab_nat::{InternetProtocol, PortMappingOptions, PortMappingType, TimeoutConfig, natpmp};
use igd_next::{AddPortError, Gateway, PortMappingProtocol, SearchOptions};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::num::NonZeroU16;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// How long a router is asked to keep the port open; renewed after half of it.
const LEASE: Duration = Duration::from_secs(3_600);

/// How long after a failure the routers are asked again.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(600);

/// How long a router that was found may take to answer.
const TIME_TO_ANSWER: Duration = Duration::from_secs(10);

/// How long the end waits for the router to close the port.
const TIME_TO_CLOSE: Duration = Duration::from_secs(1);

/// What the list of a router shows.
const DESCRIPTION: &str = "Nuee";

/// Three questions within two seconds: routers that know PCP or NAT-PMP answer at once.
const PATIENCE: TimeoutConfig =
    TimeoutConfig { initial_timeout: Duration::from_millis(250), max_retries: 2, max_retry_timeout: None };

/// What is to be opened, and where routers are looked for.
#[derive(Clone, Debug)]
pub struct PortMappingSettings {
    /// Where this program takes connections of peers (TCP).
    pub port: NonZeroU16,
    /// The router that is asked by PCP and NAT-PMP. `None`: the one of the default route, where the system tells it.
    pub router: Option<Ipv4Addr>,
    /// Where routers are looked for that know UPnP.
    pub search_at: SocketAddr,
    /// How long they may take to answer.
    pub search_time: Duration,
    /// Addresses besides the one that answered to which UPnP may lead; none but for tests.
    pub also_trusted: Vec<IpAddr>,
}

impl PortMappingSettings {
    /// The router of this network.
    pub fn new(port: NonZeroU16) -> Self {
        let search_at = SocketAddr::from((Ipv4Addr::new(239, 255, 255, 250), 1_900));
        let search_time = Duration::from_secs(5);
        Self { port, router: None, search_at, search_time, also_trusted: Vec::new() }
    }
}

/// How a router was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingProtocol {
    /// Port Control Protocol, RFC 6887.
    Pcp,
    /// NAT Port Mapping Protocol, RFC 6886.
    NatPmp,
    /// UPnP Internet Gateway Device.
    Upnp,
}

/// Why no port is open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No router answered in any of the three ways.
    #[error("no router answers")]
    NoRouter,
    /// A router answered and did not open the port.
    #[error("the router refuses: {reason}")]
    Refused {
        /// What it says; fit to be shown.
        reason: String,
    },
    /// This computer has no address in the network of the router.
    #[error("no address in the network of the router: {reason}")]
    NoAddress {
        /// What the system says.
        reason: String,
    },
}

/// Where the port stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortMappingState {
    /// Routers are being asked.
    Searching,
    /// The router says that it lets connections in; that one can come is not proven by this.
    Open {
        /// How it was asked.
        by: MappingProtocol,
        /// The port on the outside.
        port: u16,
        /// The address on the outside, when the router tells: a private one lies behind a further router.
        address: Option<IpAddr>,
    },
    /// Not open; it is tried again after ten minutes.
    Closed(MappingError),
}

/// A port that is kept open; closed soon after this is dropped.
#[derive(Debug)]
pub struct PortMappingHandle {
    state: watch::Receiver<PortMappingState>,
    end: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl PortMappingHandle {
    /// Where the port stands, now and as it changes.
    pub fn state(&self) -> watch::Receiver<PortMappingState> {
        self.state.clone()
    }

    /// Closes the port; waits at most a second for the router.
    pub async fn end(mut self) {
        drop(self.end.take());
        if let Some(task) = self.task.take()
            && tokio::time::timeout(TIME_TO_CLOSE, task).await.is_err()
        {
            tracing::debug!("the router did not say that it closed the port");
        }
    }
}

/// Begins to open the port and keeps it open.
pub fn start(settings: PortMappingSettings) -> PortMappingHandle {
    let (sender, state) = watch::channel(PortMappingState::Searching);
    let (end, ended) = oneshot::channel();
    let task = tokio::spawn(keep_open(settings, sender, ended));
    PortMappingHandle { state, end: Some(end), task: Some(task) }
}

/// The end is the sender being dropped: nothing is ever sent.
async fn keep_open(
    settings: PortMappingSettings,
    state: watch::Sender<PortMappingState>,
    mut ended: oneshot::Receiver<()>,
) {
    loop {
        let opened = tokio::select! {
            opened = open(&settings) => opened,
            _ = &mut ended => return,
        };
        let rest = match opened {
            Ok(mapping) => {
                let is_over = keep(mapping, &state, &mut ended).await;
                if is_over {
                    return;
                }
                Duration::ZERO
            }
            Err(error) => {
                state.send_replace(PortMappingState::Closed(error));
                REST_AFTER_FAILURE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = &mut ended => return,
        }
        state.send_replace(PortMappingState::Searching);
    }
}

/// Renews a lease until the router refuses, which is false, or until the end, which is true.
async fn keep(
    mut mapping: Mapping,
    state: &watch::Sender<PortMappingState>,
    ended: &mut oneshot::Receiver<()>,
) -> bool {
    loop {
        state.send_replace(mapping.state().await);
        tokio::select! {
            () = tokio::time::sleep(mapping.lease() / 2) => {}
            _ = &mut *ended => {
                mapping.close().await;
                return true;
            }
        }
        if let Err(error) = mapping.renew().await {
            tracing::debug!("the router does not keep the port open: {error}");
            return false;
        }
    }
}

/// A port that a router opened.
/// Where UPnP looks for routers.
const UPNP_GROUP: &str = "239.255.255.250:1900";

#[derive(Debug)]
enum Mapping {
    /// By PCP or NAT-PMP.
    Direct(crab_nat::PortMapping),
    /// By UPnP.
    Upnp(Upnp),
}

#[derive(Debug)]
struct Upnp {
    gateway: Gateway,
    port: u16,
    local: SocketAddr,
    /// Some routers know only ports that stay open for ever.
    is_permanent: bool,
}

/// Whom [`start`] asks first, as host and perhaps port: the router of the default route, or the group by which routers are found.
pub fn whom_it_asks() -> String {
    gateway::of_default_route().map_or_else(|| UPNP_GROUP.to_owned(), |router| router.to_string())
}

async fn open(settings: &PortMappingSettings) -> Result<Mapping, MappingError> {
    let refusal = match settings.router.or_else(gateway::of_default_route) {
        Some(router) => match open_directly(settings.port, router).await {
            Ok(mapping) => return Ok(Mapping::Direct(mapping)),
            Err(error) => error,
        },
        None => MappingError::NoRouter,
    };
    match open_by_upnp(settings).await {
        Ok(mapping) => Ok(Mapping::Upnp(mapping)),
        // The first one that answered says most.
        Err(MappingError::NoRouter) => Err(refusal),
        Err(error) => Err(error),
    }
}

async fn open_directly(port: NonZeroU16, router: Ipv4Addr) -> Result<crab_nat::PortMapping, MappingError> {
    let options = PortMappingOptions {
        external_port: Some(port),
        lifetime_seconds: u32::try_from(LEASE.as_secs()).ok(),
        timeout_config: Some(PATIENCE),
    };
    let local = local_address((router, crab_nat::GATEWAY_PORT).into())?;
    let opened = crab_nat::PortMapping::new(router.into(), local, InternetProtocol::Tcp, port, options).await;
    opened.map_err(|error| match error {
        crab_nat::MappingFailure::Pcp(
            crab_nat::pcp::Failure::Timeout | crab_nat::pcp::Failure::Socket(_),
        )
        | crab_nat::MappingFailure::NatPmp(natpmp::Failure::Timeout | natpmp::Failure::Socket(_)) => {
            MappingError::NoRouter
        }
        error => refused(&error),
    })
}

async fn open_by_upnp(settings: &PortMappingSettings) -> Result<Upnp, MappingError> {
    let mut options = SearchOptions::default();
    options.broadcast_address = settings.search_at;
    options.timeout = Some(settings.search_time);
    options.single_search_timeout = Some(settings.search_time);
    options.allowed_gateway_ips.clone_from(&settings.also_trusted);
    if is_proxied() {
        return Err(MappingError::NoRouter);
    }
    let found = beside(move || igd_next::search_gateway(options)).await.ok_or(MappingError::NoRouter)?;
    let gateway = found.map_err(|error| {
        tracing::debug!("no router by UPnP: {error}");
        MappingError::NoRouter
    })?;
    let local = SocketAddr::new(local_address(gateway.addr)?, settings.port.get());
    let mut upnp = Upnp { gateway, port: settings.port.get(), local, is_permanent: false };
    let adding = async {
        match upnp.add().await {
            Ok(()) => Ok(()),
            // Somebody else has this port.
            Err(AddPortError::PortInUse) => {
                let (gateway, lease) = (upnp.gateway.clone(), upnp.lease_in_seconds());
                let any =
                    beside(move || gateway.add_any_port(PortMappingProtocol::TCP, local, lease, DESCRIPTION));
                let port = any.await.ok_or(MappingError::NoRouter)?;
                upnp.port = port.map_err(|error| refused(&error))?;
                Ok(())
            }
            Err(error) => Err(refused(&error)),
        }
    };
    in_time(adding).await.map(|()| upnp)
}

/// A router that says nothing is not waited for.
async fn in_time<T>(asked: impl Future<Output = Result<T, MappingError>>) -> Result<T, MappingError> {
    tokio::time::timeout(TIME_TO_ANSWER, asked).await.unwrap_or(Err(MappingError::NoRouter))
}

impl Mapping {
    fn lease(&self) -> Duration {
        match self {
            // A router that gives no time at all would be asked without end.
            Self::Direct(mapping) => {
                Duration::from_secs(mapping.lifetime().into()).clamp(Duration::from_secs(120), LEASE)
            }
            Self::Upnp(_) => LEASE,
        }
    }

    async fn state(&self) -> PortMappingState {
        match self {
            Self::Direct(mapping) => {
                let port = mapping.external_port().get();
                match mapping.mapping_type() {
                    PortMappingType::NatPmp => {
                        let address = natpmp::external_address(mapping.gateway(), Some(PATIENCE)).await;
                        let address = address.ok().map(IpAddr::V4);
                        PortMappingState::Open { by: MappingProtocol::NatPmp, port, address }
                    }
                    PortMappingType::Pcp { external_ip, .. } => {
                        let address = Some(external_ip.to_canonical());
                        PortMappingState::Open { by: MappingProtocol::Pcp, port, address }
                    }
                }
            }
            Self::Upnp(upnp) => {
                let gateway = upnp.gateway.clone();
                let asked = tokio::time::timeout(TIME_TO_ANSWER, beside(move || gateway.get_external_ip()));
                // One that does not tell may still let connections in.
                let address = asked.await.ok().flatten().and_then(Result::ok);
                PortMappingState::Open { by: MappingProtocol::Upnp, port: upnp.port, address }
            }
        }
    }

    async fn renew(&mut self) -> Result<(), MappingError> {
        match self {
            Self::Direct(mapping) => {
                in_time(async { mapping.renew().await.map_err(|error| refused(&error)) }).await
            }
            Self::Upnp(upnp) => in_time(async { upnp.add().await.map_err(|error| refused(&error)) }).await,
        }
    }

    async fn close(self) {
        let closed = match self {
            Self::Direct(mapping) => mapping.try_drop().await.map_err(|(error, _)| error.to_string()),
            Self::Upnp(upnp) => {
                let Upnp { gateway, port, .. } = upnp;
                let removed = beside(move || gateway.remove_port(PortMappingProtocol::TCP, port)).await;
                removed.unwrap_or(Ok(())).map_err(|error| error.to_string())
            }
        };
        if let Err(error) = closed {
            tracing::debug!("the router did not close the port: {error}");
        }
    }
}

impl Upnp {
    fn lease_in_seconds(&self) -> u32 {
        if self.is_permanent { 0 } else { u32::try_from(LEASE.as_secs()).unwrap_or(0) }
    }

    /// Opens the port, or opens it for longer.
    async fn add(&mut self) -> Result<(), AddPortError> {
        match self.ask().await {
            Err(AddPortError::OnlyPermanentLeasesSupported) if !self.is_permanent => {
                self.is_permanent = true;
                self.ask().await
            }
            other => other,
        }
    }

    async fn ask(&self) -> Result<(), AddPortError> {
        let (gateway, lease) = (self.gateway.clone(), self.lease_in_seconds());
        let (port, local) = (self.port, self.local);
        let asked =
            beside(move || gateway.add_port(PortMappingProtocol::TCP, port, local, lease, DESCRIPTION));
        // A thread that could not begin or broke: as if nobody had answered.
        asked.await.unwrap_or(Err(AddPortError::RequestError(igd_next::RequestError::InvalidResponse(
            String::new(),
        ))))
    }
}

/// Waits for a router on a thread of its own, which holds up neither other tasks nor the end of the program. `None` when that
/// thread broke.
async fn beside<T: Send + 'static>(ask: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (tell, told) = oneshot::channel();
    // Nobody may wait for it any more.
    std::thread::Builder::new().name("router".to_owned()).spawn(move || drop(tell.send(ask()))).ok()?;
    told.await.ok()
}

/// Whether the environment names a proxy: the library would ask that one for the router of this network.
fn is_proxied() -> bool {
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Our address in the network of `router`. Sends nothing: a datagram socket is only told where it would send.
fn local_address(router: SocketAddr) -> Result<IpAddr, MappingError> {
    let any: SocketAddr = match router {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let address = UdpSocket::bind(any).and_then(|socket| {
        socket.connect(router)?;
        socket.local_addr()
    });
    address.map(|address| address.ip()).map_err(|error| MappingError::NoAddress { reason: error.to_string() })
}

fn refused(error: &dyn std::error::Error) -> MappingError {
    MappingError::Refused { reason: outside_text::show(&error.to_string()) }
}
