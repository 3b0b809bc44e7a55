//! The `stack` of error objects, and what `Error` has beside the standard: `captureStackTrace`, `stackTraceLimit`, `prepareStackTrace`.
//!
//! As in V8 14, `stack` is an own accessor property whose getter and setter all errors share; the trace itself is hidden. The text is
//! made at the first read: from then on it stays, whatever happens to the message.

use std::cell::Cell;

use boa_gc::{Finalize, Trace};

use super::{From, Location, StackTrace, call_site::CallSite};
use crate::{
    Context, JsArgs, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::{
        Array, BuiltInBuilder,
        error::{Error, ErrorKind},
        proxy::Proxy,
    },
    js_string,
    object::{JsFunction, PrivateElement, PrivateName},
    property::{PropertyDescriptor, PropertyKey},
    realm::Realm,
};

/// The trace of one error: not asked for yet, or whatever its text has become.
#[derive(Debug, Clone, Default, Trace, Finalize)]
pub(crate) enum StackState {
    /// `Error.stackTraceLimit` was no number.
    #[default]
    None,
    Pending(StackTrace),
    Formatted(JsValue),
}

impl StackState {
    pub(crate) fn trace(&self) -> Option<&StackTrace> {
        match self {
            Self::Pending(trace) => Some(trace),
            Self::None | Self::Formatted(_) => None,
        }
    }
}

