//! Why the values or the positions of a field are not told.

/// Why something is not decoded. What names a template is not wrong: only not read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not a message of edition 1 or 2, or its sections do not add up.
    #[error("not a whole message")]
    NotAMessage,
    /// A section is shorter than what it says needs.
    #[error("a section is too short")]
    SectionTooShort,
    /// The data end before the last value.
    #[error("the data end before the last value")]
    DataTooShort,
    /// A data representation template that is not read.
    #[error("packing template 5.{0} is not read")]
    Packing(u16),
    /// A packing of GRIB1 that is not read, by its flags.
    #[error("packing of edition 1 with flags {0:#04x} is not read")]
    Packing1(u8),
    /// Coefficients of spherical harmonics have no points.
    #[error("spectral coefficients have no values at points")]
    Spectral,
    /// A grid definition template that is not read.
    #[error("grid template 3.{0} is not read")]
    Grid(u16),
    /// A grid of GRIB1 that is not read, by its representation type.
    #[error("grid type {0} of edition 1 is not read")]
    Grid1(u8),
    /// A bitmap that the centre keeps for itself.
    #[error("predefined bitmap {0} is not known")]
    PredefinedBitmap(u16),
    /// More points than may be decoded.
    #[error("{points} points, more than {most}")]
    TooManyPoints {
        /// How many the field has.
        points: u64,
        /// How many may be decoded.
        most: u64,
    },
    /// A message longer than what is read into memory.
    #[error("{octets} octets, more than {most}")]
    MessageTooLong {
        /// Its length.
        octets: u64,
        /// How long it may be.
        most: u64,
    },
    /// Two parts of the message contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// The image in the data cannot be decoded.
    #[error("image: {0}")]
    Image(String),
    /// Nobody waits for it any more.
    #[error("given up")]
    GivenUp,
}

impl DecodeError {
    /// Whether the message may be right, and is only not read here.
    pub const fn is_unread(&self) -> bool {
        match self {
            Self::Packing(_)
            | Self::Packing1(_)
            | Self::Spectral
            | Self::Grid(_)
            | Self::Grid1(_)
            | Self::PredefinedBitmap(_)
            | Self::TooManyPoints { .. }
            | Self::MessageTooLong { .. } => true,
            Self::NotAMessage
            | Self::SectionTooShort
            | Self::DataTooShort
            | Self::Contradiction(_)
            | Self::Image(_)
            | Self::GivenUp => false,
        }
    }
}
