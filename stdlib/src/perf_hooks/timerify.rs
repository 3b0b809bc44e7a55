//! `timerify`: a function that tells how long it takes.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string,
    object::{FunctionObjectBuilder, builtins::JsArray},
    property::PropertyDescriptor,
};
use boa_gc::{Finalize, Trace};
use coil_engine::{errors, table, validate};

use super::{
    entry::{PERFORMANCE_NODE_ENTRY, Record},
    histogram, now, observer,
};
use crate::events;

/// What a call of a timerified function leaves behind.
#[derive(Clone, Trace, Finalize)]
struct Timed {
    function: JsObject,
    histogram: Option<JsObject>,
}

/// `performance.timerify(fn[, options])`
pub(super) fn timerify(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let function: JsObject = validate::function(args.get_or_undefined(0), "fn", cx)?.into();
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    let given = match options {
        Some(options) => options.get(js_string!("histogram"), cx)?,
        None => JsValue::undefined(),
    };
    let histogram = if given.is_undefined() {
        None
    } else {
        match given.as_object().filter(histogram::is_histogram) {
            Some(object) if object.get(js_string!("record"), cx)?.is_callable() => Some(object),
            _ => return Err(errors::invalid_arg_type("options.histogram", "RecordableHistogram", &given, cx)),
        }
    };
    let name = function.get(js_string!("name"), cx)?.to_string(cx)?;
    let length = function.get(js_string!("length"), cx)?;
    let native = NativeFunction::from_copy_closure_with_captures(call, Timed { function, histogram });
    let timed: JsObject = FunctionObjectBuilder::new(cx.realm(), native).name(js_string!("timerified")).length(0).constructor(true).build().into();
    for (key, value) in [("length", length), ("name", js_string!(&js_string!("timerified "), &name).into())] {
        let fixed = PropertyDescriptor::builder().value(value).writable(false).enumerable(true).configurable(false);
        timed.define_property_or_throw(js_string!(key), fixed, cx)?;
    }
    Ok(timed.into())
}

fn call(this: &JsValue, args: &[JsValue], timed: &Timed, cx: &mut Context) -> JsResult<JsValue> {
    let constructs = cx.new_target().is_some();
    let start = now(cx);
    let result: JsValue = if constructs { timed.function.construct(args, None, cx)?.into() } else { timed.function.call(this, args, cx)? };
    if !constructs && let Some(promise) = result.as_object() {
        let finally = promise.get(js_string!("finally"), cx)?;
        if finally.is_callable() {
            let held = (timed.clone(), start, args.to_vec());
            let over = table::closure(
                "bound processComplete",
                0,
                held,
                |_, _, (timed, start, args), cx| {
                    complete(timed, *start, args, cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            );
            return events::call(&promise, &finally, "finally", &[over.into()], cx);
        }
    }
    complete(timed, start, args, cx)?;
    Ok(result)
}

fn complete(timed: &Timed, start: f64, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let duration = now(cx) - start;
    if let Some(histogram) = &timed.histogram {
        // A call faster than the clock still counts.
        let ns = (duration * 1e6).ceil().max(1.0);
        events::method(histogram, "record", &[ns.into()], cx)?;
    }
    if !observer::is_observed("function", cx) {
        return Ok(());
    }
    let name = timed.function.get(js_string!("name"), cx)?.to_string(cx)?.to_std_string_lossy();
    let detail = JsArray::from_iter(args.to_vec(), cx);
    let record = Record { name, kind: "function", start, duration, detail: detail.into() };
    let prototype = PERFORMANCE_NODE_ENTRY.prototype(cx)?;
    let entry = JsObject::new(cx.root_shape(), prototype, record).upcast();
    for (index, value) in args.iter().enumerate() {
        entry.create_data_property_or_throw(index as u64, value.clone(), cx)?;
    }
    observer::enqueue(&entry, "function", cx);
    Ok(())
}

/// Tells the observers of a type of Node's own of an entry that began at `began_ns` of the runtime and ends now.
pub(crate) fn tell_node_entry(kind: &'static str, name: &str, began_ns: u64, detail: &JsValue, cx: &mut Context) -> JsResult<()> {
    let start = began_ns as f64 / 1e6;
    let record = Record { name: name.to_owned(), kind, start, duration: now(cx) - start, detail: detail.clone() };
    let prototype = PERFORMANCE_NODE_ENTRY.prototype(cx)?;
    let entry = JsObject::new(cx.root_shape(), prototype, record).upcast();
    observer::enqueue(&entry, kind, cx);
    Ok(())
}
