//! `child.channel` and `process.channel`.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    errors,
    table::Member,
};

use super::channel::Channel;
use crate::events;

/// Node's `Control`: whether the channel keeps the process alive.
pub static CONTROL: Class = Class {
    name: "Control",
    length: 1,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Modern,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::function("refCounted", 0, |this, _, cx| count(this, 1, cx)),
        Member::function("unrefCounted", 0, |this, _, cx| count(this, -1, cx)),
        Member::function("ref", 0, |this, _, cx| set_ref(this, true, cx)),
        Member::function("unref", 0, |this, _, cx| set_ref(this, false, cx)),
        Member::getter("fd", fd),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct State {
    #[unsafe_ignore_trace]
    channel: Rc<Channel>,
    /// Listeners and writes under way.
    refs: i32,
    /// A script has said what it wants: counting has no effect any more.
    explicit: bool,
}

/// The control of a channel.
pub fn make(channel: &Rc<Channel>, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::from_proto_and_data(CONTROL.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    events::init_emitter(&object, &JsValue::undefined(), cx)?;
    Slot::set(&object, State { channel: channel.clone(), refs: 0, explicit: false }, cx)?;
    Ok(object)
}

/// One thing more (or less) that keeps the channel alive.
pub fn count(this: &JsValue, by: i32, cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Control", cx)?;
    let (channel, changed) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.refs += by;
        let changed = !state.explicit && state.refs == if by > 0 { 1 } else { 0 };
        (state.channel.clone(), changed)
    };
    if changed {
        channel.set_ref(by > 0);
        if by < 0 {
            events::emit(&this.to_object(cx)?, js_string!("unref"), &[], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Control", cx)?;
    let channel = {
        let mut state = state.borrow_mut();
        state.data_mut().explicit = true;
        state.data().channel.clone()
    };
    channel.set_ref(reffed);
    Ok(JsValue::undefined())
}

fn fd(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Control", cx)?;
    let fd = state.borrow().data().channel.raw_fd();
    Ok(fd.map_or_else(JsValue::undefined, JsValue::from))
}
