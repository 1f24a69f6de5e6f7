//! The demo's broker speaks both versions of MQTT, matches filters, shares them among groups, passes on what travels with a message,
//! and lets one name have one connection.

use super::broker::DemoBroker;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);

async fn a_broker() -> DemoBroker {
    DemoBroker::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect("a port is free")
}

fn options5(broker: &DemoBroker, name: &str) -> mqtt5::MqttOptions {
    let address = broker.address();
    mqtt5::MqttOptions::new(name, mqtt5::Broker::tcp(address.ip().to_string(), address.port()))
}

async fn until_heard(broker: &DemoBroker) {
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
        broker.publish("a/b/x", "text/plain", "not this");
        broker.publish("a/b/c", "text/plain", "this");
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

#[tokio::test]
async fn of_a_group_each_message_goes_to_one_with_its_content_type_and_user_properties() {
    use mqtt5::mqttbytes::v5::{Packet, PublishProperties};
    let broker = a_broker().await;
    let build = |name| {
        mqtt5::AsyncClient::builder(options5(&broker, name)).capacity(20).try_build().expect("a client")
    };
    let ((one, mut first), (two, mut second), (writer, mut said)) =
        (build("one"), build("two"), build("writer"));
    for client in [&one, &two] {
        client.try_subscribe("$share/q_nuee/xpublic/#", mqtt5::QoS::AtLeastOnce).expect("room");
    }
    let heard = |event| match event {
        Ok(mqtt5::Event::Incoming(Packet::Publish(publish))) => Some(publish),
        _ => None,
    };
    let properties = PublishProperties {
        content_type: Some("application/json".to_owned()),
        user_properties: vec![("sum".to_owned(), "d,00".to_owned())],
        ..PublishProperties::default()
    };
    let hear = async {
        let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
        while of_first.len() + of_second.len() < 4 {
            tokio::select! {
                event = first.poll() => of_first.extend(heard(event)),
                event = second.poll() => of_second.extend(heard(event)),
            }
        }
        (of_first, of_second)
    };
    let speak = async {
        let mut audience = broker.audience();
        audience.wait_for(|listeners| *listeners == 2).await.expect("the broker is there");
        for n in 0..4 {
            let options = mqtt5::PublishOptions::at_least_once().properties(properties.clone());
            writer.try_publish(format!("xpublic/{n}"), "{}", options).expect("room");
        }
        let mut passed = 0;
        while passed < 4 {
            if let Ok(mqtt5::Event::Incoming(Packet::PubAck(_))) = said.poll().await {
                passed += 1;
            }
        }
    };
    let ((of_first, of_second), ()) =
        timeout(SOON, async { tokio::join!(hear, speak) }).await.expect("in time");
    assert_eq!((of_first.len(), of_second.len()), (2, 2), "in turn");
    for publish in of_first.into_iter().chain(of_second) {
        let carried = publish.properties.expect("what travels with it");
        assert_eq!(carried.content_type.as_deref(), Some("application/json"));
        assert_eq!(carried.user_properties, properties.user_properties);
    }
}

#[tokio::test]
async fn a_version_that_is_not_spoken_is_refused_in_its_own_words() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let broker = a_broker().await;
    let greetings: [(&[u8], &[u8]); 2] = [
        (b"\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x00", &[0x20, 2, 0, 1]),
        (b"\x10\x0d\x00\x04MQTT\x06\x02\x00\x3c\x00\x00\x00", &[0x20, 3, 0, 0x84, 0]),
    ];
    for (greeting, refusal) in greetings {
        let mut stream = tokio::net::TcpStream::connect(broker.address()).await.expect("it listens");
        stream.write_all(greeting).await.expect("it takes octets");
        let mut answer = Vec::new();
        timeout(SOON, stream.read_to_end(&mut answer)).await.expect("in time").expect("an answer");
        assert_eq!(answer, refusal);
    }
}
