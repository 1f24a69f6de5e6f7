//! A conversation as brokers lead it: octets of theirs, made here, and what they come to.

use super::*;
use crate::mesh::amqp::place::AmqpPlace;
use crate::mesh::amqp::terms::QueueKeeping;
use crate::mesh::topic::TopicFilter;

fn at(seconds: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(seconds))
}

fn terms(filters: &[&str]) -> AmqpTerms {
    let filters: Vec<_> = filters.iter().map(|text| TopicFilter::parse(text).expect("a filter")).collect();
    let keeping = QueueKeeping::Kept(Duration::from_secs(3_600));
    AmqpTerms::new(("me", "__s3cret__"), AmqpPlace::of_url_part("/wx"), ("nuee-1", keeping), &filters)
}

fn conversation(filters: &[&str]) -> AmqpConversation {
    AmqpConversation::new(terms(filters), at(0))
}

/// A frame of the broker.
fn framed(kind: FrameKind, channel: u16, payload: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    put_frame(&mut out, kind, channel, payload);
    out.to_vec()
}

fn method(number: (u16, u16), fields: &[u8]) -> Vec<u8> {
    let channel = if number.0 == 10 { 0 } else { CHANNEL };
    framed(FrameKind::Method, channel, &[&number.0.to_be_bytes(), &number.1.to_be_bytes(), fields].concat())
}

fn short(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).expect("short")], text.as_bytes()].concat()
}

fn closing(number: (u16, u16), code: u16, text: &str) -> Vec<u8> {
    method(number, &[&code.to_be_bytes()[..], &short(text), &[0, 0, 0, 0]].concat())
}

fn start(mechanisms: &str) -> Vec<u8> {
    let length = u32::try_from(mechanisms.len()).expect("short").to_be_bytes();
    method((10, 10), &[b"\0\x09\0\0\0\0", &length[..], mechanisms.as_bytes(), b"\0\0\0\x05en_US"].concat())
}

fn tune(frame_max: u32, heartbeat: u16) -> Vec<u8> {
    method((10, 30), &[b"\x07\xff", &frame_max.to_be_bytes()[..], &heartbeat.to_be_bytes()].concat())
}

fn open_ok() -> Vec<u8> {
    method((10, 41), b"\0")
}

fn channel_ok() -> Vec<u8> {
    method((20, 11), b"\0\0\0\0")
}

fn declare_ok() -> Vec<u8> {
    method((50, 11), b"\x01q\0\0\0\0\0\0\0\0")
}

fn no_queue() -> Vec<u8> {
    closing((20, 40), 404, "NOT_FOUND - no queue")
}

fn bind_ok() -> Vec<u8> {
    method((50, 21), b"")
}

fn no_exchange() -> Vec<u8> {
    closing((20, 40), 404, "NOT_FOUND - no exchange")
}

fn consume_ok() -> Vec<Vec<u8>> {
    vec![method((60, 11), b""), method((60, 21), b"\x01c")]
}

/// What the broker says up to the point where the queue is looked for.
fn opened() -> Vec<Vec<u8>> {
    vec![start("AMQPLAIN PLAIN"), tune(131_072, 60), open_ok(), channel_ok()]
}

/// The broker says these things one after the other.
fn hear(conversation: &mut AmqpConversation, said: &[Vec<u8>]) -> Result<(), AmqpEnd> {
    said.iter().try_for_each(|said| conversation.hear(said, at(1)))
}

fn listening() -> AmqpConversation {
    let mut conversation = conversation(&["v02.post.#"]);
    let said = [opened(), vec![declare_ok(), bind_ok()], consume_ok()].concat();
    hear(&mut conversation, &said).expect("all is well");
    while conversation.next_event().is_some() {}
    conversation.outgoing.clear();
    conversation
}

fn delivered(tag: u64, key: &str) -> Vec<u8> {
    method((60, 60), &[b"\x01c", &tag.to_be_bytes()[..], b"\0", &short("xpublic"), &short(key)].concat())
}

fn content(size: u64, body: &[u8]) -> Vec<u8> {
    let header = [&[0, 60, 0, 0], &size.to_be_bytes()[..], b"\x20\0\0\0\0\x0c\x03sumS\0\0\0\x03d,0"].concat();
    [framed(FrameKind::Header, CHANNEL, &header), framed(FrameKind::Body, CHANNEL, body)].concat()
}

/// Class and number of the methods that are to be sent.
fn said(conversation: &mut AmqpConversation) -> Vec<(u16, u16)> {
    let mut numbers = Vec::new();
    let mut out = std::mem::take(&mut conversation.outgoing);
    if out.starts_with(&PREAMBLE) {
        let _ = out.split_to(PREAMBLE.len());
    }
    while let Some(frame) = take_frame(&mut out, 1 << 20).expect("our own frames are sound") {
        if frame.kind == FrameKind::Method {
            let of = |at: usize| u16::from_be_bytes([frame.payload[at], frame.payload[at + 1]]);
            numbers.push((of(0), of(2)));
        }
    }
    numbers
}

