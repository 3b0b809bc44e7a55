//! Brotli, by the `brotli` crate.

use brotli::{
    BrotliDecompressStream, BrotliResult, BrotliState,
    enc::{
        StandardAlloc,
        encode::{BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct},
    },
};

use super::codec::{Failure, Step};

/// What a stream is made with: parameters by number, and a raw dictionary.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) params: Vec<(u32, u32)>,
    pub(super) dictionary: Option<Vec<u8>>,
}

/// A compressor.
pub(super) struct Encoder {
    settings: Settings,
    state: BrotliEncoderStateStruct<StandardAlloc>,
}

impl Encoder {
    /// # Errors
    ///
    /// A parameter has a value that the format does not know.
    pub(super) fn new(settings: Settings) -> Result<Self, ()> {
        let state = Self::state(&settings)?;
        Ok(Self { settings, state })
    }

    fn state(settings: &Settings) -> Result<BrotliEncoderStateStruct<StandardAlloc>, ()> {
        let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
        for (key, value) in &settings.params {
            let key = match key {
                0 => BrotliEncoderParameter::BROTLI_PARAM_MODE,
                1 => BrotliEncoderParameter::BROTLI_PARAM_QUALITY,
                2 => BrotliEncoderParameter::BROTLI_PARAM_LGWIN,
                3 => BrotliEncoderParameter::BROTLI_PARAM_LGBLOCK,
                4 => BrotliEncoderParameter::BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
                5 => BrotliEncoderParameter::BROTLI_PARAM_SIZE_HINT,
                6 => BrotliEncoderParameter::BROTLI_PARAM_LARGE_WINDOW,
                // The distance parameters are the encoder's own choice here.
                _ => continue,
            };
            if !state.set_parameter(key, *value) {
                return Err(());
            }
        }
        if let Some(dictionary) = &settings.dictionary {
            state.set_custom_dictionary(dictionary.len(), dictionary);
        }
        Ok(state)
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        let operation = match flush {
            0 => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            2 => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
        };
        let mut step = Step::default();
        let (mut available_in, mut available_out) = (input.len(), output.len());
        let done = self.state.compress_stream(operation, &mut available_in, input, &mut step.read, &mut available_out, output, &mut step.written, &mut None, &mut |_, _, _, _| ());
        if !done {
            return Err(Failure::new("Compression failed", "ERR_BROTLI_COMPRESSION_FAILED", -1));
        }
        Ok(step)
    }

    pub(super) fn reset(&mut self) {
        if let Ok(state) = Self::state(&self.settings) {
            self.state = state;
        }
    }
}

/// A decompressor.
pub(super) struct Decoder {
    settings: Settings,
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
}

impl Decoder {
    /// # Errors
    ///
    /// The dictionary is not one that can be attached.
    pub(super) fn new(settings: Settings) -> Result<Self, ()> {
        let state = Self::state(&settings)?;
        Ok(Self { settings, state })
    }

    fn state(settings: &Settings) -> Result<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>, ()> {
        let mut state = BrotliState::new_strict(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
        if settings.params.iter().any(|(key, value)| *key == LARGE_WINDOW && *value != 0) {
            state.large_window = true;
        }
        if let Some(dictionary) = &settings.dictionary
            && !state.attach_dictionary(dictionary.clone().into())
        {
            return Err(());
        }
        Ok(state)
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        let mut step = Step::default();
        let (mut available_in, mut available_out, mut total) = (input.len(), output.len(), 0);
        let result = BrotliDecompressStream(&mut available_in, &mut step.read, input, &mut available_out, &mut step.written, output, &mut total, &mut self.state);
        match result {
            BrotliResult::ResultFailure => {
                // The crate keeps its table of names to itself; they are the variants', as in C.
                let error = self.state.error_code;
                let name = format!("{error:?}");
                let name = name.strip_prefix("BROTLI_DECODER").unwrap_or(&name);
                Err(Failure::new("Decompression failed", format!("ERR_{name}"), error as i32))
            }
            BrotliResult::NeedsMoreInput if flush == FINISH => Err(Failure::end_of_file()),
            _ => Ok(step),
        }
    }

    pub(super) fn reset(&mut self) {
        if let Ok(state) = Self::state(&self.settings) {
            self.state = state;
        }
    }
}

const FINISH: i32 = 2;
/// `BROTLI_DECODER_PARAM_LARGE_WINDOW`
const LARGE_WINDOW: u32 = 1;
