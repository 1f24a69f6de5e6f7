//! Routers that live in this process.

use super::*;
use axum::Router;
use axum::extract::State as Shared;
use axum::routing::{get, post};
use parking_lot::Mutex;
use std::sync::Arc;

/// A UPnP router on the loopback network and what it was asked.
struct FakeRouter {
    search_at: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

/// How it answers when a port is to be opened: the error of UPnP, for as long as it is to be said.
type Manner = Arc<Mutex<Vec<u16>>>;

const DEVICE: &str = r#"<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><SCPDURL>/scpd.xml</SCPDURL>
<controlURL>/control</controlURL><eventSubURL>/event</eventSubURL>
</service></serviceList></device></deviceList></device></deviceList></device></root>"#;

fn actions() -> String {
    let action = |name: &str, arguments: &[&str]| {
        let arguments: String = arguments
            .iter()
            .map(|name| format!("<argument><name>{name}</name><direction>in</direction></argument>"))
            .collect();
        format!("<action><name>{name}</name><argumentList>{arguments}</argumentList></action>")
    };
    let place = ["NewRemoteHost", "NewExternalPort", "NewProtocol"];
    let rest = [
        "NewInternalPort",
        "NewInternalClient",
        "NewEnabled",
        "NewPortMappingDescription",
        "NewLeaseDuration",
    ];
    format!(
        r#"<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0"><actionList>{}{}{}</actionList></scpd>"#,
        action("AddPortMapping", &[&place[..], &rest[..]].concat()),
        action("DeletePortMapping", &place),
        action("GetExternalIPAddress", &[]),
    )
}

fn answer(name: &str, inside: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<u:{name}Response xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">{inside}</u:{name}Response>
</s:Body></s:Envelope>"#
    )
}

fn fault(code: u16) -> String {
    format!(
        r#"<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
<faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>
<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>
<errorDescription>no</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>"#
    )
}

async fn control(
    Shared((asked, manner)): Shared<(Arc<Mutex<Vec<String>>>, Manner)>,
    body: String,
) -> (axum::http::StatusCode, String) {
    let mut refusals = manner.lock();
    asked.lock().push(body.clone());
    if body.contains("GetExternalIPAddress") {
        let inside = "<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>";
        return (axum::http::StatusCode::OK, answer("GetExternalIPAddress", inside));
    }
    if body.contains("DeletePortMapping") {
        return (axum::http::StatusCode::OK, answer("DeletePortMapping", ""));
    }
    if refusals.is_empty() {
        return (axum::http::StatusCode::OK, answer("AddPortMapping", ""));
    }
    (axum::http::StatusCode::INTERNAL_SERVER_ERROR, fault(refusals.remove(0)))
}

impl FakeRouter {
    /// Answers the first requests to open a port with these errors, and opens afterwards.
    async fn start(refusals: &[u16]) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let manner: Manner = Arc::new(Mutex::new(refusals.to_vec()));
        let routes = Router::new()
            .route("/device.xml", get(|| async { DEVICE }))
            .route("/scpd.xml", get(|| async { actions() }))
            .route("/control", post(control))
            .with_state((asked.clone(), manner));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let web = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let search_at = socket.local_addr().expect("it is bound");
        tokio::spawn(async move {
            let mut buffer = [0; 2_000];
            while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
                let here = format!(
                    "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\
                     LOCATION: http://{web}/device.xml\r\n\r\n"
                );
                drop(socket.send_to(here.as_bytes(), from).await);
            }
        });
        Self { search_at, asked }
    }

    fn settings(&self) -> Settings {
        let port = NonZeroU16::new(51_413).expect("not zero");
        Settings {
            search_at: self.search_at,
            also_trusted: vec![Ipv4Addr::LOCALHOST.into()],
            ..no_router(port)
        }
    }

    fn was_asked(&self, action: &str) -> usize {
        self.asked.lock().iter().filter(|body| body.contains(action)).count()
    }
}

/// Where nothing answers in any way.
fn no_router(port: NonZeroU16) -> Settings {
    let nowhere = Ipv4Addr::LOCALHOST;
    let search_time = Duration::from_secs(2);
    Settings { router: Some(nowhere), search_at: (nowhere, 9).into(), search_time, ..Settings::new(port) }
}

async fn settled(handle: &Handle) -> State {
    let mut state = handle.state();
    let is_settled = state.wait_for(|state| *state != State::Searching);
    let settled = tokio::time::timeout(Duration::from_secs(20), is_settled).await;
    settled.expect("within twenty seconds").expect("it goes on").clone()
}

