//! What lies where, and what no longer does.
//!
//! In: offers by their path, put and removed while others ask. Out: what lies at a path; that something once did.

use super::path::WebPath;
use crate::publish::recent::RecentSet;
use std::collections::HashMap;

/// Most removed paths that are remembered: some 20 MB. Who asks for one that is forgotten hears that it is unknown.
const MOST_REMEMBERED: usize = 100_000;

/// What is found at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It lies there.
    Found(T),
    /// It lay there and was removed.
    Gone,
    /// Nothing was ever there, as far as is remembered.
    Unknown,
}

/// Offers by their path.
#[derive(Debug)]
pub struct OfferTable<T> {
    offers: HashMap<WebPath, T>,
    gone: RecentSet<WebPath>,
}

impl<T> Default for OfferTable<T> {
    fn default() -> Self {
        Self { offers: HashMap::new(), gone: RecentSet::new(MOST_REMEMBERED) }
    }
}

impl<T: Clone> OfferTable<T> {
    /// Offers `offer` at `path`, in place of what lay there.
    pub fn put(&mut self, path: WebPath, offer: T) {
        self.gone.remove(&path);
        self.offers.insert(path, offer);
    }

    /// Ends the offer at `path`; does nothing when there is none.
    pub fn remove(&mut self, path: &WebPath) {
        if self.offers.remove(path).is_some() {
            self.gone.add(path.clone());
        }
    }

    /// What lies at the path of a request.
    pub fn find(&self, requested: &str) -> Lookup<T> {
        let Some(path) = WebPath::read(requested) else { return Lookup::Unknown };
        match self.offers.get(&path) {
            Some(offer) => Lookup::Found(offer.clone()),
            None if self.gone.contains(&path) => Lookup::Gone,
            None => Lookup::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WebPath {
        WebPath::of(&text.split('/').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_was_removed_is_gone_and_what_never_was_is_unknown() {
        let mut table = OfferTable::default();
        table.put(path("data/a"), 1);
        table.put(path("data/a"), 2);
        assert_eq!(table.find("//data/a"), Lookup::Found(2));
        table.remove(&path("data/a"));
        table.remove(&path("data/b"));
        assert_eq!((table.find("/data/a"), table.find("/data/b")), (Lookup::Gone, Lookup::Unknown));
    }

    #[test]
    fn what_comes_back_is_there_again() {
        let mut table = OfferTable::default();
        table.put(path("a"), 1);
        table.remove(&path("a"));
        table.put(path("a"), 2);
        assert_eq!(table.find("/a"), Lookup::Found(2));
    }

    #[test]
    fn only_what_is_listed_is_found() {
        let mut table = OfferTable::default();
        table.put(path("run/a"), 1);
        for outside in ["/", "/run", "/run/", "/run/..%2fa", "/run/../run/a", "/run%2Fa", "/RUN/a"] {
            assert_eq!(table.find(outside), Lookup::Unknown, "{outside}");
        }
    }
}
