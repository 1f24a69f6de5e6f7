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

    /// The file of the provider that an id names, when it is off.
    pub fn broken_file_of(&self, provider: &str) -> Option<&BrokenProvider> {
        let is_of = |broken: &&BrokenProvider| broken.file.name.strip_suffix(".toml") == Some(provider);
        self.broken.iter().find(is_of)
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

    /// The id that is spelt most like `wrong`, which names nothing: of a provider, a dataset or a package, also where
    /// only the part behind the provider was written. `None` when none is alike enough to have been meant.
    pub fn nearest(&self, wrong: &str) -> Option<String> {
        let wrong = wrong.to_lowercase();
        let ids = self.providers.iter().flat_map(|provider| {
            let datasets = provider.datasets.iter().flat_map(|dataset| {
                let path = dataset.path();
                let packages = dataset.packages.iter().map(|package| format!("{path}/{}", package.id));
                std::iter::once(path.clone()).chain(packages.collect::<Vec<_>>())
            });
            std::iter::once(provider.id.to_string()).chain(datasets.collect::<Vec<_>>())
        });
        let alike = |id: &str| {
            let own = id.split_once('/').map_or(id, |(_, own)| own);
            [id, own].map(|id| strsim::normalized_damerau_levenshtein(&wrong, &id.to_lowercase()))
        };
        let scored = ids.map(|id| (alike(&id).into_iter().fold(0.0, f64::max), id));
        scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
    }
}

/// How alike an id must be to be suggested, from 0 to 1: two letters of eight may differ.
const ALIKE: f64 = 0.75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_mistyped_is_recognised_with_or_without_its_provider() {
        let book = ProviderBook::read([]);
        let nearest = |wrong| book.nearest(wrong);
        assert_eq!(nearest("noaa/gfs0.25").as_deref(), Some("noaa/gfs-0.25"));
        assert_eq!(nearest("Meteo-France/arome-0.01/sp1").as_deref(), Some("meteo-france/arome-0.01/SP1"));
        assert_eq!(nearest("gfs-0.25").as_deref(), Some("noaa/gfs-0.25"));
        assert_eq!(nearest("eccmwf").as_deref(), Some("ecmwf"));
        assert_eq!(nearest("run/of/yesterday"), None);
    }
}
