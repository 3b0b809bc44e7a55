//! `DisposableStack`, `AsyncDisposableStack`, `SuppressedError`, and the disposal of iterators.

use boa_gc::{Finalize, Trace};

use super::{Capability, HowToCall, Resource, dispose_until_async, fail};
use crate::{
    Context, HostConstructor, JsArgs, JsData, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    builtins::error::ErrorKind,
    js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsFunction, JsPromise},
    },
    property::{Attribute, PropertyDescriptor, PropertyKey},
    words,
};

/// A stack of either kind; `None` once it was disposed of.
#[derive(Debug, Trace, Finalize, JsData)]
struct Stack {
    is_async: bool,
    capability: Option<JsObject<Capability>>,
}

/// Puts the constructors on the global object and the methods on the prototypes of iterators.
pub(crate) fn define_globals(cx: &mut Context) -> JsResult<()> {
    let stack = stack_class(false, cx);
    let async_stack = stack_class(true, cx);
    let suppressed = suppressed_error_class(cx);
    let attribute = Attribute::WRITABLE | Attribute::CONFIGURABLE;
    cx.register_global_property(js_string!("DisposableStack"), stack, attribute)?;
    cx.register_global_property(js_string!("AsyncDisposableStack"), async_stack, attribute)?;
    cx.register_global_property(js_string!("SuppressedError"), suppressed, attribute)?;
    let iterator = cx.intrinsics().constructors().iterator().prototype();
    method(&iterator, JsSymbol::dispose(), "[Symbol.dispose]", 0, dispose_iterator, cx);
    let async_iterator = cx.intrinsics().objects().iterator_prototypes().async_iterator();
    method(&async_iterator, JsSymbol::async_dispose(), "[Symbol.asyncDispose]", 0, dispose_async_iterator, cx);
    Ok(())
}

type Native = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

fn function(name: &str, length: usize, native: Native, cx: &Context) -> JsFunction {
    FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(native)).name(js_string!(name)).length(length).build()
}

fn method(object: &JsObject, key: impl Into<PropertyKey>, name: &str, length: usize, native: Native, cx: &Context) -> JsFunction {
    let function = function(name, length, native, cx);
    object.insert(key, PropertyDescriptor::builder().value(function.clone()).writable(true).enumerable(false).configurable(true));
    function
}

fn class(name: &str, length: usize, native: Native, kind: HostConstructor, prototype: &JsObject, cx: &Context) -> JsFunction {
    let class = FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(native)).name(js_string!(name)).length(length).host_constructor(kind).build();
    class.insert(js_string!("prototype"), PropertyDescriptor::builder().value(prototype.clone()).writable(false).enumerable(false).configurable(false));
    prototype.insert(js_string!("constructor"), PropertyDescriptor::builder().value(class.clone()).writable(true).enumerable(false).configurable(true));
    class
}

fn stack_class(is_async: bool, cx: &Context) -> JsFunction {
    let prototype = JsObject::with_object_proto(cx.intrinsics());
    let name = class_name(is_async);
    let constructor = if is_async { construct::<true> } else { construct::<false> };
    let class = class(name, 0, constructor, HostConstructor::Allocating, &prototype, cx);
    if is_async {
        method(&prototype, js_string!("use"), "use", 1, use_resource::<true>, cx);
    } else {
        method(&prototype, js_string!("use"), "use", 1, use_resource::<false>, cx);
    }
    let (dispose, symbol) = if is_async {
        (method(&prototype, js_string!("disposeAsync"), "disposeAsync", 0, dispose_async, cx), JsSymbol::async_dispose())
    } else {
        (method(&prototype, js_string!("dispose"), "dispose", 0, dispose, cx), JsSymbol::dispose())
    };
    let (adopt, defer, move_, disposed): (Native, Native, Native, Native) =
        if is_async { (adopt::<true>, defer::<true>, move_to::<true>, disposed::<true>) } else { (adopt::<false>, defer::<false>, move_to::<false>, disposed::<false>) };
    method(&prototype, js_string!("adopt"), "adopt", 2, adopt, cx);
    method(&prototype, js_string!("defer"), "defer", 1, defer, cx);
    method(&prototype, js_string!("move"), "move", 0, move_, cx);
    let getter = function("get disposed", 0, disposed, cx);
    prototype.insert(js_string!("disposed"), PropertyDescriptor::builder().get(getter).enumerable(false).configurable(true));
    prototype.insert(symbol, PropertyDescriptor::builder().value(dispose).writable(true).enumerable(false).configurable(true));
    prototype.insert(JsSymbol::to_string_tag(), PropertyDescriptor::builder().value(js_string!(name)).writable(false).enumerable(false).configurable(true));
    class
}

fn class_name(is_async: bool) -> &'static str {
    if is_async { "AsyncDisposableStack" } else { "DisposableStack" }
}

fn type_error(message: String) -> JsError {
    JsNativeError::typ().with_message(message).into()
}

