//! The iterators of Headers and FormData, which see what is appended meanwhile.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

use super::webidl;
use crate::{coroutine::iter_result, url::Shows};

/// A class whose objects are lists of names and values.
pub(super) trait PairList: Sized + 'static {
    /// The class, as errors name it.
    const NAME: &'static str;

    /// The class of its iterators.
    fn iterator() -> &'static Class;

    /// The receiver of a method.
    fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject>;

    /// A name and its value at an index, as they are now.
    fn pair_at(object: &JsObject, index: usize, cx: &mut Context) -> JsResult<Option<(JsValue, JsValue)>>;

    /// The methods that iterate.
    const METHODS: &'static [Export] = &[
        Export::function("keys", 0, |this, _args, cx| over::<Self>(this, Shows::Keys, cx)).enumerable(true),
        Export::function("values", 0, |this, _args, cx| over::<Self>(this, Shows::Values, cx)).enumerable(true),
        Export::function("entries", 0, |this, _args, cx| over::<Self>(this, Shows::Entries, cx)).enumerable(true),
        Export::function("forEach", 1, for_each::<Self>).enumerable(true),
    ];
}

/// `forEach(callback[, thisArg])`
fn for_each<L: PairList>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = L::receiver(this, cx)?;
    webidl::require(args, 1, &format!("{}.forEach", L::NAME))?;
    let callback = webidl::callback(args, L::NAME)?;
    let mut index = 0;
    while let Some((name, value)) = L::pair_at(&target, index, cx)? {
        callback.call(args.get_or_undefined(1), &[value, name, target.clone().into()], cx)?;
        index += 1;
    }
    Ok(JsValue::undefined())
}

macro_rules! iterator_class {
    ($name:ident, $tag:literal) => {
        pub(super) static $name: Class = Class {
            name: $tag,
            length: 0,
            extends: Parent::Prototype(|cx| Ok(cx.intrinsics().constructors().iterator().prototype())),
            kind: Kind::Allocating,
            init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
            prototype: &[Export::function("next", 0, next).enumerable(true), Export::tag($tag)],
            statics: &[],
        };
    };
}

iterator_class!(HEADERS_ITERATOR, "Headers Iterator");
iterator_class!(FORM_DATA_ITERATOR, "FormData Iterator");

type PairAt = fn(&JsObject, usize, &mut Context) -> JsResult<Option<(JsValue, JsValue)>>;

#[derive(Trace, Finalize, JsData)]
struct Position {
    target: JsObject,
    #[unsafe_ignore_trace]
    pair_at: PairAt,
    #[unsafe_ignore_trace]
    shows: Shows,
    #[unsafe_ignore_trace]
    index: Cell<usize>,
}

/// A new iterator.
fn over<L: PairList>(this: &JsValue, shows: Shows, cx: &mut Context) -> JsResult<JsValue> {
    let target = L::receiver(this, cx)?;
    let prototype = L::iterator().prototype(cx)?;
    // Scripts see no constructor here.
    prototype.delete_property_or_throw(js_string!("constructor"), cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Position { target, pair_at: L::pair_at, shows, index: Cell::new(0) }).into())
}

fn next(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object();
    let found = object.as_ref().and_then(|object| object.downcast_ref::<Position>().map(|position| (position.target.clone(), position.pair_at, position.shows, position.index.get())));
    let Some((target, pair_at, shows, index)) = found else {
        return Err(webidl::type_error("'next' called on an object that does not implement interface Iterator."));
    };
    let Some((name, value)) = pair_at(&target, index, cx)? else { return iter_result(JsValue::undefined(), true, cx) };
    if let Some(position) = object.as_ref().and_then(|object| object.downcast_ref::<Position>()) {
        position.index.set(index + 1);
    }
    let given = shows.of(name, value, cx);
    iter_result(given, false, cx)
}