/// The stack of an error says nothing about its being equal to another.
impl PartialEq for StackState {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for StackState {}

/// What every realm has one of.
#[derive(Debug, Trace, Finalize)]
pub(crate) struct StackIntrinsics {
    getter: JsFunction,
    setter: JsFunction,
    /// The `Error.prepareStackTrace` that is there from the start, and says what the engine says.
    prepare: JsFunction,
    pub(super) call_site: JsObject,
}

impl Default for StackIntrinsics {
    fn default() -> Self {
        Self {
            getter: JsFunction::empty_intrinsic_function(false),
            setter: JsFunction::empty_intrinsic_function(false),
            prepare: JsFunction::empty_intrinsic_function(false),
            call_site: JsObject::with_null_proto(),
        }
    }
}

/// A trace that `Error.captureStackTrace` gave to an object that is no error: a private element holds it.
#[derive(Debug, Trace, Finalize, JsData)]
struct Captured {
    state: StackState,
}

fn private_name() -> PrivateName {
    PrivateName::new(js_string!("stack"), usize::MAX)
}

/// Furnishes `Error` of a new realm.
pub(crate) fn init_error_constructor(realm: &Realm) {
    let intrinsics = realm.intrinsics().objects().error_stack();
    let function = |object: &JsFunction, call, name: JsString, length| BuiltInBuilder::callable_with_object(realm, object.clone().into(), call).name(name).length(length).build();
    function(&intrinsics.getter, get_stack, js_string!(), 0);
    function(&intrinsics.setter, set_stack, js_string!(), 1);
    let prepare = function(&intrinsics.prepare, prepare_stack_trace, js_string!("ErrorPrepareStackTrace"), 2);
    let capture = BuiltInBuilder::callable(realm, capture_stack_trace).name(js_string!("captureStackTrace")).length(2).build();
    super::call_site::init(&intrinsics.call_site, realm);

    let constructor = realm.intrinsics().constructors().error().constructor();
    let property = |value: JsValue, enumerable| PropertyDescriptor::builder().value(value).writable(true).enumerable(enumerable).configurable(true);
    constructor.insert(js_string!("captureStackTrace"), property(capture.into(), false));
    constructor.insert(js_string!("prepareStackTrace"), property(prepare.into(), false));
    constructor.insert(js_string!("stackTraceLimit"), property(10.into(), true));
}

/// The object that an error constructor makes, with its stack.
pub(crate) fn construct_error(kind: ErrorKind, prototype: JsObject, context: &mut Context) -> JsObject {
    let from = match context.new_target() {
        Some(target) => From::CallerOf(target),
        None => From::Caller,
    };
    let state = capture(&from, context);
    let realm = context.realm().clone();
    new_error(Error::with_stack(kind, state), prototype, &realm, context)
}

/// The object of an error that Rust code returned.
pub(crate) fn error_object(kind: ErrorKind, prototype: JsObject, trace: StackTrace, place: Option<Box<Location>>, realm: &Realm, context: &Context) -> JsObject {
    let state = if trace.is_captured() { StackState::Pending(trace) } else { capture(&From::Here, context) };
    let mut error = Error::with_stack(kind, state);
    error.place = place;
    new_error(error, prototype, realm, context)
}

/// Takes the stack for an error that Rust code returned, while its frames are there.
pub(crate) fn capture_native(error: &mut JsNativeError, context: &Context) {
    if !error.trace.is_captured() {
        let limit = context.stack_trace_limit().unwrap_or(0);
        error.trace = context.vm.stack_trace(&From::Here, limit);
    }
}

/// The same for an error that stands at the call of `function`, which has a frame yet.
#[cold]
pub(crate) fn capture_from_caller(error: &mut JsNativeError, function: JsObject, context: &Context) {
    let limit = context.stack_trace_limit().unwrap_or(0);
    error.trace = context.vm.stack_trace(&From::CallerOf(function), limit);
}

/// An error object with its own `stack`.
fn new_error(error: Error, prototype: JsObject, realm: &Realm, context: &Context) -> JsObject {
    let object = JsObject::from_proto_and_data_with_shared_shape(context.root_shape(), prototype, error).upcast();
    object.insert(js_string!("stack"), accessor(realm));
    object
}

fn accessor(realm: &Realm) -> PropertyDescriptor {
    let functions = realm.intrinsics().objects().error_stack();
    PropertyDescriptor::builder().get(functions.getter.clone()).set(functions.setter.clone()).enumerable(false).configurable(true).build()
}

fn capture(from: &From, context: &Context) -> StackState {
    match context.stack_trace_limit() {
        Some(limit) => StackState::Pending(context.vm.stack_trace(from, limit)),
        None => StackState::None,
    }
}

/// Does something with the hidden trace of this very object.
fn with_state<R>(object: &JsObject, change: impl FnOnce(&mut StackState) -> R) -> Option<R> {
    if let Some(mut error) = object.downcast_mut::<Error>() {
        return Some(change(&mut error.stack));
    }
    let name = private_name();
    let captured = object.borrow().private_elements.iter().find_map(|(key, element)| match element {
        PrivateElement::Field(value) if *key == name => value.as_object(),
        _ => None,
    })?;
    let mut captured = captured.downcast_mut::<Captured>()?;
    Some(change(&mut captured.state))
}

/// The trace of an error whose text nobody has read yet.
pub(super) fn trace_of(object: &JsObject) -> Option<StackTrace> {
    with_state(object, |state| state.trace().cloned())?
}

/// The object along the prototypes that has a trace.
fn holder(this: &JsValue) -> Option<JsObject> {
    std::iter::successors(this.as_object(), |object| object.prototype()).find(|object| with_state(object, |_| ()).is_some())
}

/// The getter of `stack`.
fn get_stack(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(holder) = holder(this) else { return Ok(JsValue::undefined()) };
    // While the text is being made, a `message` or `name` that reads `stack` finds nothing.
    let state = with_state(&holder, |state| std::mem::replace(state, StackState::Formatted(JsValue::undefined()))).unwrap_or_default();
    let text = match &state {
        StackState::None => Ok(JsValue::undefined()),
        StackState::Formatted(text) => Ok(text.clone()),
        StackState::Pending(trace) => format(&holder, trace, context),
    };
    let state = match &text {
        Ok(text) => StackState::Formatted(text.clone()),
        Err(_) => state,
    };
    with_state(&holder, |found| *found = state);
    text
}

/// The setter of `stack`.
fn set_stack(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(holder) = holder(this) {
        let value = args.get_or_undefined(0).clone();
        with_state(&holder, |state| *state = StackState::Formatted(value));
    }
    Ok(JsValue::undefined())
}

/// `Error.captureStackTrace ( object [ , function ] )`
fn capture_stack_trace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    // A proxy is asked for nothing.
    let Some(object) = args.get_or_undefined(0).as_object().filter(|object| !object.is::<Proxy>()) else {
        return Err(JsNativeError::typ().with_message("invalid_argument").into());
    };
    let from = match args.get_or_undefined(1).as_callable() {
        Some(function) => From::CallerOf(function.clone().into()),
        None => From::Caller,
    };
    capture_into(&object, &from, context)?;
    Ok(JsValue::undefined())
}

