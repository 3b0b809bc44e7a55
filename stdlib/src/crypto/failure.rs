//! Why an operation failed, in words that need no context: it may have happened on a pool thread.

use boa_engine::{Context, JsError, JsResult, js_string, object::builtins::JsArray};
use coil_engine::{
    coil_sys::SysError,
    errors::{self, Base},
};

/// One of OpenSSL's errors: its packed code, the name of its library and its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ssl {
    /// `library << 23 | reason`.
    pub code: u32,
    /// As OpenSSL names the library.
    pub library: &'static str,
    /// As OpenSSL words the reason.
    pub reason: &'static str,
}

/// Why an operation failed.
#[derive(Debug)]
pub enum Failure {
    /// An error of OpenSSL, with those that led to it.
    Ssl(Ssl, &'static [Ssl]),
    /// As [`Failure::Ssl`], from a job: the message alone.
    Job(Ssl),
    /// An error with a code of Node's.
    Coded(Base, &'static str, String),
    /// A plain Error.
    Plain(String),
    /// The system refused.
    System(SysError),
}

/// The result of work without a context.
pub type Outcome<T> = Result<T, Failure>;

impl From<SysError> for Failure {
    fn from(error: SysError) -> Self {
        Self::System(error)
    }
}

impl From<Ssl> for Failure {
    fn from(error: Ssl) -> Self {
        Self::Ssl(error, &[])
    }
}

impl Failure {
    /// A coded Error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::Coded(Base::Error, code, message.into())
    }

    /// A coded TypeError.
    pub fn typ(code: &'static str, message: impl Into<String>) -> Self {
        Self::Coded(Base::Type, code, message.into())
    }

    /// A coded RangeError.
    pub fn range(code: &'static str, message: impl Into<String>) -> Self {
        Self::Coded(Base::Range, code, message.into())
    }

    /// What JavaScript sees.
    pub fn to_js(&self, cx: &mut Context) -> JsError {
        match self {
            Self::Ssl(error, stack) => ssl(*error, stack, cx).unwrap_or_else(|error| error),
            Self::Job(error) => errors::plain(Base::Error, error.message()),
            Self::Coded(base, code, message) if NATIVE.contains(code) => native(*base, code, message, cx),
            Self::Coded(base, code, message) => errors::coded(*base, code, message, cx),
            Self::Plain(message) => errors::plain(Base::Error, message),
            Self::System(error) => errors::system(error, cx),
        }
    }

    /// The same failure as a job of the pool words it.
    pub fn of_job(self) -> Self {
        match self {
            Self::Ssl(error, _) => Self::Job(error),
            other => other,
        }
    }
}

/// Codes of errors that Node's native side throws: their names and stacks do not show the code.
const NATIVE: &[&str] = &["ERR_CRYPTO_OPERATION_FAILED", "ERR_MISSING_PASSPHRASE"];

/// An error of Node's native side: its code is a property and no more.
pub fn native(base: Base, code: &str, message: &str, cx: &mut Context) -> JsError {
    let error = errors::plain(base, message);
    let made = error.into_opaque(cx).and_then(|value| {
        if let Some(object) = value.as_object() {
            object.create_data_property_or_throw(js_string!("code"), js_string!(code), cx)?;
        }
        Ok(JsError::from_opaque(value))
    });
    made.unwrap_or_else(|error| error)
}

impl Ssl {
    /// `error:1C800064:Provider routines::bad decrypt`
    pub fn message(&self) -> String {
        format!("error:{:08X}:{}::{}", self.code, self.library, self.reason)
    }

