//! What a session's commands see: a global object, `require`, the built-in modules, `_` and `_error`.

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::{JsArray, JsFunction},
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{Host, table};

use super::{LIBRARIES, server::write};
use crate::{
    events,
    readline::interface::{get, put},
};

pub(super) fn reset_context(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    let context = create_context(server, cx)?;
    put(server, "context", context.clone(), cx)?;
    put(server, "underscoreAssigned", false, cx)?;
    put(server, "underscoreErrAssigned", false, cx)?;
    let lines = JsArray::new(cx)?;
    let level = JsArray::new(cx)?;
    put(&lines.clone().into(), "level", level, cx)?;
    put(server, "lines", lines, cx)?;
    for (name, (own, assigned)) in [("_", ("last", "underscoreAssigned")), ("_error", ("lastError", "underscoreErrAssigned"))] {
        define_result(server, &context, name, own, assigned, cx)?;
    }
    events::emit(server, js_string!("reset"), &[context.into()], cx)?;
    Ok(())
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Kept {
    server: JsObject,
    #[unsafe_ignore_trace]
    name: &'static str,
    #[unsafe_ignore_trace]
    own: &'static str,
    #[unsafe_ignore_trace]
    assigned: &'static str,
}

/// `_` and `_error`: what came last, until a command assigns them.
fn define_result(server: &JsObject, context: &JsObject, name: &'static str, own: &'static str, assigned: &'static str, cx: &mut Context) -> JsResult<()> {
    let kept = Kept { server: server.clone(), name, own, assigned };
    let read: JsFunction = table::closure("get", 0, kept.clone(), |_, _, kept, cx| get(&kept.server, kept.own, cx), cx);
    let write_to: JsFunction = table::closure(
        "set",
        1,
        kept,
        |_, args, kept, cx| {
            put(&kept.server, kept.own, args.get_or_undefined(0).clone(), cx)?;
            if !get(&kept.server, kept.assigned, cx)?.to_boolean() {
                put(&kept.server, kept.assigned, true, cx)?;
                let what = if kept.name == "_" { "Expression assignment to _ now disabled.\n" } else { "Expression assignment to _error now disabled.\n" };
                write(&kept.server, what, cx)?;
            }
            Ok(args.get_or_undefined(0).clone())
        },
        cx,
    );
    let accessor = PropertyDescriptor::builder().get(read).set(write_to).enumerable(false).configurable(true);
    context.define_property_or_throw(js_string!(name), accessor, cx).map(drop)
}

/// `server.createContext()`: the global object, or one like it for this session alone.
pub(super) fn create_context(server: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let global = cx.global_object();
    if get(server, "useGlobal", cx)?.to_boolean() {
        offer_modules(&global, cx)?;
        return Ok(global);
    }
    let vm = table::instantiate(&crate::vm::MODULE, cx)?;
    let context = events::method(&vm, "createContext", &[], cx)?.to_object(cx)?;
    let run = [js_string!("Object.getOwnPropertyNames(globalThis)").into(), context.clone().into()];
    let own = events::method(&vm, "runInContext", &run, cx)?.to_object(cx)?;
    let own = events::elements(&own, cx)?;
    for key in global.own_property_keys(cx)? {
        let PropertyKey::String(name) = &key else { continue };
        if own.iter().any(|known| known.as_string().as_ref() == Some(name)) {
            continue;
        }
        if let Some(descriptor) = global.own_property(&key, cx)? {
            context.define_property_or_throw(key, descriptor, cx)?;
        }
    }
    put(&context, "global", context.clone(), cx)?;
    let output = get(server, "output", cx)?;
    let console = crate::console::CONSOLE.construct(&[output], cx)?;
    let hidden = PropertyDescriptor::builder().value(console).writable(true).enumerable(false).configurable(true);
    context.define_property_or_throw(js_string!("console"), hidden, cx)?;
    offer_modules(&context, cx)?;
    Ok(context)
}

/// `require`, `module`, and the built-in modules by their names.
pub(super) fn offer_modules(context: &JsObject, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    if let Some(module) = host.builtin("module") {
        let class = table::instantiate(module, cx)?;
        let path = js_string!(format!("{}/repl", host.cwd()));
        let made = events::method(&class, "createRequire", &[path.clone().into()], cx)?.to_object(cx)?;
        let module = class.construct(&[js_string!("<repl>").into()], None, cx)?;
        let paths = events::method(&class, "_nodeModulePaths", &[path.into()], cx)?;
        put(&module, "paths", paths, cx)?;
        // Looks as from a file in the working directory; what it cannot find is missed by `<repl>`.
        let require = table::closure("require", 1, module.clone(), |_, args, module, cx| events::method(module, "require", args, cx), cx);
        for name in ["resolve", "main", "extensions", "cache"] {
            let part = get(&made, name, cx)?;
            put(&require, name, part, cx)?;
        }
        for (name, value) in [("module", JsValue::from(module)), ("require", require.into())] {
            let own = PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
            context.define_property_or_throw(js_string!(name), own, cx)?;
        }
    }
    for name in LIBRARIES.iter().filter(|name| !name.contains('/') && !matches!(**name, "console" | "process" | "module")) {
        let Some(module) = host.builtin(name) else { continue };
        let key = js_string!(*name);
        if context.has_own_property(key.clone(), cx)? {
            continue;
        }
        let name = key.clone();
        let get_module = table::closure("get", 0, Library(module.name, context.clone()), |_, _, library, cx| library.get(cx), cx);
        let set_module = table::closure("set", 1, Library(module.name, context.clone()), |_, args, library, cx| library.set(args.get_or_undefined(0), cx), cx);
        let accessor = PropertyDescriptor::builder().get(get_module).set(set_module).enumerable(false).configurable(true);
        context.define_property_or_throw(name, accessor, cx)?;
    }
    Ok(())
}

/// A built-in module that is loaded when its name is first used.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Library(#[unsafe_ignore_trace] &'static str, JsObject);

impl Library {
    fn get(&self, cx: &mut Context) -> JsResult<JsValue> {
        let Some(module) = Host::of(cx).builtin(self.0) else { return Ok(JsValue::undefined()) };
        let exports: JsValue = table::instantiate(module, cx)?.into();
        self.set(&exports, cx)?;
        Ok(exports)
    }

    fn set(&self, value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
        let own = PropertyDescriptor::builder().value(value.clone()).writable(true).enumerable(false).configurable(true);
        self.1.define_property_or_throw(js_string!(self.0), own, cx)?;
        Ok(JsValue::undefined())
    }
}
