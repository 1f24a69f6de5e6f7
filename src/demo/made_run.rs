//! A made model run: hourly files and range files, as a national service would publish them.
//!
//! In: the start of the run. Out: the octets of each file. Fields per hour: temperature at 2 m, wind at 10 m, and from
//! the first hour on the strongest gust and the rain since the run's start. Every name says DEMO.

use super::grib_writer::{FieldKind, Interval, MadeGrid, MadeMessage};
use super::weather::Weather;
use crate::domain::utc::UtcTime;

/// Hours of the run: 0 to 24.
pub const HOURS: u32 = 25;

/// France and its seas, every twentieth of a degree.
const GRID: MadeGrid =
    MadeGrid { columns: 311, rows: 221, north: 51_500_000, west: -5_500_000, step: 50_000 };

/// The fields of an hour, in the order of a file.
const FIELDS: [Quantity; 5] =
    [Quantity::Temperature, Quantity::WindEast, Quantity::WindNorth, Quantity::Gust, Quantity::Rain];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    Temperature,
    WindEast,
    WindNorth,
    Gust,
    Rain,
}

impl Quantity {
    fn kind(self, lead_hours: u32) -> FieldKind {
        let over = |process, hours| Some(Interval { process, hours });
        match self {
            Self::Temperature => FieldKind { parameter: (0, 0, 0), height: Some(2), over: None },
            Self::WindEast => FieldKind { parameter: (0, 2, 2), height: Some(10), over: None },
            Self::WindNorth => FieldKind { parameter: (0, 2, 3), height: Some(10), over: None },
            Self::Gust => FieldKind { parameter: (0, 2, 22), height: Some(10), over: over(2, 1) },
            Self::Rain => FieldKind { parameter: (0, 1, 52), height: None, over: over(1, lead_hours) },
        }
    }

    /// At the start of a run nothing has gusted or fallen yet.
    fn exists_at(self, lead_hours: u32) -> bool {
        lead_hours > 0 || !matches!(self, Self::Gust | Self::Rain)
    }
}

/// A file of the run: its name and its octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeFile {
    /// The name under which it is published.
    pub name: String,
    /// Its octets.
    pub octets: Vec<u8>,
}

/// A made run: each field of each hour as a message.
#[derive(Debug)]
pub struct MadeRun {
    run: UtcTime,
    /// By quantity, then by hour.
    messages: Vec<Vec<Option<Vec<u8>>>>,
}

impl MadeRun {
    /// Makes the run that starts at `run`.
    pub fn make(run: UtcTime) -> Self {
        let mut messages = vec![Vec::new(); FIELDS.len()];
        let mut rain = vec![0.0; (GRID.columns * GRID.rows) as usize];
        for lead_hours in 0..HOURS {
            let values = hour(run, lead_hours, &mut rain);
            for (quantity, (values, made)) in FIELDS.into_iter().zip(values.iter().zip(&mut messages)) {
                let kind = quantity.kind(lead_hours);
                let per_unit = if quantity == Quantity::Temperature { 1000 } else { 100 };
                let message = MadeMessage { run, lead_hours, kind, grid: GRID, values, per_unit };
                made.push(quantity.exists_at(lead_hours).then(|| message.to_octets()));
            }
        }
        Self { run, messages }
    }

    /// The name of the run in file names: `NUEE-DEMO_FR_2026112006`.
    pub fn stem(&self) -> String {
        let start = self.run.civil();
        format!("NUEE-DEMO_FR_{:04}{:02}{:02}{:02}", start.year(), start.month(), start.day(), start.hour())
    }

    /// One file an hour.
    pub fn hourly_files(&self) -> Vec<MadeFile> {
        let file = |hour: u32| MadeFile {
            name: format!("{}_{hour:03}H.grib2", self.stem()),
            octets: self
                .messages
                .iter()
                .filter_map(|hours| hours[hour as usize].as_deref())
                .flatten()
                .copied()
                .collect(),
        };
        (0..HOURS).map(file).collect()
    }

    /// Files of half a day each, ordered by parameter and then by hour: one hour is scattered over all of it.
    pub fn range_files(&self) -> Vec<MadeFile> {
        let file = |first: u32, last: u32| {
            let hours = first as usize..=last as usize;
            let octets =
                self.messages.iter().flat_map(|of| of[hours.clone()].iter().flatten()).flatten().copied();
            MadeFile {
                name: format!("{}_{first:03}H{last:03}H.grib2", self.stem()),
                octets: octets.collect(),
            }
        };
        vec![file(0, 12), file(13, HOURS - 1)]
    }
}

/// The values of one hour, by quantity; `rain` is what has fallen since the start.
fn hour(run: UtcTime, lead_hours: u32, rain: &mut [f64]) -> [Vec<f64>; FIELDS.len()] {
    let weather = Weather::new(run.unix_seconds().unsigned_abs());
    let hour_of_day = f64::from(run.civil().hour()) + f64::from(lead_hours);
    let mut values: [Vec<f64>; FIELDS.len()] = Default::default();
    for row in 0..GRID.rows {
        let latitude = f64::from(GRID.north) / 1e6 - f64::from(row) * 0.05;
        for column in 0..GRID.columns {
            let longitude = f64::from(GRID.west) / 1e6 + f64::from(column) * 0.05;
            let air = weather.at((latitude, longitude), f64::from(lead_hours), hour_of_day);
            let fallen = &mut rain[(row * GRID.columns + column) as usize];
            if lead_hours > 0 {
                *fallen += air.rain;
            }
            let of_place = [air.temperature, air.wind.0, air.wind.1, air.gust, *fallen];
            values.iter_mut().zip(of_place).for_each(|(of_quantity, value)| of_quantity.push(value));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_the_same_octets_each_time_and_names_say_demo() {
        let start = UtcTime::from_civil([2026, 11, 20, 6, 0, 0]).expect("a date");
        let (one, two) = (MadeRun::make(start), MadeRun::make(start));
        assert_eq!(one.hourly_files(), two.hourly_files());
        let hourly = one.hourly_files();
        assert_eq!(hourly.len(), 25);
        assert_eq!(hourly[12].name, "NUEE-DEMO_FR_2026112006_012H.grib2");
        let ranges = one.range_files();
        assert_eq!(ranges[1].name, "NUEE-DEMO_FR_2026112006_013H024H.grib2");
        let total = |files: &[MadeFile]| files.iter().map(|file| file.octets.len()).sum::<usize>();
        assert_eq!(total(&hourly), total(&ranges), "the same messages in another order");
        assert!(hourly[0].octets.len() < hourly[1].octets.len(), "the start has neither gusts nor rain");
    }
}
