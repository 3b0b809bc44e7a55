//! How many connections a server has, in its workers too, and its end when there are none left.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{Host, table};

use super::{ServerState, find, state_of};
use crate::{events, net::errors};

/// `net.Server.prototype.getConnections`
pub(super) fn get_connections(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let count = state.borrow().data().connections;
    let using = object.get(js_string!("_usingWorkers"), cx)?.to_boolean();
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        if using {
            count_with_workers(&object, count, callback, cx)?;
            return Ok(this.clone());
        }
        Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::null(), count.into()]);
    }
    Ok(this.clone())
}

/// The connections here and those that were sent to other processes.
fn count_with_workers(server: &JsObject, own: f64, callback: JsFunction, cx: &mut Context) -> JsResult<()> {
    let workers = server.get(js_string!("_workers"), cx)?;
    let workers = crate::http::elements(&workers, cx)?.unwrap_or_default();
    let counted = Rc::new(Cell::new((workers.len() + 1, own)));
    let end = table::closure(
        "oncount",
        2,
        Counting(counted, callback),
        |_this, args, Counting(counted, callback), cx| {
            let (left, total) = counted.get();
            if left == 0 {
                return Ok(JsValue::undefined());
            }
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                counted.set((0, total));
                return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            let total = total + args.get_or_undefined(1).as_number().unwrap_or(0.0);
            counted.set((left - 1, total));
            if left == 1 {
                Host::of(cx).next_tick(callback.clone(), JsValue::undefined(), vec![JsValue::null(), total.into()]);
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    end.call(&JsValue::undefined(), &[JsValue::null(), 0.into()], cx)?;
    for worker in workers {
        events::method(&worker.to_object(cx)?, "getConnections", &[end.clone().into()], cx)?;
    }
    Ok(())
}

#[derive(Trace, Finalize)]
struct Counting(#[unsafe_ignore_trace] Rc<Cell<(usize, f64)>>, JsFunction);

/// `net.Server.prototype.close`
pub(crate) fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let listener = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.listening_id += 1;
        state.handle = None;
        state.listener.take()
    };
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        if listener.is_some() {
            events::once(&object, js_string!("close"), callback, cx)?;
        } else {
            let not_running = table::closure(
                "close",
                0,
                callback,
                |_this, _args, callback, cx| {
                    let error = errors::server_not_running(cx).into_opaque(cx)?;
                    callback.call(&JsValue::undefined(), &[error], cx)
                },
                cx,
            );
            events::once(&object, js_string!("close"), not_running, cx)?;
        }
    }
    if let Some(listener) = listener {
        if let Some(tell) = listener.take_on_close() {
            tell(cx);
        }
        listener.close(|_| {});
    }
    if object.get(js_string!("_usingWorkers"), cx)?.to_boolean() {
        close_workers(&object, &state, cx)?;
    } else {
        events::method(&object, "_emitCloseIfDrained", &[], cx)?;
    }
    Ok(this.clone())
}

/// Other processes have connections of this server: it is closed when theirs are.
fn close_workers(server: &JsObject, state: &JsObject<ServerState>, cx: &mut Context) -> JsResult<()> {
    let workers = server.get(js_string!("_workers"), cx)?;
    let workers = crate::http::elements(&workers, cx)?.unwrap_or_default();
    if workers.is_empty() {
        events::method(server, "_emitCloseIfDrained", &[], cx)?;
        return Ok(());
    }
    // They count as one connection until all are closed.
    state.borrow_mut().data_mut().connections += 1.0;
    let left = Rc::new(Cell::new(workers.len()));
    let closed = table::closure(
        "onWorkerClose",
        0,
        Closing(left, server.clone(), state.clone()),
        |_this, _args, Closing(left, server, state), cx| {
            left.set(left.get().saturating_sub(1));
            if left.get() == 0 {
                state.borrow_mut().data_mut().connections = 0.0;
                events::method(server, "_emitCloseIfDrained", &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    for worker in workers {
        events::method(&worker.to_object(cx)?, "close", &[closed.clone().into()], cx)?;
    }
    Ok(())
}

#[derive(Trace, Finalize)]
struct Closing(#[unsafe_ignore_trace] Rc<Cell<usize>>, JsObject, JsObject<ServerState>);

pub(super) fn emit_close_if_drained_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let busy = {
        let state = state.borrow();
        state.data().listener.is_some() || state.data().connections > 0.0
    };
    if !busy {
        Host::of(cx).next_tick_native(move |cx| events::emit(&object, js_string!("close"), &[], cx).map(drop));
    }
    Ok(JsValue::undefined())
}

/// `net.Server.prototype[Symbol.asyncDispose]`
pub(crate) fn async_dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let (object, state) = find(this, cx)?;
    if state.borrow().data().listener.is_none() {
        resolvers.resolve.call(&JsValue::undefined(), &[], cx)?;
        return Ok(promise.into());
    }
    let done = table::closure(
        "",
        1,
        (resolvers.resolve.clone(), resolvers.reject.clone()),
        |_this, args, (resolve, reject), cx| {
            let error = args.get_or_undefined(0);
            if error.is_null_or_undefined() { resolve.call(&JsValue::undefined(), &[], cx) } else { reject.call(&JsValue::undefined(), std::slice::from_ref(error), cx) }
        },
        cx,
    );
    events::method(&object, "close", &[done.into()], cx)?;
    Ok(promise.into())
}

/// With captured rejections: a rejected `'connection'` listener destroys its socket.
pub(crate) fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (error, event) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1));
    if event.as_string().is_some_and(|event| event == "connection") {
        let socket = args.get_or_undefined(2).to_object(cx)?;
        events::method(&socket, "destroy", &[error], cx)?;
    } else {
        let object = this.to_object(cx)?;
        events::emit(&object, js_string!("error"), &[error], cx)?;
    }
    Ok(JsValue::undefined())
}

pub(super) fn connections(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    Ok(state_of(&object, cx).map_or_else(JsValue::undefined, |state| state.borrow().data().connections.into()))
}

pub(super) fn set_connections(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    state.borrow_mut().data_mut().connections = args.get_or_undefined(0).to_number(cx)?;
    Ok(JsValue::undefined())
}
