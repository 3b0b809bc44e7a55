//! `DiffieHellman`, `DiffieHellmanGroup` and `diffieHellman`.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_sys::Sys,
    errors::{self, Base},
    table::Export,
    validate,
};
use num_bigint::BigUint;

use super::{
    failure::{self, Failure, Outcome},
    input,
    key::{Group, Key, Private, Public},
    key_input, key_object,
    number::{PrimeShape, is_prime_number, mod_pow, padded, random_positive, random_prime},
    pool::{self, invalid_state, thrown},
};
use crate::buffer::{self, Encoding};

/// Bits of a modulus that OpenSSL takes at least.
pub const BITS_MIN: u64 = 512;
/// Bits of a modulus that is made here.
const BITS_MAX: usize = 10_000;

/// Groups of RFC 2409 and 3526: name, bits, what is added to pi, bits of a private key.
const GROUPS: &[(&str, u32, u32, u32)] = &[
    ("modp1", 768, 149_686, 0),
    ("modp2", 1024, 129_093, 0),
    ("modp5", 1536, 741_804, 0),
    ("modp14", 2048, 124_476, 225),
    ("modp15", 3072, 1_690_314, 275),
    ("modp16", 4096, 240_904, 325),
    ("modp17", 6144, 929_484, 375),
    ("modp18", 8192, 4_743_158, 400),
];

/// The prime of `modp18`. The others follow: all are 2^n - 2^(n-64) - 1 + 2^64 ([2^(n-130) pi] + k).
const LARGEST: &[&str] = &[
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437",
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05",
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33",
    "a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864",
    "d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a92108011a723c12a787e6d7",
    "88719a10bdba5b2699c327186af4e23c1a946834b6150bda2583e9ca2ad44ce8dbbbc2db04de8ef92e8efc141fbecaa6287c59474e6bc05d99b2964fa090c3a2",
    "233ba186515be7ed1f612970cee2d7afb81bdd762170481cd0069127d5b05aa993b4ea988d8fddc186ffb7dc90a6c08f4df435c93402849236c3fab4d27c7026",
    "c1d4dcb2602646dec9751e763dba37bdf8ff9406ad9e530ee5db382f413001aeb06a53ed9027d831179727b0865a8918da3edbebcf9b14ed44ce6cbaced4bb1b",
    "db7f1447e6cc254b332051512bd7af426fb8f401378cd2bf5983ca01c64b92ecf032ea15d1721d03f482d7ce6e74fef6d55e702f46980c82b5a84031900b1c9e",
    "59e7c97fbec7e8f323a97a7e36cc88be0f1d45b7ff585ac54bd407b22b4154aacc8f6d7ebf48e1d814cc5ed20f8037e0a79715eef29be32806a1d58bb7c5da76",
    "f550aa3d8a1fbff0eb19ccb1a313d55cda56c9ec2ef29632387fe8d76e3c0468043e8f663f4860ee12bf2d5b0b7474d6e694f91e6dbe115974a3926f12fee5e4",
    "38777cb6a932df8cd8bec4d073b931ba3bc832b68d9dd300741fa7bf8afc47ed2576f6936ba424663aab639c5ae4f5683423b4742bf1c978238f16cbe39d652d",
    "e3fdb8befc848ad922222e04a4037c0713eb57a81a23f0c73473fc646cea306b4bcbc8862f8385ddfa9d4b7fa2c087e879683303ed5bdd3a062b3cf5b3a278a6",
    "6d2a13f83f44f82ddf310ee074ab6a364597e899a0255dc164f31cc50846851df9ab48195ded7ea1b1d510bd7ee74d73faf36bc31ecfa268359046f4eb879f92",
    "4009438b481c6cd7889a002ed5ee382bc9190da6fc026e479558e4475677e9aa9e3050e2765694dfc81f56e880b96e7160c980dd98edd3dfffffffffffffffff",
];

/// A group by name.
pub fn named_group(name: &str) -> Option<Group> {
    let (_, bits, k, private_bits) = GROUPS.iter().find(|(known, ..)| *known == name)?;
    let one = BigUint::from(1u8);
    let largest = BigUint::parse_bytes(LARGEST.concat().as_bytes(), 16)?;
    let pi = ((largest + &one + (&one << 8128u32) - (&one << 8192u32)) >> 64u32) - BigUint::from(4_743_158u32);
    let pi = pi >> (8192 - bits);
    let p = (&one << *bits) - (&one << (bits - 64)) - &one + ((pi + BigUint::from(*k)) << 64u32);
    Some(Group { p, q: None, g: 2u8.into(), private_bits: (*private_bits > 0).then_some(*private_bits) })
}

