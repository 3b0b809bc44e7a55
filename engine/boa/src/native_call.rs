//! How a Rust function is called and constructed, and what it may ask about its own call.
//!
//! [`HostConstructor`] gives an embedder's constructor what a constructor written in JavaScript has: `this` when called, a fresh
//! object when constructed, and `new.target`. Built-in functions of the engine keep Boa's own convention (a constructor gets
//! `undefined` or new.target as `this`).

use arrayvec::ArrayVec;

use crate::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsValue,
    builtins::{
        OrdinaryObject,
        function::{ConstructorKind, OrdinaryFunction},
    },
    context::intrinsics::StandardConstructors,
    native_function::NativeFunctionObject,
    native_stack,
    object::{
        CONSTRUCTOR, FunctionObjectBuilder, PROTOTYPE,
        internal_methods::{CallValue, InternalMethodCallContext, get_prototype_from_constructor},
    },
    property::PropertyDescriptor,
};

/// How [[Construct]] of an embedder's constructor makes its object. [[Call]] is the same for both: the function gets `this` as the
/// caller gave it, and [`Context::new_target`] is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostConstructor {
    /// The engine makes an ordinary object from `new.target.prototype` and passes it as `this`. The function may return another
    /// object instead; any other result stands for the one made.
    Ordinary,
    /// The function makes the object and must return it (a `TypeError` otherwise); `this` is `undefined`.
    /// [`Context::prototype_from_new_target`] gives the prototype that the object should have.
    Allocating,
}

impl FunctionObjectBuilder<'_> {
    /// Makes the function a constructor that knows whether it was called or constructed.
    #[must_use]
    pub fn host_constructor(mut self, kind: HostConstructor) -> Self {
        self.constructor = Some(match kind {
            HostConstructor::Ordinary => ConstructorKind::HostOrdinary,
            HostConstructor::Allocating => ConstructorKind::HostAllocating,
        });
        self
    }

    /// What a stack trace shows as the function's place, `node:fs` for example; `<anonymous>` without it.
    #[must_use]
    pub fn location(mut self, location: &'static str) -> Self {
        self.location = Some(location);
        self
    }

    /// Keeps the function out of stack traces.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.location = Some(HIDDEN);
        self
    }
}

impl Context {
    /// Calls `work` as if `function`, a native one, had been called on `this` and did it: stack traces show it.
    pub fn within<R>(&mut self, function: &JsObject, this: &JsValue, work: impl FnOnce(&mut Self) -> R) -> R {
        let depth = self.vm.frames.len();
        self.vm.enter_native(NativeFrame { depth, function: function.clone(), this: this.clone(), new_target: None });
        let result = work(self);
        self.vm.native_frames.pop();
        result
    }
}

/// Adds what a base class declares to its new instance. The constructor has no frame yet; stack traces show it all the same.
pub(crate) fn initialize_instance(instance: &JsObject, constructor: &JsObject, context: &mut Context) -> JsResult<()> {
    let runs_code = constructor.downcast_ref::<OrdinaryFunction>().is_some_and(|function| !function.get_fields().is_empty());
    if !runs_code {
        return instance.initialize_instance_elements(constructor, context);
    }
    let depth = context.vm.frames.len();
    let frame = NativeFrame { depth, function: constructor.clone(), this: instance.clone().into(), new_target: Some(constructor.clone()) };
    context.vm.enter_native(frame);
    let result = instance.initialize_instance_elements(constructor, context);
    context.vm.native_frames.pop();
    result
}

/// The location of a function that stack traces leave out.
pub(crate) const HIDDEN: &str = "\0hidden";

impl Context {
    /// `new.target` of the running native function: `None` when it was called without `new`.
    #[must_use]
    pub fn new_target(&self) -> Option<JsObject> {
        self.vm.running_native().and_then(|frame| frame.new_target.clone())
    }

