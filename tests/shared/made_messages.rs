//! GRIB messages with the headers that a test wants and next to no data.

use nuee::domain::field::Level;

/// What the headers of a message say.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Discipline, category and number.
    pub numbers: (u8, u8, u8),
    /// Its surface.
    pub level: Option<Level>,
    /// Its lead time, in minutes.
    pub lead_minutes: u32,
    /// Year, month, day and hour at which the run starts.
    pub run: (u16, u8, u8, u8),
    /// Octets of its data.
    pub data: usize,
}

fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 5).expect("a short section");
    [&length.to_be_bytes()[..], &[number], body].concat()
}

fn surface(level: Option<Level>) -> [u8; 6] {
    let Some(level) = level else { return [255; 6] };
    let Some(value) = level.value else { return [level.kind, 255, 255, 255, 255, 255] };
    let scale = if value < 1000.0 { 6 } else { 0 };
    let [a, b, c, d] = ((value * 10f64.powi(scale)).round() as u32).to_be_bytes();
    [level.kind, scale as u8, a, b, c, d]
}

impl Made {
    /// All octets before those of section 7's data.
    pub fn head(&self, length: u64) -> Vec<u8> {
        let (year, month, day, hour) = self.run;
        let [y1, y2] = year.to_be_bytes();
        let (discipline, category, number) = self.numbers;
        let mut product = vec![0, 0, 0, 0, category, number, 2, 0, 0, 0, 0, 0, 0];
        product.extend(self.lead_minutes.to_be_bytes());
        product.extend(surface(self.level));
        product.extend([255; 6]);
        let sections = [
            section(1, &[0, 7, 0, 0, 2, 0, 1, y1, y2, month, day, hour, 0, 0, 0, 1]),
            section(3, &[0; 67]),
            section(4, &product),
            section(5, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
            section(6, &[255]),
        ]
        .concat();
        let data =
            u32::try_from(length - 16 - sections.len() as u64 - 4).expect("a message is not that long");
        let mut head = vec![b'G', b'R', b'I', b'B', 0, 0, discipline, 2];
        head.extend(length.to_be_bytes());
        head.extend(sections);
        head.extend(data.to_be_bytes());
        head.push(7);
        head
    }

    /// The whole message.
    #[allow(dead_code, reason = "not every test crate writes whole ones")]
    pub fn message(&self) -> Vec<u8> {
        let without = self.head(1_000).len() as u64 + 4;
        let length = without + self.data as u64;
        let mut octets = self.head(length);
        octets.resize(octets.len() + self.data, 7);
        octets.extend(b"7777");
        octets
    }
}
