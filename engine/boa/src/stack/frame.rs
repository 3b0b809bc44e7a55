//! One frame: what is kept of it, and how V8 names it (`Type.method [as alias] (file:line:column)`).

use boa_gc::{Finalize, Trace};

use crate::{
    Context, JsObject, JsString, JsSymbol, JsValue,
    builtins::{
        Array,
        error::Error,
        function::{OrdinaryFunction, ThisMode},
        generator::Generator,
        proxy::Proxy,
    },
    js_string,
    native_call::NativeFrame,
    native_function::NativeFunctionObject,
    property::PropertyKey,
    value::JsVariant,
    vm::{
        CallFrame, Stack,
        source_info::{SourceInfo, SourcePath},
    },
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct FrameFlags: u8 {
        const CONSTRUCT = 1;
        const TOP_LEVEL = 1 << 1;
        const STRICT = 1 << 2;
        const ASYNC = 1 << 3;
    }
}

/// What a trace keeps of a frame. Its text needs the names that objects have when the text is read, as in V8.
#[derive(Debug, Clone, Trace, Finalize)]
pub(crate) struct TraceFrame {
    pub(crate) function: Option<JsObject>,
    pub(crate) this: JsValue,
    #[unsafe_ignore_trace]
    pub(crate) place: Place,
    #[unsafe_ignore_trace]
    pub(crate) flags: FrameFlags,
}

#[derive(Debug, Clone)]
pub(crate) enum Place {
    Script {
        source: SourceInfo,
        pc: u32,
    },
    Native,
    /// `Promise.all (index 1)` between an async function and the one that waits for it.
    Combinator {
        name: &'static str,
        index: u32,
    },
}

/// A position in a source. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The path or URL that the source was compiled under; `None` for code without one (eval).
    pub file: Option<String>,
    pub line: u32,
    pub column: u32,
    /// How many columns of the line it is about; 1 where only the beginning is known.
    pub length: u32,
    /// The text of that line, where the engine still has the source.
    pub source_line: Option<String>,
}

/// A frame as V8 would describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The function's name; empty for top-level code and functions without one.
    pub function: String,
    /// The file, `node:…` or whatever the source was compiled under; for natives what their builder said.
    pub file: Option<String>,
    /// 0 where there is none (natives).
    pub line: u32,
    pub column: u32,
    pub is_constructor: bool,
    /// The function was called without a `this`, or with the global object.
    pub is_top_level: bool,
    pub is_native: bool,
    pub is_eval: bool,
    pub is_async: bool,
    /// The line of a stack text without `    at `.
    pub text: String,
}

impl Location {
    pub(crate) fn of(source: &SourceInfo, pc: u32) -> Self {
        let (line, column) = position(source, pc);
        let file = file_name(source.map().path());
        Self { file, line, column, length: 1, source_line: source.text_spanned().line(line) }
    }
}

fn position(source: &SourceInfo, pc: u32) -> (u32, u32) {
    let position = source.map().find(pc).map(|position| (position.line_number(), position.column_number()));
    position.or_else(|| source.text_spanned().start_position()).unwrap_or((1, 1))
}

fn file_name(path: &SourcePath) -> Option<String> {
    match path {
        SourcePath::Path(path) => Some(path.display().to_string()),
        SourcePath::None | SourcePath::Eval | SourcePath::Json | SourcePath::EvalAt(_) => None,
    }
}

impl TraceFrame {
    pub(crate) fn native(frame: &NativeFrame) -> Self {
        let mut flags = FrameFlags::STRICT;
        flags.set(FrameFlags::CONSTRUCT, frame.new_target.is_some());
        flags.set(FrameFlags::TOP_LEVEL, frame.this.is_null_or_undefined());
        Self { function: Some(frame.function.clone()), this: frame.this.clone(), place: Place::Native, flags }
    }

    /// The constructor of a class whose field initialisers run.
    pub(crate) fn constructor(frame: &NativeFrame) -> Option<Self> {
        let source = frame.function.downcast_ref::<OrdinaryFunction>()?.codeblock().source_info.clone();
        let place = Place::Script { source, pc: 0 };
        Some(Self { function: Some(frame.function.clone()), this: frame.this.clone(), place, flags: FrameFlags::STRICT | FrameFlags::CONSTRUCT })
    }