    /// The function object of the running native function; of the running JavaScript function when no native one is running.
    #[must_use]
    pub fn active_function(&self) -> Option<JsObject> {
        self.active_function_object()
    }

    /// `GetPrototypeFromConstructor` for the running constructor: `new.target.prototype`, or `fallback` (`Object.prototype` of
    /// new.target's realm when that is `None`) when it is no object or the function was not constructed.
    ///
    /// # Errors
    ///
    /// What a getter or proxy under `new.target.prototype` throws.
    pub fn prototype_from_new_target(&mut self, fallback: Option<&JsObject>) -> JsResult<JsObject> {
        let new_target = self.new_target();
        match (new_target, fallback) {
            (Some(target), Some(fallback)) => Ok(target.get(crate::object::PROTOTYPE, self)?.as_object().unwrap_or_else(|| fallback.clone())),
            (None, Some(fallback)) => Ok(fallback.clone()),
            (target, None) => {
                let target = target.map_or_else(JsValue::undefined, JsValue::from);
                get_prototype_from_constructor(&target, StandardConstructors::object, self)
            }
        }
    }
}

/// A native function that is running. JavaScript frames live in `Vm::frames`; `depth` tells where this one stands among them.
#[derive(Debug, Clone)]
pub(crate) struct NativeFrame {
    /// How many JavaScript frames were there when the function was called.
    pub(crate) depth: usize,
    pub(crate) function: JsObject,
    pub(crate) this: JsValue,
    pub(crate) new_target: Option<JsObject>,
}

impl crate::vm::Vm {
    /// The frame is built where it stays.
    #[inline(always)]
    fn enter_native(&mut self, frame: NativeFrame) {
        let frames = &mut self.native_frames;
        frames.reserve(1);
        let depth = frames.len();
        frames.spare_capacity_mut()[0].write(frame);
        // SAFETY: there is one frame more now.
        unsafe { frames.set_len(depth + 1) };
    }

    /// The native function that is running, unless a JavaScript function that it called is.
    pub(crate) fn running_native(&self) -> Option<&NativeFrame> {
        self.native_frames.last().filter(|frame| frame.depth == self.frames.len())
    }
}

/// [[Call]] of a native function.
pub(crate) fn native_call(obj: &JsObject, argument_count: usize, context: &mut InternalMethodCallContext<'_>) -> JsResult<CallValue> {
    let args = Arguments::pop(argument_count, context);
    let _function = context.vm.stack.pop();
    let this = context.vm.stack.pop();
    run(obj, this, &args, None, context)
}

/// [[Construct]] of a native function.
pub(crate) fn native_construct(obj: &JsObject, argument_count: usize, context: &mut InternalMethodCallContext<'_>) -> JsResult<CallValue> {
    let new_target = context.vm.stack.pop();
    let args = Arguments::pop(argument_count, context);
    let _function = context.vm.stack.pop();
    let _this = context.vm.stack.pop();
    run(obj, JsValue::undefined(), &args, Some(new_target), context)
}

