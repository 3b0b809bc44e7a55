//! Structural equality: what `util.isDeepStrictEqual` and `assert` share.
//!
//! Objects are first compared as if no cycle existed; only when that goes too deep is every pair remembered, as in Node.

mod collections;
mod keys;

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsSymbol, JsValue, builtins::typed_array::TypedArrayKind, bytes::ByteRange, introspect::ObjectKind, js_string, property::PropertyKey};
use coil_engine::Host;
use rustc_hash::FxHashSet;

use self::keys::Iteration;

/// How strict a comparison is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `==`, own enumerable string keys.
    Loose,
    /// What the second holds, the first holds too.
    Partial,
    /// `Object.is`, symbols, prototypes.
    Strict,
    /// The same without prototypes.
    StrictWithoutPrototypes,
}

/// Whether two values are structurally equal.
pub(crate) fn is_deep_equal(a: &JsValue, b: &JsValue, mode: Mode, cx: &mut Context) -> JsResult<bool> {
    let cycles = Host::of(cx).state::<Cycles>();
    if !cycles.0.get() {
        let mut comparison = Comparison { mode, depth: 0, depth_max: DEPTH_WITHOUT_MEMORY_MAX };
        if let Ok(equal) = comparison.values(a, b, mode, &Memory::Off, cx) {
            return Ok(equal);
        }
        // Too deep, or a getter threw: once more with cycles in mind.
        cycles.0.set(true);
    }
    let mut comparison = Comparison { mode, depth: 0, depth_max: DEPTH_MAX };
    comparison.values(a, b, mode, &Memory::Empty, cx)
}

/// Whether a comparison has met a cycle: from then on every one minds them, as in Node.
#[derive(Default)]
struct Cycles(std::cell::Cell<bool>);

struct Comparison {
    mode: Mode,
    depth: usize,
    depth_max: usize,
}

/// The pairs being compared further out.
#[derive(Clone)]
enum Memory {
    /// Nothing is remembered.
    Off,
    /// Nothing is remembered yet.
    Empty,
    Pairs(Rc<RefCell<Pairs>>),
}

/// Node's `memos`: two pairs by name, then a set.
struct Pairs {
    first: (JsObject, JsObject),
    second: Option<(JsObject, JsObject)>,
    deep: bool,
    set: Option<FxHashSet<JsObject>>,
}

impl Comparison {
    /// `innerDeepEqual`
    fn values(&mut self, a: &JsValue, b: &JsValue, mode: Mode, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        if a.strict_equals(b) {
            return Ok(mode == Mode::Loose || JsValue::same_value(a, b));
        }
        if mode == Mode::Loose {
            let plain = |value: &JsValue| value.as_object().filter(|object| !object.is_callable());
            let (first, second) = (plain(a), plain(b));
            return match (first, second) {
                (Some(first), Some(second)) => self.objects(&first, &second, memory, cx),
                (Some(_), None) => Ok(false),
                // A function or a primitive.
                (None, second) => Ok(second.is_none() && (a.equals(b, cx)? || is_nan(a) && is_nan(b))),
            };
        }
        if a.is_number() {
            return Ok(is_nan(a) && is_nan(b));
        }
        match (a.as_object(), b.as_object()) {
            (Some(first), Some(second)) if !first.is_callable() && !second.is_callable() => self.objects(&first, &second, memory, cx),
            _ => Ok(false),
        }
    }

    /// `objectComparisonStart`
    fn objects(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        if self.depth >= self.depth_max {
            return Err(JsNativeError::range().with_message("Maximum call stack size exceeded").into());
        }
        self.depth += 1;
        let result = self.objects_at_depth(a, b, memory, cx);
        self.depth -= 1;
        result
    }

