//! Splits a file of many lead times into one file for each.
//!
//! In: the name of a file, and where each field of it lies with its lead time. Out: a [`SplitOutcome`]: names, and the octets to
//! copy. Reads no octet, and knows of fields nothing but that. Start reading at [`SplitOutcome::plan`].

use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteCount, ByteRange};
use std::collections::BTreeMap;

/// What becomes of a file that is to be split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitOutcome {
    /// It holds one lead time, so it is published as it is.
    Whole {
        /// That lead time.
        lead: LeadTime,
    },
    /// A file for each lead time, in their order; at least two.
    ByLead(Vec<LeadFile>),
}

/// A file of one lead time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadFile {
    /// Its lead time.
    pub lead: LeadTime,
    /// Its name.
    pub name: String,
    /// The octets of the split file that make it up, in their order there; those that adjoin are one range.
    pub ranges: Vec<ByteRange>,
}

impl LeadFile {
    /// Its length.
    pub fn length(&self) -> ByteCount {
        self.ranges.iter().map(|range| range.count()).sum()
    }
}

/// Why a file is not split.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// No field at all.
    #[error("no field to split by")]
    Nothing,
    /// A field without a lead time.
    #[error("the field at octet {at} has no lead time")]
    NoLeadTime {
        /// First octet of its message.
        at: u64,
    },
    /// One message with fields of several lead times, as Japan publishes; it cannot be cut.
    #[error("the message at octet {at} holds several lead times")]
    SeveralInOneMessage {
        /// Its first octet.
        at: u64,
    },
    /// Messages that lie over one another.
    #[error("the message at octet {at} lies over the one before it")]
    Overlap {
        /// Its first octet.
        at: u64,
    },
}

impl SplitOutcome {
    /// Plans the split of the file `name`. `fields` are, in any order, the octets of each field's whole message and the
    /// field's lead time; a message of several fields comes several times.
    ///
    /// # Errors
    /// [`SplitError`] when some message belongs to no file, or to several.
    pub fn plan(
        name: &str,
        fields: impl IntoIterator<Item = (ByteRange, Option<LeadTime>)>,
    ) -> Result<Self, SplitError> {
        let mut messages: BTreeMap<ByteRange, LeadTime> = BTreeMap::new();
        for (range, lead) in fields {
            let at = range.start();
            let lead = lead.ok_or(SplitError::NoLeadTime { at })?;
            if messages.insert(range, lead).is_some_and(|other| other != lead) {
                return Err(SplitError::SeveralInOneMessage { at });
            }
        }
        let mut by_lead: BTreeMap<LeadTime, Vec<ByteRange>> = BTreeMap::new();
        let mut end = 0;
        for (range, lead) in messages {
            if range.start() < end {
                return Err(SplitError::Overlap { at: range.start() });
            }
            end = range.end();
            append(by_lead.entry(lead).or_default(), range);
        }
        let mut leads = by_lead.keys();
        match (leads.next(), leads.next()) {
            (None, _) => Err(SplitError::Nothing),
            (Some(&lead), None) => Ok(Self::Whole { lead }),
            _ => Ok(Self::ByLead(named(name, by_lead))),
        }
    }
}

fn append(ranges: &mut Vec<ByteRange>, range: ByteRange) {
    let joined = ranges.last().filter(|last| last.end() == range.start());
    if let Some(joined) = joined.and_then(|last| ByteRange::new(last.start(), range.end())) {
        ranges.pop();
        ranges.push(joined);
    } else {
        ranges.push(range);
    }
}

fn named(name: &str, by_lead: BTreeMap<LeadTime, Vec<ByteRange>>) -> Vec<LeadFile> {
    let span = span_of_hours(name).filter(|span| by_lead.keys().all(|&lead| span.can_say(lead)));
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if dot > 0 && is_ending(&name[dot + 1..]) => name.split_at(dot),
        _ => (name, ""),
    };
    let name_for = |lead: LeadTime| match &span {
        Some(span) => span.replaced_by(lead),
        None => format!("{stem}_{}{ending}", duration(lead)),
    };
    by_lead.into_iter().map(|(lead, ranges)| LeadFile { lead, name: name_for(lead), ranges }).collect()
}

/// Whether what follows a dot says how the file is written. `f006` in `gfs.t00z.pgrb2.0p25.f006` does not.
fn is_ending(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "grib2" | "grib" | "grb2" | "grb" | "gb2" | "bin")
}

/// `PT003H`, `PT003H15M`, as ISO 8601 writes a duration and Canada its names.
fn duration(lead: LeadTime) -> String {
    let minutes = lead.minutes();
    match (minutes / 60, minutes % 60) {
        _ if minutes < 0 => format!("T{minutes}min"),
        (hours, 0) => format!("PT{hours:03}H"),
        (hours, rest) => format!("PT{hours:03}H{rest:02}M"),
    }
}

/// `00H06H` in a name of Météo-France's, with what stands around it.
struct HourSpan<'a> {
    before: &'a str,
    digits: usize,
    after: &'a str,
}

impl HourSpan<'_> {
    fn can_say(&self, lead: LeadTime) -> bool {
        let hours = lead.minutes() / 60;
        lead.minutes() % 60 == 0 && hours >= 0 && hours.to_string().len() <= self.digits
    }

    fn replaced_by(&self, lead: LeadTime) -> String {
        let (hours, digits) = (lead.minutes() / 60, self.digits);
        format!("{}{hours:0digits$}H{}", self.before, self.after)
    }
}

