//! One file as a metalink (RFC 5854): its length and digests, its torrent, the publisher's address and the relay's copy.
//!
//! In: the base of a relay and an [`RelayedFile`]. Out: the text of its `.meta4`. Hashes of pieces are left to the torrent, to
//! which it leads. The publisher comes before the relay: who loads this way loads by HTTP, and the publisher's own octets need
//! no relay to be believed; the copy is there for when the publisher deleted the file or is slow.

use super::feed::put;
use super::markup::escaped;
use super::offered::RelayedFile;
use super::places::{OfWhich, RelayBase};
use crate::domain::safe_path::safe_name;

/// The text of a `.meta4`.
pub fn write_metalink(base: &RelayBase, file: &RelayedFile) -> String {
    let classic = file.source.public_address();
    let publisher = classic.host_str().unwrap_or_default();
    let mut text = String::with_capacity(2_048);
    put(
        &mut text,
        format_args!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">\n\
             <generator>nuee</generator>\n<origin dynamic=\"true\">{}</origin>\n<published>{}</published>\n\
             <file name=\"{}\">\n<size>{}</size>\n<hash type=\"sha-256\">{}</hash>\n<hash type=\"sha-512\">{}</hash>\n",
            escaped(base.of_file(&file.key, OfWhich::Metalink).as_str()),
            file.offered,
            escaped(&safe_name(&file.key.name)),
            file.source.length,
            file.sha256.hex(),
            file.sha512.hex(),
        ),
    );
    if !publisher.is_empty() {
        put(&mut text, format_args!("<publisher name=\"{}\"/>\n", escaped(publisher)));
    }
    put(
        &mut text,
        format_args!(
            "<metaurl mediatype=\"torrent\" priority=\"1\">{}</metaurl>\n<url priority=\"2\">{}</url>\n\
             <url priority=\"3\">{}</url>\n</file>\n</metalink>\n",
            escaped(base.of_file(&file.key, OfWhich::Torrent).as_str()),
            escaped(classic.as_str()),
            escaped(base.of_file(&file.key, OfWhich::Data).as_str()),
        ),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::metalink::{MetalinkFile, read_metalink};
    use crate::publish::relay::made::*;

    fn read(file: &RelayedFile) -> MetalinkFile {
        let text = write_metalink(&base(), file);
        elements_of(&text);
        let metalink = read_metalink(text.as_bytes()).expect("a metalink");
        assert!(!metalink.is_cut && metalink.passed_over == 0, "{text}");
        let [read] = &metalink.files[..] else { panic!("one file: {text}") };
        read.clone()
    }

    #[test]
    fn a_metalink_is_read_back_with_its_digests_and_addresses_in_order() {
        let file = file(1, "a.grib2");
        let read = read(&file);
        assert_eq!((read.path.to_string().as_str(), read.length), ("a.grib2", Some(file.source.length)));
        assert_eq!(read.digests, [file.sha256.clone(), file.sha512.clone()]);
        let below = format!("{}/a.grib2", run_path());
        let addresses: Vec<&str> = read.addresses.iter().map(|address| address.as_str()).collect();
        assert_eq!(
            addresses,
            ["https://data.example/arome/a.grib2", &format!("https://relay.example/nuee/data/{below}")]
        );
        let torrent = format!("https://relay.example/nuee/torrent/{below}.torrent");
        assert_eq!(read.torrents[0].as_str(), torrent);
    }

    #[test]
    fn odd_names_are_read_back_as_they_are_stored() {
        let file = file(1, ODD_NAME);
        let read = read(&file);
        assert_eq!(read.path.to_string(), safe_name(ODD_NAME));
        assert_eq!(read.addresses[1], base().of_file(&file.key, OfWhich::Data));
    }
}
