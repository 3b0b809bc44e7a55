//! Linking: from what modules ask for to the modules they get.

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, Module,
    builtins::promise::PromiseState,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    errors::{self, Base},
    import_hooks::ImportHooks,
    op::thrown_value,
    table, validate,
};

use super::{State, Status, look, receiver, source::attributes_object, state_of, status_error};
use crate::coroutine::{self, Co, run};

/// A module that may be linked to the one of `context`.
fn linkable(value: &JsValue, context: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let Some(object) = value.as_object().filter(|object| object.is::<State>()) else {
        return Err(errors::coded(Base::Error, "ERR_VM_MODULE_NOT_MODULE", "Provided module is not an instance of Module", cx));
    };
    let (own, status, error) = look(value, cx, |state| (state.context.clone(), state.status.get(), state.error.borrow().clone()))?;
    if !own.strict_equals(context) {
        return Err(errors::coded(Base::Error, "ERR_VM_MODULE_DIFFERENT_CONTEXT", "Linked modules must use the same context", cx));
    }
    if status == Status::Errored {
        let name = look(value, cx, |state| state.identifier.to_std_string_lossy())?;
        let failure = errors::coded(Base::Error, "ERR_VM_MODULE_LINK_FAILURE", format!("request for '{name}' resolved to an errored module"), cx);
        let made = thrown_value(failure, cx);
        if let Some(made) = made.as_object() {
            made.create_data_property_or_throw(js_string!("cause"), error, cx)?;
        }
        return Err(JsError::from_opaque(made));
    }
    Ok(object)
}

pub(super) fn set_links(object: &JsObject, modules: Vec<JsObject>, cx: &Context) {
    let Some((module, requests)) = state_of(object, |state| (state.module.clone(), state.requests.clone())) else { return };
    let links = requests.into_iter().zip(modules.iter().filter_map(|linked| state_of(linked, |state| state.module.clone()))).collect();
    Host::of(cx).state::<ImportHooks>().change(&module, |imports| imports.links = links);
    state_of(object, |state| *state.linked.borrow_mut() = Some(modules));
}

/// `module.linkRequests(modules)`
pub(super) fn link_requests(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let (status, context, count) = look(this, cx, |state| (state.status.get(), state.context.clone(), state.requests.len()))?;
    if status != Status::Unlinked {
        return Err(status_error("must be unlinked", cx));
    }
    let given = args.get_or_undefined(0);
    let list = validate::array(given, "modules", 0, cx)?;
    let list = crate::events::elements(&list, cx)?;
    if list.len() != count {
        return Err(errors::coded(Base::Type, "ERR_MODULE_LINK_MISMATCH", format!("Expected {count} modules, got {}", list.len()), cx));
    }
    let mut modules = Vec::new();
    for value in &list {
        modules.push(linkable(value, &context, cx)?);
    }
    set_links(&object, modules, cx);
    Ok(JsValue::undefined())
}

/// Loads and links the engine's module, and notes it for all that are linked with it.
pub(super) fn instantiate(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mut graph = Vec::new();
    collect(object, &mut graph);
    for part in &graph {
        let Some((status, linked, requests)) = state_of(part, |state| (state.status.get(), state.linked.borrow().is_some(), state.requests.len())) else { continue };
        // What imports nothing need not be linked, unless it is what is to be instantiated.
        let asks = requests > 0 || JsObject::equals(part, object);
        if matches!(status, Status::Unlinked | Status::Linking) && !linked && asks {
            return Err(errors::coded(Base::Error, "ERR_VM_MODULE_LINK_FAILURE", "module is not linked", cx));
        }
    }
    let Some(module) = state_of(object, |state| state.module.clone()) else { return Ok(()) };
    link_engine(&module, cx)?;
    let hooks = Host::of(cx).state::<ImportHooks>();
    for part in graph {
        if let Some(module) = state_of(&part, |state| state.module.clone()) {
            hooks.change(&module, |imports| imports.loaded = true);
        }
        state_of(&part, |state| {
            if matches!(state.status.get(), Status::Unlinked | Status::Linking) {
                state.status.set(Status::Linked);
            }
        });
    }
    Ok(())
}

