//! `SyntheticModule`: exports that a callback sets.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, Trace};
use coil_engine::{class::instance_prototype, errors, table, validate};

use super::{
    SYNTHETIC_MODULE, common,
    linking::{instantiate, set_links},
    register,
    source::{make, parse},
    state_of,
};

#[derive(Clone, Trace, Finalize)]
pub(super) struct Synthetic {
    names: Vec<JsString>,
    /// What was set before the module had places for it.
    values: Vec<Option<JsValue>>,
    /// Sets one of its variables: `(index, value)`.
    place: Option<JsFunction>,
}

/// `new vm.SyntheticModule(exportNames, evaluateCallback[, options])`
pub(super) fn construct_synthetic(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let wrong = |value: &JsValue, cx: &mut Context| errors::invalid_arg_type("exportNames", "Array of unique strings", value, cx);
    let list = match given.as_object().filter(JsObject::is_array) {
        Some(list) => crate::events::elements(&list, cx)?,
        None => return Err(wrong(given, cx)),
    };
    let mut names: Vec<JsString> = Vec::new();
    for name in &list {
        let Some(name) = name.as_string() else { return Err(wrong(given, cx)) };
        if names.contains(&name) {
            let shown = JsValue::from(name.clone());
            return Err(errors::invalid_arg_value(&format!("exportNames.{}", name.to_std_string_lossy()), &shown, "is duplicated", cx));
        }
        names.push(name);
    }
    let callback = validate::function(args.get_or_undefined(1), "evaluateCallback", cx)?;
    let options = validate::options(args.get_or_undefined(2), "options", cx)?;
    let common = common(options.as_ref(), cx)?;
    let code = source_of(&names);
    let module = parse(&code, &common, cx)?;
    let prototype = instance_prototype(&SYNTHETIC_MODULE, cx)?;
    let values = vec![None; names.len()];
    let object = make(prototype, module, common, Vec::new(), false, code, Some(Synthetic { names, values, place: None }));
    let begin = table::closure("begin", 1, (object.clone(), callback), begin, cx);
    let meta = table::closure(
        "",
        2,
        begin,
        |_this, args, begin, cx| {
            let meta = args.get_or_undefined(0).to_object(cx)?;
            meta.create_data_property_or_throw(js_string!("begin"), begin.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    register(&object, None, Some(meta), cx);
    set_links(&object, Vec::new(), cx);
    instantiate(&object, cx)?;
    Ok(object.into())
}

/// A module with a variable for each name, which hands out a function that sets them.
fn source_of(names: &[JsString]) -> String {
    let variables: Vec<String> = (0..names.len()).map(|at| format!("e{at}")).collect();
    let exports: Vec<String> = names.iter().zip(&variables).map(|(name, variable)| format!("{variable} as {}", quoted(name))).collect();
    let cases: Vec<String> = variables.iter().enumerate().map(|(at, variable)| format!("case {at}: {variable} = value; break;")).collect();
    let declared = if variables.is_empty() { String::new() } else { format!("var {};", variables.join(", ")) };
    format!("export {{ {} }};{declared}import.meta.begin((at, value) => {{ switch (at) {{ {} }} }});\n", exports.join(", "), cases.join(" "))
}

/// A name as a string literal.
fn quoted(name: &JsString) -> String {
    let mut text = String::from("\"");
    for char in name.to_std_string_lossy().chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => text.push(char),
        }
    }
    text + "\""
}

/// The module is evaluated: its variables can be set from now on.
fn begin(_this: &JsValue, args: &[JsValue], (object, callback): &(JsObject, JsFunction), cx: &mut Context) -> JsResult<JsValue> {
    let place = args.get_or_undefined(0).as_function();
    let waiting = state_of(object, |state| {
        let mut synthetic = state.synthetic.borrow_mut();
        synthetic.as_mut().map(|synthetic| {
            synthetic.place.clone_from(&place);
            std::mem::take(&mut synthetic.values)
        })
    });
    if let Some(place) = place {
        for (at, value) in waiting.flatten().unwrap_or_default().into_iter().enumerate() {
            if let Some(value) = value {
                place.call(&JsValue::undefined(), &[(at as u32).into(), value], cx)?;
            }
        }
    }
    callback.call(&object.clone().into(), &[], cx)?;
    Ok(JsValue::undefined())
}

/// `module.setExport(name, value)`
pub(super) fn set_export(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object().filter(|object| state_of(object, |state| state.synthetic.borrow().is_some()) == Some(true));
    let Some(object) = object else { return Err(errors::invalid_this("SyntheticModule", cx)) };
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    let found = state_of(&object, |state| {
        let synthetic = state.synthetic.borrow();
        synthetic.as_ref().and_then(|synthetic| synthetic.names.iter().position(|known| *known == name).map(|at| (at, synthetic.place.clone())))
    });
    let Some((at, place)) = found.flatten() else {
        let message = format!("Export '{}' is not defined in module", name.to_std_string_lossy());
        return Err(boa_engine::JsNativeError::reference().with_message(message).into());
    };
    let value = args.get_or_undefined(1).clone();
    match place {
        Some(place) => drop(place.call(&JsValue::undefined(), &[(at as u32).into(), value], cx)?),
        None => {
            state_of(&object, |state| {
                if let Some(slot) = state.synthetic.borrow_mut().as_mut().and_then(|synthetic| synthetic.values.get_mut(at)) {
                    *slot = Some(value);
                }
            });
        }
    }
    Ok(JsValue::undefined())
}
