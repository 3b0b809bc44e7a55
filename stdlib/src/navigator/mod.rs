//! The global `navigator`.
//!
//! | file | what |
//! |---|---|
//! | `locks.rs` | `navigator.locks` as scripts see it |
//! | `lock_table.rs` | the locks of the process |
//!
//! Differs from Node: nothing known.

mod lock_table;
mod locks;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    object::{IntegrityLevel, builtins::JsArray},
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

static NAVIGATOR: Class = Class {
    name: "Navigator",
    length: 0,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("hardwareConcurrency", |_, _, cx| Ok(Host::of(cx).sys().os().available_parallelism().into())).enumerable(true),
        Export::getter("locks", locks::manager).enumerable(true),
        Export::getter("language", |_, _, _| Ok(js_string!("en-US").into())).enumerable(true),
        Export::getter("languages", languages).enumerable(true),
        Export::getter("userAgent", |_, _, _| Ok(js_string!("Node.js/25").into())).enumerable(true),
        Export::getter("platform", platform).enumerable(true),
    ],
    statics: &[],
};

/// `navigator`
pub fn navigator(cx: &mut Context) -> JsResult<JsValue> {
    let prototype = NAVIGATOR.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject).into())
}

/// `Navigator`
pub fn constructor(cx: &mut Context) -> JsResult<JsValue> {
    NAVIGATOR.constructor(cx).map(JsValue::from)
}

/// What browsers say: `Linux x86_64`.
fn platform(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let (system, arch) = (host.sys().os().platform(), host.sys().os().arch());
    let text = match (system, arch) {
        ("darwin", _) => "MacIntel".to_owned(),
        ("win32", _) => "Win32".to_owned(),
        ("linux", "ia32") => "Linux i686".to_owned(),
        ("linux", "x64") => "Linux x86_64".to_owned(),
        _ => format!("{}{} {arch}", system[..1].to_uppercase(), &system[1..]),
    };
    Ok(js_string!(text).into())
}

#[derive(Default)]
struct Languages(std::cell::RefCell<Option<JsObject>>);

fn languages(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<Languages>();
    if let Some(made) = state.0.borrow().clone() {
        return Ok(made.into());
    }
    let made: JsObject = JsArray::from_iter([js_string!("en-US").into()], cx).into();
    made.set_integrity_level(IntegrityLevel::Frozen, cx)?;
    *state.0.borrow_mut() = Some(made.clone());
    Ok(made.into())
}