fn new_stack(is_async: bool, prototype: JsObject, capability: JsObject<Capability>) -> JsObject {
    JsObject::from_proto_and_data(prototype, Stack { is_async, capability: Some(capability) })
}

fn new_capability() -> JsObject<Capability> {
    JsObject::from_proto_and_data(None, Capability::default()).downcast().expect("it was made with this data")
}

fn construct<const ASYNC: bool>(_: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Err(type_error(format!("Constructor {} requires 'new'", class_name(ASYNC))));
    }
    let fallback = own_prototype(cx);
    let prototype = cx.prototype_from_new_target(fallback.as_ref())?;
    Ok(new_stack(ASYNC, prototype, new_capability()).into())
}

/// The `prototype` of the running constructor.
fn own_prototype(cx: &Context) -> Option<JsObject> {
    crate::stack::data_property(&cx.active_function()?, &js_string!("prototype").into())?.as_object()
}

/// The stack that a method was called on.
fn receiver<const ASYNC: bool>(this: &JsValue, name: &str) -> JsResult<JsObject<Stack>> {
    let stack = this.as_object().and_then(|object| object.downcast::<Stack>().ok()).filter(|stack| stack.borrow().data().is_async == ASYNC);
    let class = class_name(ASYNC);
    stack.ok_or_else(|| {
        let name = name.strip_prefix("get ").map_or_else(|| format!("{class}.prototype.{name}"), |getter| format!("get {class}.prototype.{getter}"));
        type_error(format!("Method {name} called on incompatible receiver {}", words::of_value(this)))
    })
}

/// The capability of a stack that was not disposed of.
fn pending<const ASYNC: bool>(this: &JsValue, name: &str) -> JsResult<(JsObject<Stack>, JsObject<Capability>)> {
    let stack = receiver::<ASYNC>(this, name)?;
    let capability = stack.borrow().data().capability.clone();
    match capability {
        Some(capability) => Ok((stack, capability)),
        None => {
            let class = class_name(ASYNC);
            Err(JsNativeError::reference().with_message(format!("Cannot call {class}.prototype.{name} on an already-disposed {class}")).into())
        }
    }
}

fn use_resource<const ASYNC: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, capability) = pending::<ASYNC>(this, "use")?;
    let value = args.get_or_undefined(0).clone();
    if let Some(resource) = Resource::of(&value, ASYNC, cx)? {
        capability.borrow_mut().data_mut().resources.push(resource);
    }
    Ok(value)
}

fn callback<const ASYNC: bool>(capability: &JsObject<Capability>, value: JsValue, function: &JsValue, call: HowToCall) -> JsResult<()> {
    let Some(method) = function.as_callable() else {
        return Err(type_error(format!("{} is not a function", words::of_value(function))));
    };
    let resource = Resource { value, method: Some(method), is_async: ASYNC, is_fallback: false, call };
    capability.borrow_mut().data_mut().resources.push(resource);
    Ok(())
}

fn adopt<const ASYNC: bool>(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let (_, capability) = pending::<ASYNC>(this, "adopt")?;
    let value = args.get_or_undefined(0).clone();
    callback::<ASYNC>(&capability, value.clone(), args.get_or_undefined(1), HowToCall::WithValue)?;
    Ok(value)
}

fn defer<const ASYNC: bool>(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let (_, capability) = pending::<ASYNC>(this, "defer")?;
    callback::<ASYNC>(&capability, JsValue::undefined(), args.get_or_undefined(0), HowToCall::WithNothing)?;
    Ok(JsValue::undefined())
}

fn move_to<const ASYNC: bool>(this: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (stack, capability) = pending::<ASYNC>(this, "move")?;
    stack.borrow_mut().data_mut().capability = None;
    let constructor = cx.global_object().get(js_string!(class_name(ASYNC)), cx)?;
    let prototype = constructor.as_object().and_then(|class| crate::stack::data_property(&class, &js_string!("prototype").into())).and_then(|prototype| prototype.as_object());
    let prototype = prototype.or_else(|| stack.prototype()).unwrap_or_else(|| cx.intrinsics().constructors().object().prototype());
    Ok(new_stack(ASYNC, prototype, capability).into())
}

fn disposed<const ASYNC: bool>(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let stack = receiver::<ASYNC>(this, "get disposed")?;
    let disposed = stack.borrow().data().capability.is_none();
    Ok(disposed.into())
}

fn dispose(this: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stack = receiver::<false>(this, "dispose")?;
    let capability = stack.borrow_mut().data_mut().capability.take();
    let Some(capability) = capability else { return Ok(JsValue::undefined()) };
    dispose_until_async(&capability, cx)?;
    let error = capability.borrow_mut().data_mut().error.take();
    error.map_or(Ok(JsValue::undefined()), |error| Err(JsError::from_opaque(error)))
}

/// A disposal that goes on when what it waits for has settled.
#[derive(Clone, Trace, Finalize)]
struct Disposal {
    capability: JsObject<Capability>,
    resolve: JsFunction,
    reject: JsFunction,
}