#[test]
fn a_new_queue_is_declared_bound_and_read() {
    let mut conversation = conversation(&["v02.post.#", "xs_me/v03/+/GRIB/#"]);
    let all = [opened(), vec![no_queue(), channel_ok(), declare_ok(), bind_ok(), bind_ok()], consume_ok()];
    hear(&mut conversation, &all.concat()).expect("all is well");
    assert_eq!(conversation.next_event(), Some(AmqpEvent::Welcome { was_kept: false }));
    assert_eq!(conversation.next_event(), Some(AmqpEvent::Subscribed(vec![None, None])));
    let sent = conversation.outgoing.clone();
    let has = |text: &[u8]| sent.windows(text.len()).any(|window| window == text);
    assert!(has(b"\0me\0__s3cret__") && has(b"\x02wx") && has(b"\x0bq_me.nuee.1"));
    assert!(has(b"x-expiresl\0\0\0\0\0\x36\xee\x80") && !has(b"x-message-ttl"), "an hour in milliseconds");
    assert!(has(b"\x07xpublic\x0av02.post.#") && has(b"\x05xs_me\x0cv03.*.GRIB.#"));
    let expected = [
        (10, 11),
        (10, 31),
        (10, 40),
        (20, 10),
        (50, 10),
        (20, 41),
        (20, 10),
        (50, 10),
        (50, 20),
        (50, 20),
        (60, 10),
        (60, 20),
    ];
    assert_eq!(said(&mut conversation), expected);
}

#[test]
fn a_queue_that_is_there_is_read_as_whoever_declared_it() {
    let mut conversation = conversation(&["v02.post.#"]);
    hear(&mut conversation, &[opened(), vec![declare_ok(), bind_ok()], consume_ok()].concat()).expect("well");
    assert_eq!(conversation.next_event(), Some(AmqpEvent::Welcome { was_kept: true }));
    let declared = said(&mut conversation).into_iter().filter(|method| *method == (50, 10)).count();
    assert_eq!(declared, 1, "it was only looked for");
}

#[test]
fn octets_may_come_one_by_one() {
    let mut conversation = conversation(&["v02.post.#"]);
    let all =
        [opened(), vec![declare_ok(), bind_ok()], consume_ok(), vec![delivered(1, "a"), content(1, b"x")]];
    for octet in all.concat().concat() {
        conversation.hear(&[octet], at(1)).expect("all is well");
    }
    let events: Vec<_> = std::iter::from_fn(|| conversation.next_event()).collect();
    assert!(matches!(
        &events[..],
        [AmqpEvent::Welcome { .. }, AmqpEvent::Subscribed(_), AmqpEvent::Message(_)]
    ));
}

#[test]
fn a_message_comes_with_topic_headers_and_tag_and_is_acknowledged_by_it() {
    let mut conversation = listening();
    let line = b"20260811100000.5 http://host/ a/b.grib2";
    hear(&mut conversation, &[delivered(9, "v02.post.a"), content(39, line)]).expect("all is well");
    let Some(AmqpEvent::Message(message)) = conversation.next_event() else { panic!("no message") };
    assert_eq!(
        (message.topic.as_str(), message.tag, message.is_redelivered),
        ("xpublic/v02/post/a", 9, false)
    );
    assert_eq!((message.headers[0].1.as_str(), &message.payload[..]), ("d,0", line.as_slice()));
    conversation.acknowledge(9);
    assert_eq!(&conversation.outgoing[7..20], b"\0\x3c\0\x50\0\0\0\0\0\0\0\x09\0");
}

#[test]
fn what_the_broker_refuses_is_told_by_what_it_is_about() {
    let refused = |filters: &[&str], said: Vec<Vec<u8>>| {
        hear(&mut conversation(filters), &said).expect_err("it is refused")
    };
    let one = ["xnope/v03/#"];
    let wrong_password = closing((10, 50), 403, "ACCESS_REFUSED - Login was refused");
    assert_eq!(refused(&one, vec![start("PLAIN"), wrong_password]), AmqpEnd::Credentials);
    let no_host = closing((10, 50), 530, "NOT_ALLOWED - vhost wx not found");
    assert_eq!(
        refused(&one, vec![start("PLAIN"), tune(0, 0), no_host]),
        AmqpEnd::VirtualHost("wx".to_owned(), "NOT_ALLOWED - vhost wx not found".to_owned())
    );
    let denied = closing((20, 40), 403, "ACCESS_REFUSED");
    assert_eq!(
        refused(&one, [opened(), vec![no_queue(), channel_ok(), denied]].concat()),
        AmqpEnd::Queue("q_me.nuee.1".to_owned(), "ACCESS_REFUSED".to_owned())
    );
    assert_eq!(
        refused(&one, [opened(), vec![declare_ok(), no_exchange()]].concat()),
        AmqpEnd::Exchange("xnope".to_owned(), "NOT_FOUND - no exchange".to_owned())
    );
    assert_eq!(refused(&one, vec![start("GSSAPI")]), AmqpEnd::Fault(AmqpFault::NoPlain));
    let forced = closing((10, 50), 320, "CONNECTION_FORCED");
    assert_eq!(
        refused(&one, [opened(), vec![forced]].concat()),
        AmqpEnd::Closed("CONNECTION_FORCED".to_owned())
    );
}

