//! Why a broker cannot be listened to, in words.

use super::Translator;
use crate::app::listening::BrokerTrouble;
use i18n_embed_fl::fl;

impl Translator {
    /// Why a connection did not come about, or ended.
    pub fn broker_trouble(&self, trouble: &BrokerTrouble) -> String {
        let l = &self.loader;
        match trouble {
            BrokerTrouble::Version => fl!(l, "broker-version"),
            BrokerTrouble::Credentials => fl!(l, "broker-credentials"),
            BrokerTrouble::Refused(detail) => fl!(l, "broker-refused", detail = detail.as_str()),
            BrokerTrouble::TakenOver => fl!(l, "broker-taken-over"),
            BrokerTrouble::Tls(detail) => fl!(l, "broker-tls", detail = detail.as_str()),
            BrokerTrouble::AddressRefused(_) => fl!(l, "broker-address-refused"),
            BrokerTrouble::NameNotFound => fl!(l, "broker-name-not-found"),
            BrokerTrouble::Lost(detail) => fl!(l, "broker-lost", detail = detail.as_str()),
        }
    }
}
