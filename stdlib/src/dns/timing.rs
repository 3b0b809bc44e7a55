//! Entries of `performance` with the type `dns`: how long questions took, while somebody observes them.
//!
//! <https://nodejs.org/api/perf_hooks.html#performanceentrydetail>

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use crate::perf_hooks::measuring;

/// A question that waits for its answer. One that fails makes no entry.
pub(super) struct Timing {
    name: &'static str,
    /// As entries count: milliseconds since the start of the program.
    start: f64,
    detail: JsObject,
}

impl Timing {
    /// Begins to measure what is called `name`, where entries of this type are observed.
    pub fn begin(name: &'static str, asked: &[(&'static str, JsValue)], cx: &mut Context) -> Option<Self> {
        if !measuring::observed("dns", cx) {
            return None;
        }
        let detail = JsObject::with_object_proto(cx.intrinsics());
        let start = measuring::time(cx);
        let timing = Self { name, start, detail };
        timing.add(asked, cx).is_ok().then_some(timing)
    }

    /// The answer is there.
    pub fn end(self, found: &[(&'static str, JsValue)], cx: &mut Context) -> JsResult<()> {
        self.add(found, cx)?;
        measuring::entry("dns", self.name, self.start, self.detail, cx)
    }

    fn add(&self, fields: &[(&'static str, JsValue)], cx: &mut Context) -> JsResult<()> {
        for (key, value) in fields {
            self.detail.create_data_property_or_throw(js_string!(*key), value.clone(), cx)?;
        }
        Ok(())
    }
}
