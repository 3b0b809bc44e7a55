//! Zstandard, by the `structured-zstd` crate.

use structured_zstd::{
    decoding::{ContentChecksum, DictionaryHandle, FrameDecoder, errors::FrameDecoderError, errors::ReadFrameHeaderError},
    encoding::{CompressionContext, CompressionLevel, CompressionParameters, Strategy},
};

use super::codec::{Failure, Step};

/// What a stream is made with: parameters by number, a dictionary, and the length of the input where it is promised.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) params: Vec<(u32, i32)>,
    pub(super) dictionary: Option<Vec<u8>>,
    pub(super) pledged_len: Option<u64>,
}

/// Why a stream cannot be made.
#[derive(Debug)]
pub(super) enum Refused {
    Parameter,
    Dictionary,
}

/// A compressor.
pub(super) struct Compressor {
    settings: Settings,
    context: Sent,
    /// What was compressed and had no room yet.
    pending: Vec<u8>,
    given: usize,
    /// The frame is begun.
    started: bool,
    /// The frame is closed, and nothing was written since.
    ended: bool,
}

/// A context that may go to another thread.
struct Sent(CompressionContext);

// SAFETY: all that a context owns is its own heap memory. The one raw pointer in it names the input of a call that borrows a whole frame,
// which the streaming calls used here never make, and the boxed sequence producer, which need not be Send, is never set.
unsafe impl Send for Sent {}

impl Compressor {
    pub(super) fn new(settings: Settings) -> Result<Self, Refused> {
        let context = Sent(Self::context(&settings)?);
        Ok(Self { settings, context, pending: Vec::new(), given: 0, started: false, ended: false })
    }

    fn context(settings: &Settings) -> Result<CompressionContext, Refused> {
        let level = settings.params.iter().find(|(key, _)| *key == 100).map_or(CompressionLevel::DEFAULT_LEVEL, |(_, level)| *level);
        let level = CompressionLevel::from_level(level.min(CompressionLevel::MAX_LEVEL));
        let mut context = CompressionContext::new(level);
        let mut builder = CompressionParameters::builder(level);
        let mut tuned = false;
        let refused = |_| Refused::Parameter;
        context.set_content_checksum(false).map_err(refused)?;
        for &(key, value) in &settings.params {
            let unsigned = u32::try_from(value).map_err(|_| Refused::Parameter);
            // Zero asks for the default.
            if value == 0 && (101..=107).contains(&key) {
                continue;
            }
            tuned |= (101..200).contains(&key);
            match key {
                100 | 400..=402 => {}
                101 => builder = builder.window_log(unsigned?),
                102 => builder = builder.hash_log(unsigned?),
                103 => builder = builder.chain_log(unsigned?),
                104 => builder = builder.search_log(unsigned?),
                105 => builder = builder.min_match(unsigned?),
                106 => builder = builder.target_length(unsigned?),
                107 => builder = builder.strategy(strategy(value).ok_or(Refused::Parameter)?),
                160 => builder = builder.enable_long_distance_matching(value == 1),
                161 => builder = builder.ldm_hash_log(unsigned?),
                162 => builder = builder.ldm_min_match(unsigned?),
                163 => builder = builder.ldm_bucket_size_log(unsigned?),
                164 => builder = builder.ldm_hash_rate_log(unsigned?),
                200 => context.set_content_size_flag(value != 0).map_err(refused)?,
                201 => context.set_content_checksum(value != 0).map_err(refused)?,
                202 => context.set_dictionary_id_flag(value != 0).map_err(refused)?,
                _ => return Err(Refused::Parameter),
            }
        }
        if tuned {
            let params = builder.build().map_err(|_| Refused::Parameter)?;
            context.set_parameters(&params).map_err(refused)?;
        }
        if let Some(dictionary) = &settings.dictionary {
            context.set_dictionary_from_bytes(dictionary).map_err(|_| Refused::Dictionary)?;
        }
        if let Some(len) = settings.pledged_len {
            context.set_pledged_content_size(len).map_err(refused)?;
        }
        Ok(context)
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        let mut step = Step::default();
        if self.given == self.pending.len() {
            self.pending.clear();
            self.given = 0;
            self.compress(input, flush)?;
            step.read = input.len();
        }
        let ready = &self.pending[self.given..];
        step.written = ready.len().min(output.len());
        output[..step.written].copy_from_slice(&ready[..step.written]);
        self.given += step.written;
        Ok(step)
    }

