//! Writes GRIB2 messages of one field each, in simple packing: enough for made data, and for nothing else.
//!
//! In: values on a regular grid, and what they are. Out: the octets of a message (WMO Manual on Codes, FM 92 GRIB).
//! Every message says in section 1 that it is a test product.

use crate::domain::utc::UtcTime;

/// A regular grid of latitudes and longitudes, scanned from the north-west.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MadeGrid {
    /// Points on a parallel.
    pub columns: u32,
    /// Points on a meridian.
    pub rows: u32,
    /// Latitude of the first row, in millionths of a degree.
    pub north: i32,
    /// Longitude of the first column, in millionths of a degree; negative west of Greenwich.
    pub west: i32,
    /// Distance of neighbours, in millionths of a degree.
    pub step: u32,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldKind {
    /// Discipline, category and number of the parameter.
    pub parameter: (u8, u8, u8),
    /// Height above ground in metres; the ground itself when `None`.
    pub height: Option<u32>,
    /// Over which hours, and how (code table 4.10): an instant when `None`.
    pub over: Option<Interval>,
}

/// The interval of a field that is no instant; it ends at the field's lead time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Code table 4.10: 1 accumulation, 2 maximum.
    pub process: u8,
    /// Length in hours.
    pub hours: u32,
}

/// One field at one hour.
#[derive(Clone, Copy, Debug)]
pub struct MadeMessage<'a> {
    /// Start of the run.
    pub run: UtcTime,
    /// Lead time in hours: the end of the interval, where there is one.
    pub lead_hours: u32,
    /// What it is.
    pub kind: FieldKind,
    /// Where its values lie.
    pub grid: MadeGrid,
    /// The values, row by row.
    pub values: &'a [f64],
    /// Each value is kept to this fraction of its unit: 10 keeps tenths.
    pub per_unit: u32,
}

/// Octets of a section: its length and number are put before `body`.
fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let mut octets = length_of(body.len() + 5).to_be_bytes().to_vec();
    octets.push(number);
    octets.extend_from_slice(body);
    octets
}

fn length_of(octets: usize) -> u32 {
    u32::try_from(octets).expect("a made field is far smaller than 4 GiB")
}

/// Sign and magnitude, as GRIB writes negative numbers.
fn signed(value: i32) -> [u8; 4] {
    let magnitude = value.unsigned_abs();
    (if value < 0 { magnitude | 0x8000_0000 } else { magnitude }).to_be_bytes()
}

impl MadeMessage<'_> {
    /// The octets of the message.
    pub fn to_octets(&self) -> Vec<u8> {
        let (packing, data) = self.pack();
        let mut rest = section(1, &self.identification());
        rest.extend(section(3, &self.grid_definition()));
        rest.extend(section(4, &self.product_definition()));
        rest.extend(section(5, &packing));
        rest.extend(section(6, &[255]));
        rest.extend(section(7, &data));
        rest.extend(b"7777");
        let mut message = b"GRIB\0\0".to_vec();
        message.push(self.kind.parameter.0);
        message.push(2);
        message.extend((rest.len() as u64 + 16).to_be_bytes());
        message.extend(rest);
        message
    }

    fn identification(&self) -> Vec<u8> {
        // Centre and sub-centre missing; master tables 28, no local tables; start of forecast.
        let mut body = vec![255, 255, 255, 255, 28, 0, 1];
        body.extend(date_of(self.run));
        // Operational test products; forecast products.
        body.extend([1, 1]);
        body
    }

    fn grid_definition(&self) -> Vec<u8> {
        let grid = self.grid;
        let south = grid.north - (grid.step * (grid.rows - 1)).cast_signed();
        let east = grid.west + (grid.step * (grid.columns - 1)).cast_signed();
        let longitude = |value: i32| signed(value.rem_euclid(360_000_000));
        let mut body = vec![0];
        body.extend((grid.columns * grid.rows).to_be_bytes());
        body.extend([0, 0, 0, 0]); // no list of numbers; template 3.0
        body.extend([6, 255]); // a sphere of 6,371,229 m
        body.extend([255; 4]);
        body.extend([255; 10]);
        body.extend(grid.columns.to_be_bytes());
        body.extend(grid.rows.to_be_bytes());
        body.extend(0u32.to_be_bytes());
        body.extend(u32::MAX.to_be_bytes());
        body.extend(signed(grid.north));
        body.extend(longitude(grid.west));
        body.push(48); // both increments are given
        body.extend(signed(south));
        body.extend(longitude(east));
        body.extend(grid.step.to_be_bytes());
        body.extend(grid.step.to_be_bytes());
        body.push(0); // from the west, from the north
        body
    }

    fn product_definition(&self) -> Vec<u8> {
        let (_, category, number) = self.kind.parameter;
        let template: u16 = if self.kind.over.is_some() { 8 } else { 0 };
        let start = self.lead_hours - self.kind.over.map_or(0, |over| over.hours);
        let mut body = vec![0, 0];
        body.extend(template.to_be_bytes());
        // A forecast by no known process; unit of time: hours.
        body.extend([category, number, 2, 255, 255, 0, 0, 0, 1]);
        body.extend(start.to_be_bytes());
        match self.kind.height {
            Some(metres) => {
                body.extend([103, 0]);
                body.extend(metres.to_be_bytes());
            }
            None => body.extend([1, 0, 0, 0, 0, 0]),
        }
        body.extend([255, 0, 0, 0, 0, 0]); // no second surface
        if let Some(over) = self.kind.over {
            let end = self.run.plus_minutes(i64::from(self.lead_hours) * 60).unwrap_or(self.run);
            body.extend(date_of(end));
            body.push(1);
            body.extend(0u32.to_be_bytes());
            body.extend([over.process, 2, 1]);
            body.extend(over.hours.to_be_bytes());
            body.push(255);
            body.extend(0u32.to_be_bytes());
        }
        body
    }

    /// Sections 5 and 7: values as whole multiples of a fraction of their unit, above the smallest.
    fn pack(&self) -> (Vec<u8>, Vec<u8>) {
        let scaled = |value: f64| (value * f64::from(self.per_unit)).round();
        let least = self.values.iter().copied().map(scaled).fold(f64::INFINITY, f64::min);
        let most = self.values.iter().copied().map(scaled).fold(f64::NEG_INFINITY, f64::max);
        let bits = (64 - ((most - least) as u64).leading_zeros()).min(24) as u8;
        let decimals = self.per_unit.ilog10() as u16;
        let mut packing = length_of(self.values.len()).to_be_bytes().to_vec();
        packing.extend(0u16.to_be_bytes());
        packing.extend((least as f32).to_be_bytes());
        packing.extend(0u16.to_be_bytes());
        packing.extend(decimals.to_be_bytes());
        packing.extend([bits, 0]);
        let mut data = Bits::default();
        for &value in self.values {
            data.push((scaled(value) - least) as u32, bits);
        }
        (packing, data.finish())
    }
}

