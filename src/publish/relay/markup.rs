//! Text and times as XML and HTML hold them.
//!
//! In: names written by strangers, times. Out: text that stays text between any two tags and inside any attribute.

use crate::domain::outside_text::is_treacherous;
use crate::domain::utc::UtcTime;

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `text` for XML and HTML, in an element as in an attribute. Left out is what XML cannot hold, and what would move, hide
/// or reorder the text around it.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            _ if is_treacherous(character) => {}
            _ => safe.push(character),
        }
    }
    safe
}

/// A date as RSS writes it: RFC 822 with a year of four digits, `Mon, 30 Nov 2026 06:00:00 +0000`.
pub(super) fn mail_date(time: UtcTime) -> String {
    let civil = time.civil();
    let of = |names: &[&'static str], number: i8| {
        usize::try_from(number).ok().and_then(|number| names.get(number).copied()).unwrap_or_default()
    };
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
        of(&DAYS, civil.weekday().to_sunday_zero_offset()),
        civil.day(),
        of(&MONTHS, civil.month() - 1),
        civil.year(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_and_what_cannot_be_shown_is_left_out() {
        let odd = "a<b>&\"c\" 'd'\u{0}\u{7}\n\u{85}\u{FFFE}\u{202E}é";
        assert_eq!(escaped(odd), "a&lt;b&gt;&amp;&quot;c&quot; &#39;d&#39;é");
    }

    #[test]
    fn a_date_has_its_day_of_the_week_and_its_month_in_english() {
        let date = |text| mail_date(UtcTime::parse_rfc3339(text).expect("a time"));
        assert_eq!(date("2026-11-30T06:05:09Z"), "Mon, 30 Nov 2026 06:05:09 +0000");
        assert_eq!(date("2027-01-03T00:00:00Z"), "Sun, 03 Jan 2027 00:00:00 +0000");
        assert_eq!(date("2028-12-30T23:59:59Z"), "Sat, 30 Dec 2028 23:59:59 +0000");
    }
}
