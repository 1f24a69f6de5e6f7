//! Small GRIB messages whose headers meet conditions of the tables of parameters.

use std::collections::HashMap;

/// Conditions of a line: key and number, `x` for missing.
pub type Conditions = HashMap<String, String>;

fn number(conditions: &Conditions, key: &str, otherwise: u32) -> u32 {
    conditions.get(key).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 5).expect("a short section");
    [&length.to_be_bytes()[..], &[number], body].concat()
}

/// A number with its sign in the first of `octets`.
fn signed(value: i64, octets: usize) -> Vec<u8> {
    let sign = if value < 0 { 1u64 << (8 * octets - 1) } else { 0 };
    (value.unsigned_abs() | sign).to_be_bytes()[8 - octets..].to_vec()
}

/// A scale factor and a scaled value; either may be missing.
fn scaled(conditions: &Conditions, scale: &str, value: &str) -> Vec<u8> {
    let part = |key: &str, octets: usize| match conditions.get(key).map(String::as_str) {
        Some("x") => vec![255; octets],
        told => signed(told.and_then(|told| told.parse().ok()).unwrap_or(0), octets),
    };
    [part(scale, 1), part(value, 4)].concat()
}

/// The template that the conditions are about.
fn template_of(conditions: &Conditions) -> u16 {
    let has = |key: &str| conditions.contains_key(key);
    let is_sum = has("statistic");
    let either = |at_once, sum| if is_sum { sum } else { at_once };
    match conditions.get("template").and_then(|value| value.parse().ok()) {
        Some(template) => template,
        None if has("chemical_source") => either(76, 78),
        None if has("optical") => 48,
        None if has("aerosol") || has("aerosol_type") => either(44, 46),
        None if has("chemical") || has("constituent") => either(40, 42),
        None if has("probability") => either(5, 9),
        None if has("series") => 32,
        None => either(0, 8),
    }
}

/// Section 4 behind the numbers of the parameter.
fn product(template: u16, conditions: &Conditions) -> Vec<u8> {
    let octet = |key: &str, otherwise: u32| number(conditions, key, otherwise) as u8;
    let mut body = Vec::new();
    if matches!(template, 40..=49 | 76..=79) {
        let constituent = number(conditions, "constituent", number(conditions, "aerosol_type", 0));
        body.extend((constituent as u16).to_be_bytes());
    }
    if matches!(template, 76..=79) {
        body.push(octet("source", 255));
    }
    if matches!(template, 44..=49) {
        body.push(octet("size_kind", 0));
        body.extend(scaled(conditions, "size_scale1", "size_value1"));
        body.extend(scaled(conditions, "size_scale2", "size_value2"));
    }
    if template == 48 {
        body.push(octet("wave_kind", 0));
        body.extend(scaled(conditions, "wave_scale1", "wave_value1"));
        body.extend(scaled(conditions, "wave_scale2", "wave_value2"));
    }
    body.extend([octet("process", 2), 255, 96, 0, 0, 0, 1]);
    // 4.44 tells the forecast time in two octets.
    body.extend(vec![0; if template == 44 { 2 } else { 4 }]);
    if template == 32 {
        body.push(1);
        for key in ["series", "satellite", "instrument"] {
            body.extend((number(conditions, key, 0) as u16).to_be_bytes());
        }
        body.push(0);
        body.extend(number(conditions, "wave_number", 0).to_be_bytes());
        return body;
    }
    body.push(octet("kind1", 1));
    body.extend(scaled(conditions, "scale1", "value1"));
    body.push(octet("kind2", 255));
    let has_second = conditions.contains_key("value2") || octet("kind2", 255) != 255;
    body.extend(if has_second { scaled(conditions, "scale2", "value2") } else { vec![255; 5] });
    if matches!(template, 5 | 9) {
        body.extend([255, 255, octet("probability", 1)]);
        body.extend(scaled(conditions, "limit_scale", "limit_value"));
        body.extend([255; 5]);
    }
    if matches!(template, 8 | 9 | 42 | 46 | 78) {
        body.extend([7, 234, 1, 1, 6, 0, 0, 1, 0, 0, 0, 0, octet("statistic", 1), 2, octet("range_unit", 1)]);
        body.extend(number(conditions, "range", 6).to_be_bytes());
        body.extend([255, 0, 0, 0, 0]);
    }
    body
}