#[test]
fn a_filter_that_is_refused_leaves_the_others() {
    let mut conversation = conversation(&["xnope/v03/#", "xpublic/v03/#"]);
    let all = [opened(), vec![declare_ok(), no_exchange(), channel_ok(), bind_ok()], consume_ok()];
    hear(&mut conversation, &all.concat()).expect("one of them is there");
    conversation.next_event();
    let answers = vec![Some("NOT_FOUND - no exchange".to_owned()), None];
    assert_eq!(conversation.next_event(), Some(AmqpEvent::Subscribed(answers)));
}

#[test]
fn a_connection_that_closes_while_a_password_is_judged_was_refused_for_it() {
    let mut conversation = conversation(&["v02.post.#"]);
    assert_eq!(conversation.end_of_stream(), AmqpEnd::HungUp);
    hear(&mut conversation, &[start("PLAIN")]).expect("all is well");
    assert_eq!(conversation.end_of_stream(), AmqpEnd::Credentials);
    hear(&mut conversation, &[tune(0, 0)]).expect("all is well");
    assert_eq!(conversation.end_of_stream(), AmqpEnd::HungUp);
}

#[test]
fn a_broker_is_told_of_us_and_lost_when_it_is_not_heard() {
    let mut conversation = conversation(&["v02.post.#"]);
    assert_eq!(conversation.due(), None);
    hear(&mut conversation, &opened()).expect("all is well");
    conversation.note_sent(at(1));
    assert_eq!(conversation.due(), Some(at(16)));
    conversation.outgoing.clear();
    conversation.on_time(at(16)).expect("it was heard");
    assert_eq!(&conversation.outgoing[..], b"\x08\0\0\0\0\0\0\xce");
    conversation.on_time(at(60)).expect("it may be slow");
    assert_eq!(conversation.on_time(at(61)), Err(AmqpEnd::Silent));
}

#[test]
fn a_queue_that_is_removed_and_a_goodbye_end_it() {
    let mut removed = listening();
    let cancelled = hear(&mut removed, &[method((60, 30), b"\x01c\0")]);
    assert_eq!(cancelled, Err(AmqpEnd::QueueRemoved("q_me.nuee.1".to_owned())));
    let mut left = listening();
    left.leave();
    left.leave();
    assert_eq!(said(&mut left), [(10, 50)]);
    assert_eq!(hear(&mut left, &[delivered(1, "a"), method((10, 51), b"")]), Err(AmqpEnd::Left));
    assert_eq!(left.end_of_stream(), AmqpEnd::Left);
}

#[test]
fn lies_are_faults() {
    let fault = |said: Vec<Vec<u8>>| hear(&mut listening(), &said).expect_err("a lie");
    let out_of_place = AmqpEnd::Fault(AmqpFault::ContentOutOfPlace);
    assert_eq!(fault(vec![content(1, b"x")]), out_of_place, "nothing was delivered");
    assert_eq!(fault(vec![delivered(1, "a"), content(1, b"xy")]), out_of_place);
    assert_eq!(fault(vec![delivered(1, "a"), delivered(2, "a")]), out_of_place);
    assert_eq!(fault(vec![open_ok()]), AmqpEnd::Fault(AmqpFault::OutOfPlace(10, 41)));
    assert_eq!(fault(vec![method((85, 11), b"")]), AmqpEnd::Fault(AmqpFault::OutOfPlace(85, 11)));
    assert!(matches!(fault(vec![method((60, 60), b"\xffc")]), AmqpEnd::Fault(AmqpFault::Field(_))));
    let short_frames = hear(&mut conversation(&["a/#"]), &[start("PLAIN"), tune(100, 0)]);
    assert_eq!(short_frames, Err(AmqpEnd::Fault(AmqpFault::FramesTooShort(100))));
    let long = framed(FrameKind::Body, CHANNEL, &vec![0; 131_073]);
    assert_eq!(fault(vec![delivered(1, "a"), long]), AmqpEnd::Fault(AmqpFault::FrameTooLong(131_073)));
}

#[test]
fn no_mutated_conversation_breaks_the_reader() {
    let said = [
        opened(),
        vec![no_queue(), channel_ok(), declare_ok(), bind_ok()],
        consume_ok(),
        vec![delivered(1, "v02.post.a"), content(1, b"x"), method((20, 20), b"\x01")],
        vec![closing((10, 50), 320, "CONNECTION_FORCED")],
    ];
    let sound = said.concat().concat();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let mut octets = sound.clone();
        for _ in 0..random.usize(1..4) {
            let place = random.usize(..octets.len());
            match random.u8(..3) {
                0 => octets[place] = random.u8(..),
                1 => drop(octets.remove(place)),
                _ => octets.insert(place, random.u8(..)),
            }
        }
        let mut conversation = conversation(&["v02.post.#"]);
        let mut pieces = octets.chunks(random.usize(1..200));
        let ended = pieces.any(|piece| conversation.hear(piece, at(1)).is_err());
        assert!(ended || conversation.incoming.len() <= octets.len());
        while conversation.next_event().is_some() {}
    }
}
