//! Takes in what the last start left of brokers, pins, rules and thresholds.

use super::MeshService;
use crate::app::mesh_memory::{THRESHOLDS, heard, rule_of, thresholds_of};
use crate::app::mesh_view::{BrokerKey, FilterError};
use crate::domain::utc::UtcMillis;
use crate::mesh::topic::TopicFilter;

impl MeshService {
    /// Takes in what was remembered: rules before brokers, so that what they announce at once is meant already.
    pub(super) async fn recall(&mut self, remembered: Vec<(String, String)>) {
        let filter_of = |name: &str, kind: &str| -> Option<Result<TopicFilter, FilterError>> {
            Some(TopicFilter::parse(name.strip_prefix(kind)?))
        };
        for (name, value) in &remembered {
            if let Some(Ok(filter)) = filter_of(name, "pin ") {
                self.pin(filter);
            } else if let Some(Ok(filter)) = filter_of(name, "rule ") {
                self.files.rules.write().extend(rule_of(filter, value));
            } else if name == THRESHOLDS {
                self.desk.thresholds = thresholds_of(value).unwrap_or_default();
            }
        }
        for (name, value) in &remembered {
            let kept = name.strip_prefix("broker ").zip(serde_json::from_str(value).ok());
            if let Some((key, kept)) = kept {
                let heard_until = remembered.iter().find(|(name, _)| *name == heard(&BrokerKey(key.into())));
                let heard_until =
                    heard_until.and_then(|(_, at)| UtcMillis::from_unix_millis(at.parse().ok()?));
                self.recall_broker(key, (kept, heard_until)).await;
            }
        }
    }
}
