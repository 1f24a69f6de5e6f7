//! The providers that are known: those that come with Nuée, and a person's own over them.

use super::read::{NotAProvider, read_provider};
use super::{Dataset, EntryId, Provider};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A provider's file: its name and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderFile {
    /// `meteo-france.toml`.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Whether it is a person's own.
    pub origin: FileOrigin,
}

/// Where a provider's file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileOrigin {
    /// It comes with Nuée.
    Embedded,
    /// It lies on this computer, there.
    Own(String),
}

/// The files that come with Nuée.
pub const EMBEDDED: [(&str, &str); 6] = [
    ("meteo-france.toml", include_str!("../../../assets/providers/meteo-france.toml")),
    ("noaa.toml", include_str!("../../../assets/providers/noaa.toml")),
    ("ecmwf.toml", include_str!("../../../assets/providers/ecmwf.toml")),
    ("dwd.toml", include_str!("../../../assets/providers/dwd.toml")),
    ("eccc.toml", include_str!("../../../assets/providers/eccc.toml")),
    ("met-norway.toml", include_str!("../../../assets/providers/met-norway.toml")),
];

/// A file that is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenProvider {
    /// The file.
    pub file: ProviderFile,
    /// Line and reason.
    pub error: NotAProvider,
}

/// Every provider that is known.
#[derive(Clone, Debug, Default)]
pub struct ProviderBook {
    /// By id.
    pub providers: Vec<Arc<Provider>>,
    /// Files that are off. An own file that is broken turns the embedded one of its name off too: a person who
    /// changed it does not want the other.
    pub broken: Vec<BrokenProvider>,
}

impl ProviderBook {
    /// Reads the embedded files, and `own` ones, which replace those of the same name.
    pub fn read(own: impl IntoIterator<Item = ProviderFile>) -> Self {
        let embedded = EMBEDDED.map(|(name, text)| ProviderFile {
            name: name.to_owned(),
            text: text.to_owned(),
            origin: FileOrigin::Embedded,
        });
        let files: BTreeMap<String, ProviderFile> =
            embedded.into_iter().chain(own).map(|file| (file.name.clone(), file)).collect();
        let mut book = Self::default();
        for file in files.into_values() {
            match read_provider(&file.name, &file.text) {
                Ok(provider) => book.providers.push(Arc::new(provider)),
                Err(error) => book.broken.push(BrokenProvider { file, error }),
            }
        }
        book
    }

    /// The provider of that id.
    pub fn provider(&self, id: &str) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|provider| &*provider.id == id)
    }

    /// The provider and the dataset that an id names. `None` when there is none, or not that package.
    pub fn find(&self, id: &EntryId) -> Option<(&Arc<Provider>, &Arc<Dataset>)> {
        let provider = self.provider(&id.provider)?;
        let dataset = provider.dataset(&id.dataset)?;
        let has = |package: &String| {
            dataset.is_by_field() || dataset.packages.iter().any(|known| *known.id == **package)
        };
        id.package.as_ref().is_none_or(has).then_some((provider, dataset))
    }
}