/// A message of edition 2 that meets `conditions`. `None` where it would have to be of a grid that is not made here.
pub fn message2(numbers: (u8, u8, u8), conditions: &Conditions, centre: u16) -> Option<Vec<u8>> {
    let template = template_of(conditions);
    let is_sum = matches!(template, 8 | 9 | 42 | 46 | 78);
    if conditions.contains_key("grid") || conditions.contains_key("statistic") != is_sum {
        return None;
    }
    let [high, low] = centre.to_be_bytes();
    let version = number(conditions, "version", 1) as u8;
    let grid: Vec<u8> = [
        &[0, 0, 0, 0, 12, 0, 0, 0, 0, 6][..],
        &[0; 15],
        &[0, 0, 0, 4, 0, 0, 0, 3],
        &[0; 8],
        &45_000_000u32.to_be_bytes(),
        &[0, 0, 0, 0, 48],
        &43_000_000u32.to_be_bytes(),
        &3_000_000u32.to_be_bytes(),
        &1_000_000u32.to_be_bytes(),
        &1_000_000u32.to_be_bytes(),
        &[0],
    ]
    .concat();
    let mut product_body = vec![0, 0];
    product_body.extend(template.to_be_bytes());
    product_body.extend([numbers.1, numbers.2]);
    product_body.extend(product(template, conditions));
    let body = [
        section(1, &[high, low, 0, 0, 2, version, 1, 7, 234, 1, 1, 0, 0, 0, 0, 1]),
        section(3, &grid),
        section(4, &product_body),
        section(5, &[0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
        section(6, &[255]),
        section(7, &[7; 12]),
    ]
    .concat();
    let total = (16 + body.len() + 4) as u64;
    Some([b"GRIB\0\0", &[numbers.0, 2][..], &total.to_be_bytes(), &body, b"7777"].concat())
}

/// A message of edition 1 of a table version and parameter that meets `conditions`.
pub fn message1(numbers: (u8, u8), conditions: &Conditions, centre: u16) -> Vec<u8> {
    let kind = number(conditions, "kind1", 1) as u8;
    let (top, bottom) = (number(conditions, "top", 0) as u8, number(conditions, "bottom", 0) as u8);
    let is_layer = matches!(kind, 101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141);
    let value = number(conditions, "value1", 0) as u16;
    let level = match value.to_be_bytes() {
        [_, low] if is_layer => [if value > 0 { low } else { top }, bottom],
        octets => octets,
    };
    let time_range = number(conditions, "time_range", 0) as u8;
    let long = |octets: &[u8]| {
        let length = (octets.len() + 3) as u32;
        [&length.to_be_bytes()[1..], octets].concat()
    };
    let definition = [
        &[numbers.0, centre as u8, 96, 255, 0x80, numbers.1, kind, level[0], level[1]][..],
        &[26, 1, 1, 0, 0, 1, 6, 12, time_range, 0, 0, 0, 21, 0, 0, 0],
    ]
    .concat();
    let grid = [
        &[0, 255, 0, 0, 4, 0, 3, 0, 0xAF, 0xC8, 0, 0, 0, 0x80, 0, 0xA7, 0xF8, 0, 0x0B, 0xB8][..],
        &[3, 0xE8, 3, 0xE8, 0, 0, 0, 0, 0],
    ]
    .concat();
    let data = [&[0, 0, 0, 0, 0, 0, 0, 8][..], &[7; 12], &[0]].concat();
    let body = [long(&definition), long(&grid), long(&data)].concat();
    let total = (8 + body.len() + 4) as u32;
    [b"GRIB", &total.to_be_bytes()[1..], &[1], &body[..], b"7777"].concat()
}
