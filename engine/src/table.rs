//! A built-in module is a table; an entry of a table is an [`Export`].
//!
//! Tables are `static` data: nothing is registered by running code, and nothing is built before it is first used. The same entries
//! describe a module's exports, a class's prototype and its statics.
//!
//! ```
//! use boa_engine::{Context, JsArgs, JsResult, JsValue};
//! use coil_engine::table::{Export, NativeModule, instantiate};
//!
//! fn double(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
//!     Ok((args.get_or_undefined(0).to_number(cx)? * 2.0).into())
//! }
//! static MODULE: NativeModule = NativeModule { name: "demo", exports: &[
//!     Export::function("double", 1, double),
//!     Export::int("answer", 42),
//! ] };
//! # let cx = &mut coil_engine::testing::context();
//! let exports = instantiate(&MODULE, cx)?;
//! let double = exports.get(boa_engine::js_string!("double"), cx)?;
//! let result = double.as_callable().expect("a function").call(&JsValue::undefined(), &[21.into()], cx)?;
//! assert_eq!(result, JsValue::from(42));
//! # Ok::<(), boa_engine::JsError>(())
//! ```

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction, js_string,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, HostConstructor, builtins::JsFunction},
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Gc, GcRefCell};

use crate::{
    Host,
    class::Class,
    op::{self, Op},
};

/// A built-in module, as data. Always a `static`; listed once in the crate that offers it.
pub struct NativeModule {
    /// The specifier without `node:`.
    pub name: &'static str,
    /// The properties of what `require(name)` gives, in Node's order.
    pub exports: &'static [Export],
}

/// One property of a module, a prototype or a constructor.
pub struct Export {
    key: Key,
    value: Value,
    enumerable: Option<bool>,
    writable: bool,
    configurable: bool,
    constructible: bool,
    location: Option<&'static str>,
}

/// The same thing where it describes a prototype or a constructor.
pub type Member = Export;

/// A property key that can stand in a `static`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A string key.
    Name(&'static str),
    /// A well-known or registered symbol.
    Symbol(Symbol),
}