/// A group with a fresh safe prime for which the generator is one.
pub fn fresh_group(bits: usize, generator: u32, sys: &Sys) -> Outcome<Group> {
    let (add, rem) = match generator {
        2 => (24u8, 23u8),
        5 => (60, 59),
        _ => (12, 11),
    };
    let shape = PrimeShape { bits, safe: true, add: Some(add.into()), rem: Some(rem.into()), two_high_bits: false };
    Ok(Group { p: random_prime(sys, &shape)?, q: None, g: generator.into(), private_bits: None })
}

/// A private number of a group.
fn private_number(group: &Group, sys: &Sys) -> Outcome<BigUint> {
    let limit = match group.private_bits {
        Some(bits) => BigUint::from(1u8) << bits,
        None => (&group.p - BigUint::from(1u8)) >> 1u8,
    };
    random_positive(sys, &limit)
}

/// A fresh pair in a group.
pub fn generate(group: Group, sys: &Sys) -> Outcome<Private> {
    let x = private_number(&group, sys)?;
    // The length is OpenSSL's choice, not part of the key.
    let group = Group { private_bits: None, ..group };
    Ok(Private::Dh { y: group.public(&x), group, x })
}

/// What a DiffieHellman holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    group: Group,
    #[unsafe_ignore_trace]
    x: Option<BigUint>,
    #[unsafe_ignore_trace]
    y: Option<BigUint>,
}

/// `crypto.DiffieHellman`
pub static DIFFIE_HELLMAN: Class = Class {
    name: "DiffieHellman",
    length: 4,
    extends: Parent::None,
    kind: Kind::Callable,
    init: |this, args, cx| {
        let group = group_of(args, cx)?;
        begin(this, group, cx)
    },
    prototype: &[Export::all(METHODS), Export::function("setPublicKey", 2, set_public_key), Export::function("setPrivateKey", 2, set_private_key)],
    statics: &[],
};

/// `crypto.DiffieHellmanGroup`
pub static DIFFIE_HELLMAN_GROUP: Class = Class {
    name: "DiffieHellmanGroup",
    length: 1,
    extends: Parent::None,
    kind: Kind::Callable,
    init: |this, args, cx| {
        let name = validate::string(args.get_or_undefined(0), "name", cx)?.to_std_string_lossy();
        let Some(group) = named_group(&name.to_ascii_lowercase()) else {
            return Err(errors::coded(Base::Error, "ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group", cx));
        };
        begin(this, group, cx)
    },
    prototype: METHODS,
    statics: &[],
};

/// The methods of both classes.
static METHODS: &[Export] = &[
    Export::renamed("generateKeys", "dhGenerateKeys", 1, generate_keys),
    Export::renamed("computeSecret", "dhComputeSecret", 3, compute_secret),
    Export::renamed("getPrime", "dhGetPrime", 1, get_prime),
    Export::renamed("getGenerator", "dhGetGenerator", 1, get_generator),
    Export::renamed("getPublicKey", "dhGetPublicKey", 1, get_public_key),
    Export::renamed("getPrivateKey", "dhGetPrivateKey", 1, get_private_key),
];

/// `crypto.createDiffieHellman(...)`
pub fn create(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    DIFFIE_HELLMAN.construct(args, cx).map(JsValue::from)
}

/// `crypto.createDiffieHellmanGroup(name)`, `crypto.getDiffieHellman(name)`
pub fn create_group(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    DIFFIE_HELLMAN_GROUP.construct(args, cx).map(JsValue::from)
}

fn begin(this: &JsValue, group: Group, cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let descriptor = boa_engine::property::PropertyDescriptor::builder().value(problems(&group)).writable(false).enumerable(true).configurable(false);
    object.define_property_or_throw(js_string!("verifyError"), descriptor, cx)?;
    Slot::set(&object, State { group, x: None, y: None }, cx)?;
    Ok(JsValue::undefined())
}

/// `verifyError`: what OpenSSL finds wrong with a group.
fn problems(group: &Group) -> i32 {
    if GROUPS.iter().any(|(name, bits, ..)| u64::from(*bits) == group.p.bits() && named_group(name).is_some_and(|known| known.p == group.p && known.g == group.g)) {
        return 0;
    }
    let one = BigUint::from(1u8);
    let mut found = 0;
    if group.g <= one || &group.g + &one >= group.p {
        found |= 8;
    }
    if group.p.bits() < BITS_MIN {
        found |= 128;
    }
    if !is_prime_number(&group.p) {
        found |= 1;
    } else if !is_prime_number(&((&group.p - &one) >> 1u8)) {
        found |= 2;
    }
    found
}