    /// A frame whose stack is not at hand has neither function nor `this`.
    pub(crate) fn script(frame: &CallFrame, stack: Option<&Stack>) -> Self {
        // An arrow function keeps the `this` around it where others have theirs, once it has asked for it.
        let borrowed = frame.code_block.this_mode == ThisMode::Lexical && frame.has_this_value_cached();
        let this = stack.filter(|_| !borrowed).and_then(|stack| stack.stack.get(frame.this_index())).cloned().unwrap_or_default();
        let mut flags = FrameFlags::empty();
        flags.set(FrameFlags::CONSTRUCT, frame.construct());
        flags.set(FrameFlags::STRICT, frame.code_block.strict());
        let global = this.as_object().is_some_and(|this| JsObject::equals(&this, frame.realm.global_this()));
        flags.set(FrameFlags::TOP_LEVEL, this.is_null_or_undefined() || global);
        let place = Place::Script { source: frame.code_block.source_info.clone(), pc: frame.pc.saturating_sub(1) };
        Self { function: function_of(frame, stack), this, place, flags }
    }

    pub(crate) fn location(&self) -> Option<Location> {
        match &self.place {
            Place::Script { source, pc } => Some(Location::of(source, *pc)),
            Place::Native | Place::Combinator { .. } => None,
        }
    }

    pub(crate) fn describe(&self, context: &Context) -> Frame {
        let (line, column) = self.line_and_column().unwrap_or_default();
        Frame {
            function: self.function_name().map(lossy).unwrap_or_default(),
            file: self.file(),
            line,
            column,
            is_constructor: self.flags.contains(FrameFlags::CONSTRUCT),
            is_top_level: self.is_top_level(),
            is_native: matches!(self.place, Place::Native),
            is_eval: self.is_eval(),
            is_async: self.flags.contains(FrameFlags::ASYNC),
            text: self.text(context),
        }
    }

    pub(crate) fn is_top_level(&self) -> bool {
        self.flags.contains(FrameFlags::TOP_LEVEL)
    }

    pub(crate) fn is_eval(&self) -> bool {
        matches!(&self.place, Place::Script { source, .. } if matches!(source.map().path(), SourcePath::Eval | SourcePath::EvalAt(_)))
    }

    pub(crate) fn line_and_column(&self) -> Option<(u32, u32)> {
        match &self.place {
            Place::Script { source, pc } => Some(position(source, *pc)),
            Place::Native | Place::Combinator { .. } => None,
        }
    }

    /// Where the function itself begins.
    pub(crate) fn enclosing_position(&self) -> Option<(u32, u32)> {
        match &self.place {
            Place::Script { source, .. } => Some(source.text_spanned().start_position().unwrap_or((1, 1))),
            Place::Native | Place::Combinator { .. } => None,
        }
    }

    /// The offset of the position in the source, in UTF-16 code units.
    pub(crate) fn offset(&self) -> Option<usize> {
        match &self.place {
            Place::Script { source, pc } => {
                let (line, column) = position(source, *pc);
                source.text_spanned().offset_of(line, column)
            }
            Place::Native | Place::Combinator { .. } => None,
        }
    }

    pub(crate) fn file(&self) -> Option<String> {
        match &self.place {
            Place::Script { source, .. } => file_name(source.map().path()),
            Place::Native => self.native_location().map(str::to_owned),
            Place::Combinator { .. } => None,
        }
    }

