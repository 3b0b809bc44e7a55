//! An embedder's exotic object: process.env in small. Values become strings, unknown names come from the prototype.

use boa_engine::{
    Context, Finalize, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    exotic::{
        CallValue, InternalMethodCallContext, InternalObjectMethods, ORDINARY_INTERNAL_METHODS, ordinary_get, ordinary_has_property,
        ordinary_try_get,
    },
    property::{Attribute, PropertyDescriptor, PropertyKey},
};
use std::cell::RefCell;

use crate::check;

#[derive(Trace, Finalize)]
struct Environment {
    #[unsafe_ignore_trace]
    variables: RefCell<Vec<(PropertyKey, JsString)>>,
}

impl Environment {
    fn find(object: &JsObject, key: &PropertyKey) -> Option<JsString> {
        let environment = object.downcast_ref::<Self>()?;
        let variables = environment.variables.borrow();
        variables.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }
}

impl JsData for Environment {
    fn internal_methods(&self) -> &'static InternalObjectMethods {
        static METHODS: InternalObjectMethods = InternalObjectMethods {
            __get_own_property__: |object, key, _| {
                Ok(Environment::find(object, key).map(|value| PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true).build()))
            },
            __get__: |object, key, receiver, cx| {
                cx.not_cacheable();
                match Environment::find(object, key) {
                    Some(value) => Ok(value.into()),
                    None => ordinary_get(object, key, receiver, cx),
                }
            },
            __try_get__: |object, key, receiver, cx| {
                cx.not_cacheable();
                match Environment::find(object, key) {
                    Some(value) => Ok(Some(value.into())),
                    None => ordinary_try_get(object, key, receiver, cx),
                }
            },
            __has_property__: |object, key, cx| Ok(Environment::find(object, key).is_some() || ordinary_has_property(object, key, cx)?),
            __set__: |object, key, value, _, cx| {
                cx.not_cacheable();
                let value = value.to_string(cx)?;
                let environment = object.downcast_ref::<Environment>().unwrap();
                let mut variables = environment.variables.borrow_mut();
                variables.retain(|(name, _)| *name != key);
                variables.push((key, value));
                Ok(true)
            },
            __delete__: |object, key, cx| {
                cx.not_cacheable();
                object.downcast_ref::<Environment>().unwrap().variables.borrow_mut().retain(|(name, _)| name != key);
                Ok(true)
            },
            __own_property_keys__: |object, _| Ok(object.downcast_ref::<Environment>().unwrap().variables.borrow().iter().map(|(name, _)| name.clone()).collect()),
            ..ORDINARY_INTERNAL_METHODS
        };
        &METHODS
    }
}

#[derive(Trace, Finalize)]
struct Callable;

impl JsData for Callable {
    fn internal_methods(&self) -> &'static InternalObjectMethods {
        static METHODS: InternalObjectMethods = InternalObjectMethods { __call__: call, ..ORDINARY_INTERNAL_METHODS };
        &METHODS
    }
}

fn call(_: &JsObject, argument_count: usize, cx: &mut InternalMethodCallContext<'_>) -> JsResult<CallValue> {
    let (this, args) = cx.take_call(argument_count);
    let answer = js_string!(&this.to_string(cx)?, &args.first().cloned().unwrap_or_default().to_string(cx)?);
    Ok(CallValue::complete(answer, cx))
}

fn prepare(cx: &mut Context) {
    let prototype = cx.intrinsics().constructors().object().prototype();
    let callable = JsObject::from_proto_and_data(prototype.clone(), Callable);
    cx.register_global_property(js_string!("callable"), callable, Attribute::all()).unwrap();
    let env = JsObject::from_proto_and_data(prototype, Environment { variables: RefCell::default() });
    cx.register_global_property(js_string!("env"), env, Attribute::all()).unwrap();
}

#[test]
fn methods() {
    check(
        prepare,
        &[
            ("env.A = 1; env.B = null; [typeof env.A, env.B, Object.keys(env), JSON.stringify(env), 'A' in env, 'C' in env, env.C]", "string,null,A,B,{\"A\":\"1\",\"B\":\"null\"},true,false,"),
            ("env.A = 1; delete env.A; 'A' in env", "false"),
            ("let r = []; for (let i = 0; i < 4; i++) { r.push(typeof env.toString); if (i == 1) env.toString = 'x' } r.join()", "function,function,string,string"),
            ("env.Q = 2; with (env) { Q }", "2"),
            ("let f = { f: callable, toString() { return 'this' } }; f.f('!')", "this!"),
            ("new env", "!TypeError: env is not a constructor"),
        ],
    );
}

#[test]
fn in_front_of_another_object() {
    let cx = &mut Context::default();
    let target = cx.eval(boa_engine::Source::from_bytes("({ get who() { return this.name }, name: 'target' })")).unwrap().as_object().unwrap();
    let receiver = cx.eval(boa_engine::Source::from_bytes("({ name: 'receiver' })")).unwrap();
    let key = PropertyKey::from(js_string!("who"));
    assert_eq!(target.get_with_receiver(&key, receiver, cx).unwrap(), JsValue::from(js_string!("receiver")));
    assert!(target.own_property(&key, cx).unwrap().unwrap().is_accessor_descriptor());
    assert!(target.delete_own(&key, cx).unwrap());
    assert_eq!(target.try_get_with_receiver(&key, JsValue::undefined(), cx).unwrap(), None);
}
