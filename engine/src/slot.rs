//! Native state on an object that native code did not make.
//!
//! A `Slot<T>` is a hidden property of an ordinary object whose value is a `JsObject<T>`: what a class of [`Kind::Legacy`] or
//! [`Kind::Modern`](crate::class::Kind::Modern) uses when its constructor ran on a foreign `this`.
//!
//! [`Kind::Legacy`]: crate::class::Kind::Legacy

use boa_engine::{Context, JsObject, JsResult, JsValue, object::NativeObject, property::PropertyDescriptor};

use crate::{Host, errors};

/// Reads and writes the state of type `T` on objects.
pub struct Slot<T>(std::marker::PhantomData<T>);

impl<T: NativeObject> Slot<T> {
    /// Hangs `data` on `object`, replacing what hung there.
    pub fn set(object: &JsObject, data: T, cx: &mut Context) -> JsResult<JsObject<T>> {
        let holder = JsObject::shared(None, data, cx);
        let symbol = Host::of(cx).slot_symbol::<T>();
        let descriptor = PropertyDescriptor::builder().value(holder.clone().upcast()).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(symbol, descriptor, cx)?;
        Ok(holder)
    }

    /// The state on `object` or its prototype chain.
    pub fn get(object: &JsObject, cx: &mut Context) -> Option<JsObject<T>> {
        let symbol = Host::of(cx).slot_symbol::<T>();
        let mut holder = object.get(symbol, cx).ok()?.as_object()?;
        // A proxy may wrap all it gives: a hidden property is seen through it, as Node's are.
        while let Some(Some((target, _))) = holder.proxy_parts() {
            holder = target;
        }
        holder.downcast::<T>().ok()
    }

    /// The state of a receiver, or Node's error for a foreign one.
    pub fn of(this: &JsValue, class: &str, cx: &mut Context) -> JsResult<JsObject<T>> {
        let found = match this.as_object() {
            Some(object) => Self::get(&object, cx),
            None => None,
        };
        found.ok_or_else(|| errors::invalid_this(class, cx))
    }
}
