//! A class is data: a constructor, a prototype and statics as tables.
//!
//! `new X`, `X.call(this)`, `util.inherits`, `class Y extends X`, `instanceof` and the chain of statics hold as for a class
//! written in JavaScript. Where native state belongs to an instance, an [`Kind::Allocating`] class makes the object itself
//! (`JsObject::from_proto_and_data(cx-made prototype, data)`), the other kinds hang a [`Slot`](crate::Slot) on `this`.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, NativeFunction, js_string,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, HostConstructor},
    property::PropertyDescriptor,
};

use crate::{
    Host,
    table::{Member, define_all},
};

/// A public class, as data. Always a `static`.
pub struct Class {
    /// `X.name`.
    pub name: &'static str,
    /// `X.length`.
    pub length: u8,
    /// What it extends.
    pub extends: Parent,
    /// How it may be called.
    pub kind: Kind,
    /// Runs as the constructor's body: `this` is the object being made (undefined in an [`Kind::Allocating`] class).
    /// `cx.new_target()` tells construction from a call.
    pub init: NativeFunctionPointer,
    /// Properties of `X.prototype`, after `constructor`.
    pub prototype: &'static [Member],
    /// Properties of `X`.
    pub statics: &'static [Member],
}

/// What a class extends.
#[derive(Clone, Copy)]
pub enum Parent {
    /// Object, as a class without `extends`.
    None,
    /// Another native class.
    Class(&'static Class),
    /// A constructor of the engine or one made elsewhere, such as Uint8Array or Error.
    Constructor(fn(&mut Context) -> JsResult<JsObject>),
    /// Only the prototype chain goes on, as with `Object.setPrototypeOf(X.prototype, P)`.
    Prototype(fn(&mut Context) -> JsResult<JsObject>),
}

/// How a class may be called, and who makes its instances.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A constructor function: callable without `new` (on the given `this`); its members are enumerable.
    Legacy,
    /// As [`Kind::Legacy`], but a call without `new` constructs all the same.
    Callable,
    /// A `class`: calling it without `new` throws; its members are not enumerable.
    Modern,
    /// A `class` whose `init` makes and returns the object, with [`instance_prototype`] as its prototype.
    Allocating,
    /// As [`Kind::Allocating`], but callable without `new`: `init` decides by `cx.new_target()`.
    AllocatingLegacy,
    /// As [`Kind::Allocating`], of a class that V8 itself makes in the namespace with this name, which its error of a call without `new`
    /// tells; without one, a call without `new` constructs all the same.
    Native(Option<&'static str>),
}

/// What instantiating a class gives.
#[derive(Clone)]
pub struct Instantiated {
    /// `X`.
    pub constructor: JsObject,
    /// `X.prototype` at that time.
    pub prototype: JsObject,
}

impl Class {
    /// The constructor, made at the first call and the same from then on.
    pub fn constructor(&'static self, cx: &mut Context) -> JsResult<JsObject> {
        Ok(self.instantiated(cx)?.constructor)
    }

    /// The original prototype.
    pub fn prototype(&'static self, cx: &mut Context) -> JsResult<JsObject> {
        Ok(self.instantiated(cx)?.prototype)
    }

    /// `new X(...args)`.
    pub fn construct(&'static self, args: &[JsValue], cx: &mut Context) -> JsResult<JsObject> {
        self.constructor(cx)?.construct(args, None, cx)
    }

    /// Whether `value` has this class's original prototype on its chain.
    pub fn is_instance(&'static self, value: &JsValue, cx: &mut Context) -> JsResult<bool> {
        let Some(object) = value.as_object() else { return Ok(false) };
        let prototype = self.prototype(cx)?;
        let mut next = object.prototype();
        while let Some(object) = next {
            if JsObject::equals(&object, &prototype) {
                return Ok(true);
            }
            next = object.prototype();
        }
        Ok(false)
    }