fn run(obj: &JsObject, this: JsValue, args: &Arguments, new_target: Option<JsValue>, context: &mut Context) -> JsResult<CallValue> {
    native_stack::check()?;
    native_stack::check_arguments(args.as_slice().len())?;

    // The borrow ends here: the function may change its own function object.
    let (function, constructor, mut realm) = {
        let data = obj.downcast_ref::<NativeFunctionObject>().expect("the vtable belongs to native functions");
        let realm = data.realm.as_ref().filter(|realm| *realm != context.realm()).cloned();
        (data.f.clone(), data.constructor, realm)
    };

    let depth = context.vm.frames.len();
    let target = new_target.as_ref().and_then(JsValue::as_object);
    context.vm.enter_native(NativeFrame { depth, function: obj.clone(), this: this.clone(), new_target: target });
    if let Some(realm) = &mut realm {
        context.swap_realm(realm);
    }

    let result = match (constructor, &new_target) {
        (None | Some(ConstructorKind::HostOrdinary | ConstructorKind::HostAllocating), None) => function.call(&this, args.as_slice(), context),
        (_, None) => function.call(&JsValue::undefined(), args.as_slice(), context),
        (Some(ConstructorKind::HostOrdinary), Some(new_target)) => constructed(obj, new_target, context).and_then(|object| {
            if let Some(frame) = context.vm.native_frames.last_mut() {
                frame.this = object.clone();
            }
            let result = function.call(&object, args.as_slice(), context)?;
            Ok(if result.is_object() { result } else { object })
        }),
        (Some(ConstructorKind::HostAllocating), Some(_)) => function.call(&JsValue::undefined(), args.as_slice(), context).and_then(|result| match result.is_object() {
            true => Ok(result),
            false => Err(JsNativeError::typ().with_message("constructor must return an object").into()),
        }),
        (kind, Some(new_target)) => function.call(new_target, args.as_slice(), context).and_then(|result| {
            if result.is_object() {
                Ok(result)
            } else if kind.is_none_or(|kind| kind.is_base()) || result.is_undefined() {
                ordinary_object(new_target, context)
            } else {
                Err(JsNativeError::typ().with_message("derived constructor can only return an Object or undefined").into())
            }
        }),
    };
    let result = match result {
        Ok(value) => crate::limits::after_native().map(|()| value),
        Err(error) => Err(failed(error, obj, &this, args.as_slice(), context)),
    };
    if let Some(realm) = &mut realm {
        context.swap_realm(realm);
    }
    context.vm.native_frames.pop();
    context.vm.stack.push(result?);
    Ok(CallValue::Complete)
}

/// The error as the caller sees it: V8's words, the function's realm, a trace in which the function stands.
#[cold]
fn failed(mut error: JsError, obj: &JsObject, this: &JsValue, args: &[JsValue], context: &mut Context) -> JsError {
    if let Some(native) = error.uncaptured_native() {
        crate::words::translate(native, obj, this, args);
    }
    error.inject_realm(context.realm().clone()).capture(context)
}

/// The object that an embedder's constructor gets as `this`. A function that is constructed has a prototype of its own, as one written
/// in JavaScript has; it is made now, since few are.
fn constructed(function: &JsObject, new_target: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    if new_target.as_object().is_some_and(|target| JsObject::equals(&target, function)) && !function.has_own_property(PROTOTYPE, context)? {
        let prototype = JsObject::with_object_proto(context.intrinsics());
        let hidden = PropertyDescriptor::builder().writable(true).enumerable(false);
        prototype.define_property_or_throw(CONSTRUCTOR, hidden.clone().configurable(true).value(function.clone()), context)?;
        // A frozen function goes without.
        let _ = function.define_property_or_throw(PROTOTYPE, hidden.configurable(false).value(prototype), context);
    }
    ordinary_object(new_target, context)
}

fn ordinary_object(new_target: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let prototype = get_prototype_from_constructor(new_target, StandardConstructors::object, context)?;
    Ok(JsObject::from_proto_and_data_with_shared_shape(context.root_shape(), prototype, OrdinaryObject).upcast().into())
}

/// The arguments of a native call, off the VM's stack: few of them need no heap.
enum Arguments {
    Few(ArrayVec<JsValue, FEW>),
    Many(Vec<JsValue>),
}

impl Arguments {
    fn pop(count: usize, context: &mut Context) -> Self {
        if count <= FEW { Self::Few(context.vm.stack.pop_few(count)) } else { Self::Many(context.vm.stack.calling_convention_pop_arguments(count)) }
    }

    fn as_slice(&self) -> &[JsValue] {
        match self {
            Self::Few(values) => values,
            Self::Many(values) => values,
        }
    }
}

/// Nearly every call passes fewer; 64 bytes of native stack.
pub(crate) const FEW: usize = 8;
