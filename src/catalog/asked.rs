//! Which part of a dataset was asked for, and which answers were read: only what was read can be called missing.
//!
//! In: what each request was for, and whether its answer was read. Out: what is known of one lead time of one run. Start
//! reading at [`AskedBook::coverage`].

use super::template::Values;
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Its answer was read whole; also one that says that there is nothing.
    Read,
    /// There was none, it was none, or only a part of it came.
    Unread,
}

/// A part of a dataset that one file may be.
#[derive(Clone, Copy, Debug)]
pub struct DatasetPart<'a> {
    /// Its run.
    pub run: UtcTime,
    /// A lead time in it.
    pub lead: LeadTime,
    /// Its package; empty when there is none.
    pub package: &'a str,
}

/// How well a part is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// Every answer that could name it was read.
    Read,
    /// Some were, and others that could name it as well were not.
    Partly,
    /// None was.
    Unread,
}

/// The requests of one look, in their order.
#[derive(Clone, Debug, Default)]
pub struct AskedBook {
    requests: Vec<(Values, Reply)>,
}

impl AskedBook {
    /// Notes what became of the next request.
    pub fn note(&mut self, values: Values, reply: Reply) {
        self.requests.push((values, reply));
    }

    /// Whether any request was for this run. Where none was noted at all, everything counts as read.
    pub fn covers(&self, run: UtcTime) -> bool {
        self.requests.is_empty() || self.requests.iter().any(|(values, _)| is_of_run(values, run))
    }

    /// The number of the first request for this run that was not answered.
    pub fn unread_of(&self, run: UtcTime) -> Option<usize> {
        self.requests.iter().position(|(values, reply)| *reply == Reply::Unread && is_of_run(values, run))
    }

    /// How well a part is known.
    pub fn coverage(&self, part: DatasetPart<'_>) -> Coverage {
        if self.requests.is_empty() {
            return Coverage::Read;
        }
        let (mut read, mut unread) = (false, false);
        for (values, reply) in &self.requests {
            if could_name(values, part) {
                match reply {
                    Reply::Read => read = true,
                    Reply::Unread => unread = true,
                }
            }
        }
        match (read, unread) {
            (true, false) => Coverage::Read,
            (true, true) => Coverage::Partly,
            (false, _) => Coverage::Unread,
        }
    }
}

fn is_of_run(values: &Values, run: UtcTime) -> bool {
    values.run.is_none_or(|of| of == run)
}

fn could_name(values: &Values, part: DatasetPart<'_>) -> bool {
    let is_of_package = values.keys.get("package").is_none_or(|package| package == part.package);
    let is_of_lead = match (values.first, values.last) {
        (Some(first), Some(last)) => (first..=last).contains(&part.lead),
        _ => true,
    };
    is_of_run(values, part.run) && is_of_package && is_of_lead
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(hour: i64) -> UtcTime {
        UtcTime::from_unix_seconds(hour * 3_600).expect("a time")
    }

    fn part(hour: i64, lead: i64, package: &str) -> DatasetPart<'_> {
        DatasetPart { run: run(hour), lead: LeadTime::from_hours(lead), package }
    }

    #[test]
    fn only_what_an_unread_answer_could_name_is_unknown() {
        let mut asked = AskedBook::default();
        let of = |package: &str| Values::default().of_run(run(6)).with("package", package);
        asked.note(of("SP1"), Reply::Read);
        asked.note(of("SP2"), Reply::Unread);
        assert_eq!(asked.coverage(part(6, 1, "SP1")), Coverage::Read);
        assert_eq!(asked.coverage(part(6, 1, "SP2")), Coverage::Unread);
        assert_eq!(asked.coverage(part(0, 1, "SP1")), Coverage::Unread, "nobody asked for that run");
        assert!(asked.covers(run(6)) && !asked.covers(run(0)));
        assert_eq!(asked.unread_of(run(6)), Some(1));
    }

    #[test]
    fn a_request_for_some_lead_times_says_nothing_of_others() {
        let mut asked = AskedBook::default();
        let hours = |first, last| {
            Values::default().of_run(run(6)).over(LeadTime::from_hours(first), LeadTime::from_hours(last))
        };
        asked.note(hours(0, 6), Reply::Read);
        asked.note(hours(7, 12), Reply::Unread);
        assert_eq!(asked.coverage(part(6, 6, "")), Coverage::Read);
        assert_eq!(asked.coverage(part(6, 7, "")), Coverage::Unread);
    }

    #[test]
    fn what_one_list_has_read_and_another_has_not_is_known_in_part() {
        let mut asked = AskedBook::default();
        asked.note(Values::default().of_run(run(6)), Reply::Read);
        asked.note(Values::default(), Reply::Unread);
        assert_eq!(asked.coverage(part(6, 1, "")), Coverage::Partly);
    }
}
