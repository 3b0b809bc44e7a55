//! `await using stream = ...`: destroys the stream and waits until it is closed.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{errors, table};

use super::{
    destroy,
    end_of_stream::{self, Options},
    writable_state::Callback,
};

/// `readable[Symbol.asyncDispose]()`
pub(super) fn readable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    dispose(&this.to_object(cx)?, true, cx)
}

/// `writable[Symbol.asyncDispose]()`
pub(super) fn writable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    dispose(&this.to_object(cx)?, false, cx)
}

fn dispose(stream: &JsObject, is_readable: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(cx);
    let mut own = JsValue::undefined();
    if !stream.get(js_string!("destroyed"), cx)?.to_boolean() {
        let over = if is_readable { stream.get(js_string!("readableEnded"), cx)? } else { stream.get(js_string!("writableFinished"), cx)? };
        own = if over.to_boolean() { JsValue::null() } else { errors::abort_object(None, None, cx)?.into() };
        destroy::call(stream, &own, cx)?;
    }
    let callback = table::closure(
        "",
        1,
        (settle, own, is_readable),
        |_this, args, (settle, own, is_readable), cx| {
            let error = args.get_or_undefined(0);
            let foreign = match error.as_object() {
                _ if !error.to_boolean() => false,
                _ if *is_readable => !error.strict_equals(own),
                Some(error) => {
                    let name = error.get(js_string!("name"), cx)?;
                    name.as_string().is_none_or(|name| name != boa_engine::js_str!("AbortError"))
                }
                None => true,
            };
            if foreign {
                return settle.reject.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            settle.resolve.call(&JsValue::undefined(), &[], cx)
        },
        cx,
    );
    end_of_stream::wait(&stream.clone().into(), Options::default(), Callback::Function(callback), cx)?;
    Ok(promise.into())
}
