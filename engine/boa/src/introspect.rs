//! What an object is and holds, without running JavaScript: what an inspector, a structural comparison and `util.types` ask.

use boa_gc::WeakGc;

use crate::{
    Context, JsBigInt, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{
        array::ArrayIterator,
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        async_generator::AsyncGenerator,
        dataview::DataView,
        date::Date,
        error::{Error, ErrorKind},
        function::{BoundFunction, OrdinaryFunction, arguments::{MappedArguments, UnmappedArguments}},
        generator::Generator,
        json::Json,
        map::{MapIterator, ordered_map::OrderedMap},
        promise::{Promise, PromiseState},
        proxy::Proxy,
        regexp::RegExp,
        set::{SetIterator, ordered_set::OrderedSet},
        typed_array::{TypedArray, TypedArrayKind},
        weak_map::NativeWeakMap,
        weak_set::NativeWeakSet,
    },
    module::ModuleNamespace,
    native_function::NativeFunctionObject,
    object::{ErasedVTableObject, shape::Shape},
    property::{PropertyKey, PropertyNameKind},
};

/// Which of the specification's internal slots an object has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Created by `{}` or a base class: no slots.
    Ordinary,
    /// An array exotic object.
    Array,
    /// Callable: see [`JsObject::function_traits`].
    Function,
    /// An `arguments` object.
    Arguments,
    /// An error made by an Error constructor.
    Error,
    /// `Map`
    Map,
    /// `Set`
    Set,
    /// What `map.keys()`, `values()`, `entries()` give.
    MapIterator,
    /// What `set.values()`, `entries()` give.
    SetIterator,
    /// What `array.values()` and its kin give.
    ArrayIterator,
    /// `WeakMap`
    WeakMap,
    /// `WeakSet`
    WeakSet,
    /// `WeakRef`
    WeakRef,
    /// `Date`
    Date,
    /// `RegExp`
    RegExp,
    /// `Promise`
    Promise,
    /// `Proxy`, callable or not.
    Proxy,
    /// `ArrayBuffer`
    ArrayBuffer,
    /// `SharedArrayBuffer`
    SharedArrayBuffer,
    /// `DataView`
    DataView,
    /// A typed array of this kind.
    TypedArray(TypedArrayKind),
    /// A running or finished generator.
    Generator,
    /// A running or finished async generator.
    AsyncGenerator,
    /// What `import * as name` gives.
    ModuleNamespace,
    /// `new Boolean()`
    Boolean,
    /// `new Number()`
    Number,
    /// `new String()`
    String,
    /// `Object(Symbol())`
    Symbol,
    /// `Object(1n)`
    BigInt,
    /// Anything else: an embedder's object, or a built-in that nobody asks about.
    Other,
}

/// What is known about a function beyond that it can be called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionTraits {
    /// Written as `class`.
    pub class: bool,
    /// `async function`, method or arrow, a generator too.
    pub is_async: bool,
    /// `function*`, `async function*`.
    pub generator: bool,
    /// Written in Rust.
    pub native: bool,
    /// Made by `bind`.
    pub bound: bool,
}

/// What an iterator over a map or set has still to give.
pub struct IteratorPreview {
    /// Keys and values in turn where `entries`, else one value after the other.
    pub values: Vec<JsValue>,
    /// Whether it gives `[key, value]` pairs.
    pub entries: bool,
}

/// `JSON.stringify(value)`, whatever a script has put in its place.
///
/// # Errors
///
/// What `toJSON` methods and getters throw, and the TypeError for cycles and big integers.
pub fn json_stringify(value: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    Json::stringify(&JsValue::undefined(), std::slice::from_ref(value), context)
}