/// The only span of hours in `name`.
fn span_of_hours(name: &str) -> Option<HourSpan<'_>> {
    let mut found = None;
    let mut at = 0;
    for word in name.split(['_', '.', '-', '+']) {
        if let Some(digits) = digits_of_span(word) {
            let (before, after) = (&name[..at], &name[at + word.len()..]);
            if found.replace(HourSpan { before, digits, after }).is_some() {
                return None;
            }
        }
        at += word.len() + 1;
    }
    found
}

fn digits_of_span(word: &str) -> Option<usize> {
    let (first, last) = word.strip_suffix('H')?.split_once('H')?;
    let is_number = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    let fits =
        first.len() == last.len() && matches!(first.len(), 2 | 3) && is_number(first) && is_number(last);
    fits.then_some(first.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::file_name::NamedTimes;

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    /// Messages of ten octets, one after the other, with these lead times in minutes.
    fn split(name: &str, leads: &[i64]) -> Vec<LeadFile> {
        let fields = leads
            .iter()
            .zip(0..)
            .map(|(&lead, n)| (range(n * 10, n * 10 + 10), Some(LeadTime::from_minutes(lead))));
        match SplitOutcome::plan(name, fields).expect("a file that can be split") {
            SplitOutcome::ByLead(files) => files,
            SplitOutcome::Whole { .. } => panic!("one lead time only"),
        }
    }

    fn names(name: &str, leads: &[i64]) -> Vec<String> {
        split(name, leads).into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn messages_of_one_lead_time_come_together_in_their_order_and_adjoining_ones_are_one_range() {
        let files = split("x.grib2", &[0, 60, 60, 0, 0, 120]);
        let ranges: Vec<_> = files.iter().map(|file| file.ranges.clone()).collect();
        assert_eq!(ranges, [vec![range(0, 10), range(30, 50)], vec![range(10, 30)], vec![range(50, 60)]]);
        assert_eq!(files[0].length(), ByteCount(30));
    }

    #[test]
    fn a_span_in_the_name_becomes_the_hour() {
        let published = "arome__0025__SP1__00H06H__2026-01-01T00:00:00Z.grib2";
        let expected =
            ["00", "06"].map(|hour| format!("arome__0025__SP1__{hour}H__2026-01-01T00:00:00Z.grib2"));
        assert_eq!(names(published, &[0, 360]), expected);
        assert_eq!(
            names("NUEE-DEMO_FR_2026112006_013H024H.grib2", &[780, 1440])[0],
            "NUEE-DEMO_FR_2026112006_013H.grib2"
        );
    }

    #[test]
    fn a_name_without_a_span_that_could_say_it_gets_a_duration() {
        assert_eq!(names("x.grib2", &[0, 375]), ["x_PT000H.grib2", "x_PT006H15M.grib2"]);
        assert_eq!(names("x_00H06H.grib2", &[0, 15])[1], "x_00H06H_PT000H15M.grib2");
        assert_eq!(names("x_00H06H_00H06H", &[0, 60])[1], "x_00H06H_00H06H_PT001H");
        assert_eq!(
            names("gfs.t00z.pgrb2.0p25", &[-60, 0]),
            ["gfs.t00z.pgrb2.0p25_T-60min", "gfs.t00z.pgrb2.0p25_PT000H"]
        );
    }

    #[test]
    fn the_new_names_tell_the_lead_time_again() {
        let published =
            ["arome__0025__SP1__00H48H__2026-01-01T00_00_00Z.grib2", "x.grib2", "run_2026112006.grb"];
        for name in published {
            for file in split(name, &[0, 60, 2_880]) {
                let leads = NamedTimes::of_path(&file.name).leads.expect("lead times");
                assert_eq!((leads.first, leads.last), (file.lead, file.lead), "{}", file.name);
            }
        }
    }

    #[test]
    fn a_file_of_one_lead_time_is_left_whole() {
        let lead = LeadTime::from_hours(6);
        let fields = [(range(0, 10), Some(lead)), (range(10, 20), Some(lead))];
        assert_eq!(SplitOutcome::plan("x", fields), Ok(SplitOutcome::Whole { lead }));
    }

    #[test]
    fn what_cannot_be_split_is_told_with_its_place() {
        let hour = |hours| Some(LeadTime::from_hours(hours));
        assert_eq!(SplitOutcome::plan("x", []), Err(SplitError::Nothing));
        assert_eq!(SplitOutcome::plan("x", [(range(7, 9), None)]), Err(SplitError::NoLeadTime { at: 7 }));
        let several = [(range(7, 9), hour(1)), (range(7, 9), hour(2))];
        assert_eq!(SplitOutcome::plan("x", several), Err(SplitError::SeveralInOneMessage { at: 7 }));
        let over = [(range(8, 12), hour(1)), (range(0, 9), hour(2))];
        assert_eq!(SplitOutcome::plan("x", over), Err(SplitError::Overlap { at: 8 }));
        let twice = [(range(7, 9), hour(1)), (range(7, 9), hour(1)), (range(9, 10), hour(2))];
        assert!(
            matches!(SplitOutcome::plan("x", twice), Ok(SplitOutcome::ByLead(files)) if files.len() == 2)
        );
    }
}
