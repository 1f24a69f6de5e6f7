//! Where data lies on the globe, as notifications of WIS2 may say it: a point, a polygon, or nothing.
//!
//! In: geometry and box of a GeoJSON feature. Out: a [`DataPlace`], which has a frame for messages in which its shape has no room.
//! Lines, several polygons and collections become their frame. Start reading at [`place_of`].

use super::json::Json;
use serde_json::{Value, json};

/// Most positions that are read.
const MOST_POSITIONS: usize = 100_000;

/// Deepest nesting of collections and coordinates.
const DEEPEST: usize = 8;

/// Fewest positions of a ring, the first and the last being the same.
const SHORTEST_RING: usize = 4;

/// Where data lies.
#[derive(Clone, Debug, PartialEq)]
pub struct DataPlace {
    /// A GeoJSON point or polygon.
    pub shape: Value,
    /// The box around it, as a polygon or point.
    pub frame: Value,
}

/// Why a geometry cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeometryFault {
    /// It has no type of GeoJSON.
    #[error("no type of GeoJSON")]
    Kind,
    /// Its coordinates are not nested as its type wants them, or are no numbers.
    #[error("coordinates of the wrong kind")]
    Coordinates,
    /// A longitude beyond 180 or a latitude beyond 90 degrees.
    #[error("outside the globe")]
    OffTheGlobe,
    /// A ring that does not end where it begins, or has fewer than four positions.
    #[error("a ring that is not closed")]
    OpenRing,
    /// The box is none.
    #[error("no box of 4 or 6 numbers")]
    Frame,
    /// More positions than are read.
    #[error("too many positions")]
    TooLong,
}