fn date_of(time: UtcTime) -> [u8; 7] {
    let civil = time.civil();
    let octet = |value: i8| value.unsigned_abs();
    let [high, low] = civil.year().unsigned_abs().to_be_bytes();
    [
        high,
        low,
        octet(civil.month()),
        octet(civil.day()),
        octet(civil.hour()),
        octet(civil.minute()),
        octet(civil.second()),
    ]
}

/// Numbers of a few bits each, one after the other.
#[derive(Default)]
struct Bits {
    octets: Vec<u8>,
    held: u64,
    count: u8,
}

impl Bits {
    fn push(&mut self, value: u32, bits: u8) {
        self.held = self.held << bits | u64::from(value);
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            self.octets.push((self.held >> self.count & 0xFF) as u8);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.octets.push((self.held << (8 - self.count) & 0xFF) as u8);
        }
        self.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(values: &[f64]) -> Vec<u8> {
        let run = UtcTime::from_civil([2026, 11, 20, 6, 0, 0]).expect("a date");
        let grid = MadeGrid { columns: 2, rows: 2, north: 51_000_000, west: -5_000_000, step: 100_000 };
        let kind =
            FieldKind { parameter: (0, 1, 8), height: None, over: Some(Interval { process: 1, hours: 3 }) };
        MadeMessage { run, lead_hours: 3, kind, grid, values, per_unit: 10 }.to_octets()
    }

    #[test]
    fn a_message_begins_and_ends_as_every_grib2_message_and_knows_its_length() {
        let octets = message(&[1.0, 2.0, 3.0, 4.5]);
        assert_eq!((&octets[..4], octets[7], &octets[octets.len() - 4..]), (&b"GRIB"[..], 2, &b"7777"[..]));
        let told = u64::from_be_bytes(octets[8..16].try_into().expect("eight octets"));
        assert_eq!(told, octets.len() as u64);
    }

    #[test]
    fn every_message_says_that_it_is_a_test() {
        let octets = message(&[1.0; 4]);
        assert_eq!(octets[16 + 19], 1, "production status: operational test products");
    }

    #[test]
    fn values_are_packed_above_the_smallest_in_as_few_bits_as_they_need() {
        let octets = message(&[1.0, 2.0, 3.0, 4.5]);
        let data = &octets[octets.len() - 4 - 3..octets.len() - 4];
        assert_eq!(data, [0b0000_0000, 0b1010_0101, 0b0010_0011], "0, 10, 20 and 35 tenths in six bits each");
    }

    #[test]
    fn a_constant_field_takes_no_data_at_all() {
        let octets = message(&[7.0; 4]);
        assert_eq!(octets[octets.len() - 9..octets.len() - 4], [0, 0, 0, 5, 7]);
    }
}