    fn compress(&mut self, input: &[u8], flush: i32) -> Result<(), Failure> {
        let context = &mut self.context.0;
        if !input.is_empty() {
            self.ended = false;
        }
        if self.ended {
            return Ok(());
        }
        // All of the frame in one call: its length is known, whatever was promised.
        if flush == END && !self.started {
            context.set_pledged_content_size(input.len() as u64).map_err(|_| wrong_len())?;
        }
        self.started = true;
        if !input.is_empty() {
            let taken = context.write(&mut self.pending, input).map_err(|_| wrong_len())?;
            if taken < input.len() {
                return Err(wrong_len());
            }
        }
        match flush {
            END => {
                context.finish_frame(&mut self.pending).map_err(|_| wrong_len())?;
                (self.started, self.ended) = (false, true);
                Ok(())
            }
            FLUSH => context.flush(&mut self.pending).map_err(|_| Failure::new("Compression failed", "ZSTD_error_GENERIC", 1)),
            _ => Ok(()),
        }
    }

    pub(super) fn reset(&mut self) {
        if let Ok(context) = Self::context(&self.settings) {
            self.context = Sent(context);
        }
        self.pending.clear();
        self.given = 0;
        (self.started, self.ended) = (false, false);
    }
}

fn wrong_len() -> Failure {
    Failure::new("Src size is incorrect", "ZSTD_error_srcSize_wrong", 72)
}

fn strategy(ordinal: i32) -> Option<Strategy> {
    Some(match ordinal {
        1 => Strategy::Fast,
        2 => Strategy::Dfast,
        3 => Strategy::Greedy,
        4 => Strategy::Lazy,
        5 => Strategy::Lazy2,
        6 => Strategy::Btlazy2,
        7 => Strategy::Btopt,
        8 => Strategy::Btultra,
        9 => Strategy::Btultra2,
        _ => return None,
    })
}

/// A decompressor.
pub(super) struct Decompressor {
    decoder: FrameDecoder,
    dictionary: Option<DictionaryHandle>,
    /// Input that is not a whole block yet: at most one block and a header.
    held: Vec<u8>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    /// Bytes of a skippable frame still to be passed over.
    Skip(usize),
    Blocks,
}

impl Decompressor {
    pub(super) fn new(settings: &Settings) -> Result<Self, Refused> {
        let mut decoder = FrameDecoder::new();
        decoder.set_content_checksum(ContentChecksum::Verify);
        for (key, value) in &settings.params {
            match (key, value) {
                (100, 0) => {}
                (100, 10..=31) => decoder.set_max_window_size(1 << value).map_err(|_| Refused::Parameter)?,
                _ => return Err(Refused::Parameter),
            }
        }
        let dictionary = match &settings.dictionary {
            Some(dictionary) if !dictionary.is_empty() => Some(DictionaryHandle::from_serialized_or_raw_content(dictionary).map_err(|_| Refused::Dictionary)?),
            _ => None,
        };
        Ok(Self { decoder, dictionary, held: Vec::new(), stage: Stage::Header })
    }