impl JsObject {
    /// Which internal slots the object has.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        if self.is_ordinary() {
            return ObjectKind::Ordinary;
        }
        if self.is_array() {
            return ObjectKind::Array;
        }
        if self.is::<Proxy>() {
            return ObjectKind::Proxy;
        }
        if self.is_callable() {
            return ObjectKind::Function;
        }
        if let Some(view) = self.downcast_ref::<TypedArray>() {
            return ObjectKind::TypedArray(view.kind());
        }
        macro_rules! first_of {
            ($($type:ty => $kind:ident),* $(,)?) => { $(if self.is::<$type>() { return ObjectKind::$kind; })* };
        }
        first_of! {
            Error => Error, OrderedMap<JsValue> => Map, OrderedSet => Set, Date => Date, RegExp => RegExp, Promise => Promise,
            UnmappedArguments => Arguments, MappedArguments => Arguments, ArrayBuffer => ArrayBuffer, DataView => DataView,
            MapIterator => MapIterator, SetIterator => SetIterator, ArrayIterator => ArrayIterator, Generator => Generator,
            AsyncGenerator => AsyncGenerator, SharedArrayBuffer => SharedArrayBuffer, NativeWeakMap => WeakMap,
            NativeWeakSet => WeakSet, WeakGc<ErasedVTableObject> => WeakRef, ModuleNamespace => ModuleNamespace,
            bool => Boolean, f64 => Number, JsString => String, JsSymbol => Symbol, JsBigInt => BigInt,
        }
        ObjectKind::Other
    }

    /// What is known about a function; nothing for what is none.
    #[must_use]
    pub fn function_traits(&self) -> FunctionTraits {
        if let Some(function) = self.downcast_ref::<OrdinaryFunction>() {
            return FunctionTraits {
                class: function.code.is_class_constructor(),
                is_async: function.code.is_async(),
                generator: function.code.is_generator(),
                ..FunctionTraits::default()
            };
        }
        let bound = self.is::<BoundFunction>();
        FunctionTraits { bound, native: bound || self.is::<NativeFunctionObject>(), ..FunctionTraits::default() }
    }

    /// The primitive in a boxed primitive.
    #[must_use]
    pub fn boxed_primitive(&self) -> Option<JsValue> {
        if let Some(value) = self.downcast_ref::<JsString>() {
            return Some(value.clone().into());
        }
        if let Some(value) = self.downcast_ref::<f64>() {
            return Some((*value).into());
        }
        if let Some(value) = self.downcast_ref::<bool>() {
            return Some((*value).into());
        }
        if let Some(value) = self.downcast_ref::<JsSymbol>() {
            return Some(value.clone().into());
        }
        self.downcast_ref::<JsBigInt>().map(|value| value.clone().into())
    }

    /// The time value of a `Date`, in milliseconds; NaN for an invalid one.
    #[must_use]
    pub fn date_value(&self) -> Option<f64> {
        self.downcast_ref::<Date>().map(|date| date.0)
    }

    /// Source (as it was given) and flags of a regular expression.
    #[must_use]
    pub fn regexp_parts(&self) -> Option<(JsString, JsString)> {
        self.downcast_ref::<RegExp>().map(|regexp| (regexp.original_source().clone(), regexp.original_flags().clone()))
    }

    /// Target and handler of a proxy: the outer `None` for what is no proxy, the inner one for a revoked proxy.
    #[must_use]
    pub fn proxy_parts(&self) -> Option<Option<(JsObject, JsObject)>> {
        self.downcast_ref::<Proxy>().map(|proxy| proxy.try_data("get").ok())
    }

    /// The state of a promise.
    #[must_use]
    pub fn promise_state(&self) -> Option<PromiseState> {
        self.downcast_ref::<Promise>().map(|promise| promise.state().clone())
    }

    /// The kind of a native error.
    #[must_use]
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.downcast_ref::<Error>().map(|error| error.tag)
    }

    /// How many entries a `Map` or `Set` has.
    #[must_use]
    pub fn collection_size(&self) -> Option<usize> {
        if let Some(map) = self.downcast_ref::<OrderedMap<JsValue>>() {
            return Some(map.len());
        }
        self.downcast_ref::<OrderedSet>().map(|set| set.len())
    }

    /// The entries of a `Map`, at most `max` of them.
    #[must_use]
    pub fn map_entries(&self, max: usize) -> Option<Vec<(JsValue, JsValue)>> {
        let map = self.downcast_ref::<OrderedMap<JsValue>>()?;
        Some(map.iter().take(max).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// The value under `key` in a `Map`.
    #[must_use]
    pub fn map_get(&self, key: &JsValue) -> Option<JsValue> {
        self.downcast_ref::<OrderedMap<JsValue>>()?.get(key).cloned()
    }

    /// The values of a `Set`, at most `max` of them.
    #[must_use]
    pub fn set_values(&self, max: usize) -> Option<Vec<JsValue>> {
        let set = self.downcast_ref::<OrderedSet>()?;
        Some(set.iter().take(max).cloned().collect())
    }

    /// Whether `value` is in a `Set`.
    #[must_use]
    pub fn set_has(&self, value: &JsValue) -> Option<bool> {
        Some(self.downcast_ref::<OrderedSet>()?.contains(value))
    }

    /// What an iterator over a map or set has still to give; the iterator stays where it is.
    #[must_use]
    pub fn iterator_preview(&self) -> Option<IteratorPreview> {
        if let Some(iterator) = self.downcast_ref::<MapIterator>() {
            let entries = matches!(iterator.iteration_kind, PropertyNameKind::KeyAndValue);
            let mut values = Vec::new();
            if let Some(map) = &iterator.iterated_map {
                let map = map.0.borrow();
                for index in iterator.next_index..map.data().full_len() {
                    let Some((key, value)) = map.data().get_index(index) else { continue };
                    match iterator.iteration_kind {
                        PropertyNameKind::Key => values.push(key.clone()),
                        PropertyNameKind::Value => values.push(value.clone()),
                        PropertyNameKind::KeyAndValue => values.extend([key.clone(), value.clone()]),
                    }
                }
            }
            return Some(IteratorPreview { values, entries });
        }
        let iterator = self.downcast_ref::<SetIterator>()?;
        let entries = matches!(iterator.iteration_kind, PropertyNameKind::KeyAndValue);
        let mut values = Vec::new();
        if let Some(set) = &iterator.iterated_set {
            let set = set.0.borrow();
            for index in iterator.next_index..set.data().full_len() {
                let Some(value) = set.data().get_index(index) else { continue };
                values.push(value.clone());
                if entries {
                    values.push(value.clone());
                }
            }
        }
        Some(IteratorPreview { values, entries })
    }

    /// The elements of an array that is dense and has no holes, without copying them one by one through [[Get]].
    #[must_use]
    pub fn dense_elements(&self) -> Option<Vec<JsValue>> {
        if !self.is_array() {
            return None;
        }
        self.borrow().properties().to_dense_indexed_properties().map(|values| values.into_iter().collect())
    }

    /// The prototypes this object had before, the latest first, as far as its shape remembers them.
    #[must_use]
    pub fn former_prototypes(&self) -> Vec<JsObject> {
        let shape = self.borrow().shape().clone();
        let mut found = Vec::new();
        let Some(mut shape) = shape.as_shared().cloned() else { return found };
        let mut last = shape.prototype();
        while let Some(before) = shape.previous().cloned() {
            let prototype = before.prototype();
            if prototype != last {
                found.extend(prototype.clone());
            }
            last = prototype;
            shape = before;
        }
        found
    }

    /// Whether this is an `ArrayBuffer` whose bytes were taken away.
    #[must_use]
    pub fn is_detached_buffer(&self) -> bool {
        self.downcast_ref::<ArrayBuffer>().is_some_and(|buffer| buffer.is_detached())
    }

    /// [[GetPrototypeOf]]: asks a proxy.
    ///
    /// # Errors
    ///
    /// What a proxy throws.
    pub fn prototype_of(&self, context: &mut Context) -> JsResult<Option<JsObject>> {
        self.__get_prototype_of__(context)
    }

    /// An address that tells this object from every other one alive.
    #[must_use]
    pub fn identity(&self) -> usize {
        // The object itself, not the handle, of which there are many.
        std::ptr::from_ref(self.as_ref()).cast::<()>().addr()
    }
}
