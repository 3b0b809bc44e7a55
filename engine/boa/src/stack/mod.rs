//! The call stack as data: captured when an error is made or an embedder asks, turned into V8's text only when somebody reads it.

mod async_frames;
mod call_site;
mod error_stack;
mod frame;

pub(crate) use async_frames::Awaiter;
pub(crate) use error_stack::{StackIntrinsics, StackState, capture_from_caller, capture_native, construct_error, error_object, init_error_constructor};
pub use frame::{Frame, Location, constructor_name};
pub(crate) use frame::{TraceFrame, data_property, function_of, function_source, has_function, own_name};

use boa_gc::{Finalize, Trace};

use crate::{
    Context, JsError, JsObject, JsSymbol, JsValue,
    native_call::{HIDDEN, NativeFrame},
    native_function::NativeFunctionObject,
    realm::Realm,
    vm::{CallFrame, Stack, Vm, source_info::SourceInfo},
};

/// The frames of a moment, innermost first. Empty unless captured, and then a pointer.
#[derive(Debug, Clone, Default, Trace, Finalize)]
pub(crate) struct StackTrace(Option<Box<[TraceFrame]>>);

impl StackTrace {
    pub(crate) const EMPTY: Self = Self(None);

    pub(crate) fn frames(&self) -> &[TraceFrame] {
        self.0.as_deref().unwrap_or_default()
    }

    pub(crate) fn is_captured(&self) -> bool {
        self.0.is_some()
    }
}

/// Two errors are the same whatever stack they were made on.
impl PartialEq for StackTrace {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for StackTrace {}

/// Where a value was thrown: what outlives the frame.
#[derive(Debug, Clone)]
pub(crate) struct ThrowSite {
    pub(crate) source: SourceInfo,
    pub(crate) pc: u32,
}

/// From which frame on a trace is taken.
#[derive(Debug, Clone)]
pub(crate) enum From {
    /// The innermost one, native or not.
    Here,
    /// The caller of the native function that is running.
    Caller,
    /// The caller of this function; nothing at all where it is not on the stack.
    CallerOf(JsObject),
}

impl Vm {
    /// The innermost `limit` frames.
    pub(crate) fn stack_trace(&self, from: &From, limit: usize) -> StackTrace {
        let mut frames = Vec::with_capacity(limit.min(16));
        let mut waiting = matches!(from, From::CallerOf(_));
        let mut natives = self.native_frames.iter().rev().peekable();
        if matches!(from, From::Caller) && self.running_native().is_some() {
            natives.next();
        }
        let mut take = |frame: Walked<'_>| {
            if waiting {
                if let From::CallerOf(function) = from {
                    waiting = !frame.is(function);
                }
            } else if let Some(frame) = frame.capture() {
                frames.push(frame);
            }
            frames.len() < limit
        };
        // A generator runs on a stack of its own; those who resumed it left theirs aside.
        let (mut stack, mut outer) = (Some(&self.stack), self.outer_stacks.iter().rev());
        if limit > 0 {
            'walk: for depth in (1..=self.frames.len()).rev() {
                while let Some(native) = natives.next_if(|native| native.depth >= depth) {
                    if !take(Walked::Native(native)) {
                        break 'walk;
                    }
                }
                if depth > 1 {
                    let frame = &self.frames[depth - 1];
                    if !take(Walked::Script(frame, stack)) {
                        break;
                    }
                    if frame.registers_already_pushed() {
                        stack = outer.next();
                    }
                }
            }
        }
        if !waiting && frames.len() < limit {
            self.async_frames(&mut frames, limit);
        }
        StackTrace(Some(frames.into_boxed_slice()))
    }

    /// Where the innermost JavaScript frame stands.
    pub(crate) fn throw_site(&self) -> Option<Box<ThrowSite>> {
        let frame = self.frames.last().filter(|_| self.frames.len() > 1)?;
        Some(Box::new(ThrowSite { source: frame.code_block.source_info.clone(), pc: frame.pc.saturating_sub(1) }))
    }

    /// An instruction without a place throws what came by on its way out (through the closing of an iterator or a `finally`): where
    /// that was thrown first.
    pub(crate) fn site_of_rethrow(&mut self) -> Option<Box<ThrowSite>> {
        let site = self.throw_site()?;
        if site.source.map().find(site.pc).is_some() { Some(site) } else { self.caught_site.take() }
    }
}

