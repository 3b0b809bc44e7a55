//! What every part of the web streams stands on: promises, sizes, and the errors they share.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue, NativeFunction,
    builtins::promise::{PromiseState, ResolvingFunctions},
    js_string,
    object::{
        FunctionObjectBuilder, NativeObject,
        builtins::{JsFunction, JsPromise},
    },
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::Class,
    errors::{self, Base},
    op::thrown_value,
    validate,
};

/// A promise and what settles it.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct Deferred {
    pub(crate) promise: JsPromise,
    settle: Option<ResolvingFunctions>,
}

impl Deferred {
    pub(crate) fn new(cx: &mut Context) -> Self {
        let (promise, settle) = JsPromise::new_pending(cx);
        Self { promise, settle: Some(settle) }
    }

    /// Fulfilled with `undefined`.
    pub(super) fn resolved(cx: &mut Context) -> JsResult<Self> {
        Ok(Self { promise: JsPromise::resolve(JsValue::undefined(), cx)?, settle: None })
    }

    /// Rejected, and told to be handled.
    pub(super) fn rejected(reason: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let made = Self { promise: JsPromise::reject(JsError::from_opaque(reason.clone()), cx)?, settle: None };
        handled(&made.promise, cx)?;
        Ok(made)
    }

    pub(crate) fn resolve(&self, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
        match &self.settle {
            Some(settle) => settle.resolve.call(&JsValue::undefined(), &[value.into()], cx).map(drop),
            None => Ok(()),
        }
    }

    pub(crate) fn reject(&self, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
        match &self.settle {
            Some(settle) => settle.reject.call(&JsValue::undefined(), std::slice::from_ref(reason), cx).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        matches!(self.promise.state(), PromiseState::Pending)
    }
}

/// What follows a promise, in native code.
pub(crate) type Reaction<T> = fn(&T, JsValue, &mut Context) -> JsResult<JsValue>;

/// `promise.then(fulfilled, rejected)` with native code that carries `data`.
pub(crate) fn react<T: Trace + Clone + 'static>(promise: &JsPromise, data: &T, fulfilled: Reaction<T>, rejected: Reaction<T>, cx: &mut Context) -> JsResult<JsPromise> {
    let fulfilled = reaction(data.clone(), fulfilled, cx);
    let rejected = reaction(data.clone(), rejected, cx);
    promise.then(Some(fulfilled), Some(rejected), cx)
}

fn reaction<T: Trace + 'static>(data: T, then: Reaction<T>, cx: &Context) -> JsFunction {
    let native = NativeFunction::from_copy_closure_with_captures(move |_this, args, data: &T, cx| then(data, args.first().cloned().unwrap_or_default(), cx), data);
    FunctionObjectBuilder::new(cx.realm(), native).name(js_string!("")).length(1).constructor(false).build()
}

/// Nobody is told of this promise's rejection any more.
pub(crate) fn handled(promise: &JsPromise, cx: &mut Context) -> JsResult<()> {
    react(promise, &(), |(), _, _| Ok(JsValue::undefined()), |(), _, _| Ok(JsValue::undefined()), cx).map(drop)
}

/// The promise of what an algorithm gave.
pub(crate) fn promised(result: JsResult<JsValue>, cx: &mut Context) -> JsResult<JsPromise> {
    match result {
        Ok(value) => JsPromise::resolve(value, cx),
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => JsPromise::reject(error, cx),
    }
}

/// As [`promised`], as a method's value: a failed check of a method that gives a promise rejects.
pub(super) fn rejecting(result: JsResult<JsValue>, cx: &mut Context) -> JsResult<JsValue> {
    promised(result, cx).map(JsValue::from)
}

/// `TypeError [ERR_INVALID_STATE]: Invalid state: ...`
pub(super) fn state_error(message: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_INVALID_STATE", format!("Invalid state: {message}"), cx)
}

/// The same as a value.
pub(super) fn state_reason(message: &str, cx: &mut Context) -> JsValue {
    let error = state_error(message, cx);
    thrown_value(error, cx)
}

/// What a class with a private field throws for a foreign receiver.
pub(super) fn no_private_member(field: &str) -> JsError {
    errors::plain(Base::Type, format!("Cannot read private member #{field} from an object whose class did not declare it"))
}

/// `{ value, done }`
pub(super) fn iter_result(value: JsValue, done: bool, cx: &mut Context) -> JsResult<JsValue> {
    crate::coroutine::iter_result(value, done, cx)
}

/// The size of a chunk: a strategy's function, or one each.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Size {
    One,
    Function(JsFunction),
}

impl Size {
    pub(super) fn of(&self, chunk: &JsValue, cx: &mut Context) -> JsResult<f64> {
        match self {
            Self::One => Ok(1.0),
            Self::Function(function) => {
                let size = function.call(&JsValue::undefined(), std::slice::from_ref(chunk), cx)?;
                let number = size.to_number(cx)?;
                check_size(number, cx)
            }
        }
    }
}

