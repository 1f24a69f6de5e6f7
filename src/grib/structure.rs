//! Whether a stream of octets is well-formed GRIB: every message ends in `7777` where its sections add up to.
//!
//! In: octets in pieces of any size, in order. Out: [`Structure`]. Memory is constant; nothing is decoded. Says that a
//! file is whole, not whose it is. Between messages anything may stand: bulletins, padding.

use super::edition1;

/// What a stream of octets was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Structure {
    /// GRIB, each message sound.
    WellFormed {
        /// How many messages.
        messages: u64,
    },
    /// GRIB with something wrong.
    Broken {
        /// What and where, in English.
        detail: String,
    },
    /// No GRIB message at all.
    NotGrib,
}

/// Checks a stream.
#[derive(Debug)]
pub struct StructureCheck {
    state: State,
    /// Octets kept until there are enough to decide.
    head: Vec<u8>,
    /// Octets taken so far.
    at: u64,
    messages: u64,
    /// The first octets behind the last message.
    behind: Vec<u8>,
    broken: Option<String>,
}

/// So many octets tell a page of a server from what may stand between messages.
const TELLING: usize = 64;

#[derive(Clone, Copy, Debug)]
enum State {
    /// Looking for `GRIB`.
    Between,
    /// In a message that began at `start`, with `left` octets to its end; a section's head comes next.
    Section { start: u64, left: u64 },
    /// `skip` octets of a section, then the next section.
    Inside { start: u64, left: u64, skip: u64 },
    /// In a message of edition 1 of which only the end matters.
    Edition1 { start: u64, left: u64 },
    /// In one whose end is known roughly: it is looked for once `left` octets have passed.
    Edition1Long { start: u64, left: u64 },
}

/// The end of a long message of edition 1 lies at most so far behind the least length it can have.
const LONG_SLACK: u64 = 128;

impl Default for StructureCheck {
    fn default() -> Self {
        Self::new()
    }
}

impl StructureCheck {
    /// Before the first octet.
    pub fn new() -> Self {
        Self { state: State::Between, head: Vec::new(), at: 0, messages: 0, behind: Vec::new(), broken: None }
    }

    /// Takes the next octets.
    pub fn update(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() && self.broken.is_none() {
            let is_between = matches!(self.state, State::Between);
            let taken = match self.state {
                State::Between => self.between(octets),
                State::Section { start, left } => self.section(octets, (start, left)),
                State::Inside { start, left, skip } => self.inside(octets, start, left, skip),
                State::Edition1 { start, left } => self.edition1(octets, (start, left)),
                State::Edition1Long { start, left } => self.edition1_long(octets, (start, left)),
            };
            if is_between {
                let kept = taken.min(TELLING - self.behind.len());
                self.behind.extend_from_slice(&octets[..kept]);
            }
            self.at += taken as u64;
            octets = &octets[taken..];
        }
    }

    /// What the stream was.
    pub fn finish(self) -> Structure {
        let cut = match self.state {
            State::Between => self.begun().or_else(|| self.page_behind()),
            State::Section { start, .. }
            | State::Inside { start, .. }
            | State::Edition1 { start, .. }
            | State::Edition1Long { start, .. } => {
                Some(format!("the file ends within the message at {start}"))
            }
        };
        match self.broken.or(cut) {
            Some(detail) => Structure::Broken { detail },
            None if self.messages == 0 => Structure::NotGrib,
            None => Structure::WellFormed { messages: self.messages },
        }
    }

    /// A web page or an error of a server, where the next message should stand: the server broke off.
    fn page_behind(&self) -> Option<String> {
        (self.is_page() && self.messages > 0)
            .then(|| format!("a page of the server stands behind message {}", self.messages))
    }

    /// Whether what stands between messages begins like a page.
    fn is_page(&self) -> bool {
        let text = String::from_utf8_lossy(&self.behind).trim_start().to_ascii_lowercase();
        ["<!doctype", "<html", "<?xml", "<error"].iter().any(|begin| text.starts_with(begin))
    }

