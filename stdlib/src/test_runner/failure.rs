//! `ERR_TEST_FAILURE`: why a test failed, with the error behind it as its `cause`.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string, property::PropertyDescriptor};
use coil_engine::errors::{self, Base};

/// `failureType`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    TestCode,
    SubtestsFailed,
    TestTimeout,
    Hook,
    CancelledByParent,
    ParentAlreadyFinished,
    CallbackAndPromise,
    MultipleCallback,
    Expected,
    UncaughtException,
    UnhandledRejection,
}

impl Failure {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TestCode => "testCodeFailure",
            Self::SubtestsFailed => "subtestsFailed",
            Self::TestTimeout => "testTimeoutFailure",
            Self::Hook => "hookFailed",
            Self::CancelledByParent => "cancelledByParent",
            Self::ParentAlreadyFinished => "parentAlreadyFinished",
            Self::CallbackAndPromise => "callbackAndPromisePresent",
            Self::MultipleCallback => "multipleCallbackInvocations",
            Self::Expected => "expectedFailure",
            Self::UncaughtException => "uncaughtException",
            Self::UnhandledRejection => "unhandledRejection",
        }
    }
}

/// The failure behind which `cause` stands.
pub(super) fn of(cause: JsValue, kind: Failure, cx: &mut Context) -> JsResult<JsValue> {
    let mut message = match cause.as_object() {
        Some(object) => object.get(js_string!("message"), cx)?,
        None => JsValue::undefined(),
    };
    if message.is_null_or_undefined() {
        message = cause.clone();
    }
    let message = match message.as_string() {
        Some(text) => text.to_std_string_lossy(),
        None => crate::show(&message, cx),
    };
    let object = errors::coded_object(Base::Error, "ERR_TEST_FAILURE", &message, cx)?;
    // It has no frames of its own: the cause has those that matter.
    let stack = PropertyDescriptor::builder().value(js_string!(format!("Error [ERR_TEST_FAILURE]: {message}"))).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(js_string!("stack"), stack, cx)?;
    object.create_data_property_or_throw(js_string!("failureType"), js_string!(kind.name()), cx)?;
    object.create_data_property_or_throw(js_string!("cause"), cause, cx)?;
    Ok(object.into())
}

/// A failure whose cause is a text.
pub(super) fn text(message: &str, kind: Failure, cx: &mut Context) -> JsResult<JsValue> {
    of(js_string!(message).into(), kind, cx)
}

/// The same, to be thrown.
pub(super) fn thrown(message: &str, kind: Failure, cx: &mut Context) -> JsError {
    text(message, kind, cx).map_or_else(|error| error, JsError::from_opaque)
}

/// Whether a value is such a failure.
pub(super) fn is_failure(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if object.error_kind().is_none() {
        return Ok(false);
    }
    Ok(object.get(js_string!("code"), cx)?.as_string().is_some_and(|code| code == "ERR_TEST_FAILURE"))
}

/// `failureType` of a failure.
pub(super) fn kind_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    Ok(object.get(js_string!("failureType"), cx)?.as_string().map(|kind| kind.to_std_string_lossy()))
}

pub(super) fn set_kind(value: &JsValue, kind: Failure, cx: &mut Context) -> JsResult<()> {
    if let Some(object) = value.as_object() {
        object.set(js_string!("failureType"), js_string!(kind.name()), false, cx)?;
    }
    Ok(())
}

pub(super) fn set_cause(value: &JsValue, cause: JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(object) = value.as_object() {
        object.set(js_string!("cause"), cause, false, cx)?;
    }
    Ok(())
}

/// `cause`
pub(super) fn cause(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    match value.as_object() {
        Some(object) => object.get(js_string!("cause"), cx),
        None => Ok(JsValue::undefined()),
    }
}

/// The cause of a failure of the test's own code.
pub(super) fn cause_of_test_code(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsValue>> {
    if is_failure(value, cx)? && kind_of(value, cx)?.as_deref() == Some(Failure::TestCode.name()) {
        let cause = cause(value, cx)?;
        return Ok(cause.to_boolean().then_some(cause));
    }
    Ok(None)
}

/// `new AbortError(message)`
pub(super) fn abort_error(message: &str, cx: &mut Context) -> JsResult<JsObject> {
    errors::abort_object(Some(message), None, cx)
}
