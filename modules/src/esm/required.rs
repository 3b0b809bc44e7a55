//! `require` of an ES module: the graph is loaded, linked and evaluated at once, and may not wait.
//!
//! The CommonJS module that `require` makes for the file is the *shell* of the ES module: its `exports` become the namespace.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, Module, builtins::promise::PromiseState, js_string, module::SyntheticModuleInitializer, property::PropertyKey};
use coil_engine::{
    Host,
    errors::{self, Base},
    table,
};

use super::{State, make::parse, nested};
use crate::{
    cjs, explain, graph,
    urls::{path_of_url, url_of_path},
    warnings,
};

/// `require` of an ES module: loads, links and evaluates now; its namespace becomes `module.exports`.
pub fn require_esm(shell: &JsObject, path: &str, text: &str, cx: &mut Context) -> JsResult<()> {
    let url = url_of_path(path);
    let host = Host::of(cx);
    let state = host.state::<State>();
    let module = {
        let known = state.modules.borrow().get(&(url.clone(), String::new())).cloned();
        match known {
            Some(module) => module,
            None => {
                let module = parse(text, &url, cx)?;
                state.modules.borrow_mut().insert((url.clone(), String::new()), module.clone());
                module
            }
        }
    };
    let is_main = cjs::main_module(cx).is_some_and(|main| JsObject::equals(&main, shell));
    if is_main {
        *state.main.borrow_mut() = Some(url.clone());
    }
    if module.is_evaluating() {
        return Err(in_a_cycle(shell, path, cx));
    }
    trace_require(shell, path, cx)?;
    state.running.borrow_mut().push((shell.clone(), module.clone()));
    let result = evaluate_now(&module, shell, &url, is_main, cx);
    state.running.borrow_mut().pop();
    result?;
    let namespace = module.namespace(cx);
    let chosen = js_string!("module.exports");
    let exports = if namespace.has_own_property(chosen.clone(), cx)? { namespace.get(chosen, cx)? } else { with_es_module_flag(namespace, cx)? };
    shell.set(js_string!("exports"), exports, true, cx)?;
    Ok(())
}

/// Consumers of transpiled code ask for `__esModule` where there is a default export.
fn with_es_module_flag(namespace: JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let default = js_string!("default");
    let flag = js_string!("__esModule");
    if !namespace.has_own_property(default, cx)? || namespace.has_own_property(flag.clone(), cx)? {
        return Ok(namespace.into());
    }
    let mut names: Vec<JsString> = vec![flag];
    for key in namespace.own_property_keys(cx)? {
        if let PropertyKey::String(key) = key {
            names.push(key);
        }
    }
    let initializer = SyntheticModuleInitializer::from_copy_closure_with_captures(
        |module, namespace: &JsObject, cx| {
            module.set_export(&js_string!("__esModule"), true.into())?;
            for key in namespace.own_property_keys(cx)? {
                if let PropertyKey::String(key) = key {
                    let value = namespace.get(key.clone(), cx)?;
                    module.set_export(&key, value)?;
                }
            }
            Ok(())
        },
        namespace,
    );
    let wrapper = Module::synthetic(&names, initializer, None, None, cx);
    load_and_link(&wrapper, cx)?;
    settle(&wrapper.evaluate(cx)?.state())?;
    Ok(wrapper.namespace(cx).into())
}

fn load_and_link(module: &Module, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let state = host.state::<State>();
    state.requiring.set(state.requiring.get() + 1);
    let loaded = nested(cx, |cx| host.run_waiting_of(cx, |cx| module.load(cx)));
    state.requiring.set(state.requiring.get() - 1);
    if matches!(loaded.state(), PromiseState::Rejected(_)) {
        // The error is thrown here, so the promise counts as handled.
        loaded.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
    }
    settle(&loaded.state())?;
    module.link(cx).map_err(|error| explain::linking(error, cx))
}

/// The namespace of a module, which is evaluated first unless it runs already.
pub(super) fn namespace_of(module: &Module, cx: &mut Context) -> JsResult<JsObject> {
    if !module.is_evaluating() {
        load_and_link(module, cx)?;
        let evaluated = module.evaluate(cx)?;
        if matches!(evaluated.state(), PromiseState::Rejected(_)) {
            // The error is thrown here, so the promise counts as handled.
            evaluated.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
        }
        settle(&evaluated.state())?;
    }
    Ok(module.namespace(cx))
}

