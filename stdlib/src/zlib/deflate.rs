//! The zlib formats: zlib, gzip, raw deflate, and telling them apart. zlib-rs does the work.

use libz_rs_sys::z_stream;
use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use super::codec::{Failure, Step};

/// Which of the formats, with Node's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Deflate = 1,
    Inflate = 2,
    Gzip = 3,
    Gunzip = 4,
    DeflateRaw = 5,
    InflateRaw = 6,
    Unzip = 7,
}

/// What a stream of these formats is made with.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) mode: Mode,
    /// 8 to 15; 0 takes the stream's own.
    pub(super) window_bits: i32,
    pub(super) level: i32,
    pub(super) mem_level: i32,
    pub(super) strategy: i32,
    pub(super) dictionary: Option<Vec<u8>>,
    /// A second member of a gzip archive is no part of the stream.
    pub(super) single: bool,
}

/// A compressor.
pub(super) struct Compressor {
    settings: Settings,
    stream: Stream,
    /// The dictionary was refused.
    failure: Option<Failure>,
}

/// zlib-rs by its C interface: the safe one has no way to change level and strategy of a running stream.
struct Stream(Box<z_stream>);

// SAFETY: a stream owns what its pointers lead to: the state, on the heap. Those of input and output are set anew by each call.
unsafe impl Send for Stream {}

impl Stream {
    fn new(settings: &Settings) -> Self {
        let bits = match settings.mode {
            Mode::Gzip => settings.window_bits + 16,
            Mode::DeflateRaw => -settings.window_bits,
            _ => settings.window_bits,
        };
        let mut stream = Box::new(z_stream::default());
        let size = size_of::<z_stream>() as i32;
        // SAFETY: `stream` is a default stream with an allocator, and it stays where it is.
        let code = unsafe { libz_rs_sys::deflateInit2_(&raw mut *stream, settings.level, libz_rs_sys::Z_DEFLATED, bits, settings.mem_level, settings.strategy, libz_rs_sys::zlibVersion(), size) };
        debug_assert_eq!(code, 0, "the settings were checked");
        Self(stream)
    }

    fn deflate(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> (i32, Step) {
        let stream = &mut *self.0;
        let (before_in, before_out) = (input.len().min(u32::MAX as usize), output.len().min(u32::MAX as usize));
        stream.next_in = input.as_ptr();
        stream.avail_in = before_in as u32;
        stream.next_out = output.as_mut_ptr();
        stream.avail_out = before_out as u32;
        // SAFETY: the stream was initialised, or has no state and is refused; the pointers name slices that live through the call.
        let code = unsafe { libz_rs_sys::deflate(stream, flush) };
        (code, Step { read: before_in - stream.avail_in as usize, written: before_out - stream.avail_out as usize })
    }

    fn params(&mut self, level: i32, strategy: i32) -> i32 {
        // All was flushed before: there is nothing left to write here.
        let mut rest = [0_u8; 64];
        let stream = &mut *self.0;
        stream.avail_in = 0;
        stream.next_out = rest.as_mut_ptr();
        stream.avail_out = rest.len() as u32;
        // SAFETY: as in `deflate`; `rest` lives through the call.
        unsafe { libz_rs_sys::deflateParams(stream, level, strategy) }
    }

    fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        // SAFETY: as in `deflate`.
        unsafe { libz_rs_sys::deflateSetDictionary(&raw mut *self.0, dictionary.as_ptr(), dictionary.len() as u32) }
    }

    fn reset(&mut self) {
        // SAFETY: as in `deflate`.
        unsafe { libz_rs_sys::deflateReset(&raw mut *self.0) };
    }

    fn message(&self) -> Option<&'static str> {
        if self.0.msg.is_null() {
            return None;
        }
        // SAFETY: zlib's messages are constants.
        unsafe { std::ffi::CStr::from_ptr(self.0.msg) }.to_str().ok()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: as in `deflate`; nothing uses the stream after this.
        unsafe { libz_rs_sys::deflateEnd(&raw mut *self.0) };
    }
}

impl Compressor {
    pub(super) fn new(settings: Settings) -> Self {
        let stream = Stream::new(&settings);
        let mut made = Self { settings, stream, failure: None };
        made.load_dictionary();
        made
    }

    fn load_dictionary(&mut self) {
        if let Some(dictionary) = &self.settings.dictionary
            && self.settings.mode != Mode::Gzip
        {
            let code = self.stream.set_dictionary(dictionary);
            if code != 0 {
                self.failure = Some(zlib_failure("Failed to set dictionary", code));
            }
        }
    }

    /// `level` and `strategy` hold from now on: what was written before was flushed.
    pub(super) fn params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        if self.settings.mode == Mode::Gzip {
            return Ok(());
        }
        match self.stream.params(level, strategy) {
            0 | BUF_ERROR => Ok(()),
            code => Err(zlib_failure("Failed to set parameters", code)),
        }
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        match self.stream.deflate(input, output, flush) {
            (0 | BUF_ERROR, step) if flush == FINISH && step.written < output.len() => Err(Failure::end_of_file()),
            (0 | STREAM_END | BUF_ERROR, step) => Ok(step),
            (code, _) => Err(zlib_failure(self.stream.message().unwrap_or("Zlib error"), code)),
        }
    }

    pub(super) fn reset(&mut self) {
        self.failure = None;
        self.stream.reset();
        self.load_dictionary();
    }
}

