//! One operation that Node offers three ways: `x(..., callback)`, `xSync(...)` and `promises.x(...)`.
//!
//! An [`Op`] says how its arguments are read and what is done; the three faces are generic over it. Its work runs through the one door
//! ([`Sys`]) and knows no JavaScript, so it runs as well on a pool thread as on this one.

use boa_engine::{
    Context, JsArgs, JsError, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    native_function::NativeFunctionPointer,
    object::builtins::{JsFunction, JsPromise},
};
use coil_loop::Outcome;
use coil_sys::{Sys, SysError};

use crate::{Host, errors};

/// One operation.
pub trait Op: Sized + Send + 'static {
    /// The name of the callback and the promise face.
    const NAME: &'static str;
    /// The name of the blocking face.
    const NAME_SYNC: &'static str;
    /// `length` of the callback face, as Node has it.
    const LENGTH: u8;
    /// `length` of the blocking face.
    const LENGTH_SYNC: u8 = Self::LENGTH.saturating_sub(1);
    /// `length` of the promise face.
    const LENGTH_PROMISE: u8 = Self::LENGTH_SYNC;
    /// Where the callback stands at the latest: the count of arguments before it when all are given.
    const CALLBACK_AT: usize;
    /// What messages call the callback.
    const CALLBACK_NAME: &'static str = "cb";
    /// What `async_hooks` calls the resource of a call with a callback.
    const RESOURCE: &'static str = "FSREQCALLBACK";
    /// What `async_hooks` calls the resource of a call that gives a promise.
    const RESOURCE_PROMISE: &'static str = "FSREQPROMISE";
    /// What the work gives.
    type Output: IntoJs + Send + 'static;

    /// What is checked before a missing callback is told of: everything, unless an operation says otherwise.
    fn check_before_callback(args: &[JsValue], cx: &mut Context) -> JsResult<()> {
        Self::parse(&args[..args.len().min(Self::CALLBACK_AT)], cx).map(drop)
    }

    /// What a call without a callback gave in its place.
    fn given_as_callback(args: &[JsValue]) -> &JsValue {
        args.get_or_undefined(Self::CALLBACK_AT)
    }

    /// Reads and checks the arguments (without the callback) in the order Node does. On the JavaScript thread.
    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self>;

    /// Does the work through the one door. On any thread: no context, so no JavaScript.
    fn run(self, sys: &Sys) -> Result<Self::Output, SysError>;
}

/// What crosses from an operation's work into JavaScript.
pub trait IntoJs {
    /// Whether a callback gets only `null`: nothing is given.
    const VOID: bool = false;

    /// The JavaScript value.
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue>;
}

/// The function behind one row of a table.
#[derive(Clone, Copy)]
pub struct Faces {
    pub(crate) call: NativeFunctionPointer,
}

/// The blocking face: does the work here and now; a failure is thrown.
pub fn sync<O: Op>(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let op = O::parse(args, cx)?;
    let host = Host::of(cx);
    if host.traces_sync_io() {
        host.trace_sync_io(O::NAME_SYNC, cx);
    }
    match op.run(host.sys()) {
        Ok(output) => output.into_js(cx),
        Err(error) => Err(errors::system(&error, cx)),
    }
}

/// The callback face: the last argument is called with `(error)` or `(null, result)` in a later turn.
pub fn callback<O: Op>(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let within = &args[..args.len().min(O::CALLBACK_AT + 1)];
    let Some(position) = within.iter().rposition(JsValue::is_callable) else {
        O::check_before_callback(args, cx)?;
        return Err(errors::invalid_arg_type(O::CALLBACK_NAME, "function", O::given_as_callback(args), cx));
    };
    let callback = within[position].as_function().expect("just found callable");
    let op = O::parse(&args[..position], cx)?;
    offload_as(O::RESOURCE, op, cx, move |result, cx| deliver::<O>(callback, result, cx));
    Ok(JsValue::undefined())
}

/// The promise face: every failure, of an argument too, rejects.
pub fn promise<O: Op>(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    match O::parse(args, cx) {
        Ok(op) => offload_as(O::RESOURCE_PROMISE, op, cx, move |result, cx| settle::<O>(resolvers, result, cx)),
        Err(error) => {
            let reason = thrown_value(error, cx);
            resolvers.reject.call(&JsValue::undefined(), &[reason], cx)?;
        }
    }
    Ok(promise.into())
}