#[tokio::test]
async fn a_upnp_router_opens_the_port_and_closes_it_at_the_end() {
    let router = FakeRouter::start(&[]).await;
    let handle = start(router.settings());
    let address = Some(IpAddr::from([203, 0, 113, 7]));
    assert_eq!(settled(&handle).await, State::Open { by: MappingProtocol::Upnp, port: 51_413, address });
    let asked = router.asked.lock().first().cloned().expect("it was asked");
    for part in
        ["<NewInternalClient>127.0.0.1<", "<NewInternalPort>51413<", "<NewLeaseDuration>3600<", ">TCP<"]
    {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    assert_eq!(router.was_asked("DeletePortMapping"), 0);
    handle.end().await;
    assert_eq!(router.was_asked("DeletePortMapping"), 1);
}

#[tokio::test]
async fn a_port_is_closed_too_when_the_handle_is_only_dropped() {
    let router = FakeRouter::start(&[]).await;
    let handle = start(router.settings());
    settled(&handle).await;
    drop(handle);
    let is_closed = async {
        while router.was_asked("DeletePortMapping") == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), is_closed).await.expect("within twenty seconds");
}

#[tokio::test]
async fn a_router_that_knows_only_permanent_ports_is_asked_for_one() {
    let router = FakeRouter::start(&[725]).await;
    let handle = start(router.settings());
    assert!(matches!(settled(&handle).await, State::Open { port: 51_413, .. }));
    assert!(router.asked.lock()[1].contains("<NewLeaseDuration>0<"));
    handle.end().await;
    assert_eq!(router.was_asked("DeletePortMapping"), 1);
}

#[tokio::test]
async fn when_another_computer_has_the_port_another_one_is_opened() {
    let router = FakeRouter::start(&[718]).await;
    let handle = start(router.settings());
    let State::Open { port, .. } = settled(&handle).await else { panic!("it is closed") };
    assert_ne!(port, 51_413);
    handle.end().await;
    assert!(router.asked.lock().last().is_some_and(|body| body.contains(&format!(">{port}<"))));
}

#[tokio::test]
async fn a_router_that_refuses_is_told_from_none() {
    let router = FakeRouter::start(&[606; 30]).await;
    let handle = start(router.settings());
    let state = settled(&handle).await;
    assert!(matches!(&state, State::Closed(MappingError::Refused { .. })), "{state:?}");
    let nobody = start(Settings {
        search_time: Duration::from_millis(200),
        ..no_router(NonZeroU16::new(51_413).expect("not zero"))
    });
    assert_eq!(settled(&nobody).await, State::Closed(MappingError::NoRouter));
}

/// NAT-PMP (RFC 6886): opens what is asked for on the port 40,000.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_router_that_knows_nat_pmp_opens_the_port_and_closes_it_at_the_end() {
    let address = Ipv4Addr::new(127, 0, 0, 53);
    let socket =
        tokio::net::UdpSocket::bind((address, crab_nat::GATEWAY_PORT)).await.expect("a free address");
    let closed = Arc::new(Mutex::new(false));
    let is_closed = closed.clone();
    tokio::spawn(async move {
        let mut asked = [0; 1_100];
        while let Ok((octets, from)) = socket.recv_from(&mut asked).await {
            let answer = match &asked[..octets] {
                // PCP: this router knows version 0 alone.
                [2, ..] => vec![0, 128, 0, 1, 0, 0, 0, 9],
                [0, 0] => vec![0, 128, 0, 0, 0, 0, 0, 9, 203, 0, 113, 8],
                [0, 2, _, _, high, low, _, _, lifetime @ ..] => {
                    *is_closed.lock() |= lifetime == [0; 4];
                    let outside = if lifetime == [0; 4] { [0, 0] } else { 40_000u16.to_be_bytes() };
                    [&[0, 130, 0, 0, 0, 0, 0, 9, *high, *low][..], &outside, lifetime].concat()
                }
                _ => continue,
            };
            drop(socket.send_to(&answer, from).await);
        }
    });
    let port = NonZeroU16::new(51_413).expect("not zero");
    let handle = start(Settings { router: Some(address), ..no_router(port) });
    let address = Some(IpAddr::from([203, 0, 113, 8]));
    assert_eq!(settled(&handle).await, State::Open { by: MappingProtocol::NatPmp, port: 40_000, address });
    handle.end().await;
    assert!(*closed.lock());
}
