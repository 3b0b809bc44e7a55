//! Fields of a Rust struct that a script sees as own properties: `stream._readableState.highWaterMark`.
//!
//! The names stand before any property a script adds. One that is removed is hidden until it is assigned; the state itself stays.

use std::cell::Cell;

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue,
    exotic::{InternalMethodPropertyContext, InternalObjectMethods, ORDINARY_INTERNAL_METHODS, ordinary_define_own_property, ordinary_delete, ordinary_get_own_property, ordinary_own_property_keys},
    object::NativeObject,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, Gc, Trace};
use coil_engine::{Host, table::Symbol};

/// A state whose fields show.
pub(super) trait Exposed: NativeObjectState {
    /// The fields' names, in order.
    const NAMES: &'static [&'static str];
    /// A field's value; `None` where it is not there now.
    fn field(this: &Gc<Self>, index: usize, cx: &mut Context) -> JsResult<Option<JsValue>>;
    /// Assigns a field.
    fn set_field(this: &Gc<Self>, index: usize, value: &JsValue, cx: &mut Context) -> JsResult<()>;
    /// The flags: what `Symbol(kState)` shows.
    fn flags(&self) -> &Cell<u32>;
}

/// What every exposed state is.
pub(super) trait NativeObjectState: Trace + 'static + Sized {}

impl<T: Trace + 'static> NativeObjectState for T {}

/// The data of the JavaScript object: a handle on the state.
#[derive(Trace, Finalize)]
pub(super) struct Shown<T: Exposed>(Gc<T>, #[unsafe_ignore_trace] Cell<u32>);

impl<T: Exposed> Shown<T> {
    pub(super) fn new(state: Gc<T>) -> Self {
        Self(state, Cell::new(0))
    }
}

impl<T: Exposed> JsData for Shown<T> {
    fn internal_methods(&self) -> &'static InternalObjectMethods {
        const {
            &InternalObjectMethods {
                __get_own_property__: get_own::<T>,
                __define_own_property__: define_own::<T>,
                __delete__: delete::<T>,
                __own_property_keys__: own_keys::<T>,
                ..ORDINARY_INTERNAL_METHODS
            }
        }
    }
}

/// The state behind an object, if it is one of ours.
pub(super) fn state_of<T: Exposed>(object: &JsObject) -> Option<Gc<T>>
where
    Shown<T>: NativeObject,
{
    object.downcast_ref::<Shown<T>>().map(|shown| shown.0.clone())
}

const FLAGS: Symbol = Symbol::Private("kState");

/// Whether a script has removed a field.
fn is_removed<T: Exposed>(object: &JsObject, index: usize) -> bool
where
    Shown<T>: NativeObject,
{
    object.downcast_ref::<Shown<T>>().is_some_and(|shown| shown.1.get() & (1 << index) != 0)
}

fn set_removed<T: Exposed>(object: &JsObject, index: usize, removed: bool)
where
    Shown<T>: NativeObject,
{
    if let Some(shown) = object.downcast_ref::<Shown<T>>() {
        let bits = shown.1.get() & !(1 << index);
        shown.1.set(bits | u32::from(removed) << index);
    }
}

fn index_of<T: Exposed>(key: &PropertyKey) -> Option<usize> {
    match key {
        PropertyKey::String(name) => T::NAMES.iter().position(|known| name == known),
        _ => None,
    }
}

fn is_flags(key: &PropertyKey, cx: &mut Context) -> bool {
    matches!(key, PropertyKey::Symbol(symbol) if *symbol == FLAGS.to_js(cx))
}

fn data_property(value: JsValue) -> PropertyDescriptor {
    PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true).build()
}

