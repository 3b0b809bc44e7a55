//! `net.Server`.

mod accepting;
mod closing;
mod listening;

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    coil_sys::{SysError, net::Address},
    errors as engine_errors,
    table::{Member, Symbol},
    validate,
};

pub(crate) use self::{
    closing::{async_dispose, close, rejected},
    listening::open_tcp,
};
use self::{
    closing::{connections, emit_close_if_drained_method, get_connections, set_connections},
    listening::listen,
};
use super::{
    address_info, block_list,
    conn::{Conn, StreamKind},
    errors, handle,
    listener::Listener,
};
use crate::events;

/// `net.Server`
pub(crate) static NET_SERVER: Class = Class {
    name: "Server",
    length: 2,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::renamed("listen", "", 0, listen),
        Member::getter("listening", listening),
        Member::renamed("address", "", 0, address),
        Member::renamed("getConnections", "", 1, get_connections),
        Member::renamed("close", "", 1, close),
        Member::symbol(Symbol::AsyncDispose, "", 0, async_dispose),
        Member::renamed("_emitCloseIfDrained", "", 0, emit_close_if_drained_method),
        Member::symbol(Symbol::For("nodejs.rejection"), "", 3, rejected),
        Member::renamed("ref", "", 0, add_ref),
        Member::renamed("unref", "", 0, remove_ref),
        // In Node own properties of every server.
        Member::accessor("_connections", connections, set_connections).enumerable(false),
        Member::accessor("_handle", handle_object, set_handle_object).enumerable(false),
    ],
    statics: &[],
};

/// Takes a connection in place of a socket object; `false` leaves it to the server.
pub(crate) type AcceptHook = fn(&JsObject, &Rc<Conn>, &mut Context) -> JsResult<bool>;

/// What `net.Server` keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct ServerState {
    #[unsafe_ignore_trace]
    listener: Option<Rc<Listener>>,
    handle: Option<JsObject>,
    #[unsafe_ignore_trace]
    hook: Cell<Option<AcceptHook>>,
    connections: f64,
    unreffed: bool,
    /// Changes with every `listen` and `close`, so that a look-up that took long does not listen any more.
    listening_id: u64,
    pipe_name: Option<JsString>,
}

fn state_of(server: &JsObject, cx: &mut Context) -> Option<JsObject<ServerState>> {
    Slot::<ServerState>::get(server, cx)
}

fn find(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject<ServerState>)> {
    let object = this.to_object(cx)?;
    match state_of(&object, cx) {
        Some(state) => Ok((object, state)),
        None => Err(engine_errors::invalid_this("Server", cx)),
    }
}

/// `net.Server(options, connectionListener)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !NET_SERVER.is_instance(this, cx)? {
        return Ok(NET_SERVER.construct(args, cx)?.into());
    }
    let object = this.to_object(cx)?;
    (events::EVENT_EMITTER.init)(this, &[], cx)?;
    let (first, second) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let mut options = None;
    if first.is_callable() {
        events::on(&object, js_string!("connection"), first.clone(), cx)?;
    } else if first.is_null_or_undefined() || first.is_object() {
        options = first.as_object();
        if second.is_callable() {
            events::on(&object, js_string!("connection"), second.clone(), cx)?;
        }
    } else {
        return Err(engine_errors::invalid_arg_type("options", "Object", first, cx));
    }
    let get = |key: &'static str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let mut delay = get("keepAliveInitialDelay", cx)?;
    if !delay.is_undefined() && validate::number(&delay, "options.keepAliveInitialDelay", cx)? < 0.0 {
        delay = 0.into();
    }
    let mut high_water_mark = get("highWaterMark", cx)?;
    if !high_water_mark.is_undefined() && validate::number(&high_water_mark, "options.highWaterMark", cx)? < 0.0 {
        high_water_mark = JsValue::undefined();
    }
    if high_water_mark.is_null_or_undefined() {
        high_water_mark = DEFAULT_HIGH_WATER_MARK.into();
    }
    let allow_half_open = get("allowHalfOpen", cx)?;
    let delay_s = (delay.as_number().unwrap_or(0.0) / 1000.0).trunc();
    let properties = [
        ("_usingWorkers", false.into()),
        ("_workers", boa_engine::object::builtins::JsArray::new(cx)?.into()),
        ("allowHalfOpen", if allow_half_open.to_boolean() { allow_half_open } else { false.into() }),
        ("pauseOnConnect", get("pauseOnConnect", cx)?.to_boolean().into()),
        ("noDelay", get("noDelay", cx)?.to_boolean().into()),
        ("keepAlive", get("keepAlive", cx)?.to_boolean().into()),
        ("keepAliveInitialDelay", delay_s.into()),
        ("highWaterMark", high_water_mark),
    ];
    for (key, value) in properties {
        object.set(js_string!(key), value, true, cx)?;
    }
    let list = get("blockList", cx)?;
    if list.to_boolean() {
        if !block_list::is_block_list(&list, cx)? {
            return Err(engine_errors::invalid_arg_type("options.blockList", "net.BlockList", &list, cx));
        }
        object.set(js_string!("blockList"), list, true, cx)?;
    }
    let state = ServerState { listener: None, handle: None, hook: Cell::new(None), connections: 0.0, unreffed: false, listening_id: 1, pipe_name: None };
    Slot::set(&object, state, cx)?;
    Ok(JsValue::undefined())
}

