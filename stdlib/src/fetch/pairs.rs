//! The iterators of Headers and FormData, which see what is appended meanwhile.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind as ClassKind, Parent},
    errors,
    table::Export,
};

use super::webidl;
use crate::coroutine::iter_result;

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Entries,
    Keys,
    Values,
}

/// A name and its value at an index, as they are now.
pub(super) type PairAt = fn(&JsObject, usize, &mut Context) -> JsResult<Option<(JsValue, JsValue)>>;

macro_rules! iterator_class {
    ($name:ident, $tag:literal) => {
        pub(super) static $name: Class = Class {
            name: $tag,
            length: 0,
            extends: Parent::Prototype(|cx| Ok(cx.intrinsics().constructors().iterator().prototype())),
            kind: ClassKind::Allocating,
            init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
            prototype: &[Export::function("next", 0, next).enumerable(true), Export::tag($tag)],
            statics: &[],
        };
    };
}

iterator_class!(HEADERS_ITERATOR, "Headers Iterator");
iterator_class!(FORM_DATA_ITERATOR, "FormData Iterator");

#[derive(Trace, Finalize, JsData)]
struct Position {
    target: JsObject,
    #[unsafe_ignore_trace]
    pair_at: PairAt,
    #[unsafe_ignore_trace]
    kind: Kind,
    #[unsafe_ignore_trace]
    index: Cell<usize>,
}

/// A new iterator over `target`.
pub(super) fn over(class: &'static Class, target: JsObject, pair_at: PairAt, kind: Kind, cx: &mut Context) -> JsResult<JsValue> {
    let prototype = class.prototype(cx)?;
    // Scripts see no constructor here.
    prototype.delete_property_or_throw(js_string!("constructor"), cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Position { target, pair_at, kind, index: Cell::new(0) }).into())
}

fn next(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object();
    let found = object.as_ref().and_then(|object| object.downcast_ref::<Position>().map(|position| (position.target.clone(), position.pair_at, position.kind, position.index.get())));
    let Some((target, pair_at, kind, index)) = found else {
        return Err(webidl::type_error("'next' called on an object that does not implement interface Iterator."));
    };
    let Some((name, value)) = pair_at(&target, index, cx)? else { return iter_result(JsValue::undefined(), true, cx) };
    if let Some(position) = object.as_ref().and_then(|object| object.downcast_ref::<Position>()) {
        position.index.set(index + 1);
    }
    let given = match kind {
        Kind::Keys => name,
        Kind::Values => value,
        Kind::Entries => JsArray::from_iter([name, value], cx).into(),
    };
    iter_result(given, false, cx)
}

/// `forEach(callback[, thisArg])`
pub(super) fn for_each(target: &JsObject, pair_at: PairAt, callback: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = args.get_or_undefined(1);
    let mut index = 0;
    while let Some((name, value)) = pair_at(target, index, cx)? {
        callback.call(this, &[value, name, target.clone().into()], cx)?;
        index += 1;
    }
    Ok(JsValue::undefined())
}
