//! Turns messages about servers and their files into sentences.

use super::{Translator, misfit};
use crate::app::messages::file_message::{FileMessage as M, NotOpened};
use i18n_embed_fl::fl;

/// What is said of a server that is waited for, or of a file.
pub(super) fn text_of(text: &Translator, message: &M) -> String {
    let l = &text.loader;
    match message {
        M::WaitingForServer { host, reason, wait } => {
            let (reason, wait) = (text.reason(reason), text.duration(*wait));
            fl!(l, "message-waiting-for-server", host = host.as_str(), reason = reason, wait = wait)
        }
        M::WaitingForRateLimit { host, most, wait } => {
            let wait = text.duration(*wait);
            fl!(
                l,
                "message-waiting-for-rate-limit",
                host = host.as_str(),
                most = most.to_string(),
                wait = wait
            )
        }
        M::CompressedDamaged { name, compression, detail } => {
            let (compression, detail) = (compression.as_str(), detail.as_str());
            fl!(
                l,
                "message-compressed-damaged",
                name = name.as_str(),
                compression = compression,
                detail = detail
            )
        }
        M::DecompressesTooLarge { name } => {
            fl!(l, "message-decompresses-too-large", name = name.as_str())
        }
        M::SecretsWithheld { urls } => fl!(l, "message-secrets-withheld", urls = urls.join(" ")),
        M::LengthNotTold { url } => fl!(l, "message-length-not-told", url = url.as_str()),
        M::NameMisfit { misfit } => {
            fl!(l, "message-name-misfit", misfit = misfit::misfit_words(text, misfit))
        }
        M::NotYetThere { lacking } => {
            fl!(l, "message-not-yet-there", lacking = misfit::all_wished(text, lacking))
        }
        M::LackingByIndex { place, compared, messages } => fl!(
            l,
            "message-lacking-by-index",
            place = place.as_str(),
            compared = compared.to_string(),
            messages = messages.to_string()
        ),
        M::ProviderFileBroken { file, detail } => {
            fl!(l, "message-provider-file-broken", file = file.as_str(), detail = detail.as_str())
        }
    }
}

/// Why the desktop did not open `path`.
pub(super) fn not_opened(text: &Translator, path: &str, why: &NotOpened) -> String {
    let l = &text.loader;
    match why {
        NotOpened::NotThere => fl!(l, "message-cannot-open-gone", path = path),
        NotOpened::NoProgram(program) => {
            fl!(l, "message-cannot-open-no-program", path = path, program = program.as_str())
        }
        NotOpened::Failed(detail) => fl!(l, "message-cannot-open", path = path, detail = detail.as_str()),
    }
}
