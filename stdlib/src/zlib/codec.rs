//! What compresses and decompresses: one step of any format, and the loops around it. Knows no JavaScript and runs on any thread.

use super::{brotli, deflate, zstd};

/// A running compressor or decompressor.
pub(super) enum Codec {
    Deflate(Box<deflate::Compressor>),
    Inflate(Box<deflate::Decompressor>),
    BrotliEncode(Box<brotli::Encoder>),
    BrotliDecode(Box<brotli::Decoder>),
    ZstdCompress(Box<zstd::Compressor>),
    ZstdDecompress(Box<zstd::Decompressor>),
}

/// What one step took and gave, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) written: usize,
}

/// Why a step failed: the `message`, `code` and `errno` of Node's error.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) message: &'static str,
    pub(super) code: String,
    pub(super) errno: i32,
}

impl Failure {
    pub(super) fn new(message: &'static str, code: impl Into<String>, errno: i32) -> Self {
        Self { message, code: code.into(), errno }
    }

    /// Input ended where more was needed.
    pub(super) fn end_of_file() -> Self {
        Self::new("unexpected end of file", "Z_BUF_ERROR", -5)
    }
}

impl Codec {
    /// One call of the library behind: reads of `input`, writes to `output`. `flush` is the format's own flush value.
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        match self {
            Self::Deflate(codec) => codec.step(input, output, flush),
            Self::Inflate(codec) => codec.step(input, output, flush),
            Self::BrotliEncode(codec) => codec.step(input, output, flush),
            Self::BrotliDecode(codec) => codec.step(input, output, flush),
            Self::ZstdCompress(codec) => codec.step(input, output, flush),
            Self::ZstdDecompress(codec) => codec.step(input, output, flush),
        }
    }

    /// Ready for a new stream with the same settings.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Deflate(codec) => codec.reset(),
            Self::Inflate(codec) => codec.reset(),
            Self::BrotliEncode(codec) => codec.reset(),
            Self::BrotliDecode(codec) => codec.reset(),
            Self::ZstdCompress(codec) => codec.reset(),
            Self::ZstdDecompress(codec) => codec.reset(),
        }
    }
}

/// One chunk on its way through a stream's codec.
pub(super) struct Job {
    pub(super) input: Vec<u8>,
    /// How much of the input was read.
    pub(super) read: usize,
    pub(super) flush: i32,
}

/// What a trip gave.
pub(super) struct Trip {
    /// Pieces of output, none empty.
    pub(super) outputs: Vec<Vec<u8>>,
    /// How much was read.
    pub(super) read: usize,
    /// There is more output to be had: another trip is due.
    pub(super) more: bool,
    pub(super) failure: Option<Failure>,
}

impl Codec {
    /// Takes a chunk as far as one trip goes. `offset` is how far the current piece of `chunk_len` bytes is filled: pieces end where
    /// Node's do, whose output buffer is shared by consecutive writes.
    pub(super) fn trip(&mut self, job: &mut Job, chunk_len: usize, offset: &mut usize) -> Trip {
        let mut trip = Trip { outputs: Vec::new(), read: 0, more: false, failure: None };
        let mut block = vec![0; chunk_len];
        let mut total = 0;
        loop {
            let room = chunk_len - *offset;
            let step = match self.step(&job.input[job.read..], &mut block[..room], job.flush) {
                Ok(step) => step,
                Err(failure) => {
                    trip.failure = Some(failure);
                    return trip;
                }
            };
            job.read += step.read;
            trip.read += step.read;
            total += step.written;
            let full = step.written == room;
            *offset = if full { 0 } else { *offset + step.written };
            if full && room == chunk_len {
                trip.outputs.push(std::mem::replace(&mut block, vec![0; chunk_len]));
            } else if step.written > 0 {
                trip.outputs.push(block[..step.written].to_vec());
            }
            if !full {
                return trip;
            }
            if total >= TRIP_LEN_MAX {
                trip.more = true;
                return trip;
            }
        }
    }

    /// Takes all of `input` and gives all of the output and how much was read, or none above `len_max` bytes.
    pub(super) fn whole(&mut self, input: &[u8], flush: i32, len_max: u64) -> Result<Option<(Vec<u8>, usize)>, Failure> {
        let mut output = vec![0; FIRST_LEN.max(input.len() / 4)];
        let (mut read, mut written) = (0, 0);
        loop {
            let room = output.len() - written;
            let step = self.step(&input[read..], &mut output[written..], flush)?;
            read += step.read;
            written += step.written;
            if written as u64 > len_max {
                return Ok(None);
            }
            if step.written < room {
                output.truncate(written);
                return Ok(Some((output, read)));
            }
            output.resize(written * 2, 0);
        }
    }
}

/// Output of one trip to the pool: several pieces, so that a chunk rarely needs two trips, and few enough that backpressure holds.
const TRIP_LEN_MAX: usize = 256 * 1024;
/// The first block of output of a one-shot call.
const FIRST_LEN: usize = 16 * 1024;
