//! Topics and the filters by which one subscribes to them (MQTT 5 §4.7).
//!
//! In: text. Out: [`TopicFilter`], which matches level by level: `+` is one level, `#` is all that follows and comes last. A filter as
//! AMQP writes it is read as the same filter with the usual exchange as its first level.

use std::fmt;

/// Longest topic or filter, in octets (MQTT 5 §1.5.4).
const LONGEST: usize = 65_535;

/// Most levels of a topic that are told apart.
pub const DEEPEST: usize = 64;

/// The exchange of Sarracenia that everybody may read: the first level of its topics.
pub const USUAL_EXCHANGE: &str = "xpublic";

/// A filter that a broker accepts.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TopicFilter(Box<str>);

/// Why text is no topic filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Nothing, or too much.
    #[error("a topic filter has 1 to 65535 octets")]
    Length,
    /// `#` before the end, or beside other characters.
    #[error("# stands alone at the end of a topic filter")]
    Hash,
    /// `+` beside other characters.
    #[error("+ stands alone between slashes")]
    Plus,
    /// U+0000, which no topic may hold.
    #[error("a topic filter holds no NUL")]
    Nul,
}

impl TopicFilter {
    /// The levels before its first wildcard, which all topics that match have in common. `None` when there are none.
    pub fn common_part(&self) -> Option<String> {
        let levels: Vec<&str> =
            self.as_str().split('/').take_while(|level| !matches!(*level, "+" | "#")).collect();
        (!levels.is_empty()).then(|| levels.join("/"))
    }