/// A symbol that can stand in a `static`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// `Symbol.iterator`
    Iterator,
    /// `Symbol.asyncIterator`
    AsyncIterator,
    /// `Symbol.toStringTag`
    ToStringTag,
    /// `Symbol.toPrimitive`
    ToPrimitive,
    /// `Symbol.hasInstance`
    HasInstance,
    /// `Symbol.species`
    Species,
    /// `Symbol.dispose`
    Dispose,
    /// `Symbol.asyncDispose`
    AsyncDispose,
    /// `Symbol.for(key)`, such as `nodejs.util.inspect.custom`.
    For(&'static str),
    /// A symbol of ours with this description, one per host: Node's `Symbol('kSomething')`.
    Private(&'static str),
}

enum Value {
    Undefined,
    Null,
    Boolean(bool),
    Int(i32),
    Number(f64),
    String(&'static str),
    Function { name: &'static str, length: u8, call: NativeFunctionPointer },
    Accessor { get: Option<NativeFunctionPointer>, set: Option<NativeFunctionPointer> },
    Op { name: &'static str, length: u8, faces: op::Faces },
    Promise { name: &'static str, length: u8, call: NativeFunctionPointer },
    Class(&'static Class),
    Module(&'static NativeModule),
    Alias(&'static str),
    Symbol(Symbol),
    All(&'static [Export]),
    Build(fn(&mut Context) -> JsResult<JsValue>),
    Lazy(fn(&mut Context) -> JsResult<JsValue>),
}

impl Export {
    const fn new(key: Key, value: Value) -> Self {
        Self { key, value, enumerable: None, writable: true, configurable: true, constructible: true, location: None }
    }

    /// A function: its name, its `length`, and Boa's own signature.
    pub const fn function(name: &'static str, length: u8, call: NativeFunctionPointer) -> Self {
        Self::new(Key::Name(name), Value::Function { name, length, call })
    }

    /// A function whose `name` differs from its key.
    pub const fn renamed(key: &'static str, name: &'static str, length: u8, call: NativeFunctionPointer) -> Self {
        Self::new(Key::Name(key), Value::Function { name, length, call })
    }

    /// The same value as the entry `of` above it: `X.prototype.on = X.prototype.addListener`.
    pub const fn alias(key: &'static str, of: &'static str) -> Self {
        Self::new(Key::Name(key), Value::Alias(of))
    }

    /// As [`Export::alias`], under a symbol.
    pub const fn symbol_alias(symbol: Symbol, of: &'static str) -> Self {
        Self::new(Key::Symbol(symbol), Value::Alias(of))
    }

    /// A function under a symbol; `name` is the function's own, such as `[Symbol.iterator]`.
    pub const fn symbol(symbol: Symbol, name: &'static str, length: u8, call: NativeFunctionPointer) -> Self {
        Self::new(Key::Symbol(symbol), Value::Function { name, length, call })
    }

    /// The synchronous and the callback face of an operation: `x(..., cb)` and `xSync(...)` are two rows, this is one of them.
    pub const fn callback<O: Op>() -> Self {
        Self::new(Key::Name(O::NAME), Value::Op { name: O::NAME, length: O::LENGTH, faces: op::Faces { call: op::callback::<O> } })
    }

    /// The blocking face of an operation, under `O::NAME_SYNC`.
    pub const fn sync<O: Op>() -> Self {
        Self::new(Key::Name(O::NAME_SYNC), Value::Op { name: O::NAME_SYNC, length: O::LENGTH_SYNC, faces: op::Faces { call: op::sync::<O> } })
    }

    /// The promise face of an operation.
    pub const fn promise<O: Op>() -> Self {
        Self::new(Key::Name(O::NAME), Value::Promise { name: O::NAME, length: O::LENGTH_PROMISE, call: op::promise::<O> })
    }

    /// A class, under its own name.
    pub const fn class(class: &'static Class) -> Self {
        Self::new(Key::Name(class.name), Value::Class(class))
    }

    /// A class under another name.
    pub const fn class_as(key: &'static str, class: &'static Class) -> Self {
        Self::new(Key::Name(key), Value::Class(class))
    }

    /// The exports object of another module: `fs.promises`, `path.posix`.
    pub const fn module(key: &'static str, module: &'static NativeModule) -> Self {
        Self::new(Key::Name(key), Value::Module(module))
    }

    /// An accessor without a setter.
    pub const fn getter(key: &'static str, get: NativeFunctionPointer) -> Self {
        Self::new(Key::Name(key), Value::Accessor { get: Some(get), set: None })
    }

    /// An accessor.
    pub const fn accessor(key: &'static str, get: NativeFunctionPointer, set: NativeFunctionPointer) -> Self {
        Self::new(Key::Name(key), Value::Accessor { get: Some(get), set: Some(set) })
    }

    /// An accessor without a setter, under a symbol.
    pub const fn symbol_getter(symbol: Symbol, get: NativeFunctionPointer) -> Self {
        Self::new(Key::Symbol(symbol), Value::Accessor { get: Some(get), set: None })
    }

    /// An integer.
    pub const fn int(key: &'static str, value: i32) -> Self {
        Self::new(Key::Name(key), Value::Int(value))
    }

    /// A number.
    pub const fn number(key: &'static str, value: f64) -> Self {
        Self::new(Key::Name(key), Value::Number(value))
    }

    /// A string.
    pub const fn string(key: &'static str, value: &'static str) -> Self {
        Self::new(Key::Name(key), Value::String(value))
    }

    /// A boolean.
    pub const fn boolean(key: &'static str, value: bool) -> Self {
        Self::new(Key::Name(key), Value::Boolean(value))
    }

    /// `null`.
    pub const fn null(key: &'static str) -> Self {
        Self::new(Key::Name(key), Value::Null)
    }

    /// `undefined`.
    pub const fn undefined(key: &'static str) -> Self {
        Self::new(Key::Name(key), Value::Undefined)
    }

    /// `Symbol.toStringTag`: not enumerable, not writable.
    pub const fn tag(value: &'static str) -> Self {
        Self { writable: false, enumerable: Some(false), ..Self::new(Key::Symbol(Symbol::ToStringTag), Value::String(value)) }
    }

    /// The entries of another table in this place.
    pub const fn all(entries: &'static [Export]) -> Self {
        Self::new(Key::Name(""), Value::All(entries))
    }

    /// A boolean under a symbol.
    pub const fn symbol_boolean(symbol: Symbol, value: bool) -> Self {
        Self::new(Key::Symbol(symbol), Value::Boolean(value))
    }

    /// A symbol as the value: `events.errorMonitor`.
    pub const fn symbol_value(key: &'static str, symbol: Symbol) -> Self {
        Self::new(Key::Name(key), Value::Symbol(symbol))
    }

    /// A value made when its table is instantiated.
    pub const fn build(key: &'static str, make: fn(&mut Context) -> JsResult<JsValue>) -> Self {
        Self::new(Key::Name(key), Value::Build(make))
    }

    /// A value under a symbol, made when its table is instantiated.
    pub const fn symbol_build(symbol: Symbol, make: fn(&mut Context) -> JsResult<JsValue>) -> Self {
        Self::new(Key::Symbol(symbol), Value::Build(make))
    }

    /// A value made at its first use: an accessor that replaces itself by a data property.
    pub const fn lazy(key: &'static str, make: fn(&mut Context) -> JsResult<JsValue>) -> Self {
        Self::new(Key::Name(key), Value::Lazy(make))
    }

    /// Overrides enumerability. The default is what assignment gives (true) in modules and legacy classes, false in modern classes.
    pub const fn enumerable(mut self, yes: bool) -> Self {
        self.enumerable = Some(yes);
        self
    }

    /// Makes a data property read-only.
    pub const fn read_only(mut self) -> Self {
        self.writable = false;
        self
    }

    /// Makes a property writable that is not by its kind.
    pub const fn writable(mut self) -> Self {
        self.writable = true;
        self
    }

    /// Makes the property permanent.
    pub const fn permanent(mut self) -> Self {
        self.configurable = false;
        self
    }

    /// Makes a function of a module or an old class one that `new` does not take: in Node a method in short form, or V8's own.
    pub const fn method(mut self) -> Self {
        self.constructible = false;
        self
    }

    /// The key.
    pub const fn key(&self) -> Key {
        self.key
    }

    /// What stack traces show as the place of a function that `new` takes, `node:https:629:10` for example: for those whose callers
    /// are recognized by it.
    #[must_use]
    pub const fn at(mut self, location: &'static str) -> Self {
        self.location = Some(location);
        self
    }

    /// Defines this property on `target`. `enumerable` is the default where the entry does not say.
    pub fn define(&self, target: &JsObject, enumerable: bool, cx: &mut Context) -> JsResult<()> {
        if let Value::All(entries) = self.value {
            return define_all(target, entries, enumerable, cx);
        }
        let key = self.key.property_key(cx);
        let default_enumerable = enumerable;
        let enumerable = self.enumerable.unwrap_or(default_enumerable);
        let descriptor = PropertyDescriptor::builder().enumerable(enumerable).configurable(self.configurable);
        let descriptor = match &self.value {
            Value::Accessor { get, set } => {
                let name = self.key.function_name();
                let get = get.map(|call| JsValue::from(function(call, js_string!(&js_string!("get "), &name), 0, cx)));
                let set = set.map(|call| JsValue::from(function(call, js_string!(&js_string!("set "), &name), 1, cx)));
                descriptor.maybe_get(get).maybe_set(set.or_else(get_only))
            }
            Value::Lazy(make) => {
                let (get, set) = lazy_accessor(key.clone(), *make, enumerable, self.key.function_name(), cx);
                descriptor.get(get).set(set)
            }
            Value::Alias(of) => {
                let of = Host::of(cx).intern(of);
                let value = target.get(of, cx)?;
                descriptor.value(value).writable(self.writable)
            }
            // As in Node, functions of modules and methods of old classes are constructors; a method of a `class` is none.
            Value::Function { name, length, call } if default_enumerable && self.constructible => {
                let name = Host::of(cx).intern(name);
                descriptor.value(constructible(*call, name, *length, self.location, cx)).writable(self.writable)
            }
            value => {
                let value = value.to_js(cx)?;
                descriptor.value(value).writable(self.writable)
            }
        };
        target.define_property_or_throw(key, descriptor, cx)?;
        Ok(())
    }
}

/// An accessor without a setter has `set: undefined`.
fn get_only() -> Option<JsValue> {
    Some(JsValue::undefined())
}

impl Value {
    fn to_js(&self, cx: &mut Context) -> JsResult<JsValue> {
        Ok(match *self {
            Self::Undefined => JsValue::undefined(),
            Self::Null => JsValue::null(),
            Self::Boolean(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Number(value) => value.into(),
            Self::String(value) => Host::of(cx).intern(value).into(),
            Self::Function { name, length, call } | Self::Promise { name, length, call } => {
                let name = Host::of(cx).intern(name);
                function(call, name, length, cx).into()
            }
            Self::Op { name, length, faces } => {
                let name = Host::of(cx).intern(name);
                function(faces.call, name, length, cx).into()
            }
            Self::Class(class) => class.constructor(cx)?.into(),
            Self::Module(module) => instantiate(module, cx)?.into(),
            Self::Build(make) => make(cx)?,
            Self::Symbol(symbol) => symbol.to_js(cx).into(),
            // `define` does these itself.
            Self::Accessor { .. } | Self::Lazy(_) | Self::Alias(_) | Self::All(_) => JsValue::undefined(),
        })
    }
}

impl Key {
    /// The engine's key.
    pub fn property_key(self, cx: &mut Context) -> PropertyKey {
        match self {
            Self::Name(name) => Host::of(cx).intern(name).into(),
            Self::Symbol(symbol) => symbol.to_js(cx).into(),
        }
    }

    fn function_name(self) -> JsString {
        match self {
            Self::Name(name) => js_string!(name),
            Self::Symbol(symbol) => js_string!(symbol.function_name()),
        }
    }
}

impl Symbol {
    /// The engine's symbol.
    pub fn to_js(self, cx: &mut Context) -> JsSymbol {
        match self {
            Self::Iterator => JsSymbol::iterator(),
            Self::AsyncIterator => JsSymbol::async_iterator(),
            Self::ToStringTag => JsSymbol::to_string_tag(),
            Self::ToPrimitive => JsSymbol::to_primitive(),
            Self::HasInstance => JsSymbol::has_instance(),
            Self::Species => JsSymbol::species(),
            Self::Dispose => JsSymbol::dispose(),
            Self::AsyncDispose => JsSymbol::async_dispose(),
            Self::For(key) => Host::of(cx).registered_symbol(key, cx),
            Self::Private(description) => Host::of(cx).named_symbol(description, cx),
        }
    }

    fn function_name(self) -> String {
        match self {
            Self::Iterator => "[Symbol.iterator]".into(),
            Self::AsyncIterator => "[Symbol.asyncIterator]".into(),
            Self::ToStringTag => "[Symbol.toStringTag]".into(),
            Self::ToPrimitive => "[Symbol.toPrimitive]".into(),
            Self::HasInstance => "[Symbol.hasInstance]".into(),
            Self::Species => "[Symbol.species]".into(),
            Self::Dispose => "[Symbol.dispose]".into(),
            Self::AsyncDispose => "[Symbol.asyncDispose]".into(),
            Self::For(name) | Self::Private(name) => format!("[{name}]"),
        }
    }
}

/// The exports object of `module`, made at the first call and the same from then on.
pub fn instantiate(module: &'static NativeModule, cx: &mut Context) -> JsResult<JsObject> {
    let host = Host::of(cx);
    if let Some(exports) = host.module_instance(module) {
        return Ok(exports);
    }
    // A module whose exports are one function or class says so by a sole entry named "=": `module.exports = f`.
    if let [first, rest @ ..] = module.exports
        && first.key == Key::Name("=")
    {
        let value = first.value.to_js(cx)?;
        let exports = value.as_object().ok_or_else(|| JsNativeError::typ().with_message("the sole export must be an object"))?;
        host.set_module_instance(module, exports.clone());
        define_all(&exports, rest, true, cx)?;
        return Ok(exports);
    }
    let exports = JsObject::with_object_proto(cx.intrinsics());
    host.set_module_instance(module, exports.clone());
    define_all(&exports, module.exports, true, cx)?;
    Ok(exports)
}

/// Defines every entry of a table on `target`.
pub fn define_all(target: &JsObject, entries: &[Export], enumerable: bool, cx: &mut Context) -> JsResult<()> {
    entries.iter().try_for_each(|entry| entry.define(target, enumerable, cx))
}

/// A plain native function object, not a constructor.
pub fn function(call: NativeFunctionPointer, name: JsString, length: u8, cx: &Context) -> JsFunction {
    FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(call)).name(name).length(length.into()).constructor(false).build()
}

/// A native function that `new` takes, as one that a `function` declaration made.
fn constructible(call: NativeFunctionPointer, name: JsString, length: u8, location: Option<&'static str>, cx: &Context) -> JsFunction {
    let mut function = FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(call)).name(name).length(length.into()).host_constructor(HostConstructor::Ordinary);
    if let Some(location) = location {
        function = function.location(location);
    }
    function.build()
}

/// A native function that carries a traced value: the way to make a callback for one use.
///
/// `call` gets what was captured as its third argument.
pub fn closure<T: boa_gc::Trace + 'static>(name: &'static str, length: u8, captures: T, call: fn(&JsValue, &[JsValue], &T, &mut Context) -> JsResult<JsValue>, cx: &Context) -> JsFunction {
    let native = NativeFunction::from_copy_closure_with_captures(call, captures);
    FunctionObjectBuilder::new(cx.realm(), native).name(js_string!(name)).length(length.into()).constructor(false).build()
}

fn lazy_accessor(key: PropertyKey, make: fn(&mut Context) -> JsResult<JsValue>, enumerable: bool, name: JsString, cx: &mut Context) -> (JsFunction, JsFunction) {
    let lazy = Lazy { key, made: Gc::new(GcRefCell::new(None)) };
    let get = NativeFunction::from_copy_closure_with_captures(
        move |this, _args, lazy: &Lazy, cx| {
            let made = lazy.made.borrow().clone();
            let value = match made {
                Some(value) => value,
                None => {
                    let value = make(cx)?;
                    *lazy.made.borrow_mut() = Some(value.clone());
                    value
                }
            };
            // Who copied the accessor to an object of its own, or inherits it, only reads.
            let holder = this.as_object().unwrap_or_else(|| cx.global_object());
            if holder.own_property(&lazy.key, cx)?.is_some_and(|own| own.is_accessor_descriptor() && own.configurable() == Some(true)) {
                settle(&holder, &lazy.key, value.clone(), enumerable, cx)?;
            }
            Ok(value)
        },
        lazy.clone(),
    );
    let set = NativeFunction::from_copy_closure_with_captures(
        move |this, args, lazy: &Lazy, cx| {
            let target = this.as_object().unwrap_or_else(|| cx.global_object());
            settle(&target, &lazy.key, args.first().cloned().unwrap_or_default(), enumerable, cx)?;
            Ok(JsValue::undefined())
        },
        lazy,
    );
    let get = FunctionObjectBuilder::new(cx.realm(), get).name(js_string!(&js_string!("get "), &name)).length(0).build();
    let set = FunctionObjectBuilder::new(cx.realm(), set).name(js_string!(&js_string!("set "), &name)).length(1).build();
    (get, set)
}

/// Puts a value where the accessor was.
fn settle(target: &JsObject, key: &PropertyKey, value: JsValue, enumerable: bool, cx: &mut Context) -> JsResult<()> {
    let descriptor = PropertyDescriptor::builder().value(value).writable(true).enumerable(enumerable).configurable(true);
    target.define_property_or_throw(key.clone(), descriptor, cx).map(drop)
}

/// What the two functions of a lazy property share: the value, once it was made.
#[derive(Clone, boa_gc::Trace, boa_gc::Finalize)]
struct Lazy {
    #[unsafe_ignore_trace]
    key: PropertyKey,
    made: Gc<GcRefCell<Option<JsValue>>>,
}
