//! Why a field is not decoded, in words. JSON has the same in English.

use super::Translator;
use crate::app::inspect::shown::DecodeError as E;
use crate::domain::octets::ByteCount;
use i18n_embed_fl::fl;

/// The reason, without a full stop.
pub fn decode_words(text: &Translator, error: &E) -> String {
    let l = &text.loader;
    match error {
        E::NotAMessage => fl!(l, "decode-message"),
        E::SectionTooShort => fl!(l, "decode-section"),
        E::DataTooShort => fl!(l, "decode-data"),
        E::Packing(number) => fl!(l, "decode-packing", number = format!("5.{number}")),
        E::Packing1(flags) => fl!(l, "decode-packing1", flags = format!("{flags:#04x}")),
        E::Spectral => fl!(l, "decode-spectral"),
        E::Grid(number) => fl!(l, "decode-grid", number = format!("3.{number}")),
        E::Grid1(number) => fl!(l, "decode-grid1", number = number.to_string()),
        E::PredefinedBitmap(number) => fl!(l, "decode-bitmap", number = number.to_string()),
        E::TooManyPoints { points, most } => {
            fl!(l, "decode-points", points = text.count(*points), most = text.count(*most))
        }
        E::MessageTooLong { octets, most } => {
            let (size, most) = (text.size(ByteCount(*octets)), text.size(ByteCount(*most)));
            fl!(l, "decode-long", size = size, most = most)
        }
        E::Contradiction(detail) => fl!(l, "decode-contra", detail = detail.to_string()),
        E::Image(detail) => {
            fl!(l, "decode-image", detail = crate::domain::outside_text::show(detail))
        }
        E::GivenUp => fl!(l, "decode-given"),
    }
}