const KINDS: &str = "number|string|ArrayBuffer|Buffer|TypedArray|DataView";

fn is_encoding(value: &JsValue) -> bool {
    value.as_string().is_some_and(|label| label == js_string!("buffer") || Encoding::of(&label).is_some())
}

fn group_of(args: &[JsValue], cx: &mut Context) -> JsResult<Group> {
    let first = args.get_or_undefined(0);
    if !first.is_number() && !key_input::is_string_or_bytes(first) {
        return Err(errors::invalid_arg_type("sizeOrKey", KINDS, first, cx));
    }
    let size = if first.is_number() { Some(validate::int32(first, "sizeOrKey", i32::MIN, i32::MAX, cx)?) } else { None };
    let (mut encoding, mut generator, mut generator_encoding) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    if encoding.to_boolean() && !is_encoding(&encoding) {
        generator_encoding = generator;
        generator = encoding;
        encoding = JsValue::undefined();
    }
    let prime = match size {
        Some(_) => None,
        None => Some(BigUint::from_bytes_be(&key_input::bytes_in(first, &encoding, "sizeOrKey", cx)?)),
    };
    let g = if !generator.to_boolean() {
        BigUint::from(2u8)
    } else if generator.is_number() {
        BigUint::from(validate::int32(&generator, "generator", i32::MIN, i32::MAX, cx)?.max(0) as u32)
    } else if key_input::is_string_or_bytes(&generator) {
        BigUint::from_bytes_be(&key_input::bytes_in(&generator, &generator_encoding, "generator", cx)?)
    } else {
        return Err(errors::invalid_arg_type("generator", KINDS, &generator, cx));
    };
    let made = match (size, prime) {
        (Some(size), _) => of_size(size, &g, Host::of(cx).sys()),
        (None, Some(p)) if g > BigUint::from(1u8) => Ok(Group { p, q: None, g, private_bits: None }),
        _ => Err(failure::DH_BAD_GENERATOR.into()),
    };
    thrown(made, cx)
}

fn of_size(size: i32, g: &BigUint, sys: &Sys) -> Outcome<Group> {
    if size < 2 {
        return Err(failure::DH_MODULUS_TOO_SMALL.into());
    }
    let generator = u32::try_from(g).unwrap_or_default();
    if generator < 2 {
        return Err(failure::DH_BAD_GENERATOR.into());
    }
    if (size as u64) < BITS_MIN || size as usize > BITS_MAX {
        return Err(Failure::typ("ERR_INVALID_ARG_VALUE", "Invalid DH parameters"));
    }
    fresh_group(size as usize, generator, sys)
}

fn state_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<State>> {
    Slot::<State>::of(this, "DiffieHellman", cx)
}

fn given(bytes: Vec<u8>, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if encoding.to_boolean() { input::encoded(bytes, encoding, cx) } else { Ok(buffer::from_vec(bytes, cx)?.into()) }
}

/// `diffieHellman.generateKeys([encoding])`
fn generate_keys(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let (group, x) = {
        let state = state.borrow();
        (state.data().group.clone(), state.data().x.clone())
    };
    if group.p.bits() < BITS_MIN || !group.p.bit(0) {
        return Err(errors::coded(Base::Error, "ERR_CRYPTO_OPERATION_FAILED", "Key generation failed", cx));
    }
    let x = match x {
        Some(x) => x,
        None => {
            let drawn = private_number(&group, Host::of(cx).sys());
            thrown(drawn, cx)?
        }
    };
    let y = group.public(&x);
    let bytes = padded(&y, group.len());
    {
        let mut state = state.borrow_mut();
        state.data_mut().x = Some(x);
        state.data_mut().y = Some(y);
    }
    given(bytes, args.get_or_undefined(0), cx)
}

/// `diffieHellman.computeSecret(otherPublicKey[, inputEncoding][, outputEncoding])`
fn compute_secret(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let other = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "otherPublicKey", cx)?;
    let state = state_of(this, cx)?;
    let secret = {
        let state = state.borrow();
        let state = state.data();
        secret(&state.group, state.x.as_ref(), &BigUint::from_bytes_be(&other))
    };
    let secret = thrown(secret, cx)?;
    given(secret, args.get_or_undefined(2), cx)
}