fn link_engine(module: &Module, cx: &mut Context) -> JsResult<()> {
    let loaded = Host::of(cx).run_waiting_of(cx, |cx| module.load(cx));
    if let PromiseState::Rejected(reason) = loaded.state() {
        loaded.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
        return Err(JsError::from_opaque(reason));
    }
    module.link(cx)
}

/// The modules reached from one, itself first.
pub(super) fn collect(object: &JsObject, graph: &mut Vec<JsObject>) {
    if graph.iter().any(|known| JsObject::equals(known, object)) {
        return;
    }
    graph.push(object.clone());
    for linked in state_of(object, |state| state.linked.borrow().clone()).flatten().unwrap_or_default() {
        collect(&linked, graph);
    }
}

pub(super) fn has_async_graph(object: &JsObject, seen: &mut Vec<JsObject>) -> bool {
    collect(object, seen);
    seen.iter().any(|part| state_of(part, |state| state.awaits).unwrap_or(false))
}

/// `module.link(linker)`
pub(super) fn link(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let linker = match validate::function(args.get_or_undefined(0), "linker", cx) {
        Ok(linker) => linker,
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    let status = look(this, cx, |state| state.status.get())?;
    let refused = match status {
        Status::Unlinked => None,
        Status::Linked => Some(errors::coded(Base::Error, "ERR_VM_MODULE_ALREADY_LINKED", "Module has already been linked", cx)),
        _ => Some(status_error("must be unlinked", cx)),
    };
    if let Some(error) = refused {
        return Ok(JsPromise::reject(error, cx)?.into());
    }
    let promise = coroutine::spawn(cx, |co| async move {
        link_graph(&co, object.clone(), linker).await?;
        run!(
            co,
            [object] | cx | {
                let result = instantiate(&object, cx);
                if result.is_err() {
                    state_of(&object, |state| state.status.set(Status::Unlinked));
                }
                result
            }
        )?;
        Ok(JsValue::undefined())
    })?;
    Ok(promise.into())
}

/// Asks the linker for each request of a module and of those it brings.
async fn link_graph(co: &Co, root: JsObject, linker: JsFunction) -> JsResult<()> {
    let mut rest = vec![root];
    while let Some(object) = rest.pop() {
        if state_of(&object, |state| state.status.get()) != Some(Status::Unlinked) {
            continue;
        }
        state_of(&object, |state| state.status.set(Status::Linking));
        let asked = run!(co, [object, linker] | cx | ask(&object, &linker, cx))?;
        let mut modules = Vec::new();
        for answer in asked {
            let answer = match co.wait(answer).await {
                Ok(answer) => answer,
                Err(error) => return Err(failed(co, &object, error).await),
            };
            let context = state_of(&object, |state| state.context.clone()).unwrap_or_default();
            match run!(co, [answer, context] | cx | linkable(&answer, &context, cx)) {
                Ok(module) => modules.push(module),
                Err(error) => return Err(failed(co, &object, error).await),
            }
        }
        rest.extend(modules.iter().rev().cloned());
        run!(co, [object, modules] | cx | set_links(&object, modules, cx));
    }
    Ok(())
}

pub(super) async fn failed(co: &Co, object: &JsObject, error: JsError) -> JsError {
    let object = object.clone();
    co.run(move |cx| {
        let value = thrown_value(error, cx);
        state_of(&object, |state| {
            state.status.set(Status::Errored);
            *state.error.borrow_mut() = value.clone();
        });
        JsError::from_opaque(value)
    })
    .await
}

/// What the linker gives for each request.
fn ask(object: &JsObject, linker: &JsFunction, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let requests = state_of(object, |state| state.requests.clone()).unwrap_or_default();
    let mut answers = Vec::new();
    for request in &requests {
        let extra = JsObject::with_object_proto(cx.intrinsics());
        for key in ["attributes", "assert"] {
            let attributes = attributes_object(request, cx)?;
            extra.create_data_property_or_throw(js_string!(key), attributes, cx)?;
        }
        let answer = linker.call(&JsValue::undefined(), &[js_string!(request.specifier.as_str()).into(), object.clone().into(), extra.into()], cx)?;
        answers.push(JsPromise::resolve(answer, cx)?.into());
    }
    Ok(answers)
}
