//! `ECDH` and `getCurves`.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::Export,
    validate,
};

use super::{
    curve::{self, CURVES, Curve, Form},
    failure, input,
    key::Private,
    key_input,
    keygen::Recipe,
    pool::thrown,
};
use crate::buffer;

/// What an ECDH holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    curve: &'static Curve,
    #[unsafe_ignore_trace]
    scalar: Option<Vec<u8>>,
    #[unsafe_ignore_trace]
    point: Option<Vec<u8>>,
}

/// `crypto.ECDH`
pub static ECDH: Class = Class {
    name: "ECDH",
    length: 1,
    extends: Parent::None,
    kind: Kind::Callable,
    init: |this, args, cx| {
        let curve = curve_of(args.get_or_undefined(0), cx)?;
        Slot::set(&this.to_object(cx)?, State { curve, scalar: None, point: None }, cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[
        Export::renamed("computeSecret", "dhComputeSecret", 3, compute_secret),
        Export::function("setPrivateKey", 2, set_private_key),
        Export::renamed("setPublicKey", "deprecated", 2, set_public_key),
        Export::renamed("getPrivateKey", "dhGetPrivateKey", 1, get_private_key),
        Export::function("generateKeys", 2, generate_keys),
        Export::function("getPublicKey", 2, get_public_key),
    ],
    statics: &[Export::function("convertKey", 5, convert_key)],
};

/// `crypto.createECDH(curveName)`
pub fn create_ecdh(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    ECDH.construct(args, cx).map(JsValue::from)
}

/// `crypto.getCurves()`
pub fn get_curves(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = CURVES.iter().map(|curve| js_string!(curve.name).into()).collect();
    Ok(JsArray::from_iter(names, cx).into())
}

fn curve_of(name: &JsValue, cx: &mut Context) -> JsResult<&'static Curve> {
    let name = validate::string(name, "curve", cx)?.to_std_string_lossy();
    match curve::find(&name) {
        Some(curve) => Ok(curve),
        None => Err(errors::coded(Base::Type, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name", cx)),
    }
}

fn state_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<State>> {
    Slot::<State>::of(this, "ECDH", cx)
}

fn form_of(value: &JsValue, cx: &mut Context) -> JsResult<Form> {
    if !value.to_boolean() {
        return Ok(Form::Uncompressed);
    }
    match value.as_string().map(|text| text.to_std_string_lossy()).as_deref() {
        Some("compressed") => Ok(Form::Compressed),
        Some("uncompressed") => Ok(Form::Uncompressed),
        Some("hybrid") => Ok(Form::Hybrid),
        _ => {
            let shown = value.to_string(cx)?.to_std_string_lossy();
            Err(errors::coded(Base::Type, "ERR_CRYPTO_ECDH_INVALID_FORMAT", format!("Invalid ECDH format: {shown}"), cx))
        }
    }
}

fn failed(message: &str, cx: &mut Context) -> boa_engine::JsError {
    failure::native(Base::Error, "ERR_CRYPTO_OPERATION_FAILED", message, cx)
}

fn given(bytes: Vec<u8>, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if encoding.to_boolean() { input::encoded(bytes, encoding, cx) } else { Ok(buffer::from_vec(bytes, cx)?.into()) }
}

/// `ecdh.generateKeys([encoding[, format]])`
fn generate_keys(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let curve = state.borrow().data().curve;
    let made = Recipe::Ec { curve, explicit: false }.run(Host::of(cx).sys());
    if let Private::Ec { scalar, point, .. } = thrown(made, cx)? {
        let mut state = state.borrow_mut();
        state.data_mut().scalar = Some(scalar);
        state.data_mut().point = Some(point);
    }
    get_public_key(this, args, cx)
}

/// `ecdh.getPublicKey([encoding][, format])`
fn get_public_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let form = form_of(args.get_or_undefined(1), cx)?;
    let state = state_of(this, cx)?;
    let encoded = {
        let state = state.borrow();
        state.data().point.as_ref().map(|point| state.data().curve.encode(point, form))
    };
    match encoded {
        Some(bytes) => given(bytes, args.get_or_undefined(0), cx),
        None => Err(failed("Failed to get ECDH public key", cx)),
    }
}

/// `ecdh.getPrivateKey([encoding])`
fn get_private_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let scalar = state.borrow().data().scalar.clone();
    match scalar {
        Some(bytes) => given(bytes, args.get_or_undefined(0), cx),
        None => Err(failed("Failed to get ECDH private key", cx)),
    }
}

/// `ecdh.setPrivateKey(privateKey[, encoding])`
fn set_private_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "key", cx)?;
    let state = state_of(this, cx)?;
    let curve = state.borrow().data().curve;
    match Private::of_scalar(curve, &bytes, false) {
        Some(Private::Ec { scalar, point, .. }) => {
            let mut state = state.borrow_mut();
            state.data_mut().scalar = Some(scalar);
            state.data_mut().point = Some(point);
            Ok(this.clone())
        }
        _ => Err(errors::coded(Base::Range, "ERR_CRYPTO_INVALID_KEYTYPE", "Private key is not valid for specified curve.", cx)),
    }
}

/// `ecdh.setPublicKey(publicKey[, encoding])`
fn set_public_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    crate::process::emit_once("DEP0031", "ecdh.setPublicKey() is deprecated.", "DeprecationWarning", cx)?;
    let bytes = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "key", cx)?;
    let state = state_of(this, cx)?;
    let point = state.borrow().data().curve.point(&bytes);
    match point {
        Some(point) => {
            state.borrow_mut().data_mut().point = Some(point);
            Ok(this.clone())
        }
        None => Err(failed("Failed to convert Buffer to EC_POINT", cx)),
    }
}

/// `ecdh.computeSecret(otherPublicKey[, inputEncoding][, outputEncoding])`
fn compute_secret(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let other = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "otherPublicKey", cx)?;
    let state = state_of(this, cx)?;
    let (curve, scalar, point) = {
        let state = state.borrow();
        (state.data().curve, state.data().scalar.clone(), state.data().point.clone())
    };
    // A public key that was set may not belong to the private one.
    let pair = scalar.filter(|scalar| (curve.public)(scalar) == point);
    let Some(scalar) = pair else {
        return Err(errors::coded(Base::Range, "ERR_CRYPTO_INVALID_KEYPAIR", "Invalid key pair", cx));
    };
    let secret = curve.point(&other).and_then(|point| (curve.shared)(&scalar, &point));
    match secret {
        Some(secret) => given(secret, args.get_or_undefined(2), cx),
        None => Err(errors::coded(Base::Error, "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY", "Public key is not valid for specified curve", cx)),
    }
}

/// `ECDH.convertKey(key, curve[, inputEncoding[, outputEncoding[, format]]])`
fn convert_key(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    validate::string(args.get_or_undefined(1), "curve", cx)?;
    let bytes = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(2), "key", cx)?;
    let form = form_of(args.get_or_undefined(4), cx)?;
    let curve = curve_of(args.get_or_undefined(1), cx)?;
    match curve.point(&bytes) {
        Some(point) => given(curve.encode(&point, form), args.get_or_undefined(3), cx),
        None => Err(failed("Failed to convert Buffer to EC_POINT", cx)),
    }
}