    /// Reads a filter, as MQTT writes it or as AMQP does: `v02.post.*.GRIB.#` is `xpublic/v02/post/+/GRIB/#`.
    ///
    /// # Errors
    /// Says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let slashed = with_slashes(text);
        let text = slashed.as_deref().unwrap_or(text);
        if text.is_empty() || text.len() > LONGEST {
            return Err(FilterError::Length);
        }
        if text.contains('\0') {
            return Err(FilterError::Nul);
        }
        let mut levels = text.split('/').peekable();
        while let Some(level) = levels.next() {
            if level.contains('#') && (level != "#" || levels.peek().is_some()) {
                return Err(FilterError::Hash);
            }
            if level.contains('+') && level != "+" {
                return Err(FilterError::Plus);
            }
        }
        Ok(Self(text.into()))
    }

    /// The filter as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `topic` is meant. Topics that begin with `$` are the broker's own: no leading wildcard means them.
    pub fn matches(&self, topic: &str) -> bool {
        if topic.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut topic = topic.split('/');
        for level in self.0.split('/') {
            match (level, topic.next()) {
                ("#", _) => return true,
                ("+", Some(_)) => {}
                (level, Some(found)) if level == found => {}
                _ => return false,
            }
        }
        topic.next().is_none()
    }

    /// Whether every topic that `other` means is meant by this one too.
    pub fn covers(&self, other: &Self) -> bool {
        let mut others = other.0.split('/');
        for level in self.0.split('/') {
            match (level, others.next()) {
                ("#", _) => return true,
                ("+", Some(found)) if found != "#" => {}
                (level, Some(found)) if level == found => {}
                _ => return false,
            }
        }
        others.next().is_none()
    }

    /// Whether it asks for everything a broker has, which on a Global Broker is the whole world.
    pub fn is_everything(&self) -> bool {
        self.0.split('/').all(|level| matches!(level, "#" | "+"))
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// A filter that is written with dots, as AMQP does: a wildcard is a word of it, or it begins with a version of Sarracenia's messages.
/// `None` for any other text.
fn with_slashes(text: &str) -> Option<String> {
    if text.contains('/') || !text.contains('.') {
        return None;
    }
    let words: Vec<&str> = text.split('.').map(|word| if word == "*" { "+" } else { word }).collect();
    let is_dotted = matches!(words[0], "v02" | "v03") || words.iter().any(|word| matches!(*word, "+" | "#"));
    is_dotted.then(|| format!("{USUAL_EXCHANGE}/{}", words.join("/")))
}

/// Whether `topic` is written as one of WIS2: channel, `a`, `wis2`, centre, then levels in lower case.
pub fn is_wis2(topic: &str) -> bool {
    let mut levels = topic.split('/');
    let channel = levels.next().is_some_and(|level| matches!(level, "origin" | "cache"));
    let is_level = |level: &str| {
        !level.is_empty()
            && level
                .bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_' | b'.'))
    };
    let rest: Vec<&str> = levels.take(DEEPEST).collect();
    channel
        && rest.len() >= 4
        && rest[..2] == ["a", "wis2"]
        && rest[2..].iter().all(|level| is_level(level))
        && matches!(rest[3], "data" | "metadata")
}

/// The centre that a WIS2 topic names. `None` for any other topic.
pub fn centre_of(topic: &str) -> Option<&str> {
    let mut levels = topic.split('/');
    let is_channel = levels.next().is_some_and(|level| matches!(level, "origin" | "cache" | "monitor"));
    (is_channel && levels.next() == Some("a") && levels.next() == Some("wis2")).then(|| levels.next())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::parse(text).expect("a filter")
    }

    #[test]
    fn wildcards_match_level_by_level() {
        for (of, topic, expected) in [
            ("a/b", "a/b", true),
            ("a/+", "a/b", true),
            ("a/+", "a/b/c", false),
            ("a/+", "a", false),
            ("a/+", "a/", true),
            ("a/#", "a", true),
            ("a/#", "a/b/c", true),
            ("#", "a/b", true),
            ("+/+", "/b", true),
            ("+", "/b", false),
            ("a/+/c", "a/b/c", true),
            ("A/b", "a/b", false),
            ("cache/a/wis2/+/data/core/#", "cache/a/wis2/fr-meteofrance/data/core/weather", true),
            ("cache/a/wis2/+/data/core/#", "cache/a/wis2/x/y/data/core/weather", false),
            ("#", "$SYS/broker", false),
            ("+/broker", "$SYS/broker", false),
            ("$SYS/#", "$SYS/broker", true),
            ("xpublic/v03/post/#", "xpublic/v03/post20190120/WIS", false),
        ] {
            assert_eq!(filter(of).matches(topic), expected, "{of} {topic}");
        }
    }

    #[test]
    fn a_filter_that_a_broker_would_refuse_is_refused_here() {
        assert_eq!(TopicFilter::parse(""), Err(FilterError::Length));
        assert_eq!(TopicFilter::parse("a/#/b"), Err(FilterError::Hash));
        assert_eq!(TopicFilter::parse("a/b#"), Err(FilterError::Hash));
        assert_eq!(TopicFilter::parse("a/b+"), Err(FilterError::Plus));
        assert_eq!(TopicFilter::parse("a\0"), Err(FilterError::Nul));
        assert!(
            filter("#").is_everything() && filter("+/#").is_everything() && !filter("a/#").is_everything()
        );
    }

    #[test]
    fn a_filter_with_dots_is_one_of_amqp_with_the_usual_exchange() {
        for (dotted, slashed) in [
            ("v02.post.#", "xpublic/v02/post/#"),
            ("v03.post", "xpublic/v03/post"),
            ("v02.post.*.WXO-DD.model_hrdps.#", "xpublic/v02/post/+/WXO-DD/model_hrdps/#"),
            ("*.WXO-DD.#", "xpublic/+/WXO-DD/#"),
            ("host.example", "host.example"),
            ("a/v02.post.b", "a/v02.post.b"),
        ] {
            assert_eq!(TopicFilter::parse(dotted), Ok(filter(slashed)), "{dotted}");
        }
        assert_eq!(TopicFilter::parse("v02.#.GRIB"), Err(FilterError::Hash));
    }

    #[test]
    fn a_filter_covers_those_that_mean_no_more_than_it_does() {
        for (wide, narrow, expected) in [
            ("a/#", "a/b/c", true),
            ("a/#", "a", true),
            ("a/#", "a/b/#", true),
            ("a/+/c", "a/b/c", true),
            ("a/+", "a/#", false),
            ("a/b", "a/+", false),
            ("a/b", "a/b", true),
            ("a/b/#", "a/#", false),
        ] {
            assert_eq!(filter(wide).covers(&filter(narrow)), expected, "{wide} {narrow}");
        }
    }

    #[test]
    fn topics_of_wis2_are_told_from_others() {
        assert!(is_wis2("origin/a/wis2/ca-eccc-msc/data/core/climate"));
        assert!(is_wis2("cache/a/wis2/x/metadata"));
        assert!(!is_wis2("origin/a/wis2/ca-eccc-msc/data/core/weather/surface-based-observations/landFixed"));
        assert!(!is_wis2("xpublic/v03/post/20260811"));
        assert_eq!(
            centre_of("monitor/a/wis2/fr-meteofrance-global-broker/x"),
            Some("fr-meteofrance-global-broker")
        );
        assert_eq!(centre_of("a/b/c/d"), None);
    }

    #[test]
    fn what_all_topics_of_a_filter_have_in_common_ends_before_its_first_wildcard() {
        for (filter, expected) in
            [("a/b/#", Some("a/b")), ("a/+/c", Some("a")), ("a/b", Some("a/b")), ("+/b", None)]
        {
            assert_eq!(TopicFilter::parse(filter).expect("a filter").common_part().as_deref(), expected);
        }
    }
}