/// `stream.getDefaultHighWaterMark()`
const DEFAULT_HIGH_WATER_MARK: f64 = 65_536.0;

/// `net.createServer`
pub(super) fn create_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(NET_SERVER.construct(args, cx)?.into())
}

/// HTTP takes connections without a socket object in between.
pub(crate) fn set_acceptor(server: &JsObject, hook: AcceptHook, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = state_of(server, cx) {
        state.borrow().data().hook.set(Some(hook));
    }
    Ok(())
}

/// `server.highWaterMark`, for what has no socket object.
pub(crate) fn high_water_mark(server: &JsObject, cx: &mut Context) -> f64 {
    let own = server.get(js_string!("highWaterMark"), cx).ok().and_then(|value| value.as_number());
    own.unwrap_or(DEFAULT_HIGH_WATER_MARK)
}

/// A connection without a socket object begins.
pub(crate) fn connection_opened(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = state_of(server, cx) {
        state.borrow_mut().data_mut().connections += 1.0;
    }
    Ok(())
}

/// A connection has ended.
pub(crate) fn connection_closed(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = state_of(server, cx) {
        state.borrow_mut().data_mut().connections -= 1.0;
    }
    events::method(server, "_emitCloseIfDrained", &[], cx).map(drop)
}

fn listening(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(false.into()) };
    Ok(state_of(&object, cx).is_some_and(|state| state.borrow().data().listener.is_some()).into())
}

/// `net.Server.prototype.address`
fn address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let (listener, pipe_name) = {
        let state = state.borrow();
        (state.data().listener.clone(), state.data().pipe_name.clone())
    };
    let Some(listener) = listener else { return Ok(JsValue::null()) };
    let handle = state.borrow().data().handle.clone();
    if let Some(handle) = handle.filter(|_| listener.kind() == StreamKind::Tcp) {
        let address = JsObject::with_object_proto(cx.intrinsics());
        let code = events::method(&handle, "getsockname", &[address.clone().into()], cx)?;
        if code.to_boolean() {
            let error = SysError::new(-code.to_i32(cx)?, "address");
            return Err(boa_engine::JsError::from_opaque(errors::errno(&error, cx)?.into()));
        }
        return Ok(address.into());
    }
    if let Some(name) = pipe_name.filter(|_| listener.kind() != StreamKind::Tcp) {
        return Ok(name.into());
    }
    match listener.address() {
        Some(address @ Address::Ip(_)) => Ok(address_info::to_object(Some(&address), cx)?.into()),
        Some(address) => Ok(js_string!(address.to_string()).into()),
        None => Ok(JsValue::null()),
    }
}

fn set_reffed(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let listener = {
        let mut state = state.borrow_mut();
        state.data_mut().unreffed = !reffed;
        state.data().listener.clone()
    };
    if let Some(listener) = listener {
        listener.set_ref(reffed);
    }
    Ok(this.clone())
}

/// `net.Server.prototype.ref`
fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_reffed(this, true, cx)
}

/// `net.Server.prototype.unref`
fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_reffed(this, false, cx)
}

/// `server._handle`: null while the server does not listen.
fn handle_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = this.as_object().and_then(|object| state_of(&object, cx)) else { return Ok(JsValue::undefined()) };
    let (listener, made) = {
        let state = state.borrow();
        (state.data().listener.clone(), state.data().handle.clone())
    };
    let Some(listener) = listener else { return Ok(JsValue::null()) };
    if let Some(made) = made {
        return Ok(made.into());
    }
    let made = handle::of_listener(&listener, cx)?;
    state.borrow_mut().data_mut().handle = Some(made.clone());
    Ok(made.into())
}

fn set_handle_object(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let listener = match handle::inner_of(args.get_or_undefined(0)) {
        Some(handle::Inner::Listener(listener)) => Some(listener),
        _ => None,
    };
    state.borrow_mut().data_mut().listener = listener;
    Ok(JsValue::undefined())
}