    fn objects_at_depth(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let mode = self.mode;
        if mode == Mode::Strict && !same_class(a, b, cx)? {
            return Ok(false);
        }
        let (kind, other) = (target_kind(a), target_kind(b));
        if kind == ObjectKind::Array {
            let (first, second) = (length(a, cx)?, length(b, cx)?);
            if other != ObjectKind::Array || first != second && (mode != Mode::Partial || first < second) || has_other_tag(a, b, cx)? {
                return Ok(false);
            }
            let Some(keys) = self.keys_beside_elements(a, b, cx)? else { return Ok(false) };
            return self.check_keys(a, b, memory, Iteration::Array, Some(keys), cx);
        }
        let tag = tag(a, cx)?;
        let name = class_name(a, kind, &tag);
        if tag.is_undefined() && name == "Object" {
            if has_other_name(&name, a, &tag, b, cx)? {
                return Ok(false);
            }
            return self.check_keys(a, b, memory, Iteration::None, None, cx);
        }
        // Proxies count as what they stand for only to `Array.isArray`.
        let (kind, other) = (a.kind(), b.kind());
        match kind {
            ObjectKind::Set | ObjectKind::Map => {
                let (first, second) = (a.collection_size(), b.collection_size());
                if other != kind || first != second && (mode != Mode::Partial || first < second) || has_other_tag(a, b, cx)? {
                    return Ok(false);
                }
                let iteration = if kind == ObjectKind::Set { Iteration::Set } else { Iteration::Map };
                return self.check_keys(a, b, memory, iteration, None, cx);
            }
            ObjectKind::TypedArray(_) | ObjectKind::DataView => {
                let same_kind = match (kind, other) {
                    (ObjectKind::TypedArray(first), ObjectKind::TypedArray(second)) => first == second,
                    (ObjectKind::DataView, ObjectKind::TypedArray(_)) | (ObjectKind::TypedArray(_), _) => false,
                    (_, other) => other == ObjectKind::DataView,
                };
                if !same_kind || !self.same_bytes(a, b, kind, cx)? {
                    return Ok(false);
                }
                let Some(keys) = self.keys_beside_elements(a, b, cx)? else { return Ok(false) };
                return self.check_keys(a, b, memory, Iteration::None, Some(keys), cx);
            }
            ObjectKind::Date => {
                let same = match (a.date_value(), b.date_value()) {
                    (Some(first), Some(second)) => first == second || first.is_nan() && second.is_nan(),
                    _ => false,
                };
                if !same || has_other_tag(a, b, cx)? {
                    return Ok(false);
                }
            }
            ObjectKind::RegExp => {
                if other != kind || !same_regexp(a, b, cx)? || has_other_tag(a, b, cx)? {
                    return Ok(false);
                }
            }
            ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer => {
                let both = matches!(other, ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer);
                if !both || has_other_tag(a, b, cx)? || !self.same_bytes(a, b, kind, cx)? {
                    return Ok(false);
                }
            }
            _ => {
                let comparable = !matches!(
                    other,
                    ObjectKind::Array
                        | ObjectKind::TypedArray(_)
                        | ObjectKind::DataView
                        | ObjectKind::Set
                        | ObjectKind::Map
                        | ObjectKind::Date
                        | ObjectKind::RegExp
                        | ObjectKind::ArrayBuffer
                        | ObjectKind::SharedArrayBuffer
                );
                if !comparable || has_other_name(&name, a, &tag, b, cx)? || !self.other_objects(a, b, memory, cx)? {
                    return Ok(false);
                }
            }
        }
        self.check_keys(a, b, memory, Iteration::None, None, cx)
    }

    /// Errors, boxed primitives, URLs, and what is never equal.
    fn other_objects(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        if is_error(a, cx) {
            return Ok(is_error(b, cx) && self.same_error(a, b, memory, cx)?);
        }
        if let Some(value) = a.boxed_primitive() {
            return Ok(b.boxed_primitive().is_some_and(|other| JsValue::same_value(&value, &other)));
        }
        if let Some(same) = crate::crypto::same_keys(&a.clone().into(), &b.clone().into()) {
            return Ok(same);
        }
        if let Some(href) = url(a, cx)? {
            return Ok(url(b, cx)?.is_some_and(|other| href == other));
        }
        let never = matches!(a.kind(), ObjectKind::WeakMap | ObjectKind::WeakSet | ObjectKind::Promise);
        Ok(!never && b.boxed_primitive().is_none() && !is_error(b, cx))
    }