    /// What the end of the stream cuts off, when the first octets of a message stand there. Of four letters at the end of
    /// a stream without any message it cannot be said whether they are one.
    fn begun(&self) -> Option<String> {
        let is_message = match self.head.get(7) {
            Some(edition) => matches!(edition, 1 | 2),
            None => self.messages > 0,
        };
        let start = self.at - self.head.len() as u64;
        (self.head.starts_with(b"GRIB") && is_message)
            .then(|| format!("the file ends within the message at {start}"))
    }

    /// Keeps octets until `count` are there; returns how many were taken and whether there are enough.
    fn gather(&mut self, octets: &[u8], count: usize) -> (usize, bool) {
        let take = count.saturating_sub(self.head.len()).min(octets.len());
        self.head.extend_from_slice(&octets[..take]);
        (take, self.head.len() >= count)
    }

    fn between(&mut self, octets: &[u8]) -> usize {
        if self.head.is_empty() {
            let found = octets.iter().position(|&octet| octet == b'G');
            let Some(found) = found else { return octets.len() };
            if found > 0 {
                return found;
            }
        }
        let (taken, is_enough) = self.gather(octets, 16);
        let matching = self.head.iter().zip(b"GRIB").take_while(|(a, b)| a == b).count();
        if matching < self.head.len().min(4) {
            return self.look_again(taken);
        }
        if !is_enough {
            return taken;
        }
        let start = self.at + taken as u64 - 16;
        let total = u64::from_be_bytes(self.head[8..16].try_into().unwrap_or_default());
        let short = edition1::u24(&self.head[4..7]);
        match self.head[7] {
            2 if total >= 20 => self.state = State::Section { start, left: total - 16 },
            // The length of a long message of edition 1 is known to 120 octets before its last section is read.
            1 if short & 0x80_0000 != 0 => {
                let least = ((short & 0x7F_FFFF) * 120).saturating_sub(LONG_SLACK);
                self.state = State::Edition1Long { start, left: least.saturating_sub(16) };
            }
            1 if short >= 40 => self.state = State::Edition1 { start, left: short - 16 },
            1 | 2 => self.broken = Some(format!("the message at {start} has a length that cannot be")),
            // The letters stand there by chance.
            _ => return self.look_again(taken),
        }
        if self.messages == 0 && self.is_page() {
            self.broken = Some("a page of the server stands before the first message".to_owned());
        }
        self.head.clear();
        taken
    }

    /// What was gathered is no message: drops its first octet, and goes on at the next `G` in it.
    fn look_again(&mut self, taken: usize) -> usize {
        loop {
            self.head.remove(0);
            let next = self.head.iter().position(|&octet| octet == b'G').unwrap_or(self.head.len());
            self.head.drain(..next);
            let length = self.head.len().min(4);
            if self.head[..length] == b"GRIB"[..length] {
                return taken;
            }
        }
    }

    fn section(&mut self, octets: &[u8], (start, left): (u64, u64)) -> usize {
        let (taken, is_enough) = self.gather(octets, if left == 4 { 4 } else { 5 });
        if !is_enough {
            return taken;
        }
        if left == 4 {
            self.close(start);
            return taken;
        }
        let length = u64::from(u32::from_be_bytes(self.head[..4].try_into().unwrap_or_default()));
        let number = self.head[4];
        self.head.clear();
        if !(1..=7).contains(&number) || length < 5 || length + 4 > left {
            self.broken = Some(format!("the message at {start} has a section that cannot be"));
        }
        self.state =
            State::Inside { start, left: left.saturating_sub(length), skip: length.saturating_sub(5) };
        taken
    }

    fn inside(&mut self, octets: &[u8], start: u64, left: u64, skip: u64) -> usize {
        let taken = skip.min(octets.len() as u64);
        self.state = if taken == skip {
            State::Section { start, left }
        } else {
            State::Inside { start, left, skip: skip - taken }
        };
        taken as usize
    }

