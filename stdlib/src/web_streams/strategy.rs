//! `ByteLengthQueuingStrategy` and `CountQueuingStrategy`.

use std::cell::OnceCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{self, Export},
};

use super::core::{inspect_member, inspected};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Measure {
    #[unsafe_ignore_trace]
    high_water_mark: f64,
    #[unsafe_ignore_trace]
    bytes: bool,
}

#[derive(Default)]
struct Sizes {
    bytes: OnceCell<JsFunction>,
    count: OnceCell<JsFunction>,
}

macro_rules! strategy {
    ($place:ident, $name:literal, $bytes:literal) => {
        /// A queuing strategy.
        pub(super) static $place: Class = Class {
            name: $name,
            length: 1,
            extends: Parent::None,
            kind: Kind::Allocating,
            init: |_this, args, cx| construct(&$place, $bytes, args, cx),
            prototype: &[
                Export::getter("highWaterMark", |this, _args, cx| Ok(of(this, $bytes, $name, cx)?.into())).enumerable(true),
                Export::getter("size", |this, _args, cx| {
                    of(this, $bytes, $name, cx)?;
                    Ok(size($bytes, cx).into())
                })
                .enumerable(true),
                inspect_member(|this, args, cx| {
                    let mark = of(this, $bytes, $name, cx)?;
                    inspected(this, vec![("highWaterMark", mark.into())], args, cx)
                }),
                Export::tag($name),
            ],
            statics: &[],
        };
    };
}

strategy!(BYTE_LENGTH, "ByteLengthQueuingStrategy", true);
strategy!(COUNT, "CountQueuingStrategy", false);

fn construct(class: &'static Class, bytes: bool, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let init = args.get_or_undefined(0);
    let Some(init) = init.as_object() else { return Err(errors::invalid_arg_type("init", "object", init, cx)) };
    let mark = init.get(js_string!("highWaterMark"), cx)?;
    if mark.is_undefined() {
        return Err(errors::coded(errors::Base::Type, "ERR_MISSING_OPTION", "init.highWaterMark is required", cx));
    }
    let high_water_mark = mark.to_number(cx)?;
    let prototype = instance_prototype(class, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Measure { high_water_mark, bytes }).into())
}

fn of(this: &JsValue, bytes: bool, name: &str, cx: &mut Context) -> JsResult<f64> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Measure>().map(|measure| (measure.high_water_mark, measure.bytes)));
    match found {
        Some((mark, of)) if of == bytes => Ok(mark),
        _ => Err(errors::invalid_this(name, cx)),
    }
}

/// `strategy.size`: one function for all.
fn size(bytes: bool, cx: &mut Context) -> JsFunction {
    let sizes = Host::of(cx).state::<Sizes>();
    if bytes {
        let made = sizes.bytes.get_or_init(|| table::function(|_this, args, cx| args.get_or_undefined(0).to_object(cx)?.get(js_string!("byteLength"), cx), js_string!("size"), 1, cx));
        return made.clone();
    }
    sizes.count.get_or_init(|| table::function(|_this, _args, _cx| Ok(1.into()), js_string!("size"), 0, cx)).clone()
}

/// The size of bytes.
pub(crate) fn byte_length(cx: &mut Context) -> super::core::Size {
    super::core::Size::Function(size(true, cx))
}
