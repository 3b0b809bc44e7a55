//! Functions and classes.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, class::Kind};

use super::{Formatter, Plan, Text};

impl Formatter {
    /// `[Function: f]`, `[class A extends B]`
    pub(super) fn function_base(&mut self, object: &JsObject, plan: &Plan, cx: &mut Context) -> JsResult<Text> {
        let traits = object.function_traits();
        if traits.class || traits.native && is_native_class(object, cx) {
            return self.class_base(object, plan, cx);
        }
        let mut kind = String::from("Function");
        if traits.generator {
            kind.insert_str(0, "Generator");
        }
        if traits.is_async || super::super::types::is_native_async(object, cx) {
            kind.insert_str(0, "Async");
        }
        let mut base = Text::from("[");
        base.push_str(&kind);
        if plan.constructor.is_none() {
            base.push_str(" (null prototype)");
        }
        let name = object.get(js_string!("name"), cx)?;
        match name.as_string() {
            Some(name) if name.is_empty() => base.push_str(" (anonymous)"),
            Some(name) => {
                base.push_str(": ");
                base.push_js(name.as_str());
            }
            None => {
                base.push_str(": ");
                let shown = self.value(&name, 0, false, cx)?;
                base.push(&shown);
            }
        }
        base.push_ascii(b']');
        if let Some(constructor) = &plan.constructor
            && constructor.as_bytes() != kind.as_bytes()
        {
            base.push_ascii(b' ');
            base.push(constructor);
        }
        if !plan.tag.is_empty() && plan.constructor.as_ref() != Some(&plan.tag) {
            base.push_str(" [");
            base.push(&plan.tag);
            base.push_ascii(b']');
        }
        Ok(base)
    }

    fn class_base(&mut self, object: &JsObject, plan: &Plan, cx: &mut Context) -> JsResult<Text> {
        let mut base = Text::from("[class ");
        let own = object.has_own_property(js_string!("name"), cx)?;
        let name = if own { object.get(js_string!("name"), cx)? } else { JsValue::undefined() };
        if name.to_boolean() {
            base.push_js(name.to_string(cx)?.as_str());
        } else {
            base.push_str("(anonymous)");
        }
        if let Some(constructor) = &plan.constructor
            && constructor.as_bytes() != b"Function"
        {
            base.push_str(" [");
            base.push(constructor);
            base.push_ascii(b']');
        }
        if !plan.tag.is_empty() && plan.constructor.as_ref() != Some(&plan.tag) {
            base.push_str(" [");
            base.push(&plan.tag);
            base.push_ascii(b']');
        }
        if plan.constructor.is_none() {
            base.push_str(" extends [null prototype]");
        } else if let Some(parent) = object.prototype_of(cx)? {
            let parent = parent.get(js_string!("name"), cx)?;
            if parent.to_boolean() {
                base.push_str(" extends ");
                base.push_js(parent.to_string(cx)?.as_str());
            }
        }
        base.push_ascii(b']');
        Ok(base)
    }
}

/// Whether a native constructor stands for what Node writes as `class`.
fn is_native_class(object: &JsObject, cx: &Context) -> bool {
    Host::of(cx).class_of_constructor(object).is_some_and(|class| matches!(class.kind, Kind::Modern | Kind::Allocating))
}
