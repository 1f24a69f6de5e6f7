//! The forms in which the demo lists its files, written as the services write them whose forms they are.

use super::{Shelf, Shelved};
use crate::domain::utc::UtcTime;
use std::fmt::Write;

/// Objects on one page of an object store; few, so that there are several pages.
const PAGE: usize = 10;

/// A form of listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingStyle {
    /// A directory page of nginx.
    Nginx,
    /// A directory page of Apache.
    Apache,
    /// An object store.
    S3,
    /// RSS with .torrents.
    Rss,
    /// Atom with .torrents.
    Atom,
    /// None: each file is asked for.
    Probe,
    /// MET Norway's list of files.
    ApiList,
    /// MET Norway's queries, in XML.
    AvailableXml,
    /// MET Norway's queries, in JSON.
    AvailableJson,
}

impl ListingStyle {
    /// Every form.
    pub const ALL: [Self; 9] = [
        Self::Nginx,
        Self::Apache,
        Self::S3,
        Self::Rss,
        Self::Atom,
        Self::Probe,
        Self::ApiList,
        Self::AvailableXml,
        Self::AvailableJson,
    ];

    /// The first component of its addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::S3 => "s3",
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Probe => "probe",
            Self::ApiList => "api-list",
            Self::AvailableXml => "xml",
            Self::AvailableJson => "json",
        }
    }

    /// The line of a provider's file that names listings of this form, in place of one that names a directory page.
    pub(super) fn listings_line(self, line: &str, place: &str) -> String {
        let model = if line.contains("/arome-0.025/") { "arome-0.025" } else { "arome-0.01" };
        let folder = format!("modeles/{model}/{{run:%Y%m%d%H}}/");
        let (form, address) = match self {
            Self::Nginx | Self::Apache => ("page", folder),
            Self::S3 => ("s3", format!("?list-type=2&prefix={folder}&max-keys=1000")),
            Self::Rss | Self::Atom => ("feed", format!("{model}.xml")),
            Self::Probe if model == "arome-0.01" => {
                let name = "DEMO_AROME_0.01_{package}_{lead:hh}H_{run:%Y%m%d%H%M}.grib2";
                ("probe", format!("{folder}{name}"))
            }
            Self::Probe => {
                let name = "DEMO_AROME_0.025_{package}_{first:hh}H{last:hh}H_{run:%Y%m%d%H%M}.grib2";
                ("probe", format!("{folder}{name}"))
            }
            Self::ApiList => ("api-list", format!("{model}.txt")),
            Self::AvailableXml | Self::AvailableJson => ("available", format!("{model}.available")),
        };
        let runs = if self == Self::Probe { ", runs = 1" } else { "" };
        let entry = |address: &str| format!("{{ form = \"{form}\", address = \"{place}{address}\"{runs} }}");
        let mut entries = entry(&address);
        // A feed names both; folders are two: one for the files, one for their .torrents.
        if model == "arome-0.01" && matches!(self, Self::Nginx | Self::Apache | Self::S3) {
            entries = format!("{entries}, {}", entry(&address.replace("modeles/", "torrent/modeles/")));
        }
        format!("listings = [{entries}]")
    }
}

/// Files directly below `folder`, which ends in a slash.
fn below<'a>(
    files: &'a [(String, Shelved)],
    folder: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Shelved)> {
    files.iter().filter_map(move |(path, file)| {
        let name = path.strip_prefix(folder).filter(|name| !name.contains('/'))?;
        Some((name, file))
    })
}

