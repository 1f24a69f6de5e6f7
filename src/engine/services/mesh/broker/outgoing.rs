//! Messages of our own on a connection: QoS 1, not retained; and what the broker answers to each.
//!
//! In: a [`Post`]. Out: a [`PubAckNotice`] that waits for the acknowledgement.

use super::wire::Wire;
use crate::mesh::post::Post;
use crate::mesh::post::refusal::refusal_of;
use mqtt5::mqttbytes::v5::{PubAckReason, PublishProperties};

/// Sends messages on one connection.
pub(super) enum Publisher {
    V5(mqtt5::AsyncClient),
    V4(mqtt4::AsyncClient),
    /// A connection that only reads.
    Nobody,
}

/// An acknowledgement that is awaited.
pub(super) enum PubAckNotice {
    V5(mqtt5::PublishNotice),
    V4(mqtt4::PublishNotice),
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PublishOutcome {
    /// The broker has it.
    Taken,
    /// The broker refuses it, in its own words.
    Refused(String),
    /// The connection was lost before.
    Lost,
}

impl Wire {
    pub(super) fn publisher(&self) -> Publisher {
        match self {
            Self::V5(client, _) => Publisher::V5(client.clone()),
            Self::V4(client, _) => Publisher::V4(client.clone()),
            Self::Amqp(_) => Publisher::Nobody,
        }
    }
}

impl Publisher {
    /// Sends a message. `None` when the connection takes none.
    pub(super) fn publish(&self, post: &Post) -> Option<PubAckNotice> {
        let (topic, payload) = (post.topic.clone(), post.payload.clone());
        match self {
            Self::V5(client) => {
                let properties = PublishProperties {
                    content_type: Some(post.content_type.to_owned()),
                    payload_format_indicator: Some(1),
                    ..PublishProperties::default()
                };
                let options = mqtt5::PublishOptions::at_least_once().properties(properties);
                client.try_publish_tracked(topic, payload, options).ok().map(PubAckNotice::V5)
            }
            Self::V4(client) => {
                let options = mqtt4::PublishOptions::at_least_once();
                client.try_publish_tracked(topic, payload, options).ok().map(PubAckNotice::V4)
            }
            Self::Nobody => None,
        }
    }
}

impl PubAckNotice {
    /// Waits for the broker's answer.
    pub(super) async fn answer(self) -> PublishOutcome {
        match self {
            Self::V5(notice) => match notice.wait_async().await {
                Ok(mqtt5::PublishResult::Qos1(ack)) => of_reason(ack.reason),
                Err(mqtt5::PublishNoticeError::V5PubAck(reason)) => of_reason(reason),
                Ok(_) => PublishOutcome::Taken,
                Err(_) => PublishOutcome::Lost,
            },
            Self::V4(notice) => match notice.wait_async().await {
                Ok(_) => PublishOutcome::Taken,
                Err(_) => PublishOutcome::Lost,
            },
        }
    }
}

fn of_reason(reason: PubAckReason) -> PublishOutcome {
    refusal_of(reason as u8).map_or(PublishOutcome::Taken, PublishOutcome::Refused)
}