    /// `ERR_OSSL_BAD_DECRYPT`: libraries that Node knows lend their short name.
    fn node_code(&self) -> String {
        let library = match self.code >> 23 {
            3 => "BN_",
            4 => "RSA_",
            5 => "DH_",
            6 => "EVP_",
            9 => "PEM_",
            10 => "DSA_",
            11 => "X509_",
            13 => "ASN1_",
            15 => "CRYPTO_",
            16 => "EC_",
            35 => "PKCS12_",
            _ => "",
        };
        format!("ERR_OSSL_{library}{}", self.reason.to_ascii_uppercase().replace(' ', "_"))
    }
}

fn ssl(error: Ssl, stack: &[Ssl], cx: &mut Context) -> JsResult<JsError> {
    let object = errors::plain(Base::Error, error.message()).into_opaque(cx)?;
    let Some(target) = object.as_object() else { return Ok(JsError::from_opaque(object)) };
    if !stack.is_empty() {
        let lines: Vec<_> = stack.iter().map(|line| js_string!(line.message()).into()).collect();
        let lines = JsArray::from_iter(lines, cx);
        target.create_data_property_or_throw(js_string!("opensslErrorStack"), lines, cx)?;
    }
    target.create_data_property_or_throw(js_string!("library"), js_string!(error.library), cx)?;
    target.create_data_property_or_throw(js_string!("reason"), js_string!(error.reason), cx)?;
    target.create_data_property_or_throw(js_string!("code"), js_string!(error.node_code()), cx)?;
    Ok(JsError::from_opaque(object))
}

/// OpenSSL's library numbers, shifted, with their names.
macro_rules! errors {
    ($($name:ident = $code:literal, $library:literal, $reason:literal;)*) => {
        $(#[doc = $reason] pub const $name: Ssl = Ssl { code: $code, library: $library, reason: $reason };)*
    };
}

errors! {
    ASN1_HEADER_TOO_LONG = 0x0680_007B, "asn1 encoding routines", "header too long";
    ASN1_BAD_HEADER = 0x0680_0066, "asn1 encoding routines", "bad object header";
    ASN1_NESTED = 0x0688_010A, "asn1 encoding routines", "nested asn1 error";
    ASN1_WRONG_TAG = 0x0680_00A8, "asn1 encoding routines", "wrong tag";
    BIGNUM_TOO_LONG = 0x0180_0072, "bignum routines", "bignum too long";
    BITS_TOO_SMALL = 0x0180_0076, "bignum routines", "bits too small";
    NO_SUITABLE_PRIME = 0x0180_0078, "bignum routines", "no suitable prime";
    BAD_DECRYPT = 0x1C80_0064, "Provider routines", "bad decrypt";
    DECODER_UNSUPPORTED = 0x1E08_010C, "DECODER routines", "unsupported";
    DATA_TOO_LARGE_FOR_KEY_SIZE = 0x0200_006E, "rsa routines", "data too large for key size";
    DATA_TOO_LARGE_FOR_MODULUS = 0x0200_0084, "rsa routines", "data too large for modulus";
    DATA_TOO_SMALL_FOR_KEY_SIZE = 0x0200_007A, "rsa routines", "data too small for key size";
    DH_BAD_GENERATOR = 0x0280_0065, "Diffie-Hellman routines", "bad generator";
    DH_MODULUS_TOO_SMALL = 0x0280_007E, "Diffie-Hellman routines", "modulus too small";
    DIGEST_TOO_BIG_FOR_RSA_KEY = 0x0200_0070, "rsa routines", "digest too big for rsa key";
    DSA_BAD_FFC = 0x0500_0072, "dsa routines", "bad ffc parameters";
    FAILED_DURING_DERIVATION = 0x1C80_00A4, "Provider routines", "failed during derivation";
    ILLEGAL_PADDING = 0x1C80_00A5, "Provider routines", "illegal or unsupported padding mode";
    INTERRUPTED = 0x0788_0109, "common libcrypto routines", "interrupted or cancelled";
    INVALID_CUSTOM_LENGTH = 0x1C80_006F, "Provider routines", "invalid custom length";
    INVALID_DIGEST = 0x1C80_007A, "Provider routines", "invalid digest";
    INVALID_PADDING = 0x0200_008A, "rsa routines", "invalid padding";
    KEYMGMT_FAILURE = 0x0300_00E9, "digital envelope routines", "provider keymgmt failure";
    KEY_SIZE_TOO_SMALL = 0x1C80_00AB, "Provider routines", "key size too small";
    MISMATCHING_PARAMETERS = 0x1C80_00CB, "Provider routines", "mismatching domain parameters";
    OAEP_DECODING = 0x0200_0079, "rsa routines", "oaep decoding error";
    NOT_XOF_OR_INVALID_LENGTH = 0x0300_00B2, "digital envelope routines", "not XOF or invalid length";
    OPERATION_NOT_SUPPORTED = 0x0300_0096, "digital envelope routines", "operation not supported for this keytype";
    PADDING_CHECK_FAILED = 0x0200_0072, "rsa routines", "padding check failed";
    PEM_BAD_DECRYPT = 0x0480_0065, "PEM routines", "bad decrypt";
    PEM_BAD_PASSWORD = 0x0480_0068, "PEM routines", "bad password read";
    PEM_NO_START_LINE = 0x0480_006C, "PEM routines", "no start line";
    PKCS12_FINAL = 0x1180_0074, "PKCS12 routines", "pkcs12 cipherfinal error";
    PROVIDER_SIGNATURE = 0x0300_00EA, "digital envelope routines", "provider signature failure";
    PUB_EXPONENT_OUT_OF_RANGE = 0x0200_00B2, "rsa routines", "pub exponent out of range";
    RSA_LIB = 0x1C88_0004, "Provider routines", "RSA lib";
    TAG_NOT_SET = 0x1C80_0077, "Provider routines", "tag not set";
    UNABLE_TO_GET_PASSPHRASE = 0x1C80_009F, "Provider routines", "unable to get passphrase";
    WRONG_FINAL_BLOCK_LENGTH = 0x1C80_006B, "Provider routines", "wrong final block length";
    XTS_DUPLICATED_KEYS = 0x1C80_0095, "Provider routines", "xts duplicated keys";
}
