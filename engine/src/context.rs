//! Joins Boa's context and the host.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::promise::{OperationType, Promise},
    context::{
        ContextBuilder, HostHooks, WaitEnd,
        time::{Clock, JsInstant},
    },
    job::JobCallback,
    module::ModuleLoader,
    object::builtins::JsFunction,
};
use boa_gc::{Finalize, Trace};
use coil_sys::{Sys, TimeZone};

use crate::{
    Host,
    async_context::AsyncFrame,
    math_random::MathRandom,
    table::{Export, define_all},
    waits,
};

/// Builds a context whose job executor is `host`, with `globals` defined on its global object.
pub fn build<M: ModuleLoader + 'static>(host: &Rc<Host>, loader: Rc<M>, globals: &'static [Export]) -> JsResult<Context> {
    host.note("nodeStart");
    let mut cx = ContextBuilder::new()
        .can_block(true)
        .host_hooks(Rc::new(Hooks { sys: host.sys().clone(), random: RefCell::default(), zone: RefCell::default() }))
        .clock(Rc::new(SysClock(host.sys().clone())))
        .job_executor(host.clone())
        .module_loader(loader)
        .build()?;
    host.note("v8Start");
    let limits = cx.runtime_limits_mut();
    limits.set_recursion_limit(RECURSION_MAX);
    limits.set_stack_size_limit(STACK_VALUES_MAX);
    define_all(&cx.global_object(), globals, false, &mut cx)?;
    Ok(cx)
}

/// JavaScript frames: about what V8's default stack holds.
const RECURSION_MAX: usize = 10_800;
/// Values on the interpreter's stack: arguments of `f(...array)` count.
const STACK_VALUES_MAX: usize = 4_000_000;

struct Hooks {
    sys: Sys,
    random: RefCell<Option<Box<MathRandom>>>,
    /// The local time zone, and how often it had changed when it was read.
    zone: RefCell<Option<(u64, TimeZone)>>,
}

impl HostHooks for Hooks {
    fn wait_async(&self, resolve: &JsFunction, cx: &mut Context) -> Option<WaitEnd> {
        Some(waits::begin(&Host::of(cx), resolve))
    }

    fn make_job_callback(&self, callback: JsFunction, cx: &mut Context) -> JobCallback {
        match Host::of(cx).async_frame() {
            Some(frame) => JobCallback::new(callback, Captured(frame)),
            None => JobCallback::new(callback, ()),
        }
    }

    fn call_job_callback(&self, job: &JobCallback, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
        let frame = job.host_defined().downcast_ref::<Captured>().map(|captured| captured.0.clone());
        let host = Host::of(cx);
        if frame.is_none() && host.async_frame.borrow().is_none() {
            return job.callback().call(this, args, cx);
        }
        host.with_frame(frame, cx, |cx| host.in_domain(cx, |cx| job.callback().call(this, args, cx)))
    }

    fn promise_rejection_tracker(&self, promise: &JsObject<Promise>, operation: OperationType, cx: &mut Context) {
        let host = Host::of(cx);
        match operation {
            OperationType::Reject => host.rejections.rejected(promise, host.async_frame()),
            OperationType::Handle => host.rejections.handled(promise),
        }
    }

    /// From the door's random source: a seeded door gives the same numbers in every run.
    fn random(&self) -> f64 {
        // Where the system has no random bytes the clock must do.
        let seed = || self.sys.random().script_seed().unwrap_or_else(|_| self.sys.clock().monotonic_ns());
        self.random.borrow_mut().get_or_insert_with(|| Box::new(MathRandom::new(seed()))).next()
    }

    fn create_global_object(&self, intrinsics: &boa_engine::context::intrinsics::Intrinsics) -> JsObject {
        crate::realms::global_object(intrinsics)
    }

    fn ensure_can_compile_strings(&self, realm: boa_engine::realm::Realm, _parameters: &[JsString], _body: &JsString, _direct: bool, cx: &mut Context) -> JsResult<()> {
        let forbidden = Host::of(cx).state::<crate::launch::Launch>().no_code_from_strings.get();
        if forbidden || realm.host_defined().get::<crate::realms::NoStrings>().is_some() {
            return Err(boa_engine::JsNativeError::eval().with_message("Code generation from strings disallowed for this context").into());
        }
        Ok(())
    }

    /// `Date` goes by `TZ`, or the machine's zone, as of now: a program may set `process.env.TZ`.
    fn local_timezone_offset_seconds(&self, unix_time_seconds: i64) -> i32 {
        let changes = self.sys.env().time_zone_changes();
        let mut known = self.zone.borrow_mut();
        match &*known {
            Some((as_of, zone)) if *as_of == changes => zone.offset_s_at(unix_time_seconds),
            _ => {
                let zone = self.sys.time_zone();
                let offset = zone.offset_s_at(unix_time_seconds);
                *known = Some((changes, zone));
                offset
            }
        }
    }

    fn method_name(&self, this: &JsObject, function: &JsObject, cx: &Context) -> Option<&'static str> {
        Host::of(cx).method_name(this, function)
    }

    fn max_buffer_size(&self, _cx: &mut Context) -> u64 {
        BUFFER_BYTES_MAX
    }
}

/// Bytes in one ArrayBuffer; the limit of memory is mostly met before.
pub const BUFFER_BYTES_MAX: u64 = 1 << 36;

#[derive(Trace, Finalize, boa_engine::JsData)]
#[boa_gc(unsafe_no_drop)]
struct Captured(#[unsafe_ignore_trace] Rc<AsyncFrame>);

/// `Date` and the engine's waits read the door's clock, so that a frozen or virtual one holds everywhere.
struct SysClock(Sys);

impl Clock for SysClock {
    fn now(&self) -> JsInstant {
        let now = self.0.clock().monotonic_ns();
        JsInstant::new(now / NS_PER_S, (now % NS_PER_S) as u32)
    }

    fn system_time_millis(&self) -> i64 {
        self.0.clock().wall_ms()
    }
}

const NS_PER_S: u64 = 1_000_000_000;
