//! `trace_events`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('trace_events')`
pub static TRACE_EVENTS: NativeModule =
    NativeModule { name: "trace_events", exports: &[function!("createTracing", 1, "trace_events.createTracing()"), function!("getEnabledCategories", 0, "trace_events.getEnabledCategories()")] };
