//! `util.deprecate`, and what Node itself deprecates.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace, js_string,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, HostConstructor},
    property::PropertyDescriptor,
};
use coil_engine::{Host, table, validate};
use rustc_hash::FxHashSet;

/// Codes that were warned about.
#[derive(Default)]
struct Told(RefCell<FxHashSet<JsString>>);

/// `util.deprecate(fn, message, code, { modifyPrototype })`
pub(super) fn deprecate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(3);
    let keep = if options.is_undefined() { JsValue::undefined() } else { options.to_object(cx)?.get(js_string!("modifyPrototype"), cx)? };
    let modify_prototype = keep.is_undefined() || keep.to_boolean();
    let code = args.get_or_undefined(2);
    if !code.is_undefined() {
        validate::string(code, "code", cx)?;
    }
    let Some(function) = args.get_or_undefined(0).as_object() else {
        let shown = match args.get_or_undefined(0) {
            text if text.is_string() => text.to_string(cx)?.to_std_string_lossy(),
            value => value.display().to_string(),
        };
        return Err(coil_engine::errors::plain(coil_engine::errors::Base::Type, format!("Object prototype may only be an Object or null: {shown}")));
    };
    Ok(wrap(&function, args.get_or_undefined(1).clone(), code.clone(), modify_prototype, cx)?.into())
}

/// A built-in function that warns when it is first called.
pub(crate) fn deprecated(call: NativeFunctionPointer, name: &'static str, length: u8, message: &str, code: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let function = table::function(call, js_string!(name), length, cx).into();
    Ok(wrap(&function, js_string!(message).into(), js_string!(code).into(), true, cx)?.into())
}

/// A built-in constructor that warns when it is first called; its prototype's `constructor` stays the one that does not.
pub(crate) fn deprecated_constructor(constructor: &JsObject, message: &str, code: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    Ok(wrap(constructor, js_string!(message).into(), js_string!(code).into(), true, cx)?.into())
}

#[derive(Clone, Trace, Finalize)]
struct Captured {
    function: JsObject,
    message: JsValue,
    code: JsValue,
}

fn wrap(function: &JsObject, message: JsValue, code: JsValue, modify_prototype: bool, cx: &mut Context) -> JsResult<JsObject> {
    let captured = Captured { function: function.clone(), message, code };
    let native = NativeFunction::from_copy_closure_with_captures(call, (captured, Once::default()));
    let wrapper: JsObject = FunctionObjectBuilder::new(cx.realm(), native).name(js_string!("deprecated")).length(0).host_constructor(HostConstructor::Allocating).build().into();
    if modify_prototype {
        wrapper.set_prototype(Some(function.clone()));
        let prototype = function.get(js_string!("prototype"), cx)?;
        if prototype.to_boolean() {
            let own = PropertyDescriptor::builder().value(prototype).writable(true).enumerable(false).configurable(false);
            wrapper.define_property_or_throw(js_string!("prototype"), own, cx)?;
        }
        if let Some(length) = function.own_property(&js_string!("length").into(), cx)? {
            wrapper.define_property_or_throw(js_string!("length"), length, cx)?;
        }
    }
    Ok(wrapper)
}

/// Whether this function has warned.
#[derive(Clone, Default, Trace, Finalize)]
struct Once(#[unsafe_ignore_trace] std::rc::Rc<Cell<bool>>);

fn call(this: &JsValue, args: &[JsValue], captures: &(Captured, Once), cx: &mut Context) -> JsResult<JsValue> {
    let (captured, once) = captures;
    let process = crate::process::object(cx)?;
    if !process.get(js_string!("noDeprecation"), cx)?.to_boolean() && !once.0.replace(true) {
        warn(captured, cx)?;
    }
    match cx.new_target() {
        Some(target) => Ok(captured.function.construct(args, Some(&target), cx)?.into()),
        None => captured.function.call(this, args, cx),
    }
}

fn warn(captured: &Captured, cx: &mut Context) -> JsResult<()> {
    let mut args = vec![captured.message.clone(), js_string!("DeprecationWarning").into()];
    if let Some(code) = captured.code.as_string() {
        if !Host::of(cx).state::<Told>().0.borrow_mut().insert(code.clone()) {
            return Ok(());
        }
        args.push(code.into());
    }
    let process = crate::process::object(cx)?;
    match process.get(js_string!("emitWarning"), cx)?.as_callable() {
        Some(emit) => emit.call(&process.into(), &args, cx).map(drop),
        None => Ok(()),
    }
}
