//! Synthetic weather: fields over France that look like real ones, the same on every machine.
//!
//! In: a seed, an hour, a place. Out: temperature, wind, gusts, rain. Only sums, products and quotients are used, which
//! every processor rounds alike, so that two machines make the same octets and their swarms are one.

/// A made situation: a low that crosses from the Atlantic, with a front, over a land with mountains.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    seed: u64,
}

/// What the air does at one place and hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    /// Temperature at 2 m, in kelvin.
    pub temperature: f64,
    /// Wind at 10 m towards the east and towards the north, in m/s.
    pub wind: (f64, f64),
    /// The strongest gust of the last hour at 10 m, in m/s.
    pub gust: f64,
    /// Rain of the last hour, in kg/m².
    pub rain: f64,
}

/// Mountains: latitude, longitude, radius in degrees, height in metres.
const MOUNTAINS: [(f64, f64, f64, f64); 5] = [
    (45.5, 6.8, 1.3, 2_600.0),
    (42.7, 0.6, 1.0, 1_900.0),
    (45.0, 2.9, 0.9, 1_100.0),
    (48.0, 7.0, 0.5, 800.0),
    (42.2, 9.1, 0.5, 1_500.0),
];

impl Weather {
    /// The weather of one run.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The air at a place, so many hours after the run's start; `hour_of_day` in UTC, 0 to 24.
    pub fn at(&self, (latitude, longitude): (f64, f64), hours: f64, hour_of_day: f64) -> Air {
        let low = (48.5 + 0.03 * hours, -9.0 + 0.55 * hours);
        let (north, east) = (latitude - low.0, (longitude - low.1) * 0.68);
        let distance = north * north + east * east;
        let spin = 22.0 / (1.0 + distance * 0.35);
        let rough = self.noise((longitude * 1.7 - hours * 0.4, latitude * 1.7), 1);
        let fine = self.noise((longitude * 6.0 - hours, latitude * 6.0), 2);
        let height = height_at(latitude, longitude);
        let wind = (6.0 - north * spin * 0.55 + rough * 3.0, east * spin * 0.55 + fine * 2.0 + 1.0);
        let speed = (wind.0 * wind.0 + wind.1 * wind.1).sqrt();
        // The front trails to the south-west of the low.
        let to_front = east + 0.6 * north + 1.5;
        let band = 1.0 / (1.0 + to_front * to_front * 1.6) / (1.0 + distance * 0.03);
        let wet = (band * 1.5 + rough * 0.35 + fine * 0.25 - 0.45).max(0.0);
        let warm = if to_front > 0.0 { 3.0 / (1.0 + 0.4 * to_front) } else { -2.0 };
        let temperature = 289.0 - (latitude - 43.0) * 0.75 - height * 0.0063
            + warm
            + 4.5 * daylight(hour_of_day)
            + rough * 1.5
            + fine * 0.6;
        Air {
            temperature,
            wind,
            gust: speed * 1.35 + 2.0 + fine.abs() * 4.0,
            rain: wet * (4.0 + height * 0.002),
        }
    }

    /// Smooth noise between −1 and 1.
    fn noise(&self, (x, y): (f64, f64), layer: u64) -> f64 {
        let (column, row) = (x.floor(), y.floor());
        let (across, down) = (smooth(x - column), smooth(y - row));
        let corner = |dx: f64, dy: f64| self.lattice(column + dx, row + dy, layer);
        let top = mix(corner(0.0, 0.0), corner(1.0, 0.0), across);
        let bottom = mix(corner(0.0, 1.0), corner(1.0, 1.0), across);
        mix(top, bottom, down)
    }

    fn lattice(&self, column: f64, row: f64, layer: u64) -> f64 {
        let (column, row) = (column as i64 as u64, row as i64 as u64);
        let mut mixed = self.seed ^ layer.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for value in [column, row] {
            mixed = (mixed ^ value).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed ^= mixed >> 29;
        }
        (mixed >> 40) as f64 / f64::from(1u32 << 23) - 1.0
    }
}

fn smooth(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

fn mix(from: f64, to: f64, share: f64) -> f64 {
    from + (to - from) * share
}

/// The sun's share, −1 at night to 1 in the afternoon: parabolas that meet.
fn daylight(hour_of_day: f64) -> f64 {
    let t = ((hour_of_day - 9.0) / 12.0).rem_euclid(2.0);
    let arc = |t: f64| 4.0 * t * (1.0 - t);
    if t < 1.0 { arc(t) } else { -arc(t - 1.0) }
}

fn height_at(latitude: f64, longitude: f64) -> f64 {
    MOUNTAINS
        .iter()
        .map(|&(lat, lon, radius, height)| {
            let (north, east) = ((latitude - lat) / radius, (longitude - lon) * 0.7 / radius);
            let falloff = 1.0 + north * north + east * east;
            height / (falloff * falloff)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_air_stays_within_what_air_does() {
        let weather = Weather::new(3);
        for hour in 0..25 {
            for place in [(43.3, 5.4), (48.8, 2.3), (45.9, 6.9), (48.4, -4.5), (42.0, 9.0)] {
                let air = weather.at(place, f64::from(hour), f64::from((6 + hour) % 24));
                assert!((240.0..315.0).contains(&air.temperature), "{air:?}");
                assert!(air.wind.0.abs() < 60.0 && air.wind.1.abs() < 60.0, "{air:?}");
                assert!(air.gust >= (air.wind.0.powi(2) + air.wind.1.powi(2)).sqrt(), "{air:?}");
                assert!((0.0..60.0).contains(&air.rain), "{air:?}");
            }
        }
    }

    #[test]
    fn mountains_are_cold_and_the_afternoon_is_warm() {
        let weather = Weather::new(3);
        let temperature = |place, hour| weather.at(place, hour, hour).temperature;
        assert!(temperature((45.5, 6.8), 12.0) + 8.0 < temperature((43.5, 4.5), 12.0));
        assert!(daylight(15.0) > 0.9 && daylight(3.0) < -0.9);
    }

    #[test]
    fn the_same_seed_makes_the_same_weather_and_another_one_another() {
        let place = (47.0, 3.0);
        assert_eq!(Weather::new(3).at(place, 5.0, 11.0), Weather::new(3).at(place, 5.0, 11.0));
        assert_ne!(Weather::new(3).at(place, 5.0, 11.0), Weather::new(4).at(place, 5.0, 11.0));
    }

    #[test]
    fn neighbours_are_alike() {
        let weather = Weather::new(3);
        let here = weather.at((47.0, 3.0), 5.0, 11.0).temperature;
        let there = weather.at((47.05, 3.05), 5.0, 11.0).temperature;
        assert!((here - there).abs() < 1.0);
    }
}