fn get_own<T: Exposed>(object: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<Option<PropertyDescriptor>> {
    cx.not_cacheable();
    let Some(state) = state_of::<T>(object) else { return ordinary_get_own_property(object, key, cx) };
    if let Some(index) = index_of::<T>(key).filter(|index| !is_removed::<T>(object, *index)) {
        return Ok(T::field(&state, index, cx)?.map(data_property));
    }
    if is_flags(key, cx) {
        return Ok(Some(data_property(state.flags().get().into())));
    }
    ordinary_get_own_property(object, key, cx)
}

fn define_own<T: Exposed>(object: &JsObject, key: &PropertyKey, descriptor: PropertyDescriptor, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    cx.not_cacheable();
    let Some(state) = state_of::<T>(object) else { return ordinary_define_own_property(object, key, descriptor, cx) };
    if let Some(index) = index_of::<T>(key) {
        let Some(value) = descriptor.value() else { return Ok(false) };
        T::set_field(&state, index, value, cx)?;
        set_removed::<T>(object, index, false);
        return Ok(true);
    }
    if is_flags(key, cx) {
        if let Some(value) = descriptor.value() {
            let bits = value.to_u32(cx)?;
            state.flags().set(bits);
        }
        return Ok(true);
    }
    ordinary_define_own_property(object, key, descriptor, cx)
}

fn delete<T: Exposed>(object: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    cx.not_cacheable();
    if let Some(index) = index_of::<T>(key) {
        set_removed::<T>(object, index, true);
        return Ok(true);
    }
    if is_flags(key, cx) {
        return Ok(false);
    }
    ordinary_delete(object, key, cx)
}

fn own_keys<T: Exposed>(object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let rest = ordinary_own_property_keys(object, cx)?;
    let mut keys = Vec::with_capacity(T::NAMES.len() + rest.len() + 1);
    if let Some(state) = state_of::<T>(object) {
        for (index, name) in T::NAMES.iter().copied().enumerate() {
            if !is_removed::<T>(object, index) && T::field(&state, index, cx)?.is_some() {
                let name: JsString = Host::of(cx).intern(name);
                keys.push(PropertyKey::String(name));
            }
        }
    }
    let strings = rest.iter().position(|key| matches!(key, PropertyKey::Symbol(_))).unwrap_or(rest.len());
    keys.extend_from_slice(&rest[..strings]);
    let flags = FLAGS.to_js(cx);
    keys.push(flags.into());
    keys.extend_from_slice(&rest[strings..]);
    Ok(keys)
}

/// An accessor of one bit.
macro_rules! bit {
    ($name:literal, $bit:expr) => {
        Export::accessor(
            $name,
            |this, _args, _cx| Ok(receiver(this).is_some_and(|state| state.has($bit)).into()),
            |this, args, _cx| {
                if let Some(state) = receiver(this) {
                    state.put($bit, args.get_or_undefined(0).to_boolean());
                }
                Ok(JsValue::undefined())
            },
        )
        .enumerable(false)
        .permanent()
    };
}

/// An accessor of a value.
macro_rules! property {
    ($name:literal, |$state:ident| $get:expr, |$to:ident, $value:ident| $set:expr) => {
        Export::accessor(
            $name,
            |this, _args, _cx| Ok(receiver(this).map_or_else(JsValue::null, |$state| $get)),
            |this, args, _cx| {
                if let Some($to) = receiver(this) {
                    let $value = args.get_or_undefined(0).clone();
                    $set
                }
                Ok(JsValue::undefined())
            },
        )
        .enumerable(false)
        .permanent()
    };
}

/// An accessor of a stream's prototype that shows something of a state, or `$missing` where the stream has none.
macro_rules! shown {
    ($state_of:ident, $name:literal, $missing:expr, |$state:ident| $show:expr) => {
        Export::getter($name, |this, _args, cx| {
            let Some(stream) = this.as_object() else { return Ok($missing) };
            Ok($state_of(&stream, cx)?.map_or_else(|| $missing, |$state| $show))
        })
        .enumerable(false)
        .permanent()
    };
}

pub(super) use {bit, property, shown};