fn evaluate_now(module: &Module, shell: &JsObject, url: &str, is_main: bool, cx: &mut Context) -> JsResult<()> {
    load_and_link(module, cx)?;
    graph::mark_reached(url, &mut Host::of(cx).state::<State>().loaded.borrow_mut(), cx);
    let prints = Host::of(cx).state::<cjs::State>().prints_awaits.get();
    if !is_main && !prints && graph::awaiting(url, cx).is_some() {
        return Err(asynchronous(shell, url, cx));
    }
    let evaluated = module.evaluate(cx)?;
    match evaluated.state() {
        PromiseState::Pending if is_main => {
            crate::watch_main(evaluated, cx);
            Ok(())
        }
        PromiseState::Pending => {
            let place = if prints { graph::place_of_await(url, cx) } else { None };
            if let Some(place) = place {
                // Like Node, past the streams: the error that follows may end the program. A closed stream leaves nobody to tell.
                let _ = Host::of(cx).sys().fs().write(2, format!("Error: unexpected top-level await{place}").as_bytes(), None);
            }
            Err(asynchronous(shell, url, cx))
        }
        state => {
            if let PromiseState::Rejected(reason) = &state {
                // The error is thrown here, so the promise counts as handled.
                evaluated.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
                explain::evaluation(reason, url, cx)?;
            }
            settle(&state)
        }
    }
}

/// ERR_REQUIRE_ASYNC_MODULE
fn asynchronous(shell: &JsObject, url: &str, cx: &mut Context) -> JsError {
    let parent = cjs::parent_of(shell, cx).ok().and_then(|parent| parent.as_object());
    let from = parent.and_then(|parent| parent.get(js_string!("filename"), cx).ok()?.as_string());
    let from = from.map(|from| format!("\n  From {} ", from.to_std_string_lossy())).unwrap_or_default();
    let path = path_of_url(url).unwrap_or_else(|| url.to_owned());
    let message = format!(
        "require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the \
         top-level await comes from, use --experimental-print-required-tla.{from}\n  Requiring {path} "
    );
    errors::coded(Base::Error, "ERR_REQUIRE_ASYNC_MODULE", message, cx)
}

/// `--trace-require-module`
fn trace_require(shell: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let Some(spares_packages) = host.state::<cjs::State>().traces_esm.get() else { return Ok(()) };
    let parent = cjs::parent_of(shell, cx)?.as_object();
    let from = match parent {
        Some(parent) => parent.get(js_string!("filename"), cx)?.as_string().map(|name| name.to_std_string_lossy()),
        None => None,
    };
    if spares_packages && from.as_deref().is_some_and(|from| from.contains("/node_modules/")) {
        return Ok(());
    }
    let from = from.map_or_else(String::new, |from| format!(" {from}"));
    let message = format!("CommonJS module{from} is loading ES Module {path} using require().\nSupport for loading ES Module in require() is an experimental feature and might change at any time");
    warnings::emit(&message, Some("ExperimentalWarning"), None, cx)
}

fn settle(state: &PromiseState) -> JsResult<()> {
    match state {
        PromiseState::Rejected(reason) => Err(JsError::from_opaque(reason.clone())),
        _ => Ok(()),
    }
}

/// Whether a CommonJS module stands for an ES module that `require` runs.
pub(crate) fn is_shell_of_running(shell: &JsObject, cx: &Context) -> bool {
    Host::of(cx).state::<State>().running.borrow().iter().any(|(other, _)| JsObject::equals(other, shell))
}

/// What `require` gives for a module whose ES module is still running: a cycle through both worlds.
pub fn exports_of_running(shell: &JsObject, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let state = Host::of(cx).state::<State>();
    let running = state.running.borrow().iter().any(|(other, _)| JsObject::equals(other, shell));
    if running {
        let name = shell.get(js_string!("filename"), cx)?.to_string(cx)?.to_std_string_escaped();
        return Err(in_a_cycle(shell, &name, cx));
    }
    Ok(None)
}

/// ERR_REQUIRE_CYCLE_MODULE
fn in_a_cycle(shell: &JsObject, path: &str, cx: &mut Context) -> JsError {
    let parent = cjs::parent_of(shell, cx).ok().and_then(|parent| parent.as_object());
    let from = parent.and_then(|parent| parent.get(js_string!("filename"), cx).ok()).and_then(|name| name.as_string());
    let from = from.map(|name| format!("(from {}) ", name.to_std_string_lossy())).unwrap_or_default();
    let message = format!(
        "Cannot require() ES Module {path} in a cycle. {from}A cycle involving require(esm) is not allowed to maintain invariants mandated by the ECMAScript specification. \
         Try making at least part of the dependency in the graph lazily loaded."
    );
    errors::coded(Base::Error, "ERR_REQUIRE_CYCLE_MODULE", message, cx)
}
