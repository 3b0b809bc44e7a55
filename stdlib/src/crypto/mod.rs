//! `crypto`: hashes, codes, random bytes and keys from passwords. What needs keys of its own kind (ciphers, signatures, certificates) is not
//! there yet: it imports and throws ERR_METHOD_NOT_IMPLEMENTED. `process.versions.openssl` is absent for that reason.
//!
//! ```js
//! const { createHash, randomUUID } = require('crypto');
//! console.log(createHash('sha256').update('coil').digest('hex'), randomUUID().length);
//! ```
//!
//! Implements <https://nodejs.org/api/crypto.html>.
//!
//! Differs from Node: keys are strings and bytes only; no KeyObject; of `subtle` only `digest`.

use boa_engine::{
    Context, JsArgs, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_loop::Outcome,
    coil_sys::SysError,
    errors,
    op::thrown_value,
    table::{Export, NativeModule},
};

use crate::stubs::{class, function};

mod derive;
mod digest;
mod hash;
mod input;
mod random;

/// `require('crypto')`
pub static CRYPTO: NativeModule = NativeModule { name: "crypto", exports: &[
    function!("argon2", 3, "crypto.argon2()"),
    function!("argon2Sync", 2, "crypto.argon2Sync()"),
    function!("checkPrime", 1, "crypto.checkPrime()"),
    function!("checkPrimeSync", 1, "crypto.checkPrimeSync()"),
    function!("createCipheriv", 4, "crypto.createCipheriv()"),
    function!("createDecipheriv", 4, "crypto.createDecipheriv()"),
    function!("createDiffieHellman", 4, "crypto.createDiffieHellman()"),
    function!("createDiffieHellmanGroup", 1, "crypto.createDiffieHellmanGroup()"),
    function!("createECDH", 1, "crypto.createECDH()"),
    Export::function("createHash", 2, hash::create_hash),
    Export::function("createHmac", 3, hash::create_hmac),
    function!("createPrivateKey", 1, "crypto.createPrivateKey()"),
    function!("createPublicKey", 1, "crypto.createPublicKey()"),
    function!("createSecretKey", 2, "crypto.createSecretKey()"),
    function!("createSign", 2, "crypto.createSign()"),
    function!("createVerify", 2, "crypto.createVerify()"),
    function!("diffieHellman", 2, "crypto.diffieHellman()"),
    function!("generatePrime", 3, "crypto.generatePrime()"),
    function!("generatePrimeSync", 1, "crypto.generatePrimeSync()"),
    function!("getCiphers", "", 0, "crypto.getCiphers()"),
    function!("getCipherInfo", 1, "crypto.getCipherInfo()"),
    function!("getCurves", "", 0, "crypto.getCurves()"),
    function!("getDiffieHellman", "createDiffieHellmanGroup", 1, "crypto.getDiffieHellman()"),
    Export::renamed("getHashes", "", 0, hashes),
    Export::function("hkdf", 6, derive::hkdf),
    Export::function("hkdfSync", 5, derive::hkdf_sync),
    Export::function("pbkdf2", 6, derive::pbkdf2),
    Export::function("pbkdf2Sync", 5, derive::pbkdf2_sync),
    function!("generateKeyPair", 3, "crypto.generateKeyPair()"),
    function!("generateKeyPairSync", 2, "crypto.generateKeyPairSync()"),
    function!("generateKey", 3, "crypto.generateKey()"),
    function!("generateKeySync", 2, "crypto.generateKeySync()"),
    function!("privateDecrypt", "", 2, "crypto.privateDecrypt()"),
    function!("privateEncrypt", "", 2, "crypto.privateEncrypt()"),
    function!("publicDecrypt", "", 2, "crypto.publicDecrypt()"),
    function!("publicEncrypt", "", 2, "crypto.publicEncrypt()"),
    Export::function("randomBytes", 2, random::random_bytes),
    Export::function("randomFill", 4, random::random_fill),
    Export::function("randomFillSync", 1, random::random_fill_sync),
    Export::function("randomInt", 3, random::random_int),
    Export::function("randomUUID", 1, random::random_uuid),
    Export::function("scrypt", 4, derive::scrypt),
    Export::function("scryptSync", 3, derive::scrypt_sync),
    function!("sign", "signOneShot", 4, "crypto.sign()"),
    function!("setEngine", 2, "crypto.setEngine()"),
    Export::renamed("timingSafeEqual", "", 0, random::timing_safe_equal),
    function!("getFips", 0, "crypto.getFips()"),
    function!("setFips", 1, "crypto.setFips()"),
    function!("verify", "verifyOneShot", 5, "crypto.verify()"),
    Export::function("hash", 3, hash::one_shot),
    function!("encapsulate", 2, "crypto.encapsulate()"),
    function!("decapsulate", 3, "crypto.decapsulate()"),
    class!("Certificate", "Certificate", 0, "crypto.Certificate()"),
    class!("Cipheriv", "Cipheriv", 4, "crypto.Cipheriv()"),
    class!("Decipheriv", "Decipheriv", 4, "crypto.Decipheriv()"),
    class!("DiffieHellman", "DiffieHellman", 4, "crypto.DiffieHellman()"),
    class!("DiffieHellmanGroup", "DiffieHellmanGroup", 1, "crypto.DiffieHellmanGroup()"),
    class!("ECDH", "ECDH", 1, "crypto.ECDH()"),
    Export::class(&hash::HASH),
    Export::class(&hash::HMAC),
    class!("KeyObject", "KeyObject", 2, "crypto.KeyObject()"),
    class!("Sign", "Sign", 2, "crypto.Sign()"),
    class!("Verify", "Verify", 2, "crypto.Verify()"),
    class!("X509Certificate", "X509Certificate", 1, "crypto.X509Certificate()"),
    function!("secureHeapUsed", 0, "crypto.secureHeapUsed()"),
    Export::int("fips", 0).enumerable(false),
    Export::module("constants", const { &NativeModule { name: "crypto.constants", exports: &[
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
        Export::string("defaultCoreCipherList", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA").read_only(),
        Export::int("TLS1_VERSION", 769).read_only(),
        Export::int("TLS1_1_VERSION", 770).read_only(),
        Export::int("TLS1_2_VERSION", 771).read_only(),
        Export::int("TLS1_3_VERSION", 772).read_only(),
        Export::int("POINT_CONVERSION_COMPRESSED", 2).read_only(),
        Export::int("POINT_CONVERSION_UNCOMPRESSED", 4).read_only(),
        Export::int("POINT_CONVERSION_HYBRID", 6).read_only(),
        Export::string("defaultCipherList", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA"),
    ] } }).read_only(),
    Export::module("webcrypto", const { &NativeModule { name: "crypto.webcrypto", exports: &[
        Export::module("subtle", const { &NativeModule { name: "crypto.webcrypto.subtle", exports: &[
            function!("encrypt", 3, "crypto.webcrypto.subtle.encrypt()"),
            function!("decrypt", 3, "crypto.webcrypto.subtle.decrypt()"),
            function!("sign", 3, "crypto.webcrypto.subtle.sign()"),
            function!("verify", 4, "crypto.webcrypto.subtle.verify()"),
            Export::function("digest", 2, subtle_digest),
            function!("generateKey", 3, "crypto.webcrypto.subtle.generateKey()"),
            function!("deriveKey", 5, "crypto.webcrypto.subtle.deriveKey()"),
            function!("deriveBits", 2, "crypto.webcrypto.subtle.deriveBits()"),
            function!("importKey", 5, "crypto.webcrypto.subtle.importKey()"),
            function!("exportKey", 2, "crypto.webcrypto.subtle.exportKey()"),
            function!("wrapKey", 4, "crypto.webcrypto.subtle.wrapKey()"),
            function!("unwrapKey", 7, "crypto.webcrypto.subtle.unwrapKey()"),
            function!("getPublicKey", 2, "crypto.webcrypto.subtle.getPublicKey()"),
            function!("encapsulateBits", 2, "crypto.webcrypto.subtle.encapsulateBits()"),
            function!("encapsulateKey", 5, "crypto.webcrypto.subtle.encapsulateKey()"),
            function!("decapsulateBits", 3, "crypto.webcrypto.subtle.decapsulateBits()"),
            function!("decapsulateKey", 6, "crypto.webcrypto.subtle.decapsulateKey()"),
        ] } }),
        Export::function("getRandomValues", 1, random::get_random_values),
        Export::function("randomUUID", 0, random::random_uuid),
    ] } }),
    Export::module("subtle", const { &NativeModule { name: "crypto.subtle", exports: &[
        function!("encrypt", 3, "crypto.subtle.encrypt()"),
        function!("decrypt", 3, "crypto.subtle.decrypt()"),
        function!("sign", 3, "crypto.subtle.sign()"),
        function!("verify", 4, "crypto.subtle.verify()"),
        Export::function("digest", 2, subtle_digest),
        function!("generateKey", 3, "crypto.subtle.generateKey()"),
        function!("deriveKey", 5, "crypto.subtle.deriveKey()"),
        function!("deriveBits", 2, "crypto.subtle.deriveBits()"),
        function!("importKey", 5, "crypto.subtle.importKey()"),
        function!("exportKey", 2, "crypto.subtle.exportKey()"),
        function!("wrapKey", 4, "crypto.subtle.wrapKey()"),
        function!("unwrapKey", 7, "crypto.subtle.unwrapKey()"),
        function!("getPublicKey", 2, "crypto.subtle.getPublicKey()"),
        function!("encapsulateBits", 2, "crypto.subtle.encapsulateBits()"),
        function!("encapsulateKey", 5, "crypto.subtle.encapsulateKey()"),
        function!("decapsulateBits", 3, "crypto.subtle.decapsulateBits()"),
        function!("decapsulateKey", 6, "crypto.subtle.decapsulateKey()"),
    ] } }),
    Export::function("getRandomValues", 1, random::get_random_values),
    Export::renamed("prng", "randomBytes", 2, random::random_bytes).enumerable(false),
    Export::renamed("pseudoRandomBytes", "randomBytes", 2, random::random_bytes).enumerable(false),
    Export::renamed("rng", "randomBytes", 2, random::random_bytes).enumerable(false),
] };

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

/// `crypto.subtle.digest(algorithm, data)`
fn subtle_digest(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let (settle, value) = match subtle_digest_of(args, cx) {
        Ok(value) => (&resolvers.resolve, value),
        Err(error) => (&resolvers.reject, thrown_value(error, cx)),
    };
    settle.call(&JsValue::undefined(), &[value], cx)?;
    Ok(promise.into())
}

fn subtle_digest_of(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let algorithm = match args.get_or_undefined(0).as_object() {
        Some(object) => object.get(js_string!("name"), cx)?,
        None => args.get_or_undefined(0).clone(),
    };
    let name = algorithm.to_string(cx)?.to_std_string_lossy();
    let known = ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512"];
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(&name)).and_then(|known| digest::find(known));
    let Some(found) = found else {
        return Err(crate::dom_exception::error("Unrecognized algorithm name", "NotSupportedError", cx));
    };
    let bytes = crate::buffer::bytes_of(args.get_or_undefined(1));
    let Some(bytes) = bytes else {
        return Err(errors::invalid_arg_type("data", "ArrayBuffer|Buffer|TypedArray|DataView", args.get_or_undefined(1), cx));
    };
    let mut hasher = (found.start)();
    hasher.update(&bytes);
    derive::to_array_buffer(hasher.finish(found.output_len), cx)
}
