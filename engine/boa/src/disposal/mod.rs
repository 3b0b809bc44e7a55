//! Explicit resource management: `using`, `await using`, `DisposableStack`, `AsyncDisposableStack`, `SuppressedError`.
//!
//! <https://tc39.es/proposal-explicit-resource-management/>. A block with `using` declarations (`compile.rs`, a child of the compiler) and the two stacks
//! (`stacks`) keep their resources in a [`Capability`].

mod stacks;

pub(crate) use crate::bytecompiler::disposal::{using_in, using_in_list};
pub(crate) use stacks::{define_globals, suppressed_error};

use boa_gc::{Finalize, Trace};

use crate::{
    Context, JsData, JsError, JsNativeError, JsObject, JsResult, JsSymbol, JsValue,
    vm::opcode::{IndexOperand, Operation, RegisterOperand},
};

/// What is to be disposed of at the end, and what has gone wrong while that was done.
#[derive(Debug, Default, Trace, Finalize, JsData)]
pub(crate) struct Capability {
    resources: Vec<Resource>,
    error: Option<JsValue>,
}

#[derive(Debug, Clone, Trace, Finalize)]
pub(crate) struct Resource {
    value: JsValue,
    /// Nothing for `null` and `undefined` in `await using`, which wait all the same.
    method: Option<JsObject>,
    is_async: bool,
    /// An `await using` that found only `Symbol.dispose`: what that returns is not waited for.
    is_fallback: bool,
    /// `adopt` and `defer` call a function of the program instead of a method.
    call: HowToCall,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Trace, Finalize)]
#[boa_gc(empty_trace)]
enum HowToCall {
    Method,
    WithValue,
    WithNothing,
}

impl Resource {
    /// `CreateDisposableResource`: `None` where there is nothing to do at the end.
    fn of(value: &JsValue, is_async: bool, cx: &mut Context) -> JsResult<Option<Self>> {
        let resource = |method, is_fallback| Self { value: value.clone(), method, is_async, is_fallback, call: HowToCall::Method };
        if value.is_null_or_undefined() {
            return Ok(is_async.then(|| resource(None, false)));
        }
        let Some(object) = value.as_object() else {
            return Err(JsNativeError::typ().with_message("An object is expected with `using` declarations").into());
        };
        if is_async && let Some(method) = object.get_method(JsSymbol::async_dispose(), cx)? {
            return Ok(Some(resource(Some(method), false)));
        }
        match object.get_method(JsSymbol::dispose(), cx)? {
            Some(method) => Ok(Some(resource(Some(method), is_async))),
            None => Err(JsNativeError::typ().with_message("Symbol(Symbol.dispose) is not a function").into()),
        }
    }

    fn dispose(&self, cx: &mut Context) -> JsResult<JsValue> {
        let Some(method) = &self.method else { return Ok(JsValue::undefined()) };
        let result = match self.call {
            HowToCall::Method => method.call(&self.value, &[], cx),
            HowToCall::WithValue => method.call(&JsValue::undefined(), std::slice::from_ref(&self.value), cx),
            HowToCall::WithNothing => method.call(&JsValue::undefined(), &[], cx),
        }?;
        Ok(if self.is_fallback { JsValue::undefined() } else { result })
    }
}

/// The next resource from the end; none with the borrow held.
fn next(capability: &JsObject<Capability>) -> Option<Resource> {
    capability.borrow_mut().data_mut().resources.pop()
}

/// One more error: an earlier one becomes what it suppresses.
fn fail(capability: &JsObject<Capability>, error: JsError, cx: &mut Context) -> JsResult<()> {
    let error = error.into_opaque(cx)?;
    let earlier = capability.borrow_mut().data_mut().error.take();
    let error = match earlier {
        Some(earlier) => suppressed_error(error, earlier, cx),
        None => error,
    };
    capability.borrow_mut().data_mut().error = Some(error);
    Ok(())
}

/// Disposes of everything that is not asynchronous, down to the first resource that is: its result is to be waited for.
fn dispose_until_async(capability: &JsObject<Capability>, cx: &mut Context) -> JsResult<Option<JsValue>> {
    while let Some(resource) = next(capability) {
        match resource.dispose(cx) {
            Ok(result) if resource.is_async => return Ok(Some(result)),
            Ok(_) => {}
            Err(error) if error.as_engine().is_some() => return Err(error),
            Err(error) => fail(capability, error, cx)?,
        }
    }
    Ok(None)
}

/// The instruction behind `using`; `action` says what it does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dispose;

/// What [`Dispose`] does.
pub(crate) mod action {
    /// `capability` becomes a new one.
    pub(crate) const NEW: u32 = 0;
    /// `value` is a resource of `using`.
    pub(crate) const ADD: u32 = 1;
    /// `value` is a resource of `await using`.
    pub(crate) const ADD_ASYNC: u32 = 2;
    /// Disposes; `more` says whether `value` is to be waited for.
    pub(crate) const NEXT: u32 = 3;
    /// `value` was thrown.
    pub(crate) const FAIL: u32 = 4;
    /// Throws what has been thrown.
    pub(crate) const END: u32 = 5;
}

impl Dispose {
    #[inline(always)]
    pub(crate) fn operation((action, capability, value, more): (IndexOperand, RegisterOperand, RegisterOperand, RegisterOperand), context: &mut Context) -> JsResult<()> {
        run(u32::from(action), capability, value, more, context)
    }
}

fn run(action: u32, register: RegisterOperand, value: RegisterOperand, more: RegisterOperand, cx: &mut Context) -> JsResult<()> {
    if action == action::NEW {
        let capability = JsObject::from_proto_and_data(None, Capability::default());
        cx.vm.set_register(register.into(), capability.into());
        return Ok(());
    }
    let capability = cx.vm.get_register(register.into()).as_object().and_then(|object| object.downcast::<Capability>().ok());
    let Some(capability) = capability else { return Ok(()) };
    let given = cx.vm.get_register(value.into()).clone();
    match action {
        action::ADD | action::ADD_ASYNC => {
            if let Some(resource) = Resource::of(&given, action == action::ADD_ASYNC, cx)? {
                capability.borrow_mut().data_mut().resources.push(resource);
            }
        }
        action::NEXT => {
            let result = dispose_until_async(&capability, cx)?;
            cx.vm.set_register(more.into(), result.is_some().into());
            cx.vm.set_register(value.into(), result.unwrap_or_default());
        }
        action::FAIL => fail(&capability, JsError::from_opaque(given), cx)?,
        _ => {
            let error = capability.borrow_mut().data_mut().error.take();
            if let Some(error) = error {
                return Err(JsError::from_opaque(error));
            }
        }
    }
    Ok(())
}

impl Operation for Dispose {
    const NAME: &'static str = "Dispose";
    const INSTRUCTION: &'static str = "INST - Dispose";
    const COST: u8 = 5;
}
