//! Patterns by which people choose files: `*` for any run of characters, `?` for one, without regard to case.

/// Whether `text` matches `pattern`. Takes time by the product of their lengths at most.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut at, mut here) = (0, 0);
    // Where the last star stands, and how much of the text it covers so far.
    let mut star: Option<(usize, usize)> = None;
    while here < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[here] => {
                at += 1;
                here += 1;
            }
            _ => {
                let Some((star_at, covered)) = star else { return false };
                star = Some((star_at, covered + 1));
                at = star_at + 1;
                here = covered + 1;
            }
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_what_people_expect() {
        assert!(matches("*", ""));
        assert!(matches("*.grib2", "a/b.GRIB2"));
        assert!(matches("arome_??h.*", "arome_06H.grib2"));
        assert!(matches("*a*b*", "xxaxxbxx"));
        assert!(!matches("*.grib2", "a.grib2.index"));
        assert!(!matches("a?", "a"));
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        let (pattern, text) = ("*a".repeat(500), "a".repeat(499));
        assert!(!matches(&pattern, &text));
    }
}