    fn instantiated(&'static self, cx: &mut Context) -> JsResult<Instantiated> {
        let host = Host::of(cx);
        if let Some(found) = host.class_instance(self) {
            return Ok(found);
        }
        let (parent, parent_prototype) = self.parent(cx)?;
        let legacy = matches!(self.kind, Kind::Legacy | Kind::Callable | Kind::AllocatingLegacy);
        let allocating = matches!(self.kind, Kind::Allocating | Kind::AllocatingLegacy | Kind::Native(_));
        let native = match self.kind {
            Kind::Legacy | Kind::AllocatingLegacy => NativeFunction::from_fn_ptr(self.init),
            Kind::Callable => NativeFunction::from_copy_closure(move |this, args, cx| match cx.new_target() {
                Some(_) => (self.init)(this, args, cx),
                None => self.construct(args, cx).map(JsValue::from),
            }),
            Kind::Native(namespace) => NativeFunction::from_copy_closure(move |this, args, cx| match (cx.new_target(), namespace) {
                (None, Some(namespace)) => {
                    let name = self.name;
                    Err(JsNativeError::typ().with_message(format!("{namespace}.{name}(): {namespace}.{name} must be invoked with 'new'")).into())
                }
                _ => (self.init)(this, args, cx),
            }),
            Kind::Modern | Kind::Allocating => NativeFunction::from_copy_closure(move |this, args, cx| {
                if cx.new_target().is_none() {
                    let message = format!("Class constructor {} cannot be invoked without 'new'", self.name);
                    return Err(JsNativeError::typ().with_message(message).into());
                }
                (self.init)(this, args, cx)
            }),
        };
        let constructor: JsObject = FunctionObjectBuilder::new(cx.realm(), native)
            .name(js_string!(self.name))
            .length(self.length.into())
            .host_constructor(if allocating { HostConstructor::Allocating } else { HostConstructor::Ordinary })
            .build()
            .into();
        if let Some(parent) = parent {
            constructor.set_prototype(Some(parent));
        }
        let prototype = JsObject::from_proto_and_data(parent_prototype, boa_engine::builtins::object::OrdinaryObject);
        let made = Instantiated { constructor: constructor.clone(), prototype: prototype.clone() };
        host.set_class_instance(self, made.clone());

        let link = PropertyDescriptor::builder().enumerable(false).configurable(false);
        constructor.define_property_or_throw(js_string!("prototype"), link.value(prototype.clone()).writable(legacy), cx)?;
        let back = PropertyDescriptor::builder().enumerable(false).configurable(true).writable(true);
        prototype.define_property_or_throw(js_string!("constructor"), back.value(constructor.clone()), cx)?;
        define_all(&prototype, self.prototype, legacy, cx)?;
        define_all(&constructor, self.statics, legacy, cx)?;
        Ok(made)
    }

    fn parent(&self, cx: &mut Context) -> JsResult<(Option<JsObject>, Option<JsObject>)> {
        Ok(match self.extends {
            Parent::None => (None, Some(cx.intrinsics().constructors().object().prototype())),
            Parent::Class(class) => {
                let made = class.instantiated(cx)?;
                (Some(made.constructor), Some(made.prototype))
            }
            Parent::Constructor(find) => {
                let constructor = find(cx)?;
                let prototype = constructor.get(js_string!("prototype"), cx)?.as_object();
                (Some(constructor), prototype)
            }
            Parent::Prototype(find) => (None, Some(find(cx)?)),
        })
    }
}

/// The prototype for an object that the running constructor makes: `new.target.prototype`, else `class`'s own.
pub fn instance_prototype(class: &'static Class, cx: &mut Context) -> JsResult<JsObject> {
    if let Some(target) = cx.new_target()
        && let Some(prototype) = target.get(js_string!("prototype"), cx)?.as_object()
    {
        return Ok(prototype);
    }
    class.prototype(cx)
}
