//! `URLSearchParams Iterator`, and reading any iterable.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsSymbol, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::{Export, Symbol},
};

use super::search_params::{call_inspect, inner_depth, pair_at, styled};

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    Entries,
    Keys,
    Values,
}

impl Shows {
    /// What a step gives of a pair.
    pub(crate) fn of(self, name: JsValue, value: JsValue, cx: &mut Context) -> JsValue {
        match self {
            Self::Keys => name,
            Self::Values => value,
            Self::Entries => JsArray::from_iter([name, value], cx).into(),
        }
    }
}

static ITERATOR: Class = Class {
    name: "URLSearchParamsIterator",
    length: 0,
    extends: Parent::Prototype(|cx| Ok(cx.intrinsics().constructors().iterator().prototype())),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("next", 0, next).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("URLSearchParams Iterator"),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct Record {
    params: JsObject,
    #[unsafe_ignore_trace]
    shows: Shows,
    #[unsafe_ignore_trace]
    index: std::cell::Cell<usize>,
}

/// A new iterator over `params`.
pub(super) fn over(params: JsObject, shows: Shows, cx: &mut Context) -> JsResult<JsValue> {
    let prototype = ITERATOR.prototype(cx)?;
    // Scripts see no constructor here.
    prototype.delete_property_or_throw(js_string!("constructor"), cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Record { params, shows, index: std::cell::Cell::new(0) }).into())
}

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject, Shows, usize)> {
    let found = this.as_object().and_then(|object| {
        let parts = object.downcast_ref::<Record>().map(|record| (record.params.clone(), record.shows, record.index.get()));
        parts.map(|(params, shows, index)| (object, params, shows, index))
    });
    found.ok_or_else(|| errors::invalid_this("URLSearchParamsIterator", cx))
}

fn shown(shows: Shows, (name, value): (String, String), cx: &mut Context) -> JsValue {
    shows.of(js_string!(name).into(), js_string!(value).into(), cx)
}

fn next(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, params, shows, index) = receiver(this, cx)?;
    let found = pair_at(&params, index);
    if found.is_some()
        && let Some(record) = object.downcast_ref::<Record>()
    {
        record.index.set(index + 1);
    }
    let done = found.is_none();
    let value = found.map_or_else(JsValue::undefined, |pair| shown(shows, pair, cx));
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("value"), value, cx)?;
    result.create_data_property_or_throw(js_string!("done"), done, cx)?;
    Ok(result.into())
}

/// `[util.inspect.custom](depth, options, inspect)`: what is still to come.
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, params, shows, mut index) = receiver(this, cx)?;
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return styled(args, "[Object]", cx);
    }
    let depth = inner_depth(args);
    let mut left = Vec::new();
    while let Some(pair) = pair_at(&params, index) {
        left.push(shown(shows, pair, cx));
        index += 1;
    }
    let all: JsValue = JsArray::from_iter(left.iter().cloned(), cx).into();
    let broken = call_inspect(&all, args, depth.clone(), cx)?.contains('\n');
    let mut texts = Vec::new();
    for value in &left {
        texts.push(call_inspect(value, args, depth.clone(), cx)?);
    }
    let body = if broken { format!("\n  {}", texts.join(",\n  ")) } else { format!(" {}", texts.join(", ")) };
    Ok(js_string!(format!("URLSearchParams Iterator {{{body} }}")).into())
}

/// Calls `each` for every value of an iterable; an error closes the iterator.
pub(crate) fn each(iterable: &JsValue, cx: &mut Context, each: impl FnMut(JsValue, &mut Context) -> JsResult<()>) -> JsResult<()> {
    let method = iterable.to_object(cx)?.get(JsSymbol::iterator(), cx)?;
    each_by(&method, iterable, cx, each)
}

/// The same with its `Symbol.iterator`, which was read before.
pub(crate) fn each_by(method: &JsValue, iterable: &JsValue, cx: &mut Context, mut each: impl FnMut(JsValue, &mut Context) -> JsResult<()>) -> JsResult<()> {
    let not_iterable = || errors::plain(Base::Type, "object is not iterable");
    let iterator = method.as_callable().ok_or_else(not_iterable)?.call(iterable, &[], cx)?;
    let iterator = iterator.as_object().ok_or_else(|| errors::plain(Base::Type, "Result of the Symbol.iterator method is not an object"))?;
    let next = iterator.get(js_string!("next"), cx)?.as_callable().ok_or_else(not_iterable)?;
    loop {
        let step = next.call(&iterator.clone().into(), &[], cx)?;
        let Some(step) = step.as_object() else {
            return Err(errors::plain(Base::Type, format!("Iterator result {} is not an object", step.display())));
        };
        if step.get(js_string!("done"), cx)?.to_boolean() {
            return Ok(());
        }
        let value = step.get(js_string!("value"), cx)?;
        if let Err(error) = each(value, cx) {
            // What closing throws gives way to the error that made it close.
            if let Some(close) = iterator.get(js_string!("return"), cx).ok().and_then(|close| close.as_callable()) {
                let _ = close.call(&iterator.clone().into(), &[], cx);
            }
            return Err(error);
        }
    }
}