    /// The stack does not count.
    fn same_error(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        for name in ["message", "name", "cause", "errors"] {
            if !self.enumerable_or_same(a, b, name, memory, cx)? {
                return Ok(false);
            }
        }
        let has_cause = b.has_own_property(js_string!("cause"), cx)?;
        let differs = has_cause != a.has_own_property(js_string!("cause"), cx)?;
        Ok(!(differs && (self.mode != Mode::Partial || has_cause)))
    }

    fn enumerable_or_same(&mut self, a: &JsObject, b: &JsObject, name: &str, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let key = PropertyKey::from(js_string!(name));
        // Compared with the other keys.
        if keys::has_enumerable(b, &key, cx)? {
            return Ok(true);
        }
        let second = b.get(key.clone(), cx)?;
        if self.mode == Mode::Partial {
            let empty = name == "message" && second.as_string().is_some_and(|text| text.is_empty());
            if second.is_undefined() || empty {
                return Ok(true);
            }
        }
        let first = a.get(key, cx)?;
        self.values(&first, &second, self.mode, memory, cx)
    }

    fn same_bytes(&self, a: &JsObject, b: &JsObject, kind: ObjectKind, cx: &mut Context) -> JsResult<bool> {
        let (Some(first), Some(second)) = (ByteRange::of(a), ByteRange::of(b)) else { return Ok(false) };
        if self.mode == Mode::Partial && first.byte_length != second.byte_length {
            return Ok(contains_in_order(&first.to_vec(), &second.to_vec()));
        }
        let float = matches!(kind, ObjectKind::TypedArray(TypedArrayKind::Float16 | TypedArrayKind::Float32 | TypedArrayKind::Float64));
        if self.mode == Mode::Loose && float {
            // Zeros of either sign are equal, NaN is not even equal to itself.
            if first.byte_length != second.byte_length {
                return Ok(false);
            }
            for index in 0..length(a, cx)? {
                if !a.get(index, cx)?.strict_equals(&b.get(index, cx)?) {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        Ok(first.byte_length == second.byte_length && first.to_vec() == second.to_vec())
    }
}

/// Whether the bytes of `few` stand in `many` in this order, others in between.
fn contains_in_order(many: &[u8], few: &[u8]) -> bool {
    let mut rest = many.iter();
    few.iter().all(|byte| rest.any(|other| other == byte))
}

/// In strict mode: the same constructor, or the same prototype.
fn same_class(a: &JsObject, b: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let plain = |object: &JsObject| matches!(object.kind(), ObjectKind::Ordinary | ObjectKind::Array);
    let key = js_string!("constructor");
    let own = a.has_own_property(key.clone(), cx)?;
    if plain(a) && plain(b) && !own && a.prototype() == b.prototype() && !b.has_own_property(key.clone(), cx)? {
        return Ok(true);
    }
    let constructor = a.get(key.clone(), cx)?;
    if is_well_known(&constructor, cx)? || !constructor.is_undefined() && !own {
        return Ok(constructor.strict_equals(&b.get(key, cx)?));
    }
    Ok(a.prototype_of(cx)? == b.prototype_of(cx)?)
}

/// Whether a value is one of the language's constructors.
fn is_well_known(constructor: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(constructor) = constructor.as_object() else { return Ok(false) };
    let all = cx.intrinsics().constructors();
    let known = [
        all.object(),
        all.array(),
        all.array_buffer(),
        all.bigint(),
        all.typed_bigint64_array(),
        all.typed_biguint64_array(),
        all.boolean(),
        all.data_view(),
        all.date(),
        all.error(),
        all.typed_float32_array(),
        all.typed_float64_array(),
        all.typed_float16_array(),
        all.function(),
        all.typed_int8_array(),
        all.typed_int16_array(),
        all.typed_int32_array(),
        all.map(),
        all.number(),
        all.promise(),
        all.regexp(),
        all.set(),
        all.string(),
        all.symbol(),
        all.typed_uint8_array(),
        all.typed_uint16_array(),
        all.typed_uint32_array(),
        all.typed_uint8clamped_array(),
        all.weak_map(),
        all.weak_set(),
    ];
    if known.iter().any(|known| JsObject::equals(&known.constructor(), &constructor)) {
        return Ok(true);
    }
    let buffer = crate::buffer::constructor(cx)?;
    Ok(buffer.as_object().is_some_and(|buffer| JsObject::equals(&buffer, &constructor)))
}

/// The kind of an object; of a proxy's target where that is an array, as `Array.isArray` has it.
fn target_kind(object: &JsObject) -> ObjectKind {
    let mut object = object.clone();
    while let Some(Some((target, _))) = object.proxy_parts() {
        object = target;
    }
    object.kind()
}

fn tag(object: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    object.get(JsSymbol::to_string_tag(), cx)
}

fn has_other_tag(a: &JsObject, b: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(!tag(a, cx)?.strict_equals(&tag(b, cx)?))
}

/// What `Object.prototype.toString` says between the brackets.
fn class_name(object: &JsObject, kind: ObjectKind, tag: &JsValue) -> String {
    if let Some(tag) = tag.as_string() {
        return tag.to_std_string_lossy();
    }
    let name = match kind {
        ObjectKind::Array => "Array",
        _ if object.is_callable() => "Function",
        ObjectKind::Error => "Error",
        ObjectKind::Boolean => "Boolean",
        ObjectKind::Number => "Number",
        ObjectKind::String => "String",
        ObjectKind::Date => "Date",
        ObjectKind::RegExp => "RegExp",
        ObjectKind::Arguments => "Arguments",
        _ => "Object",
    };
    name.to_owned()
}

/// `slowHasUnequalTag`
fn has_other_name(name: &str, a: &JsObject, first: &JsValue, b: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let second = tag(b, cx)?;
    if !first.is_undefined() && !second.is_undefined() {
        let first = tag(a, cx)?;
        return Ok(!first.strict_equals(&second));
    }
    Ok(name != class_name(b, target_kind(b), &second))
}

fn same_regexp(a: &JsObject, b: &JsObject, cx: &mut Context) -> JsResult<bool> {
    for key in ["source", "flags", "lastIndex"] {
        let (first, second) = (a.get(js_string!(key), cx)?, b.get(js_string!(key), cx)?);
        if !first.strict_equals(&second) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_nan(value: &JsValue) -> bool {
    value.as_number().is_some_and(f64::is_nan)
}

/// Made by an Error constructor, or an heir of `Error.prototype`.
pub(crate) fn is_error(object: &JsObject, cx: &Context) -> bool {
    if object.kind() == ObjectKind::Error {
        return true;
    }
    let error = cx.intrinsics().constructors().error().prototype();
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if JsObject::equals(&prototype, &error) {
            return true;
        }
        next = prototype.prototype();
    }
    false
}

/// The `href` of a URL object.
fn url(object: &JsObject, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let mut next = object.prototype();
    while let Some(prototype) = next {
        let own = prototype.own_property(&js_string!("constructor").into(), cx)?;
        let constructor = own.and_then(|own| own.value().and_then(JsValue::as_object));
        if constructor.and_then(|constructor| Host::of(cx).class_of_constructor(&constructor)).is_some_and(|class| class.name == "URL") {
            return object.get(js_string!("href"), cx).map(Some);
        }
        next = prototype.prototype();
    }
    Ok(None)
}

fn length(object: &JsObject, cx: &mut Context) -> JsResult<u64> {
    object.get(js_string!("length"), cx)?.to_length(cx)
}

/// How deep objects are compared before cycles are looked for.
const DEPTH_WITHOUT_MEMORY_MAX: usize = 1000;
/// How deep they are compared at all: what the stack of Rust carries.
const DEPTH_MAX: usize = 10_000;