/// A size is finite and not negative.
fn check_size(size: f64, cx: &mut Context) -> JsResult<f64> {
    if size.is_finite() && size >= 0.0 { Ok(size) } else { Err(errors::invalid_arg_value_of(Base::Range, "size", &size.into(), "is invalid", cx)) }
}

/// A queuing strategy's two properties.
pub(super) struct Strategy {
    size: JsValue,
    high_water_mark: JsValue,
}

impl Strategy {
    pub(super) fn read(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Self> {
        if value.is_null_or_undefined() {
            return Ok(Self { size: JsValue::undefined(), high_water_mark: JsValue::undefined() });
        }
        let Some(object) = value.as_object() else { return Err(errors::invalid_arg_type(name, "object", value, cx)) };
        let size = object.get(js_string!("size"), cx)?;
        Ok(Self { size, high_water_mark: object.get(js_string!("highWaterMark"), cx)? })
    }

    pub(super) fn high_water_mark(&self, default: f64, cx: &mut Context) -> JsResult<f64> {
        if self.high_water_mark.is_undefined() {
            return Ok(default);
        }
        let mark = self.high_water_mark.to_number(cx)?;
        if mark.is_nan() || mark < 0.0 {
            return Err(errors::invalid_arg_value_of(Base::Range, "strategy.highWaterMark", &self.high_water_mark, "is invalid", cx));
        }
        Ok(mark)
    }

    pub(super) fn size(&self, cx: &mut Context) -> JsResult<Size> {
        if self.size.is_undefined() {
            return Ok(Size::One);
        }
        Ok(Size::Function(validate::function(&self.size, "strategy.size", cx)?))
    }

    /// A byte stream measures in bytes.
    pub(super) fn refuse_size(&self, cx: &mut Context) -> JsResult<()> {
        if self.size.is_undefined() { Ok(()) } else { Err(errors::invalid_arg_value_of(Base::Range, "strategy.size", &self.size, "is invalid", cx)) }
    }
}

/// High water mark and size of a strategy's object.
pub(crate) fn read_strategy(value: &JsValue, cx: &mut Context) -> JsResult<(f64, Size)> {
    let strategy = Strategy::read(value, "options.strategy", cx)?;
    let mark = strategy.high_water_mark(1.0, cx)?;
    Ok((mark, strategy.size(cx)?))
}

/// A dictionary argument: `undefined` and `null` are empty ones.
pub(super) fn dictionary(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    match value.as_object() {
        Some(object) => Ok(Some(object)),
        None => Err(errors::invalid_arg_type(name, "object", value, cx)),
    }
}

/// A method of a source or sink, if it has one.
pub(super) fn method_of(object: Option<&JsObject>, key: &'static str, name: &str, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let Some(object) = object else { return Ok(None) };
    let method = object.get(js_string!(key), cx)?;
    if method.is_undefined() {
        return Ok(None);
    }
    validate::function(&method, name, cx).map(Some)
}

/// Shows an object as Node does: its class and these properties.
pub(super) fn inspected(this: &JsValue, fields: Vec<(&'static str, JsValue)>, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.first().and_then(JsValue::as_number).is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in fields {
        shown.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    crate::event_target::inspected(&this.to_object(cx)?, &shown, args, true, cx)
}

/// `Symbol.for('nodejs.util.inspect.custom')` of a prototype.
pub(super) const fn inspect_member(inspect: boa_engine::native_function::NativeFunctionPointer) -> coil_engine::table::Export {
    coil_engine::table::Export::symbol(coil_engine::table::Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect)
}

/// The object that shows a native part to a script: made at the first time, and kept in `slot`.
pub(super) fn shown<T: NativeObject>(slot: &GcRefCell<Option<JsObject>>, class: &'static Class, data: impl FnOnce() -> T, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = slot.borrow().clone() {
        return Ok(object.into());
    }
    let object = JsObject::from_proto_and_data(class.prototype(cx)?, data());
    *slot.borrow_mut() = Some(object.clone());
    Ok(object.into())
}

/// An object of a class around its native part, which points back at it.
macro_rules! wrapper {
    ($wrapper:ident, $inner:ty, $of:ident) => {
        #[derive(boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
        pub(super) struct $wrapper(pub(super) boa_gc::Gc<$inner>);

        /// The native part of an object of this class.
        pub(crate) fn $of(value: &boa_engine::JsValue) -> Option<boa_gc::Gc<$inner>> {
            let object = value.as_object()?;
            let found = object.downcast_ref::<$wrapper>().map(|data| data.0.clone());
            found
        }
    };
}
pub(super) use wrapper;
