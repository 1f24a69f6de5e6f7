//! What a file is told by besides its run and its lead times: `package`, `area`… with their values, in the order of names.
//!
//! A listing may name a hundred thousand files, each with one or two keys: they lie in one small piece of memory each.

use serde::{Serialize, Serializer};
use std::ops::Index;
use std::sync::Arc;

/// Names with their values, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keys(Vec<(Arc<str>, Box<str>)>);

impl Keys {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).ok().map(|at| &*self.0[at].1)
    }

    /// Gives a name its value, in place of the one that it had.
    pub fn insert(&mut self, name: Arc<str>, value: impl Into<Box<str>>) {
        match self.find(&name) {
            Ok(at) => self.0[at].1 = value.into(),
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (name, value.into()));
            }
        }
    }

    /// Takes a name out, and gives its value.
    pub fn remove(&mut self, name: &str) -> Option<Box<str>> {
        self.find(name).ok().map(|at| self.0.remove(at).1)
    }

    /// Names and values, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(of, _)| (**of).cmp(name))
    }
}

impl<N: Into<Arc<str>>, V: Into<Box<str>>> FromIterator<(N, V)> for Keys {
    /// Of a name that comes twice the last value stays.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut keys = Self::default();
        pairs.into_iter().for_each(|(name, value)| keys.insert(name.into(), value));
        keys
    }
}

impl Index<&str> for Keys {
    type Output = str;

    /// # Panics
    /// When there is no such name.
    fn index(&self, name: &str) -> &str {
        self.get(name).expect("a name that is there")
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_one_value_and_names_stand_in_order() {
        let mut keys = Keys::from_iter([("type", "wind"), ("area", "oslofjord"), ("type", "waves")]);
        assert_eq!(keys.iter().collect::<Vec<_>>(), [("area", "oslofjord"), ("type", "waves")]);
        assert_eq!((&keys["area"], keys.get("time")), ("oslofjord", None));
        assert_eq!(keys.remove("area").as_deref(), Some("oslofjord"));
        assert_eq!(serde_json::to_string(&keys).expect("JSON"), r#"{"type":"waves"}"#);
        assert!(Keys::default() < keys && keys.remove("area").is_none());
    }
}
