//! The demo's broker speaks both versions of MQTT, matches filters, and lets one name have one connection.

use super::broker::Broker;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);

async fn a_broker() -> Broker {
    Broker::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect("a port is free")
}

fn options5(broker: &Broker, name: &str) -> mqtt5::MqttOptions {
    let address = broker.address();
    mqtt5::MqttOptions::new(name, mqtt5::Broker::tcp(address.ip().to_string(), address.port()))
}

async fn until_heard(broker: &Broker) {
    let mut audience = broker.audience();
    let heard = timeout(SOON, audience.wait_for(|listeners| *listeners > 0)).await;
    heard.expect("in time").expect("the broker is there");
}

#[tokio::test]
async fn a_client_of_version_5_receives_what_matches_its_filter_and_nothing_else() {
    let broker = a_broker().await;
    let (client, mut events) =
        mqtt5::AsyncClient::builder(options5(&broker, "five")).capacity(10).try_build().expect("a client");
    client.try_subscribe("a/+/c", mqtt5::QoS::AtLeastOnce).expect("room");
    let hear = async {
        loop {
            let event = events.poll().await.expect("a connection");
            if let mqtt5::Event::Incoming(mqtt5::mqttbytes::v5::Packet::Publish(publish)) = event {
                return (publish.topic, publish.payload);
            }
        }
    };
    let speak = async {
        until_heard(&broker).await;
        broker.publish("a/b/x", "not this");
        broker.publish("a/b/c", "this");
    };
    let ((topic, payload), ()) = timeout(SOON, async { tokio::join!(hear, speak) }).await.expect("in time");
    assert_eq!((&topic[..], &payload[..]), (&b"a/b/c"[..], &b"this"[..]));
}

#[tokio::test]
async fn a_client_of_version_3_1_1_publishes_to_others() {
    let broker = a_broker().await;
    let address = broker.address();
    let options =
        |name| mqtt4::MqttOptions::new(name, mqtt4::Broker::tcp(address.ip().to_string(), address.port()));
    let build = |name| mqtt4::AsyncClient::builder(options(name)).capacity(10).try_build().expect("a client");
    let ((reader, mut heard), (writer, mut said)) = (build("reader"), build("writer"));
    reader.try_subscribe("demo/#", mqtt4::QoS::AtMostOnce).expect("room");
    let hear = async {
        loop {
            if let mqtt4::Event::Incoming(mqtt4::Packet::Publish(publish)) =
                heard.poll().await.expect("a connection")
            {
                return publish.payload;
            }
        }
    };
    let speak = async {
        until_heard(&broker).await;
        let asked = writer.try_publish("demo/x", "hello", mqtt4::PublishOptions::at_least_once());
        asked.expect("room");
        loop {
            if let mqtt4::Event::Incoming(mqtt4::Packet::PubAck(_)) = said.poll().await.expect("a connection")
            {
                return;
            }
        }
    };
    let (payload, ()) = timeout(SOON, async { tokio::join!(hear, speak) }).await.expect("in time");
    assert_eq!(&payload[..], b"hello");
}

#[tokio::test]
async fn a_second_connection_of_one_name_ends_the_first() {
    let broker = a_broker().await;
    let build =
        || mqtt5::AsyncClient::builder(options5(&broker, "twin")).capacity(10).try_build().expect("a client");
    let ((_one, mut first), (_two, mut second)) = (build(), build());
    first.poll().await.expect("a welcome");
    second.poll().await.expect("a welcome");
    let ends = async {
        loop {
            match first.poll().await {
                Ok(mqtt5::Event::Incoming(mqtt5::mqttbytes::v5::Packet::Disconnect(_))) | Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    timeout(SOON, ends).await.expect("in time");
}

#[tokio::test]
async fn what_is_no_mqtt_is_let_go_of() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let broker = a_broker().await;
    let mut stream = tokio::net::TcpStream::connect(broker.address()).await.expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("it takes octets");
    let mut rest = Vec::new();
    // A reset is as good an end as any.
    let _ = timeout(SOON, stream.read_to_end(&mut rest)).await.expect("in time");
    assert!(rest.is_empty());
}