    fn native_location(&self) -> Option<&'static str> {
        self.function.as_ref()?.downcast_ref::<NativeFunctionObject>()?.location
    }

    pub(crate) fn eval_origin(&self) -> Option<String> {
        match &self.place {
            Place::Script { source, .. } => match source.map().path() {
                SourcePath::EvalAt(origin) => Some(origin.to_string()),
                SourcePath::Eval => Some("eval".to_owned()),
                _ => None,
            },
            Place::Native | Place::Combinator { .. } => None,
        }
    }

    /// The function's own name, else the name it was written with, else the one that its place in the source suggests.
    pub(crate) fn function_name(&self) -> Option<JsString> {
        if let Place::Combinator { name, .. } = &self.place {
            return Some(js_string!(*name));
        }
        let own = self.function.as_ref().and_then(|function| data_property(function, &js_string!("name").into())).and_then(|name| name.as_string());
        let name = own.filter(|name| !name.is_empty()).or_else(|| self.written_name())?;
        match name.to_std_string_escaped().as_str() {
            // `new Function` gives its functions a name that V8 only prints.
            "" | "anonymous" if self.is_eval() => Some(js_string!("eval")),
            "" | "<main>" => None,
            "<eval>" => Some(js_string!("eval")),
            _ => Some(name),
        }
    }

    /// The name in the source, whatever `name` says now.
    fn written_name(&self) -> Option<JsString> {
        match &self.place {
            Place::Script { source, .. } => Some(source.display_name()),
            Place::Native => Some(self.function.as_ref()?.downcast_ref::<NativeFunctionObject>()?.name.clone()),
            Place::Combinator { .. } => None,
        }
    }

    pub(crate) fn type_name(&self) -> Option<JsString> {
        if let Some(name) = self.generator_name() {
            return Some(name);
        }
        let this = match self.this.variant() {
            JsVariant::Object(this) => this,
            JsVariant::String(_) => return Some(js_string!("String")),
            JsVariant::Boolean(_) => return Some(js_string!("Boolean")),
            JsVariant::Float64(_) | JsVariant::Integer32(_) => return Some(js_string!("Number")),
            JsVariant::Symbol(_) => return Some(js_string!("Symbol")),
            JsVariant::BigInt(_) => return Some(js_string!("BigInt")),
            JsVariant::Undefined | JsVariant::Null => return None,
        };
        if this.is::<Proxy>() {
            return Some(js_string!("Proxy"));
        }
        if this.is_callable() {
            let name = data_property(&this, &js_string!("name").into()).and_then(|name| name.as_string());
            let name = name.filter(|name| !name.is_empty()).or_else(|| Some(this.downcast_ref::<OrdinaryFunction>()?.codeblock().source_info.display_name()));
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                return Some(name);
            }
        }
        let name = constructor_name(&this);
        Some(if name == js_string!("Iterator Helper") { js_string!("Iterator") } else { name })
    }

    /// V8 names a generator after the function that made it.
    fn generator_name(&self) -> Option<JsString> {
        let generator = self.this.as_object()?;
        let function = generator.downcast_ref::<Generator>()?.function.clone()?;
        Some(debug_name(&function)).filter(|name| !name.is_empty())
    }

    /// `this`, or where a primitive has its methods.
    fn receiver(&self, context: &Context) -> Option<JsObject> {
        let constructors = context.intrinsics().constructors();
        Some(match self.this.variant() {
            JsVariant::Object(this) => return Some(this),
            JsVariant::String(_) => constructors.string().prototype(),
            JsVariant::Boolean(_) => constructors.boolean().prototype(),
            JsVariant::Float64(_) | JsVariant::Integer32(_) => constructors.number().prototype(),
            JsVariant::Symbol(_) => constructors.symbol().prototype(),
            JsVariant::BigInt(_) => constructors.bigint().prototype(),
            JsVariant::Undefined | JsVariant::Null => return None,
        })
    }

    /// Under which property the receiver has the function, where that is clear.
    pub(crate) fn method_name(&self, context: &Context) -> Option<JsString> {
        let (function, this) = (self.function.as_ref()?, self.receiver(context)?);
        if let Some(name) = context.host_hooks().method_name(&this, function, context) {
            return Some(js_string!(name));
        }
        let written = self.written_name().unwrap_or_default();
        let written = match written.to_std_string_escaped() {
            name if name.starts_with("<static_init") => return Some(written),
            name if name.starts_with("get ") || name.starts_with("set ") => js_string!(&name[4..]),
            _ => written,
        };
        let mut objects = std::iter::successors(Some(this), |object| object.prototype()).take(CHAIN);
        if !written.is_empty() {
            let key = PropertyKey::from(written.clone());
            if objects.clone().find_map(|object| property(&object, &key)).is_some_and(|found| found.contains(function)) {
                return Some(written);
            }
        }
        objects.find_map(|object| {
            if object.is::<Proxy>() {
                return Some(None);
            }
            let keys = object.borrow().shape().keys();
            let mut found = keys.iter().take(KEYS).filter_map(|key| match key {
                PropertyKey::String(name) if property(&object, key).is_some_and(|found| found.enumerable && found.contains(function)) => Some(name.clone()),
                _ => None,
            });
            let first = found.next()?;
            Some(found.next().is_none().then_some(first))
        })?
    }

    /// The line of a stack text.
    pub(crate) fn text(&self, context: &Context) -> String {
        let name = self.function_name().filter(|name| !name.is_empty());
        let mut text = String::new();
        if self.flags.contains(FrameFlags::ASYNC) {
            text += "async ";
            if let Place::Combinator { name, index } = &self.place {
                return text + &format!("Promise.{name} (index {index})");
            }
        }
        if !self.is_top_level() && !self.flags.contains(FrameFlags::CONSTRUCT) {
            self.method_call(name, &mut text, context);
        } else if self.flags.contains(FrameFlags::CONSTRUCT) {
            text += "new ";
            text += &name.map_or_else(|| "<anonymous>".to_owned(), lossy);
        } else if let Some(name) = name {
            text += &lossy(name);
        } else {
            return text + &self.place_text();
        }
        text + " (" + &self.place_text() + ")"
    }

    fn method_call(&self, name: Option<JsString>, text: &mut String, context: &Context) {
        let type_name = self.type_name().filter(|name| !name.is_empty()).map(lossy);
        let method = self.method_name(context).filter(|name| !name.is_empty()).map(lossy);
        match name.map(lossy) {
            Some(name) => {
                if let Some(type_name) = type_name.filter(|_| is_identifier(&name)) {
                    *text += &format!("{type_name}.");
                }
                *text += &name;
                if let Some(method) = method.filter(|method| name != *method && !ends_with_method(&name, method)) {
                    *text += &format!(" [as {method}]");
                }
            }
            None => {
                if let Some(type_name) = type_name {
                    *text += &format!("{type_name}.");
                }
                *text += method.as_deref().unwrap_or("<anonymous>");
            }
        }
    }

    /// `file:line:column`, with the place of the `eval` in front where there is no file.
    pub(crate) fn place_text(&self) -> String {
        let mut text = match self.file() {
            Some(file) => file,
            None => self.eval_origin().map_or_else(String::new, |origin| origin + ", ") + "<anonymous>",
        };
        if let Some((line, column)) = self.line_and_column() {
            text += &format!(":{line}:{column}");
        }
        text
    }
}