const FINISH: i32 = 4;
const STREAM_END: i32 = 1;
const BUF_ERROR: i32 = -5;

/// A decompressor.
pub(super) struct Decompressor {
    settings: Settings,
    mode: Mode,
    inner: Inflate,
    /// How many of gzip's two first bytes have been seen, while it is not known whether it is gzip.
    magic: u8,
    /// The dictionary of a raw stream was refused.
    failure: Option<Failure>,
}

impl Decompressor {
    pub(super) fn new(settings: Settings) -> Self {
        let mut made = Self { mode: settings.mode, inner: Self::inflate(&settings), settings, magic: 0, failure: None };
        made.load_raw_dictionary();
        made
    }

    fn inflate(settings: &Settings) -> Inflate {
        let bits = settings.window_bits as u8;
        // Where gzip is expected zlib's window of a header that gzip does not have is the largest.
        let wide = if bits == 0 { 15 } else { bits };
        match settings.mode {
            Mode::Gunzip => Inflate::new(true, wide + 16),
            Mode::Unzip => Inflate::new(true, wide + 32),
            Mode::InflateRaw => Inflate::new(false, wide.max(9)),
            _ => Inflate::new(true, bits),
        }
    }

    fn load_raw_dictionary(&mut self) {
        if let (Mode::InflateRaw, Some(dictionary)) = (self.mode, &self.settings.dictionary)
            && let Err(error) = self.inner.set_dictionary(dictionary)
        {
            self.failure = Some(zlib_failure("Failed to set dictionary", errno_of(error)));
        }
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.mode == Mode::Unzip {
            self.tell_apart(input);
        }
        let inflate_flush = match flush {
            2 => InflateFlush::SyncFlush,
            4 => InflateFlush::Finish,
            5 => InflateFlush::Block,
            _ => InflateFlush::NoFlush,
        };
        let mut step = Step::default();
        let mut result = self.inflate_once(input, output, inflate_flush, &mut step);
        if let (Err(InflateError::NeedDict { .. }), Some(dictionary), true) = (&result, &self.settings.dictionary, self.mode != Mode::InflateRaw) {
            result = match self.inner.set_dictionary(dictionary) {
                Ok(_) => self.inflate_once(input, output, inflate_flush, &mut step),
                // Told from bad input: the dictionary is another one.
                Err(InflateError::DataError) => Err(InflateError::NeedDict { dict_id: 0 }),
                Err(error) => Err(error),
            };
        }
        // Another member of the same archive, or rubbish. Zeros are padding.
        while self.mode == Mode::Gunzip && !self.settings.single && result == Ok(Status::StreamEnd) && input.get(step.read).is_some_and(|byte| *byte != 0) {
            self.inner = Self::inflate(&self.settings);
            result = self.inflate_once(input, output, inflate_flush, &mut step);
        }
        match result {
            Ok(Status::StreamEnd) => Ok(step),
            Ok(_) if flush == 4 && step.written < output.len() => Err(Failure::end_of_file()),
            Ok(_) => Ok(step),
            Err(InflateError::NeedDict { .. }) => {
                let message = if self.settings.dictionary.is_none() { "Missing dictionary" } else { "Bad dictionary" };
                Err(zlib_failure(message, 2))
            }
            Err(error) => Err(zlib_failure(self.inner.error_message().unwrap_or("Zlib error"), errno_of(error))),
        }
    }

    fn inflate_once(&mut self, input: &[u8], output: &mut [u8], flush: InflateFlush, step: &mut Step) -> Result<Status, InflateError> {
        let (read, written) = (self.inner.total_in(), self.inner.total_out());
        let result = self.inner.decompress(&input[step.read..], &mut output[step.written..], flush);
        step.read += (self.inner.total_in() - read) as usize;
        step.written += (self.inner.total_out() - written) as usize;
        result
    }

    /// Sees by the first two bytes whether it is gzip, of which several members may follow one another.
    fn tell_apart(&mut self, input: &[u8]) {
        let mut bytes = input.iter();
        if self.magic == 0 {
            match bytes.next() {
                None => return,
                Some(0x1f) => self.magic = 1,
                Some(_) => {
                    self.mode = Mode::Inflate;
                    return;
                }
            }
        }
        match bytes.next() {
            None => {}
            Some(0x8b) => {
                self.magic = 2;
                self.mode = Mode::Gunzip;
            }
            Some(_) => self.mode = Mode::Inflate,
        }
    }

    pub(super) fn reset(&mut self) {
        self.failure = None;
        self.inner = Self::inflate(&self.settings);
        self.load_raw_dictionary();
    }
}

fn errno_of(error: InflateError) -> i32 {
    match error {
        InflateError::NeedDict { .. } => 2,
        InflateError::StreamError => -2,
        InflateError::DataError => -3,
        InflateError::MemError => -4,
    }
}

fn zlib_failure(message: &'static str, errno: i32) -> Failure {
    let code = match errno {
        2 => "Z_NEED_DICT",
        -2 => "Z_STREAM_ERROR",
        -3 => "Z_DATA_ERROR",
        -4 => "Z_MEM_ERROR",
        _ => "Z_BUF_ERROR",
    };
    Failure::new(message, code, errno)
}
