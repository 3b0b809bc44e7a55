//! `t.assert`: the functions of `node:assert` that count towards the test's plan, snapshots, and what was registered.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction, property::PropertyDescriptor};
use coil_engine::{Host, table, validate};

use super::{
    plan::Plan,
    snapshot,
    tree::{Carried, Test},
};

/// Assertions of `node:assert` that contexts offer, in Node's order.
const OFFERED: &[&str] = &[
    "deepEqual",
    "deepStrictEqual",
    "doesNotMatch",
    "doesNotReject",
    "doesNotThrow",
    "equal",
    "fail",
    "ifError",
    "match",
    "notDeepEqual",
    "notDeepStrictEqual",
    "notEqual",
    "notStrictEqual",
    "partialDeepStrictEqual",
    "rejects",
    "strictEqual",
    "throws",
];

/// What `assert.register` added or replaced.
#[derive(Default)]
struct Registered(RefCell<Vec<(JsString, JsFunction)>>);

/// `test.assert.register(name, fn)`
pub(super) fn register(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    let function = validate::function(args.get_or_undefined(1), "fn", cx)?;
    let registered = Host::of(cx).state::<Registered>();
    let mut list = registered.0.borrow_mut();
    match list.iter_mut().find(|(known, _)| *known == name) {
        Some(known) => known.1 = function,
        None => list.push((name, function)),
    }
    Ok(JsValue::undefined())
}

/// What one assertion of a context calls.
#[derive(Clone)]
struct Counted {
    plan: Option<Rc<Plan>>,
    call: JsFunction,
    this: JsValue,
}

/// The object of one context.
pub(super) fn of_context(context: &JsValue, test: &Rc<Test>, plan: Option<Rc<Plan>>, cx: &mut Context) -> JsResult<JsObject> {
    let assert = table::instantiate(&crate::assert::MODULE, cx)?;
    let target = JsObject::with_null_proto();
    let mut methods: Vec<(JsString, JsFunction)> = Vec::new();
    for name in OFFERED {
        let method = assert.get(JsString::from(*name), cx)?;
        if let Some(method) = method.as_function() {
            methods.push((JsString::from(*name), method));
        }
    }
    let carried = Carried(test.clone());
    methods.push((js_string!("snapshot"), table::closure("snapshot", 1, carried.clone(), |_this, args, carried, cx| snapshot::snapshot(&carried.0, args, cx), cx)));
    methods.push((js_string!("fileSnapshot"), table::closure("fileSnapshot", 2, carried, |_this, args, _carried, cx| snapshot::file_snapshot(args, cx), cx)));
    let registered = Host::of(cx).state::<Registered>().0.borrow().clone();
    let ok_replaced = registered.iter().any(|(name, _)| *name == js_string!("ok"));
    for (name, function) in registered {
        match methods.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = function,
            None => methods.push((name, function)),
        }
    }
    if !ok_replaced && let Some(ok) = assert.get(js_string!("ok"), cx)?.as_function() {
        methods.push((js_string!("ok"), ok));
    }
    for (name, call) in methods {
        let carried = Carried(Counted { plan: plan.clone(), call, this: context.clone() });
        let function = table::closure(
            "",
            0,
            carried,
            |_this, args, carried, cx| {
                if let Some(plan) = &carried.0.plan {
                    plan.count(cx)?;
                }
                carried.0.call.call(&carried.0.this, args, cx)
            },
            cx,
        );
        let function_name = PropertyDescriptor::builder().value(name.clone()).writable(false).enumerable(false).configurable(true);
        function.define_property_or_throw(js_string!("name"), function_name, cx)?;
        target.create_data_property_or_throw(name, function, cx)?;
    }
    Ok(target)
}
