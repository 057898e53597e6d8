//! The content codings (RFC 9110, 8.4.1) that bodies are written and read in.

use compression_codecs::brotli::params::EncoderParams;
use compression_codecs::core::Level;
use compression_codecs::flate::params::FlateEncoderParams;
use compression_codecs::zstd::params::DParameter;
use compression_codecs::{
    BrotliDecoder, BrotliEncoder, DecodeV2, EncodeV2, GzipDecoder, GzipEncoder, ZlibDecoder,
    ZlibEncoder, ZstdDecoder, ZstdEncoder,
};
use http::HeaderValue;
use schemars::JsonSchema;
use serde::Deserialize;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Coding {
    /// Zstandard, RFC 8878.
    Zstd,
    /// Brotli, RFC 7932.
    #[serde(alias = "brotli")]
    Br,
    /// RFC 1952.
    Gzip,
    /// The zlib format, RFC 1950.
    Deflate,
}

pub(crate) type Encoder = Box<dyn EncodeV2 + Send>;
pub(crate) type Decoder = Box<dyn DecodeV2 + Send>;

/// The size of Brotli's window, as a power of two. Its default would keep 4 MiB and more for each answer.
const BROTLI_WINDOW: i32 = 19;

/// The size of the largest window of Zstandard that is read, as a power of two (RFC 9659, 3). A client says
/// how much memory the reader needs.
const ZSTD_WINDOW: u32 = 23;

impl Coding {
    /// The coding of this name. Names are compared without case, and `x-gzip` is `gzip`.
    pub(crate) fn named(name: &[u8]) -> Option<Coding> {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        match () {
            () if is("gzip") || is("x-gzip") => Some(Coding::Gzip),
            () if is("br") => Some(Coding::Br),
            () if is("zstd") => Some(Coding::Zstd),
            () if is("deflate") => Some(Coding::Deflate),
            () => None,
        }
    }

    /// Its name in `Content-Encoding`.
    pub(crate) fn value(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Coding::Zstd => "zstd",
            Coding::Br => "br",
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
        })
    }

    /// What writes it, at a level from 1 to 9 as zlib has them. The others have scales of their own, and
    /// the same place on theirs takes about as long.
    pub(crate) fn encoder(self, level: u8) -> Encoder {
        let place = usize::from(level.clamp(1, 9)) - 1;
        let flate = || FlateEncoderParams::from(Level::Precise(i32::from(level)));
        match self {
            Coding::Gzip => Box::new(GzipEncoder::new(flate())),
            Coding::Deflate => Box::new(ZlibEncoder::new(flate())),
            Coding::Br => {
                let quality = Level::Precise([1, 1, 2, 2, 3, 4, 5, 7, 9][place]);
                let params = EncoderParams::default().quality(quality).window_size(BROTLI_WINDOW);
                Box::new(BrotliEncoder::new(params))
            }
            Coding::Zstd => Box::new(ZstdEncoder::new([1, 1, 2, 2, 3, 3, 6, 9, 12][place])),
        }
    }

    /// What reads it.
    pub(crate) fn decoder(self) -> Decoder {
        match self {
            Coding::Zstd => {
                let window = DParameter::window_log_max(ZSTD_WINDOW);
                Box::new(ZstdDecoder::new_with_params(&[window]))
            }
            Coding::Br => Box::new(BrotliDecoder::new()),
            Coding::Gzip => Box::new(GzipDecoder::new()),
            Coding::Deflate => Box::new(ZlibDecoder::new()),
        }
    }
}