fn dispose_async(this: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, functions) = JsPromise::new_pending(cx);
    match receiver::<true>(this, "disposeAsync") {
        Err(_) => {
            let error = type_error("Receiver is not an AsyncDisposableStack".to_owned()).into_opaque(cx)?;
            functions.reject.call(&JsValue::undefined(), &[error], cx)?;
        }
        Ok(stack) => {
            let capability = stack.borrow_mut().data_mut().capability.take();
            match capability {
                None => drop(functions.resolve.call(&JsValue::undefined(), &[], cx)?),
                Some(capability) => go_on(&Disposal { capability, resolve: functions.resolve, reject: functions.reject }, cx)?,
            }
        }
    }
    Ok(promise.into())
}

fn go_on(disposal: &Disposal, cx: &mut Context) -> JsResult<()> {
    if let Some(result) = dispose_until_async(&disposal.capability, cx)? {
        let waited_for = JsPromise::resolve(result, cx)?;
        let continued = |failed: bool, cx: &Context| {
            let native = NativeFunction::from_copy_closure_with_captures(
                move |_, args, disposal: &Disposal, cx| {
                    if failed {
                        fail(&disposal.capability, JsError::from_opaque(args.get_or_undefined(0).clone()), cx)?;
                    }
                    go_on(disposal, cx)?;
                    Ok(JsValue::undefined())
                },
                disposal.clone(),
            );
            FunctionObjectBuilder::new(cx.realm(), native).name(js_string!()).length(1).build()
        };
        let (fulfilled, rejected) = (continued(false, cx), continued(true, cx));
        waited_for.then(Some(fulfilled), Some(rejected), cx)?;
        return Ok(());
    }
    let error = disposal.capability.borrow_mut().data_mut().error.take();
    match error {
        Some(error) => disposal.reject.call(&JsValue::undefined(), &[error], cx)?,
        None => disposal.resolve.call(&JsValue::undefined(), &[], cx)?,
    };
    Ok(())
}

fn dispose_iterator(this: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(method) = this.to_object(cx)?.get_method(js_string!("return"), cx)? {
        method.call(this, &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn dispose_async_iterator(this: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let ended = this.to_object(cx).and_then(|object| object.get_method(js_string!("return"), cx)).and_then(|method| match method {
        Some(method) => method.call(this, &[JsValue::undefined()], cx),
        None => Ok(JsValue::undefined()),
    });
    let promise = match ended {
        Ok(result) => JsPromise::resolve(result, cx)?,
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    let nothing = FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_copy_closure(|_, _, _| Ok(JsValue::undefined()))).name(js_string!()).length(1).build();
    Ok(promise.then(Some(nothing), None, cx)?.into())
}

/// The prototype of `SuppressedError`, for errors that the engine itself makes.
#[derive(Trace, Finalize, JsData)]
struct SuppressedPrototype(JsObject);

fn suppressed_error_class(cx: &mut Context) -> JsFunction {
    let error = cx.intrinsics().constructors().error();
    let (parent, parent_prototype) = (error.constructor(), error.prototype());
    let prototype = JsObject::from_proto_and_data(parent_prototype, crate::builtins::OrdinaryObject);
    let class = class("SuppressedError", 3, construct_suppressed, HostConstructor::Allocating, &prototype, cx);
    let text = |value: &str| PropertyDescriptor::builder().value(js_string!(value)).writable(true).enumerable(false).configurable(true);
    prototype.insert(js_string!("name"), text("SuppressedError"));
    prototype.insert(js_string!("message"), text(""));
    class.set_prototype(Some(parent));
    cx.insert_data(SuppressedPrototype(prototype));
    class
}

fn hidden(object: &JsObject, key: JsString, value: JsValue) {
    object.insert(key, PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true));
}

fn construct_suppressed(_: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fallback = own_prototype(cx);
    let prototype = cx.prototype_from_new_target(fallback.as_ref())?;
    let error = cx.new_error_object(ErrorKind::Error, prototype);
    let message = args.get_or_undefined(2);
    if !message.is_undefined() {
        let message = message.to_string(cx)?;
        hidden(&error, js_string!("message"), message.into());
    }
    hidden(&error, js_string!("error"), args.get_or_undefined(0).clone());
    hidden(&error, js_string!("suppressed"), args.get_or_undefined(1).clone());
    Ok(error.into())
}

/// The error of a disposal that failed while another error was on its way.
pub(crate) fn suppressed_error(error: JsValue, suppressed: JsValue, cx: &mut Context) -> JsValue {
    let prototype = cx.get_data::<SuppressedPrototype>().map(|prototype| prototype.0.clone());
    let prototype = prototype.unwrap_or_else(|| cx.intrinsics().constructors().error().prototype());
    let object = cx.new_error_object(ErrorKind::Error, prototype);
    hidden(&object, js_string!("message"), js_string!("An error was suppressed during disposal").into());
    hidden(&object, js_string!("error"), error);
    hidden(&object, js_string!("suppressed"), suppressed);
    object.into()
}