impl Shelf {
    /// A copy of what is published now.
    pub(super) fn all(&self) -> Vec<(String, Shelved)> {
        self.files.read().iter().map(|(path, file)| (path.clone(), file.clone())).collect()
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(at: UtcTime) -> &'static str {
    MONTHS[usize::try_from(at.civil().month() - 1).expect("months are counted from 1")]
}

/// A directory page. `None` for a folder with nothing in it.
pub(super) fn page(form: &str, folder: &str, files: &[(String, Shelved)]) -> Option<String> {
    let mut rows = String::new();
    for (name, file) in below(files, folder) {
        let at = file.changed.civil();
        let (day, hour, minute, length) = (at.day(), at.hour(), at.minute(), file.octets.len());
        // Writing to a string cannot fail.
        let _ = if form == "apache" {
            let size = format!("{:.1}M", length as f64 / 1_048_576.0);
            let (year, month) = (at.year(), at.month());
            writeln!(
                rows,
                "<tr><td><a href=\"{name}\">{name}</a></td><td align=\"right\">{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}  </td><td align=\"right\">{size}</td></tr>"
            )
        } else {
            let (month, year) = (month(file.changed), at.year());
            writeln!(
                rows,
                "<a href=\"{name}\">{name}</a>   {day:02}-{month}-{year:04} {hour:02}:{minute:02}   {length}"
            )
        };
    }
    let title = format!("Index of /{folder}");
    let is_there = !rows.is_empty();
    is_there.then(|| format!("<html><head><title>{title}</title></head><body><h1>{title}</h1><pre><a href=\"../\">../</a>\n{rows}</pre></body></html>\n"))
}

/// The answer of an object store.
pub(super) fn objects(prefix: &str, token: Option<&str>, files: &[(String, Shelved)]) -> String {
    let mut all = files
        .iter()
        .filter(|(path, _)| path.starts_with(prefix) && token.is_none_or(|token| path.as_str() > token));
    let mut rows = String::new();
    let mut last = "";
    for (path, file) in all.by_ref().take(PAGE) {
        let (changed, size) = (file.changed, file.octets.len());
        let _ = write!(
            rows,
            "<Contents><Key>{path}</Key><LastModified>{changed}</LastModified><Size>{size}</Size></Contents>"
        );
        last = path;
    }
    let more = all.next().map_or("<IsTruncated>false</IsTruncated>".to_owned(), |_| {
        format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>")
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{more}{rows}</ListBucketResult>"
    )
}

/// A feed of the .torrents of a model.
/// What the demo's service announces.
pub(super) fn notices() -> String {
    "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>DEMO</title><entry><id>1</id>\
     <title>DEMO: this service ends with the program that it runs in</title>\
     <updated>2026-01-01T06:00:00Z</updated></entry></feed>"
        .to_owned()
}

pub(super) fn feed(form: &str, model: &str, files: &[(String, Shelved)]) -> String {
    let part = format!("/{model}/");
    let torrents = files.iter().filter(|(path, _)| path.starts_with("torrent/") && path.contains(&part));
    let mut items = String::new();
    for (path, file) in torrents {
        let name = path.rsplit('/').next().unwrap_or_default();
        let at = file.changed.civil();
        let _ = if form == "rss" {
            let date = format!(
                "{:02} {} {:04} {:02}:{:02}:{:02} +0000",
                at.day(),
                month(file.changed),
                at.year(),
                at.hour(),
                at.minute(),
                at.second()
            );
            write!(
                items,
                "<item><title>{name}</title><guid>{path}</guid><pubDate>{date}</pubDate><enclosure url=\"{path}\" length=\"{}\" type=\"application/x-bittorrent\"/></item>",
                file.octets.len()
            )
        } else {
            write!(
                items,
                "<entry><title>{name}</title><id>{path}</id><updated>{}</updated><link rel=\"enclosure\" type=\"application/x-bittorrent\" href=\"{path}\"/></entry>",
                file.changed
            )
        };
    }
    match form {
        "rss" => format!("<rss version=\"2.0\"><channel><title>DEMO</title>{items}</channel></rss>"),
        _ => format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>DEMO</title>{items}</feed>"),
    }
}

/// The data files of a model with their folders.
fn data<'a>(
    model: &'a str,
    files: &'a [(String, Shelved)],
) -> impl Iterator<Item = (&'a str, &'a str, &'a Shelved)> {
    files.iter().filter_map(move |(path, file)| {
        let (folder, name) = path.rsplit_once('/')?;
        let is_data = path.starts_with(&format!("modeles/{model}/")) && name.ends_with(".grib2");
        is_data.then_some((folder, name, file))
    })
}

/// MET Norway's list of files.
pub(super) fn api_list(model: &str, files: &[(String, Shelved)]) -> String {
    let line = |(folder, name, file): (&str, &str, &Shelved)| {
        format!("dir={folder},filename={name},type=forecast,updated={}\n", file.changed)
    };
    data(model, files).map(line).collect()
}

/// MET Norway's queries.
pub(super) fn available(form: &str, model: &str, files: &[(String, Shelved)]) -> String {
    if form == "json" {
        let query = |(folder, name, file): (&str, &str, &Shelved)| serde_json::json!({ "params": { "type": "forecast" }, "updated": file.changed.to_string(), "uri": format!("/json/{folder}/{name}") });
        return serde_json::Value::Array(data(model, files).map(query).collect()).to_string();
    }
    let query = |(folder, name, _): (&str, &str, &Shelved)| {
        format!(
            "<query><parameter><name>type</name><value>forecast</value></parameter><uri>/xml/{folder}/{name}</uri></query>"
        )
    };
    format!(
        "<?xml version=\"1.0\"?><available>{}</available>",
        data(model, files).map(query).collect::<String>()
    )
}
