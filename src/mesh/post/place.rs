//! Where an announced file lies: below the folder that is shared, at which address, on which topic.
//!
//! In: names as the file system has them, a URL and a topic as a person writes them. Out: [`SharedPath`], [`BaseUrl`],
//! [`PostTopic`], [`MetadataId`], each of which can be put into a message as it is.

use super::PostForm;
use crate::mesh::announcement::{encoded, joined};
use crate::mesh::topic::is_wis2;
use percent_encoding::percent_decode_str;
use std::ffi::OsStr;
use url::Url;

/// Deepest folder below the one that is shared, the file's name included.
pub const DEEPEST: usize = 32;

/// A file's path below the shared folder, its components joined by `/`; none of them leads up or is hidden in another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SharedPath(String);

/// Why a name cannot be announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathRefusal {
    /// Its octets are no UTF-8, and JSON has no way to write them.
    #[error("not UTF-8")]
    NotUtf8,
    /// It holds control characters.
    #[error("control characters")]
    Control,
    /// A component leads up, or names the folder itself.
    #[error("leads out of the folder")]
    LeadsOut,
    /// Too many folders.
    #[error("too deep")]
    TooDeep,
}

impl SharedPath {
    /// A path of these names, the outermost folder first.
    ///
    /// # Errors
    /// Which rule the names break.
    pub fn of<S: AsRef<OsStr>>(names: &[S]) -> Result<Self, PathRefusal> {
        if !(1..=DEEPEST).contains(&names.len()) {
            return Err(PathRefusal::TooDeep);
        }
        let read = names.iter().map(|name| name.as_ref().to_str().ok_or(PathRefusal::NotUtf8));
        let names: Vec<&str> = read.collect::<Result<_, _>>()?;
        if names.iter().any(|name| matches!(*name, "" | "." | "..") || name.contains('/')) {
            return Err(PathRefusal::LeadsOut);
        }
        if names.iter().any(|name| name.contains(char::is_control)) {
            return Err(PathRefusal::Control);
        }
        Ok(Self(names.join("/")))
    }

    /// As it is.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands in an address.
    pub fn encoded(&self) -> String {
        encoded(&self.0)
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folders above it.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        let folders = self.0.rsplit_once('/').map(|(folders, _)| folders);
        folders.into_iter().flat_map(|folders| folders.split('/'))
    }
}

/// Whether a name is one that programs give to files they still write, or hide: such files are left alone.
pub fn is_provisional(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    name.starts_with('.')
        || name.ends_with('~')
        || ending.is_some_and(|ending| matches!(ending.as_str(), "part" | "tmp" | "temp" | "partial"))
}

