//! `process.finalization`: callbacks for objects that are still alive when the program ends.

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string};
use boa_gc::GcRefCell;
use coil_engine::{
    Host,
    table::{self, Export},
    validate,
};

use crate::events;

/// One object, held weakly, and who is called for it.
#[derive(Clone, Trace, Finalize)]
struct Registered {
    weak: JsObject,
    callback: JsObject,
}

#[derive(Default, Trace, Finalize)]
struct Lists {
    exit: GcRefCell<Vec<Registered>>,
    before_exit: GcRefCell<Vec<Registered>>,
}

type Shared = boa_gc::Gc<Lists>;

#[derive(Default)]
struct State(std::cell::OnceCell<Shared>);

/// The object `process.finalization`.
pub(super) fn object(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    let rows: &[Export] = &[
        Export::function("register", 2, |_, args, cx| register(args, "exit", cx)),
        Export::function("registerBeforeExit", 2, |_, args, cx| register(args, "beforeExit", cx)),
        Export::function("unregister", 1, unregister),
    ];
    table::define_all(&object, rows, true, cx)?;
    Ok(object.into())
}

fn lists(cx: &mut Context) -> JsResult<Shared> {
    let state = Host::of(cx).state::<State>();
    if let Some(lists) = state.0.get() {
        return Ok(lists.clone());
    }
    let lists: Shared = boa_gc::Gc::new(Lists::default());
    let process = super::object(cx)?;
    for event in ["exit", "beforeExit"] {
        let tell = table::closure("", 0, lists.clone(), if event == "exit" { at_exit } else { before_exit }, cx);
        events::on(&process, js_string!(event), tell, cx)?;
    }
    Ok(state.0.get_or_init(|| lists).clone())
}

fn at_exit(_this: &JsValue, _args: &[JsValue], lists: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let all = lists.exit.borrow().clone();
    tell(all, "exit", cx)
}

fn before_exit(_this: &JsValue, _args: &[JsValue], lists: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let all = lists.before_exit.borrow().clone();
    tell(all, "beforeExit", cx)
}

fn tell(all: Vec<Registered>, event: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    for registered in all {
        let object = events::method(&registered.weak, "deref", &[], cx)?;
        if object.is_object() {
            registered.callback.call(&JsValue::undefined(), &[object, js_string!(event).into()], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn register(args: &[JsValue], event: &str, cx: &mut Context) -> JsResult<JsValue> {
    let object = match args.get_or_undefined(0) {
        function if function.is_callable() => function.clone(),
        value => validate::object(value, "obj", cx)?.into(),
    };
    let callback = validate::function(args.get_or_undefined(1), "fn", cx)?;
    let weak_ref = cx.global_object().get(js_string!("WeakRef"), cx)?.to_object(cx)?;
    let weak = weak_ref.construct(&[object], None, cx)?;
    let lists = lists(cx)?;
    let list = if event == "exit" { &lists.exit } else { &lists.before_exit };
    list.borrow_mut().push(Registered { weak, callback: callback.into() });
    Ok(JsValue::undefined())
}

fn unregister(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = args.get_or_undefined(0);
    let lists = lists(cx)?;
    for list in [&lists.exit, &lists.before_exit] {
        let all = list.borrow().clone();
        let mut kept = Vec::new();
        for registered in all {
            if !events::method(&registered.weak, "deref", &[], cx)?.strict_equals(object) {
                kept.push(registered);
            }
        }
        *list.borrow_mut() = kept;
    }
    Ok(JsValue::undefined())
}
