//! A long list that is cheap to share: a change copies one chunk, not the list.
//!
//! In: items, in order. Out: [`Chunked`], whose clone shares every chunk. Start reading at [`Chunked::get_mut`].

use std::sync::Arc;

/// Items in one chunk.
const CHUNK: usize = 512;

/// A list in shared chunks; every chunk but the last is full.
#[derive(Clone, Debug)]
pub struct Chunked<T> {
    chunks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Clone> Chunked<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The item at `index`. `None` past the end.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// The item at `index`, for change: copies its chunk when somebody else looks at it. `None` past the end.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(index / CHUNK)?).get_mut(index % CHUNK)
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(item),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(item);
                self.chunks.push(Arc::new(chunk));
            }
        }
    }

    /// Keeps the items for which `keep` holds, in their order.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        if self.iter().all(&mut keep) {
            return;
        }
        let kept: Vec<T> = self.iter().filter(|item| keep(item)).cloned().collect();
        *self = kept.into_iter().collect();
    }

    /// The items, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The chunks, in order; one that did not change is the same `Arc` as before.
    pub fn chunks(&self) -> &[Arc<Vec<T>>] {
        &self.chunks
    }

    /// The chunks, in order, each of which can be let go before the next.
    pub fn into_chunks(self) -> impl Iterator<Item = Arc<Vec<T>>> {
        self.chunks.into_iter()
    }

    /// The index of the item whose key is `key`, where the items are sorted by that key.
    pub fn index_by<K: Ord>(&self, key: &K, of: impl Fn(&T) -> K) -> Option<usize> {
        let chunk = self.chunks.partition_point(|chunk| chunk.first().is_some_and(|first| of(first) <= *key));
        let chunk = chunk.checked_sub(1)?;
        let within = self.chunks[chunk].binary_search_by(|item| of(item).cmp(key)).ok()?;
        Some(chunk * CHUNK + within)
    }
}

impl<T: Clone> FromIterator<T> for Chunked<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::default();
        items.into_iter().for_each(|item| list.push(item));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_copies_one_chunk_and_leaves_what_was_shared_as_it_was() {
        let mut list: Chunked<u32> = (0..2000).collect();
        let shared = list.clone();
        *list.get_mut(700).expect("there") = 9;

        assert_eq!((list.get(700), shared.get(700)), (Some(&9), Some(&700)));
        assert!(Arc::ptr_eq(&list.chunks[0], &shared.chunks[0]));
        assert!(!Arc::ptr_eq(&list.chunks[1], &shared.chunks[1]));
    }

    #[test]
    fn an_item_is_found_by_its_key_also_after_others_went() {
        let mut list: Chunked<u32> = (0..3000).collect();
        list.retain(|item| item % 3 != 0);
        assert_eq!(list.len(), 2000);
        assert_eq!(list.index_by(&1001, |item| *item).and_then(|at| list.get(at)), Some(&1001));
        assert_eq!(list.index_by(&1002, |item| *item), None);
        assert_eq!(list.index_by(&0, |item| *item), None);
    }
}
