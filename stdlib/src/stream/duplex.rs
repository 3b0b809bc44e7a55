//! `Duplex`: a Readable with a Writable's methods and a state of each kind.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    table::Export,
};

use super::{
    flags::{r, w},
    hooks,
    readable::READABLE,
    readable_state::{Readable, ReadableState, readable},
    shapes,
    writable::{
        WRITABLE, WRITABLE_ACCESSOR, WRITABLE_BUFFER, WRITABLE_CORKED, WRITABLE_ENDED, WRITABLE_FINISHED, WRITABLE_HIGH_WATER_MARK, WRITABLE_LENGTH, WRITABLE_NEED_DRAIN, WRITABLE_OBJECT_MODE,
    },
    writable_state::{Writable, WritableState, writable},
};

/// A method that is the very function of Writable.
macro_rules! of_writable {
    ($name:literal) => {
        Export::build($name, |cx| {
            let key = Host::of(cx).intern($name);
            WRITABLE.prototype(cx)?.get(PropertyKey::String(key), cx)
        })
    };
}

/// `stream.Duplex`
pub(crate) static DUPLEX: Class = Class {
    name: "Duplex",
    length: 1,
    extends: Parent::Class(&READABLE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        of_writable!("write"),
        of_writable!("cork"),
        of_writable!("uncork"),
        of_writable!("setDefaultEncoding"),
        of_writable!("_write"),
        Export::null("_writev"),
        of_writable!("end"),
        of_writable!("destroy"),
        WRITABLE_ACCESSOR,
        WRITABLE_HIGH_WATER_MARK,
        WRITABLE_OBJECT_MODE,
        WRITABLE_BUFFER,
        WRITABLE_LENGTH,
        WRITABLE_FINISHED,
        WRITABLE_CORKED,
        WRITABLE_ENDED,
        WRITABLE_NEED_DRAIN,
        Export::accessor("destroyed", is_destroyed, set_destroyed).enumerable(false).permanent(),
    ],
    statics: &[
        Export::renamed("fromWeb", "", 2, super::from_web::duplex_method),
        Export::renamed("toWeb", "", 2, super::to_web::duplex_method),
        Export::renamed("from", "", 1, super::duplexify::from_method),
    ],
};

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !DUPLEX.is_instance(this, cx)? {
        return DUPLEX.construct(args, cx).map(JsValue::from);
    }
    init_duplex(&this.to_object(cx)?, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_duplex(stream: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<(Readable, Writable)> {
    shapes::default_events(stream, shapes::Kind::Duplex, cx)?;
    let given = options.as_object();
    let (read_state, object) = ReadableState::create(given.as_ref(), true, cx)?;
    stream.set(js_string!("_readableState"), object, true, cx)?;
    let (write_state, object) = WritableState::create(given.as_ref(), Some(stream), true, cx)?;
    stream.set(js_string!("_writableState"), object, true, cx)?;
    let mut half_open = true;
    if let Some(given) = &given {
        half_open = given.get(js_string!("allowHalfOpen"), cx)?.as_boolean() != Some(false);
    }
    stream.set(js_string!("allowHalfOpen"), half_open, true, cx)?;
    if let Some(given) = &given {
        if given.get(js_string!("readable"), cx)?.as_boolean() == Some(false) {
            read_state.readable.set(Some(false));
            read_state.add(r::ENDED | r::END_EMITTED);
        }
        if given.get(js_string!("writable"), cx)?.as_boolean() == Some(false) {
            write_state.set_writable(Some(false));
            write_state.add(w::ENDING | w::ENDED | w::FINISHED);
        }
    }
    hooks::finish(stream, options, &[hooks::READ, hooks::WRITE, hooks::WRITEV, hooks::DESTROY, hooks::FINAL, hooks::CONSTRUCT], cx)?;
    Ok((read_state, write_state))
}

fn is_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let both = match (readable(&stream, cx)?, writable(&stream, cx)?) {
        (Some(r), Some(w)) => r.has(r::DESTROYED) && w.has(w::DESTROYED),
        _ => false,
    };
    Ok(both.into())
}

fn set_destroyed(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let (Some(r), Some(w)) = (readable(&stream, cx)?, writable(&stream, cx)?)
    {
        let destroyed = args.get_or_undefined(0).to_boolean();
        r.put(r::DESTROYED, destroyed);
        w.put(w::DESTROYED, destroyed);
    }
    Ok(JsValue::undefined())
}