/// The address under which the shared folder is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads `https://host/folder`. `None` for another scheme, with a query, and with a password, which everybody would read.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        let is_plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
        (is_http && is_plain).then(|| Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names between its host and the files, as a request that was decoded has them.
    pub fn folders(&self) -> Vec<String> {
        let path = Url::parse(&self.0).map(|url| url.path().to_owned()).unwrap_or_default();
        let names = path.split('/').filter(|name| !name.is_empty());
        names
            .map(|name| percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// Where a server listens that gives its files directly: on its port, for this computer only where it names this computer. Behind
    /// a proxy that does TLS it is port 8000 of this computer.
    pub fn usual_bind(&self) -> String {
        let url = Url::parse(&self.0).ok().filter(|url| url.scheme() == "http");
        let Some(port) = url.as_ref().and_then(Url::port_or_known_default) else {
            return "127.0.0.1:8000".to_owned();
        };
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let is_this_one = host == "localhost" || host == "[::1]" || host.starts_with("127.");
        let address = if is_this_one { host } else { "0.0.0.0" };
        format!("{address}:{port}")
    }

    /// Whether `href` is the address of one of its files.
    pub fn has(&self, href: &str) -> bool {
        href.strip_prefix(self.as_str()).is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// The path of a file that is served below it. `None` when `url` leads elsewhere, or asks a question.
    ///
    /// # Errors
    /// Which rule its names break.
    pub fn path_of(&self, url: &Url) -> Option<Result<SharedPath, PathRefusal>> {
        let below = url.as_str().strip_prefix(self.as_str())?.strip_prefix('/')?;
        if below.contains(['?', '#']) {
            return None;
        }
        let names = below.split('/').map(|name| percent_decode_str(name).decode_utf8());
        let names: Result<Vec<_>, _> = names.collect();
        let names = names.map_err(|_| PathRefusal::NotUtf8);
        Some(
            names.and_then(|names| {
                SharedPath::of(&names.iter().map(AsRef::<str>::as_ref).collect::<Vec<_>>())
            }),
        )
    }

    /// The address of a file.
    pub fn address_of(&self, path: &SharedPath) -> String {
        joined(&self.0, &path.encoded())
    }
}

/// The id of a discovery record: `urn:wmo:md:CENTRE:NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataId(String);

impl MetadataId {
    const SCHEME: &'static str = "urn:wmo:md:";

    /// `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let parts: Vec<&str> = text.strip_prefix(Self::SCHEME)?.split(':').collect();
        let is_sound = text.bytes().all(|c| c.is_ascii_graphic());
        (is_sound && parts.len() >= 2 && parts.iter().all(|part| !part.is_empty()))
            .then(|| Self(text.to_owned()))
    }

    /// As it is.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whose record it is.
    pub fn centre(&self) -> &str {
        self.without_scheme().split(':').next().unwrap_or_default()
    }

    /// `CENTRE:NAME`.
    pub fn without_scheme(&self) -> &str {
        self.0.strip_prefix(Self::SCHEME).unwrap_or(&self.0)
    }
}

/// Which topics a file has in Sarracenia and wmo_mesh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TopicForm {
    /// `xpublic/v03/post/FOLDERS`: what peers of wmo_mesh and older programs listen to.
    #[default]
    Post,
    /// `xpublic/v03/FOLDERS`: what Sarracenia writes today.
    Plain,
    /// Both.
    Both,
}

impl TopicForm {
    /// The names in commands; stable.
    pub const KEYS: [&'static str; 3] = ["post", "plain", "both"];

    /// The form of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "post" => Self::Post,
            "plain" => Self::Plain,
            "both" => Self::Both,
            _ => return None,
        })
    }
}

/// Where files are announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostTopic {
    root: String,
    /// The levels between the root and the folders of a file. `None` where every file has the same topic.
    forms: Option<TopicForm>,
}

impl PostTopic {
    /// Reads a topic: in WIS2 the channel of the dataset, else what stands before the folders of a file. `None` when it
    /// cannot be one in this form.
    pub fn parse(text: &str, form: PostForm, topics: TopicForm) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let is_topic = !text.is_empty()
            && text.len() <= 1_024
            && !text.starts_with(['/', '$'])
            && !text.contains(['+', '#'])
            && !text.contains(char::is_control);
        if !is_topic {
            return None;
        }
        match form {
            PostForm::Wis2 => is_channel(text).then(|| Self { root: text.to_owned(), forms: None }),
            PostForm::V03 | PostForm::WmoMesh => {
                let root = text.strip_suffix("/post").unwrap_or(text);
                Some(Self { root: root.to_owned(), forms: Some(topics) })
            }
        }
    }

    /// What all topics begin with.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The topics of a file.
    pub fn of(&self, path: &SharedPath) -> impl Iterator<Item = String> {
        self.under(&path.folders().collect::<Vec<&str>>())
    }

    /// The topics of files in these folders.
    pub fn under(&self, folders: &[&str]) -> impl Iterator<Item = String> + use<> {
        let below = |between: Option<&str>| {
            // What is a wildcard in a filter stands for nothing in a topic.
            let folders = folders.iter().map(|folder| folder.replace('#', "%23").replace('+', "%2B"));
            let levels = between.map(str::to_owned).into_iter().chain(folders);
            std::iter::once(self.root.clone()).chain(levels).collect::<Vec<String>>().join("/")
        };
        let (post, plain) = match self.forms {
            None => (None, Some(self.root.clone())),
            Some(TopicForm::Post) => (Some(below(Some("post"))), None),
            Some(TopicForm::Plain) => (None, Some(below(None))),
            Some(TopicForm::Both) => (Some(below(Some("post"))), Some(below(None))),
        };
        post.into_iter().chain(plain)
    }
}

/// Whether a topic is one on which WIS2 announces: `origin|cache/a/wis2/CENTRE/data/core|recommended/…`, or `…/metadata`.
fn is_channel(topic: &str) -> bool {
    let levels: Vec<&str> = topic.split('/').collect();
    is_wis2(topic) && matches!(levels.get(4..), Some(["metadata"] | ["data", "core" | "recommended", _, ..]))
}
