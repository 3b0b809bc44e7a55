//! `crypto`: hashes, codes, random bytes, keys of every kind, ciphers, signatures, agreements and certificates, on the RustCrypto crates;
//! and web cryptography beside it.
//!
//! ```js
//! const { createHash, randomUUID } = require('crypto');
//! console.log(createHash('sha256').update('coil').digest('hex'), randomUUID().length);
//! ```
//!
//! Implements <https://nodejs.org/api/crypto.html>.
//!
//! Differs from Node: the curves are P-224, P-256, P-384, P-521 and secp256k1; no SLH-DSA, no engines, no FIPS mode, no secure heap;
//! `opensslErrorStack` is there for the commonest errors only.

use boa_engine::{
    Context, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use coil_engine::{
    Host,
    coil_loop::Outcome,
    coil_sys::SysError,
    errors,
    op::thrown_value,
    table::{Export, NativeModule},
};

mod argon;
mod asn1;
mod certificate;
mod cipher;
mod cipheriv;
mod crypto_key;
mod curve;
mod derive;
mod dh;
mod digest;
mod ecdh;
mod encapsulate;
mod engine_options;
mod failure;
mod hash;
mod input;
mod jwk;
mod key;
mod key_input;
mod key_object;
mod keygen;
mod kmac;
mod names;
mod number;
mod octet_key;
mod pool;
mod prime;
mod public_cipher;
mod random;
mod rsa;
mod sign_verify;
mod signature;
mod spkac;
mod subtle;
mod x509;

pub(crate) use certificate::Certificate;
pub(crate) use crypto_key::{CRYPTO_KEY, Data as CryptoKeyData, create as create_crypto_key, of as crypto_key_of};
pub(crate) use failure::native as native_error;
pub(crate) use key::Key;
pub(crate) use key_object::{create as create_key_object, of as key_of_object};
pub(crate) use subtle::{CRYPTO_CLASS, SUBTLE_CRYPTO, web_crypto};
pub(crate) use x509::{create as create_certificate, of as certificate_of, of_chain as certificate_of_chain};

/// Whether two keys, KeyObjects or CryptoKeys, are equal to `assert.deepEqual`; `None` where the first is no key.
pub(crate) fn same_keys(a: &JsValue, b: &JsValue) -> Option<bool> {
    if let Some(key) = key_of_object(a) {
        return Some(key_of_object(b).is_some_and(|other| key.is_same(&other)));
    }
    let key = crypto_key_of(a)?;
    let same = |other: CryptoKeyData| {
        let (algorithm, of_other) = (key.algorithm, other.algorithm);
        let same_algorithm = algorithm.name == of_other.name && algorithm.hash.map(|hash| hash.name) == of_other.hash.map(|hash| hash.name);
        same_algorithm && key.extractable == other.extractable && key.usages == other.usages && key.key.is_same(&other.key)
    };
    Some(crypto_key_of(b).is_some_and(same))
}

/// `require('crypto')`
pub static CRYPTO: NativeModule = NativeModule {
    name: "crypto",
    exports: &[
        Export::function("argon2", 3, argon::argon2),
        Export::function("argon2Sync", 2, argon::argon2_sync),
        Export::function("checkPrime", 1, prime::check_prime),
        Export::function("checkPrimeSync", 1, prime::check_prime_sync),
        Export::function("createCipheriv", 4, cipheriv::create_cipheriv),
        Export::function("createDecipheriv", 4, cipheriv::create_decipheriv),
        Export::function("createDiffieHellman", 4, dh::create),
        Export::function("createDiffieHellmanGroup", 1, dh::create_group),
        Export::function("createECDH", 1, ecdh::create_ecdh),
        Export::function("createHash", 2, hash::create_hash),
        Export::function("createHmac", 3, hash::create_hmac),
        Export::function("createPrivateKey", 1, key_object::create_private_key),
        Export::function("createPublicKey", 1, key_object::create_public_key),
        Export::function("createSecretKey", 2, key_object::create_secret_key),
        Export::function("createSign", 2, sign_verify::create_sign),
        Export::function("createVerify", 2, sign_verify::create_verify),
        Export::function("diffieHellman", 2, dh::diffie_hellman),
        Export::function("generatePrime", 3, prime::generate_prime),
        Export::function("generatePrimeSync", 1, prime::generate_prime_sync),
        Export::renamed("getCiphers", "", 0, cipheriv::get_ciphers),
        Export::function("getCipherInfo", 1, cipheriv::get_cipher_info),
        Export::renamed("getCurves", "", 0, ecdh::get_curves),
        Export::renamed("getDiffieHellman", "createDiffieHellmanGroup", 1, dh::create_group),
        Export::renamed("getHashes", "", 0, hashes),
        Export::function("hkdf", 6, derive::hkdf),
        Export::function("hkdfSync", 5, derive::hkdf_sync),
        Export::function("pbkdf2", 6, derive::pbkdf2),
        Export::function("pbkdf2Sync", 5, derive::pbkdf2_sync),
        Export::build("generateKeyPair", keygen::generate_key_pair_function),
        Export::function("generateKeyPairSync", 2, keygen::generate_key_pair_sync),
        Export::function("generateKey", 3, keygen::generate_key),
        Export::function("generateKeySync", 2, keygen::generate_key_sync),
        Export::renamed("privateDecrypt", "", 2, public_cipher::private_decrypt),
        Export::renamed("privateEncrypt", "", 2, public_cipher::private_encrypt),
        Export::renamed("publicDecrypt", "", 2, public_cipher::public_decrypt),
        Export::renamed("publicEncrypt", "", 2, public_cipher::public_encrypt),
        Export::function("randomBytes", 2, random::random_bytes),
        Export::function("randomFill", 4, random::random_fill),
        Export::function("randomFillSync", 1, random::random_fill_sync),
        Export::function("randomInt", 3, random::random_int),
        Export::function("randomUUID", 1, random::random_uuid),
        Export::function("scrypt", 4, derive::scrypt),
        Export::function("scryptSync", 3, derive::scrypt_sync),
        Export::renamed("sign", "signOneShot", 4, sign_verify::sign_one_shot),
        Export::function("setEngine", 2, engine_options::set_engine),
        Export::renamed("timingSafeEqual", "", 0, random::timing_safe_equal),
        Export::function("getFips", 0, engine_options::get_fips),
        Export::function("setFips", 1, engine_options::set_fips),
        Export::renamed("verify", "verifyOneShot", 5, sign_verify::verify_one_shot),
        Export::function("hash", 3, hash::one_shot),
        Export::function("encapsulate", 2, encapsulate::encapsulate),
        Export::function("decapsulate", 3, encapsulate::decapsulate),
        Export::class(&spkac::CERTIFICATE),
        Export::class(&cipheriv::CIPHERIV),
        Export::class(&cipheriv::DECIPHERIV),
        Export::class(&dh::DIFFIE_HELLMAN),
        Export::class(&dh::DIFFIE_HELLMAN_GROUP),
        Export::class(&ecdh::ECDH),
        Export::class(&hash::HASH),
        Export::class(&hash::HMAC),
        Export::class(&key_object::KEY_OBJECT),
        Export::class(&sign_verify::SIGN),
        Export::class(&sign_verify::VERIFY),
        Export::class(&x509::X509_CERTIFICATE),
        Export::function("secureHeapUsed", 0, engine_options::secure_heap_used),
        Export::int("fips", 0).enumerable(false),
        Export::module(
            "constants",
            const {
                &NativeModule {
                    name: "crypto.constants",
                    exports: &[
                        Export::int("OPENSSL_VERSION_NUMBER", 810549328).read_only(),
                        Export::number("SSL_OP_ALL", 2147485776.0).read_only(),
                        Export::int("SSL_OP_ALLOW_NO_DHE_KEX", 1024).read_only(),
                        Export::int("SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION", 262144).read_only(),
                        Export::int("SSL_OP_CIPHER_SERVER_PREFERENCE", 4194304).read_only(),
                        Export::int("SSL_OP_CISCO_ANYCONNECT", 32768).read_only(),
                        Export::int("SSL_OP_COOKIE_EXCHANGE", 8192).read_only(),
                        Export::number("SSL_OP_CRYPTOPRO_TLSEXT_BUG", 2147483648.0).read_only(),
                        Export::int("SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS", 2048).read_only(),
                        Export::int("SSL_OP_LEGACY_SERVER_CONNECT", 4).read_only(),
                        Export::int("SSL_OP_NO_COMPRESSION", 131072).read_only(),
                        Export::int("SSL_OP_NO_ENCRYPT_THEN_MAC", 524288).read_only(),
                        Export::int("SSL_OP_NO_QUERY_MTU", 4096).read_only(),
                        Export::int("SSL_OP_NO_RENEGOTIATION", 1073741824).read_only(),
                        Export::int("SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION", 65536).read_only(),
                        Export::int("SSL_OP_NO_SSLv2", 0).read_only(),
                        Export::int("SSL_OP_NO_SSLv3", 33554432).read_only(),
                        Export::int("SSL_OP_NO_TICKET", 16384).read_only(),
                        Export::int("SSL_OP_NO_TLSv1", 67108864).read_only(),
                        Export::int("SSL_OP_NO_TLSv1_1", 268435456).read_only(),
                        Export::int("SSL_OP_NO_TLSv1_2", 134217728).read_only(),
                        Export::int("SSL_OP_NO_TLSv1_3", 536870912).read_only(),
                        Export::int("SSL_OP_PRIORITIZE_CHACHA", 2097152).read_only(),
                        Export::int("SSL_OP_TLS_ROLLBACK_BUG", 8388608).read_only(),
                        Export::int("ENGINE_METHOD_RSA", 1).read_only(),
                        Export::int("ENGINE_METHOD_DSA", 2).read_only(),
                        Export::int("ENGINE_METHOD_DH", 4).read_only(),
                        Export::int("ENGINE_METHOD_RAND", 8).read_only(),
                        Export::int("ENGINE_METHOD_EC", 2048).read_only(),
                        Export::int("ENGINE_METHOD_CIPHERS", 64).read_only(),
                        Export::int("ENGINE_METHOD_DIGESTS", 128).read_only(),
                        Export::int("ENGINE_METHOD_PKEY_METHS", 512).read_only(),
                        Export::int("ENGINE_METHOD_PKEY_ASN1_METHS", 1024).read_only(),
                        Export::int("ENGINE_METHOD_ALL", 65535).read_only(),
                        Export::int("ENGINE_METHOD_NONE", 0).read_only(),
                        Export::int("DH_CHECK_P_NOT_SAFE_PRIME", 2).read_only(),
                        Export::int("DH_CHECK_P_NOT_PRIME", 1).read_only(),
                        Export::int("DH_UNABLE_TO_CHECK_GENERATOR", 4).read_only(),
                        Export::int("DH_NOT_SUITABLE_GENERATOR", 8).read_only(),
                        Export::int("RSA_PKCS1_PADDING", 1).read_only(),
                        Export::int("RSA_NO_PADDING", 3).read_only(),
                        Export::int("RSA_PKCS1_OAEP_PADDING", 4).read_only(),
                        Export::int("RSA_X931_PADDING", 5).read_only(),
                        Export::int("RSA_PKCS1_PSS_PADDING", 6).read_only(),
                        Export::int("RSA_PSS_SALTLEN_DIGEST", -1).read_only(),
                        Export::int("RSA_PSS_SALTLEN_MAX_SIGN", -2).read_only(),
                        Export::int("RSA_PSS_SALTLEN_AUTO", -2).read_only(),
                        Export::string("defaultCoreCipherList", crate::tls::CORE_CIPHERS).read_only(),
                        Export::int("TLS1_VERSION", 769).read_only(),
                        Export::int("TLS1_1_VERSION", 770).read_only(),
                        Export::int("TLS1_2_VERSION", 771).read_only(),
                        Export::int("TLS1_3_VERSION", 772).read_only(),
                        Export::int("POINT_CONVERSION_COMPRESSED", 2).read_only(),
                        Export::int("POINT_CONVERSION_UNCOMPRESSED", 4).read_only(),
                        Export::int("POINT_CONVERSION_HYBRID", 6).read_only(),
                        Export::build("defaultCipherList", crate::tls::default_ciphers),
                    ],
                }
            },
        )
        .read_only(),
        Export::lazy("webcrypto", subtle::web_crypto),
        Export::lazy("subtle", subtle::subtle),
        Export::function("getRandomValues", 1, random::get_random_values),
        Export::renamed("prng", "randomBytes", 2, random::pseudo_random_bytes).enumerable(false),
        Export::renamed("pseudoRandomBytes", "randomBytes", 2, random::pseudo_random_bytes).enumerable(false),
        Export::renamed("rng", "randomBytes", 2, random::pseudo_random_bytes).enumerable(false),
    ],
};

/// `crypto.getHashes()`
fn hashes(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = digest::NAMES.iter().map(|name| js_string!(*name).into()).collect();
    Ok(JsArray::from_iter(names, cx).into())
}

/// As many zero bytes, or none where the system has not the memory.
fn zeros(len: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len).ok()?;
    bytes.resize(len, 0);
    Some(bytes)
}

/// What the pool gave, with a cancelled work as the error it is.
type KeptOutcome<T> = Result<T, SysError>;

/// Tells a callback what came of a work.
fn deliver<T>(callback: &JsFunction, outcome: KeptOutcome<T>, finish: impl FnOnce(T, &mut Context) -> JsResult<JsValue>, cx: &mut Context) {
    let value = match outcome {
        Ok(output) => finish(output, cx),
        Err(error) => Err(errors::system_async(&error, cx)),
    };
    let args = match value {
        Ok(value) => vec![JsValue::null(), value],
        Err(error) => vec![thrown_value(error, cx)],
    };
    Host::of(cx).enter(callback, &JsValue::undefined(), &args, cx);
}

/// The result of a work that may have been cancelled.
fn kept<T>(outcome: Outcome<Result<T, SysError>>) -> KeptOutcome<T> {
    match outcome {
        Outcome::Done(result) => result,
        Outcome::Cancelled => Err(SysError::new(ECANCELED, "crypto")),
    }
}

const ECANCELED: i32 = 125;
