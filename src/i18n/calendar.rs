//! Days, hours and ages as forecasters write them: `Fri 20 Nov`, `06 UTC` · `ven. 20 nov.`, `06 h UTC`.
//!
//! In: instants. Out: text. Always in UTC unless an offset is handed in.

use super::{Language, Translator};
use crate::domain::utc::UtcTime;
use i18n_embed_fl::fl;
use std::time::Duration;

const DAYS: [[&str; 7]; 2] = [
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
];

const MONTHS: [[&str; 12]; 2] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
];

/// The row of a language in the tables above.
fn row(text: &Translator) -> usize {
    usize::from(text.language() == Language::French)
}

impl Translator {
    /// A day: `Fri 20 Nov` · `ven. 20 nov.`.
    pub fn day(&self, time: UtcTime) -> String {
        let civil = time.civil();
        let weekday = DAYS[row(self)][usize::try_from(civil.weekday().to_monday_zero_offset()).unwrap_or(0)];
        let month = MONTHS[row(self)][usize::try_from(civil.month() - 1).unwrap_or(0)];
        format!("{weekday}\u{A0}{}\u{A0}{month}", civil.day())
    }

    /// The hour of a run or of validity: `06 UTC`, `06:30 UTC` · `06 h UTC`, `06 h 30 UTC`.
    pub fn hour(&self, time: UtcTime) -> String {
        let civil = time.civil();
        match (self.language(), civil.minute()) {
            (Language::English, 0) => format!("{:02}\u{A0}UTC", civil.hour()),
            (Language::English, minute) => format!("{:02}:{minute:02}\u{A0}UTC", civil.hour()),
            (Language::French, 0) => format!("{:02}\u{A0}h\u{A0}UTC", civil.hour()),
            (Language::French, minute) => format!("{:02}\u{A0}h\u{A0}{minute:02}\u{A0}UTC", civil.hour()),
        }
    }

    /// A run in a table whose head says that times are UTC: `Fri 20 Nov 06` · `ven. 20 nov. 06 h`.
    pub fn run(&self, time: UtcTime) -> String {
        let hour = self.hour(time);
        let hour = hour.strip_suffix("\u{A0}UTC").unwrap_or(&hour);
        let hour = if self.language() == Language::English && hour.len() == 2 {
            format!("{hour}:00")
        } else {
            hour.to_owned()
        };
        format!("{}\u{A0}{hour}", self.day(time))
    }

    /// A run where there is little room: `20 Nov 06:00` · `20 nov. 06 h`.
    pub fn run_short(&self, time: UtcTime) -> String {
        let run = self.run(time);
        run.split_once('\u{A0}').map_or(run.clone(), |(_, rest)| rest.to_owned())
    }

    /// The time of day on this computer's clock: `07:00`.
    pub fn local_time(&self, time: UtcTime, offset_minutes: i32) -> String {
        let civil = time.plus_minutes(i64::from(offset_minutes)).unwrap_or(time).civil();
        format!("{:02}:{:02}", civil.hour(), civil.minute())
    }

    /// How long ago something was, to the minute; less than a minute is zero.
    pub fn age(&self, then: UtcTime, now: UtcTime) -> String {
        let minutes = u64::try_from(now.minutes_since(then)).unwrap_or(0);
        match minutes {
            0..60 => format!("{minutes}\u{202F}min"),
            60..2880 => self.duration(Duration::from_secs(minutes * 60)),
            _ => {
                let unit = if self.language() == Language::French { "j" } else { "d" };
                format!("{}\u{202F}{unit}", self.count(minutes / 1440))
            }
        }
    }

    /// How long ago something was, as a phrase: `just now`, `5 min ago` · `à l'instant`, `il y a 5 min`.
    pub fn ago(&self, then: UtcTime, now: UtcTime) -> String {
        if now.minutes_since(then) < 1 {
            return fl!(&self.loader, "time-just-now");
        }
        fl!(&self.loader, "time-ago", age = self.age(then, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(fields: [i32; 6]) -> UtcTime {
        UtcTime::from_civil(fields).expect("a real date")
    }

    #[test]
    fn days_and_hours_are_written_as_forecasters_of_each_language_do() {
        let (english, french) = (Translator::new(Language::English), Translator::new(Language::French));
        let run = at([2026, 11, 20, 6, 0, 0]);
        assert_eq!(english.day(run), "Fri\u{A0}20\u{A0}Nov");
        assert_eq!(french.day(run), "ven.\u{A0}20\u{A0}nov.");
        assert_eq!(english.hour(run), "06\u{A0}UTC");
        assert_eq!(french.hour(at([2026, 11, 20, 6, 30, 0])), "06\u{A0}h\u{A0}30\u{A0}UTC");
        assert_eq!(french.local_time(run, 60), "07:00");
    }

    #[test]
    fn less_than_a_minute_ago_is_just_now() {
        let now = at([2026, 11, 20, 6, 0, 0]);
        for (language, words) in [
            (Language::English, ["just now", "1\u{202F}min ago"]),
            (Language::French, ["à l'instant", "il y a 1\u{202F}min"]),
        ] {
            let text = Translator::new(language);
            assert_eq!(text.ago(at([2026, 11, 20, 5, 59, 30]), now), words[0]);
            assert_eq!(text.ago(at([2026, 11, 20, 5, 58, 30]), now), words[1]);
        }
    }

    #[test]
    fn an_age_is_never_negative_and_grows_into_days() {
        let french = Translator::new(Language::French);
        let now = at([2026, 11, 20, 6, 0, 0]);
        assert_eq!(french.age(at([2026, 11, 20, 7, 0, 0]), now), "0\u{202F}min");
        assert_eq!(french.age(at([2026, 11, 20, 4, 55, 0]), now), "1\u{202F}h\u{202F}05\u{202F}min");
        assert_eq!(french.age(at([2026, 11, 15, 6, 0, 0]), now), "5\u{202F}j");
    }
}
