//! Grids around another pole.

use super::GridPosition;

/// Where the south pole of a grid lies, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurnedPole {
    /// Its latitude.
    pub latitude: f64,
    /// Its longitude.
    pub longitude: f64,
    /// How far the grid is turned around it.
    pub angle: f64,
}

impl TurnedPole {
    /// The place on the Earth of a place on the grid.
    pub fn turn_back(&self, place: GridPosition) -> GridPosition {
        let tilt = (90.0 + self.latitude).to_radians();
        let (latitude, longitude) =
            (place.latitude.to_radians(), (place.longitude - self.angle).to_radians());
        let (x, y) = (latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin());
        let z = latitude.sin();
        let turned = (tilt.cos() * x - tilt.sin() * z, y, tilt.sin() * x + tilt.cos() * z);
        GridPosition::new(
            turned.2.clamp(-1.0, 1.0).asin().to_degrees(),
            turned.1.atan2(turned.0).to_degrees() + self.longitude,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pole_that_is_where_it_always_is_turns_nothing() {
        let pole = TurnedPole { latitude: -90.0, longitude: 0.0, angle: 0.0 };
        let place = pole.turn_back(GridPosition { latitude: 12.5, longitude: 300.0 });
        assert!((place.latitude - 12.5).abs() < 1e-9 && (place.longitude - 300.0).abs() < 1e-9, "{place:?}");
    }

    #[test]
    fn the_south_pole_of_the_grid_lies_where_it_is_said_to_lie() {
        let pole = TurnedPole { latitude: -40.0, longitude: 10.0, angle: 0.0 };
        let place = pole.turn_back(GridPosition { latitude: -90.0, longitude: 0.0 });
        assert!((place.latitude + 40.0).abs() < 1e-6 && (place.longitude - 10.0).abs() < 1e-6, "{place:?}");
    }
}