fn secret(group: &Group, x: Option<&BigUint>, other: &BigUint) -> Outcome<Vec<u8>> {
    let one = BigUint::from(1u8);
    if *other <= one {
        return Err(Failure::range("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too small"));
    }
    if other + &one >= group.p {
        return Err(Failure::range("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too large"));
    }
    let x = x.ok_or_else(|| Failure::error("ERR_CRYPTO_INVALID_STATE", "No private key - did you forget to generate one?"))?;
    Ok(padded(&mod_pow(other, x, &group.p), group.len()))
}

fn get_prime(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let bytes = state.borrow().data().group.p.to_bytes_be();
    given(bytes, args.get_or_undefined(0), cx)
}

fn get_generator(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let bytes = state.borrow().data().group.g.to_bytes_be();
    given(bytes, args.get_or_undefined(0), cx)
}

fn get_public_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let (found, len) = {
        let state = state.borrow();
        (state.data().y.clone(), state.data().group.len())
    };
    match found {
        Some(y) => given(padded(&y, len), args.get_or_undefined(0), cx),
        None => Err(invalid_state("No public key - did you forget to generate one?", cx)),
    }
}

fn get_private_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let found = state.borrow().data().x.clone();
    match found {
        Some(x) => given(x.to_bytes_be(), args.get_or_undefined(0), cx),
        None => Err(invalid_state("No private key - did you forget to generate one?", cx)),
    }
}

/// `diffieHellman.setPublicKey(key[, encoding])`
fn set_public_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "key", cx)?;
    state_of(this, cx)?.borrow_mut().data_mut().y = Some(BigUint::from_bytes_be(&bytes));
    Ok(this.clone())
}

/// `diffieHellman.setPrivateKey(key[, encoding])`
fn set_private_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "key", cx)?;
    state_of(this, cx)?.borrow_mut().data_mut().x = Some(BigUint::from_bytes_be(&bytes));
    Ok(this.clone())
}

/// The secret that two keys of one kind agree on.
pub fn agree(private: &Private, public: &Public) -> Outcome<Vec<u8>> {
    let failed = || Failure::from(failure::FAILED_DURING_DERIVATION);
    match (private, public) {
        (Private::Dh { group, x, .. }, Public::Dh { group: other, y }) => {
            if group.p != other.p || group.g != other.g {
                return Err(failure::MISMATCHING_PARAMETERS.into());
            }
            secret(group, Some(x), y).map_err(|_| failed())
        }
        (Private::Ec { curve, scalar, .. }, Public::Ec { curve: other, point, .. }) => {
            if curve != other {
                return Err(failure::MISMATCHING_PARAMETERS.into());
            }
            (curve.shared)(scalar, point).ok_or_else(failed)
        }
        (Private::Octets { kind, seed, .. }, Public::Octets { kind: other, bytes }) if kind == other => (kind.agree)(seed, bytes).ok_or_else(failed),
        _ => Err(failure::OPERATION_NOT_SUPPORTED.into()),
    }
}

/// `crypto.diffieHellman(options[, callback])`
pub fn diffie_hellman(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::object(args.get_or_undefined(0), "options", cx)?;
    let callback = pool::optional_callback(args.get_or_undefined(1), cx)?;
    let mut keys = Vec::new();
    for name in ["privateKey", "publicKey"] {
        let value = options.get(js_string!(name), cx)?;
        match key_object::of(&value) {
            Some(key) => keys.push(key),
            None => return Err(errors::invalid_arg_value(&format!("options.{name}"), &value, "is invalid", cx)),
        }
    }
    let (private, public) = (keys.swap_remove(0), keys.swap_remove(0));
    if private.type_name() != "private" {
        return Err(key_input::invalid_key_type(private.type_name(), "private", cx));
    }
    if public.type_name() == "secret" {
        return Err(key_input::invalid_key_type("secret", "private or public", cx));
    }
    let (first, second) = (private.asymmetric_type().unwrap_or(""), public.asymmetric_type().unwrap_or(""));
    if first != second || !["dh", "ec", "x25519", "x448"].contains(&first) {
        let message = format!("Incompatible key types for Diffie-Hellman: {first} and {second}");
        return Err(errors::coded(Base::Error, "ERR_CRYPTO_INCOMPATIBLE_KEY", message, cx));
    }
    pool::either(
        "diffieHellman",
        callback,
        Box::new(move |_| match (&*private, public.to_public()) {
            (Key::Private(private), Some(public)) => agree(private, &public),
            _ => Err(failure::OPERATION_NOT_SUPPORTED.into()),
        }),
        Box::new(|secret, cx| Ok(vec![buffer::from_vec(secret, cx)?.into()])),
        cx,
    )
}
