//! `f.caller` and `f.arguments` of sloppy functions: accessors of `Function.prototype` that look for `f` on the stack. A function that
//! is never asked pays nothing.

use crate::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::{
        BuiltInBuilder,
        function::{OrdinaryFunction, arguments::UnmappedArguments},
    },
    js_string,
    native_call::HIDDEN,
    native_function::{NativeFunctionObject, NativeFunctionPointer},
    object::builtins::JsFunction,
    realm::Realm,
    stack::function_of,
    vm::{CallFrame, Stack, Vm},
};

/// The names, getters and setters.
pub(crate) fn accessors(realm: &Realm) -> [(JsString, JsFunction, JsFunction); 2] {
    let function = |function: NativeFunctionPointer, name, length| BuiltInBuilder::callable(realm, function).name(name).length(length).build();
    [
        (js_string!("arguments"), function(arguments, js_string!("get arguments"), 0), function(ignore, js_string!("set arguments"), 1)),
        (js_string!("caller"), function(caller, js_string!("get caller"), 0), function(ignore, js_string!("set caller"), 1)),
    ]
}

/// What the innermost call of `this` was given, as of now.
fn arguments(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let function = sloppy(this, context)?;
    let found = calls(&context.vm).find(|(_, frame, stack)| is(&function, frame, *stack));
    let Some((_, frame, Some(stack))) = found else { return Ok(JsValue::null()) };
    // What a rest parameter took has left the stack.
    let range = frame.arguments_range();
    let given = stack.stack.get(range.start..range.end.min(frame.rp as usize)).unwrap_or_default().to_vec();
    Ok(UnmappedArguments::new(&given, context).into())
}

/// Who made the innermost call of `this`, if that is a sloppy function too.
fn caller(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let function = sloppy(this, context)?;
    let vm = &context.vm;
    let mut below = calls(vm).skip_while(|(_, frame, stack)| !is(&function, frame, *stack));
    let Some((mut upper, ..)) = below.next() else { return Ok(JsValue::null()) };
    for (depth, frame, stack) in below {
        if called_by_native(vm, upper) {
            break;
        }
        // The code of scripts and of `eval` is no function.
        if let Some(found) = function_of(frame, stack) {
            return Ok(if is_sloppy(&found) { found.into() } else { JsValue::null() });
        }
        upper = depth;
    }
    Ok(JsValue::null())
}

fn ignore(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    sloppy(this, context).map(|_| JsValue::undefined())
}

/// `this`, if it may be asked.
fn sloppy(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    if let Some(function) = this.as_object().filter(|function| is_sloppy(function) && has_prototype(function)) {
        return Ok(function);
    }
    let refuse = context.intrinsics().objects().throw_type_error();
    refuse.call(&JsValue::undefined(), &[], context)?;
    Ok(refuse.into())
}

fn is_sloppy(function: &JsObject) -> bool {
    function.downcast_ref::<OrdinaryFunction>().is_some_and(|function| !function.codeblock().strict())
}

fn has_prototype(function: &JsObject) -> bool {
    function.downcast_ref::<OrdinaryFunction>().is_some_and(|function| function.codeblock().has_prototype_property())
}

/// The frames with their depth and their stack, innermost first.
fn calls(vm: &Vm) -> impl Iterator<Item = (usize, &CallFrame, Option<&Stack>)> {
    let (mut stack, mut outer) = (Some(&vm.stack), vm.outer_stacks.iter().rev());
    (1..vm.frames.len()).rev().map(move |depth| {
        let frame = &vm.frames[depth];
        let own = stack;
        if frame.registers_already_pushed() {
            stack = outer.next();
        }
        (depth, frame, own)
    })
}

fn is(function: &JsObject, frame: &CallFrame, stack: Option<&Stack>) -> bool {
    function_of(frame, stack).is_some_and(|found| JsObject::equals(&found, function))
}

/// Whether Rust code, and none that goes over into what it calls, made the call at `depth`.
fn called_by_native(vm: &Vm, depth: usize) -> bool {
    let shown = |function: &JsObject| function.downcast_ref::<NativeFunctionObject>().is_none_or(|data| data.location != Some(HIDDEN));
    vm.native_frames.iter().any(|native| native.depth == depth && shown(&native.function))
}
