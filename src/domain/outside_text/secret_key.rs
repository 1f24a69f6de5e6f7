//! Which keys of a query have a secret as their value.
//!
//! In: a key as it stands in an address (`X-Amz-Signature`, `api_key`, `max-keys`). Out: whether its value is to be hidden.
//! A key is read in words, so that `keyword` and `sigma` are no `key` and no `sig`. Start reading at [`is_secret_key`].

/// Words that make a value a secret wherever they stand in a key.
const SECRET_WORDS: [&str; 16] = [
    "signature",
    "sig",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "auth",
    "authorization",
    "credential",
    "credentials",
    "session",
    "jwt",
    "bearer",
    "passkey",
    "apikey",
];

/// Keys in one word that name a secret by their end.
const SECRET_ENDS: [&str; 12] = [
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "subscriptionkey",
    "passkey",
    "accesskeyid",
    "signature",
    "password",
    "sessid",
];

/// What stands before `token` where it only says which page of a list comes next.
const PAGING: [&str; 5] = ["continuation", "page", "next", "sync", "start"];

/// What stands before `key` where it names a thing and opens nothing.
const HARMLESS_KEYS: [&str; 10] =
    ["sort", "order", "group", "object", "public", "row", "partition", "primary", "foreign", "cache"];

/// Whether the value of a query key (`token`, `X-Amz-Signature`, `api_key`…) is a secret.
pub fn is_secret_key(key: &str) -> bool {
    let words = words_of(key);
    let before = |at: usize| at.checked_sub(1).map(|before| words[before].as_str()).unwrap_or_default();
    let is_secret_word = |(at, word): (usize, &String)| match word.as_str() {
        "token" => !PAGING.contains(&before(at)),
        // `key=` opens something; `max-keys` and `key-pair-id` do not.
        "key" => !HARMLESS_KEYS.contains(&before(at)) && is_last_of_key(&words, at),
        word => SECRET_WORDS.contains(&word),
    };
    words.iter().enumerate().any(is_secret_word) || is_secret_in_one_word(&words.concat())
}

/// `access-key` and `access-key-id`: an identifier of a key is hidden with it.
fn is_last_of_key(words: &[String], at: usize) -> bool {
    matches!(words.get(at + 1).map(String::as_str), None | Some("id"))
}

fn is_secret_in_one_word(key: &str) -> bool {
    let names =
        |end: &str| key.strip_suffix(end).is_some_and(|rest| !PAGING.iter().any(|page| rest.ends_with(page)));
    SECRET_ENDS.iter().any(|end| names(end)) || key == "sessionid"
}

/// The words of a key, in small letters: parted by signs, and where a capital begins a new one.
fn words_of(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_inside, mut was_small) = (false, false);
    for letter in key.chars() {
        if !letter.is_alphanumeric() {
            is_inside = false;
            continue;
        }
        if !is_inside || (was_small && letter.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
        (is_inside, was_small) = (true, letter.is_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_secret_keys_are_hidden_however_they_are_written() {
        for key in [
            "token",
            "key",
            "KEY",
            "sig",
            "signature",
            "X-Amz-Signature",
            "X-Amz-Credential",
            "X-Amz-Security-Token",
            "AWSAccessKeyId",
            "password",
            "passwd",
            "apikey",
            "api_key",
            "apiKey",
            "access_token",
            "accessToken",
            "accesstoken",
            "access-key-id",
            "client_secret",
            "subscription-key",
            "auth",
            "authkey",
            "passkey",
            "session",
            "sessionid",
            "PHPSESSID",
            "token[]",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn keys_that_only_look_like_secrets_stay_readable() {
        for key in [
            "max-keys",
            "keyword",
            "keywords",
            "keys",
            "sigma",
            "signal",
            "design",
            "author",
            "authority",
            "monkey",
            "continuation-token",
            "next_token",
            "pageToken",
            "nextpagetoken",
            "sort_key",
            "tokenize",
            "sessions",
            "list-type",
            "prefix",
            "Key-Pair-Id",
            "compass",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }
}