    /// Input that ends early is no failure: so it is in Node.
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], _flush: i32) -> Result<Step, Failure> {
        // What is held is taken first; without any, the input is read where it is.
        let held = std::mem::take(&mut self.held);
        let before = held.len();
        let joined = if held.is_empty() { None } else { Some([&held[..], input].concat()) };
        let source = joined.as_deref().unwrap_or(input);
        let mut step = Step::default();
        let mut at = 0;
        let over = loop {
            let rest = &source[at..];
            match self.stage {
                Stage::Header => match header_len(rest)? {
                    Header::Partial => break rest.is_empty(),
                    Header::Skippable(len) => {
                        at += 8;
                        self.stage = Stage::Skip(len);
                    }
                    Header::Frame(len) => {
                        let mut header = &rest[..len];
                        let begun = match &self.dictionary {
                            Some(dictionary) => self.decoder.reset_with_dict_handle(&mut header, dictionary),
                            None => self.decoder.reset(&mut header),
                        };
                        begun.map_err(|error| failure_of(&error))?;
                        at += len;
                        self.stage = Stage::Blocks;
                    }
                },
                Stage::Skip(len) => {
                    let passed = len.min(rest.len());
                    at += passed;
                    self.stage = if passed == len { Stage::Header } else { Stage::Skip(len - passed) };
                    break passed == len;
                }
                Stage::Blocks => {
                    let (read, written) = self.decoder.decode_from_to(rest, &mut output[step.written..]).map_err(|error| failure_of(&error))?;
                    at += read;
                    step.written += written;
                    if self.decoder.is_finished() && self.decoder.can_collect() == 0 {
                        self.stage = Stage::Header;
                        break true;
                    }
                    if (read == 0 && written == 0) || step.written == output.len() {
                        break false;
                    }
                }
            }
        };
        // What follows a frame's end stays with the caller; what a frame still wants is held.
        if over {
            step.read = at.saturating_sub(before);
        } else {
            self.held = source[at..].to_vec();
            step.read = input.len();
        }
        Ok(step)
    }

    pub(super) fn reset(&mut self) {
        self.held.clear();
        self.stage = Stage::Header;
    }
}

enum Header {
    Partial,
    Skippable(usize),
    Frame(usize),
}

/// How long the frame header at the start of `bytes` is (RFC 8878, 3.1.1).
fn header_len(bytes: &[u8]) -> Result<Header, Failure> {
    let unknown = || Failure::new("Unknown frame descriptor", "ZSTD_error_prefix_unknown", 10);
    let Some(&[a, b, c, d]) = bytes.first_chunk::<4>() else { return Ok(Header::Partial) };
    let magic = u32::from_le_bytes([a, b, c, d]);
    if magic & 0xffff_fff0 == 0x184d_2a50 {
        return Ok(match bytes.get(4..8) {
            Some(&[a, b, c, d]) => Header::Skippable(u32::from_le_bytes([a, b, c, d]) as usize),
            _ => Header::Partial,
        });
    }
    if magic != 0xfd2f_b528 {
        return Err(unknown());
    }
    let Some(&descriptor) = bytes.get(4) else { return Ok(Header::Partial) };
    let single_segment = descriptor & 0x20 != 0;
    let dictionary_id = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content_size = [usize::from(single_segment), 2, 4, 8][usize::from(descriptor >> 6)];
    let len = 5 + usize::from(!single_segment) + dictionary_id + content_size;
    Ok(if bytes.len() < len { Header::Partial } else { Header::Frame(len) })
}

fn failure_of(error: &FrameDecoderError) -> Failure {
    match error {
        FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_)) => Failure::new("Unknown frame descriptor", "ZSTD_error_prefix_unknown", 10),
        FrameDecoderError::WindowSizeTooBig { .. } => Failure::new("Frame requires too much memory for decoding", "ZSTD_error_frameParameter_windowTooLarge", 16),
        FrameDecoderError::ChecksumMismatch { .. } => Failure::new("Restored data doesn't match checksum", "ZSTD_error_checksum_wrong", 22),
        FrameDecoderError::DictNotProvided { .. } | FrameDecoderError::DictIdMismatch { .. } => Failure::new("Dictionary mismatch", "ZSTD_error_dictionary_wrong", 32),
        _ => Failure::new("Data corruption detected", "ZSTD_error_corruption_detected", 20),
    }
}

const FLUSH: i32 = 1;
const END: i32 = 2;
