//! The constructors of `Intl`: data, made once per realm.
//!
//! They differ from the classes of modules in what Node's tables do not have: one of each per realm, a prototype that is not writable,
//! `X(...)` without `new` for the three oldest.

use boa_engine::{
    Context, Finalize, JsData, JsError, JsObject, JsResult, JsValue, NativeFunction, Trace, js_string,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, HostConstructor, NativeObject},
    property::PropertyDescriptor,
};
use boa_gc::GcRefCell;
use coil_engine::{
    errors::{self, Base},
    table::{Export, closure, define_all},
};

use super::locales;

/// One constructor of `Intl`.
pub(super) struct Service {
    /// `NumberFormat`
    pub(super) name: &'static str,
    /// `Intl.NumberFormat`, also the prototype's tag.
    pub(super) full_name: &'static str,
    pub(super) length: u8,
    /// Whether it may be called without `new`.
    pub(super) callable: bool,
    pub(super) init: NativeFunctionPointer,
    pub(super) prototype: &'static [Export],
    pub(super) statics: &'static [Export],
}

/// What a realm has made of `Intl` so far.
#[derive(Default, Trace, Finalize, JsData)]
struct OfRealm {
    made: Vec<(usize, JsObject, JsObject)>,
}

impl Service {
    /// `Intl.X` of the realm that runs.
    pub(super) fn constructor(&'static self, cx: &mut Context) -> JsResult<JsObject> {
        Ok(self.made(cx)?.0)
    }

    /// `Intl.X.prototype` of the realm that runs.
    pub(super) fn prototype(&'static self, cx: &mut Context) -> JsResult<JsObject> {
        Ok(self.made(cx)?.1)
    }

    fn made(&'static self, cx: &mut Context) -> JsResult<(JsObject, JsObject)> {
        let key = std::ptr::from_ref(self) as usize;
        let found = cx.realm().host_defined().get::<OfRealm>().and_then(|realm| realm.made.iter().find(|made| made.0 == key).map(|made| (made.1.clone(), made.2.clone())));
        if let Some(found) = found {
            return Ok(found);
        }
        let (constructor, prototype) = self.make(cx)?;
        let realm = cx.realm().clone();
        let mut data = realm.host_defined_mut();
        if data.get::<OfRealm>().is_none() {
            data.insert(OfRealm::default());
        }
        if let Some(of_realm) = data.get_mut::<OfRealm>() {
            of_realm.made.push((key, constructor.clone(), prototype.clone()));
        }
        Ok((constructor, prototype))
    }

    fn make(&'static self, cx: &mut Context) -> JsResult<(JsObject, JsObject)> {
        let native = NativeFunction::from_copy_closure(move |this, args, cx| {
            if cx.new_target().is_none() && !self.callable {
                return Err(errors::plain(Base::Type, format!("Constructor {} requires 'new'", self.full_name)));
            }
            (self.init)(this, args, cx)
        });
        let constructor: JsObject = FunctionObjectBuilder::new(cx.realm(), native).name(js_string!(self.name)).length(self.length.into()).host_constructor(HostConstructor::Allocating).build().into();
        let prototype = JsObject::with_object_proto(cx.intrinsics());
        let link = PropertyDescriptor::builder().value(prototype.clone()).writable(false).enumerable(false).configurable(false);
        constructor.define_property_or_throw(js_string!("prototype"), link, cx)?;
        let back = PropertyDescriptor::builder().value(constructor.clone()).writable(true).enumerable(false).configurable(true);
        prototype.define_property_or_throw(js_string!("constructor"), back, cx)?;
        define_all(&prototype, self.prototype, false, cx)?;
        Export::tag(self.full_name).define(&prototype, false, cx)?;
        define_all(&constructor, self.statics, false, cx)?;
        Ok((constructor, prototype))
    }

    /// A new instance with `data`, for the constructor that runs.
    pub(super) fn instance<T: NativeObject>(&'static self, data: T, cx: &mut Context) -> JsResult<JsValue> {
        let fallback = self.prototype(cx)?;
        let prototype = cx.prototype_from_new_target(Some(&fallback))?;
        Ok(JsObject::from_proto_and_data(prototype, data).into())
    }
}

/// What `look` finds in the native state of `this`; V8's error for a foreign receiver.
pub(super) fn receiver<T: NativeObject, R>(this: &JsValue, method: &str, look: impl FnOnce(&T) -> R) -> JsResult<R> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<T>().map(|data| look(&data)));
    found.ok_or_else(|| incompatible(method, this))
}

/// A native state with a function that is bound to its instance: `format`, `compare`.
pub(super) trait Bound: NativeObject {
    /// The function, once it was asked for.
    fn bound(&self) -> &GcRefCell<Option<JsObject>>;
}

/// What a bound function does: its receiver, its arguments, its instance.
type BoundCall = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

/// The bound function of `this`, the same each time; `call` gets the instance.
pub(super) fn bound<T: Bound>(this: &JsValue, method: &str, length: u8, call: BoundCall, cx: &mut Context) -> JsResult<JsValue> {
    let known = receiver(this, method, |data: &T| data.bound().borrow().clone())?;
    if let Some(bound) = known {
        return Ok(bound.into());
    }
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    let bound = closure("", length, object.clone(), call, cx);
    if let Some(data) = object.downcast_ref::<T>() {
        *data.bound().borrow_mut() = Some(bound.clone().into());
    }
    Ok(bound.into())
}

/// `Method X called on incompatible receiver Y`
pub(super) fn incompatible(method: &str, this: &JsValue) -> JsError {
    errors::plain(Base::Type, format!("Method {method} called on incompatible receiver {}", shown(this)))
}

/// A value as V8 shows it in messages.
pub(super) fn shown(value: &JsValue) -> String {
    match value.as_object() {
        Some(object) if object.is_array() || object.is_callable() => value.display().to_string(),
        Some(object) => format!("#<{}>", boa_engine::stack::constructor_name(&object).to_std_string_lossy().trim_start_matches("Intl.")),
        None => match value.as_string() {
            Some(text) => text.to_std_string_lossy(),
            None => value.display().to_string(),
        },
    }
}

/// `Intl.X.supportedLocalesOf(locales, options)`
pub(super) const fn supported_locales_of(call: NativeFunctionPointer) -> Export {
    Export::function("supportedLocalesOf", 1, call)
}

/// What `supportedLocalesOf` of any service does.
pub(super) fn supported(args: &[JsValue], owner: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    locales::supported(args, owner, cx)
}