    /// Skips to the last four octets.
    fn edition1(&mut self, octets: &[u8], (start, left): (u64, u64)) -> usize {
        if left > 4 {
            let taken = (left - 4).min(octets.len() as u64);
            self.state = State::Edition1 { start, left: left - taken };
            return taken as usize;
        }
        let (taken, is_enough) = self.gather(octets, 4);
        if is_enough {
            self.close(start);
        }
        taken
    }

    fn edition1_long(&mut self, octets: &[u8], (start, left): (u64, u64)) -> usize {
        if left > 0 {
            let taken = left.min(octets.len() as u64);
            self.state = State::Edition1Long { start, left: left - taken };
            return taken as usize;
        }
        for (number, octet) in octets.iter().enumerate() {
            self.head.push(*octet);
            if self.head.ends_with(b"7777") || self.head.len() as u64 > 2 * LONG_SLACK {
                self.head = self.head.split_off(self.head.len() - 4);
                self.close(start);
                return number + 1;
            }
        }
        octets.len()
    }

    fn close(&mut self, start: u64) {
        if self.head == b"7777" {
            self.messages += 1;
            self.behind.clear();
            self.state = State::Between;
        } else {
            self.broken = Some(format!("the message at {start} does not end in 7777 where its length says"));
        }
        self.head.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grib::tests::a_message;

    fn check(octets: &[u8], step: usize) -> Structure {
        let mut check = StructureCheck::new();
        octets.chunks(step).for_each(|chunk| check.update(chunk));
        check.finish()
    }

    #[test]
    fn sound_messages_are_well_formed_however_they_are_cut() {
        let message = a_message();
        let octets = [b"junk GRI GGRIB", &message[..], b"\x03\r\r\n", &message[..], &[0; 50]].concat();
        for step in [1, 2, 3, 7, 16, 1_000_000] {
            assert_eq!(check(&octets, step), Structure::WellFormed { messages: 2 }, "{step}");
        }
    }

    #[test]
    fn a_cut_or_changed_message_is_broken() {
        let message = a_message();
        assert!(matches!(check(&message[..message.len() - 1], 64), Structure::Broken { .. }));
        let mut changed = message.clone();
        changed[16] = 9;
        assert!(matches!(check(&changed, 64), Structure::Broken { .. }));
    }

    #[test]
    fn a_file_that_ends_in_the_first_octets_of_a_message_is_broken() {
        let message = a_message();
        for length in 4..message.len() {
            let octets = [&message[..], &message[..length]].concat();
            let Structure::Broken { detail } = check(&octets, 7) else { panic!("{length} octets pass") };
            assert!(detail.ends_with(&format!("message at {}", message.len())), "{detail}");
        }
        assert!(matches!(check(&message[..12], 5), Structure::Broken { .. }));
        assert_eq!(check(b"this is GRIB", 5), Structure::NotGrib);
    }

    #[test]
    fn a_page_before_the_first_message_is_broken_and_a_bulletin_is_not() {
        let message = a_message();
        for step in [1, 7, 4096] {
            let page = [&b"\r\n<html>notice</html>"[..], &message].concat();
            let Structure::Broken { detail } = check(&page, step) else { panic!("a page passes") };
            assert!(detail.contains("before the first message"), "{detail}");
            let bulletin = [&b"\x01\r\r\nHTXA01 KWBC 010000\r\r\n"[..], &message].concat();
            assert_eq!(check(&bulletin, step), Structure::WellFormed { messages: 1 });
        }
    }

    #[test]
    fn what_holds_no_message_is_no_grib() {
        assert_eq!(check(b"<html>GRIB is a format</html>", 5), Structure::NotGrib);
        assert_eq!(check(b"", 5), Structure::NotGrib);
    }
}
