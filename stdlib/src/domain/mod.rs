//! `domain`: errors of what was started together, in one place.
//!
//! ```js
//! const domain = require('domain').create();
//! domain.on('error', (error) => console.log('caught', error.message));
//! domain.run(() => setTimeout(() => { throw new Error('late'); }, 10)); // caught late
//! ```
//!
//! Domains rest on the async context: entering one puts it into the current frame, and whatever is captured there runs in it later.
//! [`stack`] is the stack of entered domains, [`members`] what emitters do for theirs, [`handler`] what becomes of an uncaught error.
//!
//! Follows <https://nodejs.org/api/domain.html>.
//!
//! Differs from Node: nothing known.

mod handler;
mod members;
mod stack;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{
    Host,
    async_context::DomainHooks,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::{self, Export, NativeModule},
};

pub(crate) use self::{
    handler::{catch, clear, listens, reject},
    members::{emit, init_emitter},
    stack::{active, mark},
};
use crate::events::{self, EVENT_EMITTER};

/// `require('domain')`
pub static MODULE: NativeModule = NativeModule {
    name: "domain",
    exports: &[
        Export::build("_stack", stack::array),
        Export::build("Domain", load),
        Export::function("createDomain", 0, |_this, _args, cx| DOMAIN.construct(&[], cx).map(JsValue::from)),
        Export::alias("create", "createDomain"),
        Export::null("active"),
    ],
};

/// `domain.Domain`
pub(crate) static DOMAIN: Class = Class {
    name: "Domain",
    length: 0,
    extends: Parent::Class(&EVENT_EMITTER),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Export::undefined("members").enumerable(true),
        Export::renamed("_errorHandler", "", 1, handler::error_handler).enumerable(true),
        Export::renamed("enter", "", 0, |this, _args, cx| {
            stack::enter(&this.to_object(cx)?, cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::renamed("exit", "", 0, |this, _args, cx| {
            stack::exit(&this.to_object(cx)?, cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::renamed("add", "", 1, members::add).enumerable(true),
        Export::renamed("remove", "", 1, members::remove).enumerable(true),
        Export::renamed("run", "", 1, run).enumerable(true),
        Export::renamed("intercept", "", 1, intercept).enumerable(true),
        Export::renamed("bind", "", 1, bind).enumerable(true),
    ],
    statics: &[],
};

fn construct(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = this.to_object(cx)?;
    events::init_emitter(&domain, &JsValue::undefined(), cx)?;
    let members = JsArray::new(cx)?;
    domain.create_data_property_or_throw(js_string!("members"), members, cx)?;
    let follow = table::function(|_, _, _| Ok(JsValue::undefined()), js_string!("updateExceptionCapture"), 0, cx);
    events::on(&domain, js_string!("removeListener"), follow.clone(), cx)?;
    events::on(&domain, js_string!("newListener"), follow, cx)?;
    Ok(JsValue::undefined())
}

/// What loading the module changes: `process.domain`, emitters, callbacks.
fn load(cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    if crate::process::has_capture(cx) {
        let message = "A callback was registered through process.setUncaughtExceptionCaptureCallback(), which is mutually exclusive with using the `domain` module";
        return Err(errors::coded(Base::Error, "ERR_DOMAIN_CALLBACK_NOT_AVAILABLE", message, cx));
    }
    host.set_domain_hooks(&HOOKS);
    let here = errors::plain(Base::Error, "require(`domain`) at this point").into_opaque(cx)?.to_object(cx)?;
    let here = here.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy();
    stack::loaded(here, cx);
    let process = crate::process::object(cx)?;
    let get = table::function(|_, _, cx| Ok(stack::active(cx)), js_string!("get"), 0, cx);
    let set = table::function(stack::set_process_domain, js_string!("set"), 1, cx);
    let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(true).configurable(true);
    process.define_property_or_throw(js_string!("domain"), accessor, cx)?;
    let emitter = EVENT_EMITTER.constructor(cx)?;
    emitter.set(js_string!("usingDomains"), true, false, cx)?;
    DOMAIN.constructor(cx).map(JsValue::from)
}

/// The error of a capture callback that comes too late; it says where `domain` was loaded.
pub(crate) fn cannot_capture(cx: &mut Context) -> JsResult<JsError> {
    let message = "The `domain` module is in use, which is mutually exclusive with calling `process.setUncaughtExceptionCaptureCallback()`";
    let error = errors::coded_object(Base::Error, "ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE", message, cx)?;
    let stack = error.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy();
    let stack = format!("{stack}\n{}\n{}", "-".repeat(40), stack::state(cx).loaded_at.borrow());
    error.set(js_string!("stack"), js_string!(stack), false, cx)?;
    Ok(JsError::from_opaque(error.into()))
}

static HOOKS: DomainHooks = DomainHooks { enter: stack::enter, exit: stack::exit };

/// `domain.run(fn, ...args)`
fn run(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = this.to_object(cx)?;
    stack::enter(&domain, cx);
    let call = args.get_or_undefined(0);
    let result = call_value(call, this, args.get(1..).unwrap_or_default(), cx)?;
    stack::exit(&domain, cx);
    Ok(result)
}

fn call_value(call: &JsValue, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match call.as_callable() {
        Some(call) => call.call(this, args, cx),
        None => Err(errors::plain(Base::Type, format!("Function.prototype.apply was called on {}, which is {} and not a function", call.display(), errors::describe_type(call, cx)))),
    }
}

/// `domain.intercept(callback)`: an error as the first argument goes to the domain instead.
fn intercept(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let captured = (this.to_object(cx)?, args.get_or_undefined(0).clone());
    let run = table::closure(
        "runIntercepted",
        0,
        captured,
        |this, args, (domain, callback), cx| {
            let constructor = cx.intrinsics().constructors().error().constructor();
            if let Some(error) = args.get_or_undefined(0).as_object()
                && args[0].instance_of(&constructor.into(), cx)?
            {
                error.set(js_string!("domainBound"), callback.clone(), false, cx)?;
                error.set(js_string!("domainThrown"), false, false, cx)?;
                stack::define_domain(&error, domain.clone().into(), cx)?;
                events::emit(domain, js_string!("error"), &[error.into()], cx)?;
                return Ok(JsValue::undefined());
            }
            stack::enter(domain, cx);
            let result = call_value(callback, this, args.get(1..).unwrap_or_default(), cx)?;
            stack::exit(domain, cx);
            Ok(result)
        },
        cx,
    );
    Ok(run.into())
}

/// `domain.bind(callback)`
fn bind(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain: JsObject = this.to_object(cx)?;
    let run = table::closure(
        "runBound",
        0,
        (domain.clone(), args.get_or_undefined(0).clone()),
        |this, args, (domain, callback), cx| {
            stack::enter(domain, cx);
            let result = call_value(callback, this, args, cx)?;
            stack::exit(domain, cx);
            Ok(result)
        },
        cx,
    );
    stack::define_domain(&run, domain.into(), cx)?;
    Ok(run.into())
}