/// Keeps out of the traces what V8 shows no frame for: `f.call`, `f.apply` and `Reflect.apply` go over into `f`, and the methods of a
/// string into those of a `RegExp`; `Array`, `Proxy` and `TypedArray` throw where they are called.
pub(crate) fn hide_forwarders(realm: &Realm) {
    let constructors = realm.intrinsics().constructors();
    let (function, regexp) = (constructors.function().prototype(), constructors.regexp().prototype());
    let reflect = realm.intrinsics().objects().reflect();
    let named = [(&function, "call"), (&function, "apply"), (&reflect, "apply"), (&reflect, "construct")].map(|(object, name)| (object, crate::js_string!(name).into()));
    let symbols = [JsSymbol::replace(), JsSymbol::r#match(), JsSymbol::match_all(), JsSymbol::search(), JsSymbol::split()].map(|symbol| (&regexp, symbol.into()));
    let methods = named.into_iter().chain(symbols).filter_map(|(object, key)| frame::data_property(object, &key)?.as_object());
    let classes = [constructors.array(), constructors.proxy(), constructors.typed_array()].map(|class| class.constructor());
    for method in methods.chain(classes) {
        if let Some(mut data) = method.downcast_mut::<NativeFunctionObject>() {
            data.location = Some(HIDDEN);
        }
    }
}

enum Walked<'a> {
    Native(&'a NativeFrame),
    Script(&'a CallFrame, Option<&'a Stack>),
}

impl Walked<'_> {
    fn is(&self, function: &JsObject) -> bool {
        match self {
            Self::Native(frame) => JsObject::equals(&frame.function, function),
            Self::Script(frame, stack) => frame::function_of(frame, *stack).is_some_and(|found| JsObject::equals(&found, function)),
        }
    }

    /// `None` for a frame that is nobody's business: a closure of the engine, or a function that its embedder hid.
    fn capture(&self) -> Option<TraceFrame> {
        match self {
            Self::Native(frame) => {
                let Some(data) = frame.function.downcast_ref::<NativeFunctionObject>() else {
                    return TraceFrame::constructor(frame);
                };
                let (named, hidden) = (!data.name.is_empty(), data.location == Some(HIDDEN));
                drop(data);
                let frame = TraceFrame::native(frame);
                (!hidden && (named || frame.function_name().is_some())).then_some(frame)
            }
            Self::Script(frame, stack) => Some(TraceFrame::script(frame, *stack)),
        }
    }
}

impl Context {
    /// The innermost `limit` frames after the first `skip`, as V8 would show them. The running native function is the first.
    pub fn capture_stack(&mut self, skip: usize, limit: usize) -> Vec<Frame> {
        let trace = self.vm.stack_trace(&From::Here, skip.saturating_add(limit));
        trace.frames().iter().skip(skip).map(|frame| frame.describe(self)).collect()
    }

    /// `eval at f (file:1:2)`: what stack traces say of code that the calling function compiles.
    pub(crate) fn eval_origin(&self) -> std::rc::Rc<str> {
        let Some(frame) = self.vm.frames.last().filter(|_| self.vm.frames.len() > 1) else { return "eval".into() };
        let frame = TraceFrame::script(frame, Some(&self.vm.stack));
        let name = frame.function_name().map_or_else(|| "<anonymous>".to_owned(), |name| name.to_std_string_lossy());
        format!("eval at {name} ({})", frame.place_text()).into()
    }

    /// How many frames an error takes: `Error.stackTraceLimit`, or `None` where a script made that something else than a number.
    pub(crate) fn stack_trace_limit(&self) -> Option<usize> {
        let constructor = self.intrinsics().constructors().error().constructor();
        let limit = frame::data_property(&constructor, &crate::js_string!("stackTraceLimit").into())?.as_number()?;
        Some(if limit.is_nan() { 0 } else { limit.clamp(0.0, 1000.0) as usize })
    }
}

impl JsError {
    /// Where this was thrown: the innermost JavaScript frame. For a `SyntaxError` of a source that did not compile, see
    /// `JsError::syntax_location`.
    #[must_use]
    pub fn throw_location(&self) -> Option<Location> {
        if let Some(site) = &self.site {
            return Some(Location::of(&site.source, site.pc));
        }
        self.as_opaque().and_then(error_location)
    }

    /// Where the source that a `SyntaxError` is about did not compile.
    #[must_use]
    pub fn syntax_location(&self) -> Option<Location> {
        if let Some(error) = self.as_native() {
            return error.place.as_deref().cloned();
        }
        let object = self.as_opaque()?.as_object()?;
        let error = object.downcast_ref::<crate::builtins::error::Error>()?;
        error.place.as_deref().cloned()
    }
}

/// Where an error object was made, from its trace: what is left of the place once a promise has carried it.
#[must_use]
pub fn error_location(value: &JsValue) -> Option<Location> {
    let object = value.as_object()?;
    let trace = error_stack::trace_of(&object)?;
    trace.frames().iter().find_map(TraceFrame::location)
}