/// The function of a frame, from the stack that the frame is on.
pub(crate) fn function_of(frame: &CallFrame, stack: Option<&Stack>) -> Option<JsObject> {
    stack?.stack.get(frame.function_index())?.as_object()
}

/// `a.b.c` ends with the method `c`, `get x` with `x`.
fn ends_with_method(name: &str, method: &str) -> bool {
    name.strip_suffix(method).is_some_and(|rest| rest.ends_with(['.', ' ']))
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || matches!(first, '$' | '_')) && characters.all(|next| next.is_alphanumeric() || matches!(next, '$' | '_'))
}

/// A prototype chain is followed no further when a name is sought.
const CHAIN: usize = 64;
/// No more properties of one object are looked at when a name is sought.
const KEYS: usize = 512;

/// What V8 calls the class of an object, without running any code: `Symbol.toStringTag`, the name of the constructor that the
/// prototypes tell, or the kind of object.
#[must_use]
pub fn constructor_name(object: &JsObject) -> JsString {
    let tag = PropertyKey::from(JsSymbol::to_string_tag());
    let constructor = PropertyKey::from(js_string!("constructor"));
    for (depth, current) in std::iter::successors(Some(object.clone()), |object| object.prototype()).take(CHAIN).enumerate() {
        if let Some(tag) = data_property(&current, &tag).and_then(|tag| tag.as_string()) {
            return tag;
        }
        if depth > 0
            && let Some(constructor) = data_property(&current, &constructor).and_then(|constructor| constructor.as_callable())
        {
            let name = debug_name(&constructor);
            if !name.is_empty() && name != js_string!("Object") {
                return name;
            }
        }
    }
    if object.is_callable() {
        js_string!("Function")
    } else if object.is::<Array>() {
        js_string!("Array")
    } else if object.is::<Error>() {
        js_string!("Error")
    } else {
        js_string!("Object")
    }
}

/// The `name` of a function, else the name that its place in the source suggests.
fn debug_name(function: &JsObject) -> JsString {
    let own = data_property(function, &js_string!("name").into()).and_then(|name| name.as_string()).filter(|name| !name.is_empty());
    own.or_else(|| Some(function.downcast_ref::<OrdinaryFunction>()?.codeblock().source_info.display_name())).unwrap_or_default()
}

struct Property {
    values: Vec<JsValue>,
    enumerable: bool,
}

impl Property {
    fn contains(&self, function: &JsObject) -> bool {
        self.values.iter().any(|value| value.as_object().is_some_and(|value| JsObject::equals(&value, function)))
    }
}

/// The value, or getter and setter, of an own property of an ordinary object.
fn property(object: &JsObject, key: &PropertyKey) -> Option<Property> {
    let property = object.borrow().properties().get(key)?;
    let values = [property.value(), property.get(), property.set()].into_iter().flatten().cloned().collect();
    Some(Property { values, enumerable: property.enumerable().unwrap_or(false) })
}

/// The value of an own data property of an ordinary object: no code runs.
pub(crate) fn data_property(object: &JsObject, key: &PropertyKey) -> Option<JsValue> {
    object.borrow().properties().get(key)?.value().cloned()
}

fn lossy(text: JsString) -> String {
    text.to_std_string_lossy()
}

/// Whether an own property of an ordinary object is this function, its getter or its setter.
pub(crate) fn has_function(object: &JsObject, key: &PropertyKey, function: &JsObject) -> bool {
    property(object, key).is_some_and(|found| found.contains(function))
}

/// The `name` of a function, if that is a string property of its own.
pub(crate) fn own_name(function: &JsObject) -> String {
    data_property(function, &js_string!("name").into()).and_then(|name| name.as_string()).map(lossy).unwrap_or_default()
}

/// The source of a function, as `toString` gives it.
pub(crate) fn function_source(function: &JsObject) -> String {
    let source = function.downcast_ref::<OrdinaryFunction>().and_then(|data| data.codeblock().source_info.text_spanned().to_code_points().map(String::from_utf16_lossy));
    source.unwrap_or_else(|| format!("function {}() {{ [native code] }}", own_name(function)))
}