/// West, south, east and north in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Frame {
    /// A box as GeoJSON: a point where it has no extent.
    fn written(self) -> Value {
        let Self { west, south, east, north } = self;
        if west == east && south == north {
            return json!({ "type": "Point", "coordinates": [west, south] });
        }
        json!({ "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] })
    }

    fn with(self, (longitude, latitude): (f64, f64)) -> Self {
        Self {
            west: self.west.min(longitude),
            south: self.south.min(latitude),
            east: self.east.max(longitude),
            north: self.north.max(latitude),
        }
    }
}

/// The place that a geometry and a box name; the box is used where the geometry has another type than may be. `None` where
/// neither is there, and for a box across the 180th meridian without a geometry of its own.
///
/// # Errors
/// Why one of them cannot be used.
pub fn place_of(
    geometry: Option<&Json<'_>>,
    bounds: Option<&Json<'_>>,
) -> Result<Option<DataPlace>, GeometryFault> {
    let named = match bounds {
        None | Some(Json::Null) => None,
        Some(bounds) => Some(frame_of(bounds)?),
    };
    let frame = named.flatten();
    let Some(geometry) = geometry.filter(|geometry| **geometry != Json::Null) else {
        return Ok(frame.map(|frame| DataPlace { shape: frame.written(), frame: frame.written() }));
    };
    let around = around(geometry, DEEPEST, &mut 0)?;
    // Across the 180th meridian the frame of the coordinates goes the long way round.
    let crosses = named.is_some() && frame.is_none();
    let frame = frame.unwrap_or(around).written();
    let kind = geometry.at("type").text().unwrap_or_default();
    match kind {
        "Point" | "Polygon" => {
            let shape = json!({ "type": kind, "coordinates": value_of(geometry.at("coordinates")) });
            let frame = if crosses { Value::Null } else { frame };
            Ok(Some(DataPlace { shape, frame }))
        }
        _ if crosses => Ok(None),
        _ => Ok(Some(DataPlace { shape: frame.clone(), frame })),
    }
}

/// Whether JSON is a point or a polygon as the schema of notifications has it.
pub fn is_point_or_polygon(geometry: &Json<'_>) -> bool {
    let coordinates = geometry.at("coordinates");
    let is_position =
        |json: &Json<'_>| json.items().len() >= 2 && json.items().iter().all(|item| item.number().is_some());
    match geometry.at("type").text() {
        Some("Point") => is_position(coordinates),
        Some("Polygon") => {
            let rings = coordinates.items();
            !rings.is_empty()
                && rings
                    .iter()
                    .all(|ring| ring.items().len() >= SHORTEST_RING && ring.items().iter().all(is_position))
        }
        _ => false,
    }
}

/// A box of four numbers, or of six with heights. `None` when it reaches across the 180th meridian.
fn frame_of(bounds: &Json<'_>) -> Result<Option<Frame>, GeometryFault> {
    let numbers: Vec<f64> = bounds.items().iter().take(7).filter_map(Json::number).collect();
    let [west, south, east, north] = match (numbers.as_slice(), bounds.items().len()) {
        ([west, south, east, north], 4) => [*west, *south, *east, *north],
        ([west, south, _, east, north, _], 6) => [*west, *south, *east, *north],
        _ => return Err(GeometryFault::Frame),
    };
    on_the_globe((west, south))?;
    on_the_globe((east, north))?;
    if south > north {
        return Err(GeometryFault::Frame);
    }
    Ok((west <= east).then_some(Frame { west, south, east, north }))
}

/// The box around a geometry, whose coordinates are looked at one by one.
fn around(geometry: &Json<'_>, depth: usize, count: &mut usize) -> Result<Frame, GeometryFault> {
    let (nesting, is_ring) = match geometry.at("type").text() {
        Some("Point") => (0, false),
        Some("MultiPoint" | "LineString") => (1, false),
        Some("MultiLineString") => (2, false),
        Some("Polygon") => (2, true),
        Some("MultiPolygon") => (3, true),
        Some("GeometryCollection") if depth > 0 => {
            let parts = geometry.at("geometries").items();
            let mut frame = None;
            for part in parts {
                let of_part = around(part, depth - 1, count)?;
                frame = Some(joined(frame, of_part));
            }
            return frame.ok_or(GeometryFault::Coordinates);
        }
        _ => return Err(GeometryFault::Kind),
    };
    around_coordinates(geometry.at("coordinates"), (nesting, is_ring), count)
}

fn joined(frame: Option<Frame>, other: Frame) -> Frame {
    frame.map_or(other, |frame| frame.with((other.west, other.south)).with((other.east, other.north)))
}

fn around_coordinates(
    json: &Json<'_>,
    (nesting, is_ring): (usize, bool),
    count: &mut usize,
) -> Result<Frame, GeometryFault> {
    if nesting == 0 {
        *count += 1;
        if *count > MOST_POSITIONS {
            return Err(GeometryFault::TooLong);
        }
        let (longitude, latitude) = position_of(json)?;
        return Ok(Frame { west: longitude, south: latitude, east: longitude, north: latitude });
    }
    let items = json.items();
    if nesting == 1 && is_ring && (items.len() < SHORTEST_RING || items.first() != items.last()) {
        return Err(GeometryFault::OpenRing);
    }
    let mut frame = None;
    for item in items {
        frame = Some(joined(frame, around_coordinates(item, (nesting - 1, is_ring), count)?));
    }
    frame.ok_or(GeometryFault::Coordinates)
}

fn position_of(json: &Json<'_>) -> Result<(f64, f64), GeometryFault> {
    let numbers: Vec<f64> = json.items().iter().take(4).filter_map(Json::number).collect();
    match (numbers.as_slice(), json.items().len()) {
        ([longitude, latitude] | [longitude, latitude, _], 2 | 3) => on_the_globe((*longitude, *latitude)),
        _ => Err(GeometryFault::Coordinates),
    }
}

fn on_the_globe((longitude, latitude): (f64, f64)) -> Result<(f64, f64), GeometryFault> {
    let is_there = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    is_there.then_some((longitude, latitude)).ok_or(GeometryFault::OffTheGlobe)
}

/// Coordinates as they came: numbers and lists of them.
fn value_of(json: &Json<'_>) -> Value {
    match json {
        Json::List(items) => items.iter().map(value_of).collect(),
        Json::Whole(number) => json!(number),
        Json::Real(number) => json!(number),
        Json::Null | Json::Bool(_) | Json::Text(_) | Json::Object(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpalo::Bump;

    fn place(geometry: &Value, bounds: &Value) -> Result<Option<DataPlace>, GeometryFault> {
        let (geometry, bounds) = (geometry.to_string(), bounds.to_string());
        let room = Bump::new();
        let read = |text| Json::read(text, &room).expect("JSON");
        place_of(Some(&read(&geometry)), Some(&read(&bounds)))
    }

    fn shape(geometry: &Value, bounds: &Value) -> Value {
        place(geometry, bounds).expect("sound").map_or(Value::Null, |place| place.shape)
    }

    #[test]
    fn points_and_polygons_stay_as_they_are() {
        let ring = json!({ "type": "Polygon", "coordinates": [[[0, 0], [1.5, 0], [1, 1], [0, 0]]] });
        for geometry in
            [json!({ "type": "Point", "coordinates": [21.059306666666668, -36.29987333333333, 5] }), ring]
        {
            assert_eq!(shape(&geometry, &Value::Null), geometry);
        }
        assert_eq!(place(&Value::Null, &Value::Null), Ok(None));
    }

    #[test]
    fn every_other_type_becomes_the_box_around_it() {
        let line = json!({ "type": "LineString", "coordinates": [[-5, 40], [10, 51]] });
        let boxed = json!({ "type": "Polygon", "coordinates": [[[-5.0, 40.0], [10.0, 40.0], [10.0, 51.0], [-5.0, 51.0], [-5.0, 40.0]]] });
        assert_eq!(shape(&line, &Value::Null), boxed);
        let collection = json!({ "type": "GeometryCollection", "geometries": [line, { "type": "Point", "coordinates": [0, 0] }] });
        assert_eq!(shape(&collection, &json!([-5, 40, 10, 51])), boxed, "the box that was named is used");
        assert_eq!(shape(&Value::Null, &json!([-5, 40, 0, 10, 51, 9000])), boxed, "heights are left out");
    }

    #[test]
    fn a_box_without_extent_is_a_point() {
        let point = json!({ "type": "Point", "coordinates": [21.5, -36.25] });
        assert_eq!(shape(&Value::Null, &json!([21.5, -36.25, 21.5, -36.25])), point);
    }

    #[test]
    fn a_box_across_the_180th_meridian_is_left_out() {
        assert_eq!(shape(&Value::Null, &json!([170, -20, -170, 0])), Value::Null);
        let halves = json!({ "type": "MultiPoint", "coordinates": [[175, -10], [-175, -10]] });
        assert_eq!(shape(&halves, &json!([170, -20, -170, 0])), Value::Null, "no box the long way round");
    }

    #[test]
    fn what_cannot_be_on_the_globe_is_refused_with_its_reason() {
        use GeometryFault as G;
        for (geometry, fault) in [
            (json!({ "type": "Point", "coordinates": [181, 0] }), G::OffTheGlobe),
            (json!({ "type": "Point", "coordinates": [0, -90.5] }), G::OffTheGlobe),
            (json!({ "type": "Point", "coordinates": [[0, 0]] }), G::Coordinates),
            (json!({ "type": "Point", "coordinates": [0] }), G::Coordinates),
            (json!({ "type": "Point", "coordinates": ["0", 0] }), G::Coordinates),
            (json!({ "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]] }), G::OpenRing),
            (json!({ "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]] }), G::OpenRing),
            (json!({ "type": "Polygon", "coordinates": [] }), G::Coordinates),
            (json!({ "type": "Circle", "coordinates": [0, 0] }), G::Kind),
            (json!([1, 2]), G::Kind),
        ] {
            assert_eq!(place(&geometry, &Value::Null), Err(fault), "{geometry}");
        }
        for bounds in [json!([1, 2, 3]), json!([0, 10, 5, 0]), json!("box"), json!([0, 0, 1, 1, 2])] {
            assert_eq!(place(&Value::Null, &bounds), Err(G::Frame), "{bounds}");
        }
        assert_eq!(place(&Value::Null, &json!([0, 0, 1, 91])), Err(G::OffTheGlobe));
    }
}