/// Settles a promise with what came of the work.
pub fn settle<O: Op>(resolvers: ResolvingFunctions, result: Result<O::Output, SysError>, cx: &mut Context) {
    let settled = match result {
        Ok(output) => output.into_js(cx),
        Err(error) => Err(errors::system(&error, cx)),
    };
    let host = Host::of(cx);
    let (settle, value) = match settled {
        Ok(value) => (&resolvers.resolve, value),
        Err(error) => (&resolvers.reject, thrown_value(error, cx)),
    };
    host.enter(settle, &JsValue::undefined(), &[value], cx);
}

/// The work alone, on the pool; `then` runs in a later turn, without a frame of JavaScript.
pub fn offload<O: Op>(op: O, cx: &mut Context, then: impl FnOnce(Result<O::Output, SysError>, &mut Context) + 'static) {
    Host::of(cx).offload(O::NAME, move |sys| op.run(sys), move |outcome, cx| then(ended::<O>(outcome), cx));
}

fn ended<O: Op>(outcome: Outcome<Result<O::Output, SysError>>) -> Result<O::Output, SysError> {
    match outcome {
        Outcome::Done(result) => result,
        Outcome::Cancelled => Err(SysError::new(ECANCELED, O::NAME)),
    }
}

/// [`offload`], with the hooks of `async_hooks` told of it, if there are any.
fn offload_as<O: Op>(resource: &'static str, op: O, cx: &mut Context, then: impl FnOnce(Result<O::Output, SysError>, &mut Context) + 'static) {
    Host::of(cx).offload_as(resource, O::NAME, move |sys| op.run(sys), move |outcome, cx| then(ended::<O>(outcome), cx), cx);
}

/// Calls a callback with what came of the work.
pub fn deliver<O: Op>(callback: JsFunction, result: Result<O::Output, SysError>, cx: &mut Context) {
    let given = match result {
        Ok(output) => output.into_js(cx),
        Err(error) => Err(errors::system_async(&error, cx)),
    };
    let host = Host::of(cx);
    let args = match given {
        Ok(_) if O::Output::VOID => vec![JsValue::null()],
        Ok(value) => vec![JsValue::null(), value],
        Err(error) => vec![thrown_value(error, cx)],
    };
    host.enter(&callback, &JsValue::undefined(), &args, cx);
}

/// The JavaScript value of what was thrown; an engine limit gives its text.
pub fn thrown_value(error: JsError, cx: &mut Context) -> JsValue {
    let text = error.to_string();
    error.into_opaque(cx).unwrap_or_else(|_| js_string!(text).into())
}

impl IntoJs for () {
    const VOID: bool = true;

    fn into_js(self, _cx: &mut Context) -> JsResult<JsValue> {
        Ok(JsValue::undefined())
    }
}

impl IntoJs for bool {
    fn into_js(self, _cx: &mut Context) -> JsResult<JsValue> {
        Ok(self.into())
    }
}

impl IntoJs for f64 {
    fn into_js(self, _cx: &mut Context) -> JsResult<JsValue> {
        Ok(self.into())
    }
}

impl IntoJs for i32 {
    fn into_js(self, _cx: &mut Context) -> JsResult<JsValue> {
        Ok(self.into())
    }
}

impl IntoJs for usize {
    fn into_js(self, _cx: &mut Context) -> JsResult<JsValue> {
        Ok((self as f64).into())
    }
}

impl IntoJs for String {
    fn into_js(self, _cx: &mut Context) -> JsResult<JsValue> {
        Ok(js_string!(self).into())
    }
}

impl<T: IntoJs> IntoJs for Option<T> {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        self.map_or_else(|| Ok(JsValue::undefined()), |value| value.into_js(cx))
    }
}

impl<T: IntoJs> IntoJs for Vec<T> {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        let values: Vec<JsValue> = self.into_iter().map(|value| value.into_js(cx)).collect::<JsResult<_>>()?;
        Ok(boa_engine::object::builtins::JsArray::from_iter(values, cx).into())
    }
}

const ECANCELED: i32 = 125;
