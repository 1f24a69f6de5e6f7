//! How octets and names are written in a component of a URL, so that every server reads the same again.
//!
//! In: octets or text. Out: ASCII. What RFC 3986 calls unreserved stands as it is; `+` is written `%2B`, since object stores take
//! a bare one for a space.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What stands as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A component of a path, or a value of a query, percent-encoded.
pub fn encode_component(octets: impl AsRef<[u8]>) -> String {
    percent_encode(octets.as_ref(), UNRESERVED).to_string()
}

/// A path of these components, percent-encoded, without a slash at its ends.
pub fn encode_path<T: AsRef<str>>(components: &[T]) -> String {
    components.iter().map(|component| encode_component(component.as_ref())).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_could_read_otherwise_is_encoded() {
        assert_eq!(encode_component("a-b.c_d~1"), "a-b.c_d~1");
        assert_eq!(encode_component("a b+é#?/%"), "a%20b%2B%C3%A9%23%3F%2F%25");
        assert_eq!(encode_component([0_u8, 255]), "%00%FF");
        assert_eq!(encode_path(&["run", "a b"]), "run/a%20b");
    }
}
