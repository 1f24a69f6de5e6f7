//! The few octets of MQTT that brokers of our own speak, where mosquitto is too well-behaved.

use std::io::Read;
use std::net::TcpStream;

/// Reads a packet; its first octet and its body.
pub fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut one = [0];
    stream.read_exact(&mut one).ok()?;
    let kind = one[0];
    let (mut length, mut shift) = (0usize, 0);
    loop {
        stream.read_exact(&mut one).ok()?;
        length |= usize::from(one[0] & 0x7f) << shift;
        shift += 7;
        if one[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((kind, body))
}

/// A packet that publishes at QoS 0: `first` is its first octet.
pub fn published(first: u8, topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = u16::try_from(topic.len()).unwrap().to_be_bytes().to_vec();
    body.extend(topic.as_bytes());
    body.push(0);
    body.extend(payload);
    let (mut length, mut packet) = (body.len(), vec![first]);
    loop {
        let digit = (length % 128) as u8;
        length /= 128;
        packet.push(digit | if length > 0 { 0x80 } else { 0 });
        if length == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}
