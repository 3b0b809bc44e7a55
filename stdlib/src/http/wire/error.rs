//! What can be wrong with a message, under the names Node reports.

/// A parser's error code; [`Code::name`] is what `err.code` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    Strict,
    CrExpected,
    LfExpected,
    UnexpectedContentLength,
    UnexpectedSpace,
    ClosedConnection,
    InvalidMethod,
    InvalidUrl,
    InvalidConstant,
    InvalidVersion,
    InvalidHeaderToken,
    InvalidContentLength,
    InvalidChunkSize,
    InvalidStatus,
    InvalidEofState,
    InvalidTransferEncoding,
    PausedH2Upgrade,
    HeaderOverflow,
    ChunkExtensionsOverflow,
}

impl Code {
    /// The name as Node shows it: `HPE_INVALID_METHOD` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "HPE_STRICT",
            Self::CrExpected => "HPE_CR_EXPECTED",
            Self::LfExpected => "HPE_LF_EXPECTED",
            Self::UnexpectedContentLength => "HPE_UNEXPECTED_CONTENT_LENGTH",
            Self::UnexpectedSpace => "HPE_UNEXPECTED_SPACE",
            Self::ClosedConnection => "HPE_CLOSED_CONNECTION",
            Self::InvalidMethod => "HPE_INVALID_METHOD",
            Self::InvalidUrl => "HPE_INVALID_URL",
            Self::InvalidConstant => "HPE_INVALID_CONSTANT",
            Self::InvalidVersion => "HPE_INVALID_VERSION",
            Self::InvalidHeaderToken => "HPE_INVALID_HEADER_TOKEN",
            Self::InvalidContentLength => "HPE_INVALID_CONTENT_LENGTH",
            Self::InvalidChunkSize => "HPE_INVALID_CHUNK_SIZE",
            Self::InvalidStatus => "HPE_INVALID_STATUS",
            Self::InvalidEofState => "HPE_INVALID_EOF_STATE",
            Self::InvalidTransferEncoding => "HPE_INVALID_TRANSFER_ENCODING",
            Self::PausedH2Upgrade => "HPE_PAUSED_H2_UPGRADE",
            Self::HeaderOverflow => "HPE_HEADER_OVERFLOW",
            Self::ChunkExtensionsOverflow => "HPE_CHUNK_EXTENSIONS_OVERFLOW",
        }
    }
}

/// Why a message was refused. Nothing more can be read from the parser that reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    pub code: Code,
    /// Node's `err.reason`; its `err.message` is `Parse Error: ` and this.
    pub reason: &'static str,
    /// Node's `err.bytesParsed`: where in the input that was being parsed the error was seen.
    pub bytes_parsed: usize,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parse Error: {}", self.reason)
    }
}

impl std::error::Error for ParseError {}