fn capture_into(object: &JsObject, from: &From, context: &mut Context) -> JsResult<()> {
    let state = capture(from, context);
    let realm = context.realm().clone();
    if !object.define_own(&PropertyKey::from(js_string!("stack")), accessor(&realm), context)? {
        let problem = if object.is_extensible(context)? { "Cannot redefine property: stack" } else { "Cannot define property stack, object is not extensible" };
        return Err(JsNativeError::typ().with_message(problem).into());
    }
    let mut state = Some(state);
    if with_state(object, |found| *found = state.take().unwrap_or_default()).is_none() {
        let captured = JsObject::from_proto_and_data(None, Captured { state: state.unwrap_or_default() });
        object.borrow_mut().append_private_element(private_name(), PrivateElement::Field(captured.into()));
    }
    Ok(())
}

impl Context {
    /// `Error.captureStackTrace`: gives an object a `stack` that begins with the caller of `function`, or of the running native
    /// function.
    ///
    /// # Errors
    ///
    /// A `TypeError` where the object takes no property.
    pub fn capture_stack_trace(&mut self, object: &JsObject, function: Option<&JsObject>) -> JsResult<()> {
        capture_into(object, &function.map_or(From::Caller, |function| From::CallerOf(function.clone())), self)
    }

    /// An error object of the given kind and prototype, with the stack of this moment; nothing else is on it yet. For an embedder's own
    /// error classes: it is what `super(message)` of a class that extends `Error` starts with.
    pub fn new_error_object(&mut self, kind: ErrorKind, prototype: JsObject) -> JsObject {
        construct_error(kind, prototype, self)
    }
}

/// The `Error.prepareStackTrace` from the start: the text as the engine makes it.
fn prepare_stack_trace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut text = header(args.get_or_undefined(0), context)?;
    if let Some(sites) = args.get_or_undefined(1).as_object() {
        for index in 0..sites.length_of_array_like(context)? {
            text += "\n    at ";
            text += &sites.get(index, context)?.to_string(context)?.to_std_string_lossy();
        }
    }
    Ok(js_string!(text).into())
}

thread_local! {
    /// Whether an `Error.prepareStackTrace` runs.
    static PREPARING: Cell<bool> = const { Cell::new(false) };
}

fn format(error: &JsObject, trace: &StackTrace, context: &mut Context) -> JsResult<JsValue> {
    // A stack that is read while another is being prepared gets the text that the engine makes.
    if !PREPARING.get()
        && let Some((constructor, prepare)) = preparer(context)?
    {
        let sites: Vec<JsValue> = trace.frames().iter().map(|frame| CallSite::object(frame.clone(), context).into()).collect();
        let sites = Array::create_array_from_list(sites, context);
        PREPARING.set(true);
        let text = prepare.call(&constructor.into(), &[error.clone().into(), sites.into()], context);
        PREPARING.set(false);
        return text;
    }
    let mut text = header(&error.clone().into(), context)?;
    for frame in trace.frames() {
        text += "\n    at ";
        text += &frame.text(context);
    }
    Ok(js_string!(text).into())
}

/// The program's `prepareStackTrace`: that of the error's realm, whose getter runs, or of the first one, as Node asks them.
fn preparer(context: &mut Context) -> JsResult<Option<(JsObject, JsObject)>> {
    let first = context.vm.first_realm.clone();
    for realm in [context.realm().clone(), first] {
        let constructor = realm.intrinsics().constructors().error().constructor();
        let prepare = constructor.get(js_string!("prepareStackTrace"), context)?;
        let default = &realm.intrinsics().objects().error_stack().prepare;
        if let Some(prepare) = prepare.as_callable().filter(|prepare| !JsObject::equals(prepare, default)) {
            return Ok(Some((constructor, prepare)));
        }
    }
    Ok(None)
}

/// `Name: message`. What a getter throws is reported inside of the text, as V8 does.
fn header(error: &JsValue, context: &mut Context) -> JsResult<String> {
    let text = match Error::to_string(error, &[], context) {
        Ok(text) => text.to_string(context)?.to_std_string_lossy(),
        Err(thrown) => {
            let thrown = thrown.into_opaque(context)?;
            match Error::to_string(&thrown, &[], context) {
                Ok(text) => format!("<error: {}>", text.to_string(context)?.to_std_string_lossy()),
                Err(_) => "<error>".to_owned(),
            }
        }
    };
    Ok(text)
}
