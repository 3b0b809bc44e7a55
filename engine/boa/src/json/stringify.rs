//! Values to text, without recursion and in one pass over one buffer.
//!
//! What it saves: an object whose shape is known is written from a plan (its keys, quoted, and where their values stand) instead of
//! asking for its keys and for each property; `toJSON` is looked for once per shape until a program's code has run.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    Context, JsArgs, JsBigInt, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, JsVariant,
    builtins::json::RawJson,
    js_string,
    object::{CONSTRUCTOR, IndexedProperties, internal_methods::ORDINARY_INTERNAL_METHODS, shape::Shape},
    property::{PropertyKey, PropertyNameKind},
    string::{JsStr, JsStrVariant},
    text::Text,
};

/// `JSON.stringify ( value [ , replacer [ , space ] ] )`
pub(crate) fn stringify(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (replacer, names) = replacer(args.get_or_undefined(1), context)?;
    let gap = gap(args.get_or_undefined(2), context)?;
    let mut writer = Writer {
        out: Text::Latin1(Vec::new()),
        replacer,
        names: names.map(Rc::from),
        gap,
        open: Vec::new(),
        inside: FxHashSet::default(),
        plans: FxHashMap::default(),
        without_to_json: FxHashSet::default(),
    };
    let value = args.get_or_undefined(0).clone();
    let holder = if writer.replacer.is_some() {
        let holder = JsObject::with_object_proto(context.intrinsics());
        holder.create_data_property_or_throw(js_string!(), value.clone(), context)?;
        Some(holder)
    } else {
        None
    };
    match writer.whole(holder.as_ref(), value, context)? {
        Some(text) => Ok(text.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// Steps 4 to 6: a function, or a list of the names to write.
fn replacer(replacer: &JsValue, context: &mut Context) -> JsResult<(Option<JsObject>, Option<Vec<JsString>>)> {
    let Some(list) = replacer.as_object() else {
        return Ok((None, None));
    };
    if list.is_callable() {
        return Ok((Some(list), None));
    }
    if !list.is_array_abstract()? {
        return Ok((None, None));
    }
    let mut names = Vec::new();
    let mut seen = FxHashSet::default();
    for index in 0..list.length_of_array_like(context)? {
        let item = list.get(index, context)?;
        let named = item.is_string() || item.is_number() || item.as_object().is_some_and(|item| item.is::<JsString>() || item.is::<f64>());
        if named {
            let name = item.to_string(context)?;
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
    }
    Ok((None, Some(names)))
}

/// Steps 7 to 10: what one level is indented by.
fn gap(space: &JsValue, context: &mut Context) -> JsResult<JsString> {
    let mut space = space.clone();
    if let Some(object) = space.as_object() {
        if object.is::<f64>() {
            space = space.to_number(context)?.into();
        } else if object.is::<JsString>() {
            space = space.to_string(context)?.into();
        }
    }
    if let Some(count) = space.as_number() {
        return Ok(JsString::from(JsStr::latin1(&[b' '; 10])).slice(0, count.clamp(0.0, 10.0) as usize));
    }
    Ok(space.as_string().map_or_else(JsString::default, |space| space.slice(0, 10)))
}

struct Writer {
    out: Text,
    replacer: Option<JsObject>,
    names: Option<Rc<[JsString]>>,
    gap: JsString,
    open: Vec<Open>,
    /// The objects of `open`, by address.
    inside: FxHashSet<usize>,
    /// By the address of a shape, which the plan keeps alive.
    plans: FxHashMap<usize, Rc<Plan>>,
    /// Shapes whose objects have no `toJSON`, as long as no program's code has run.
    without_to_json: FxHashSet<usize>,
}

/// An object or array that is being written.
struct Open {
    object: JsObject,
    members: Members,
    next: usize,
    is_empty: bool,
}

enum Members {
    Elements { length: u64 },
    Planned(Rc<Plan>),
    Named(Rc<[JsString]>),
}

/// How objects of one shape are written.
struct Plan {
    shape: Shape,
    members: Vec<PlannedMember>,
}

struct PlannedMember {
    key: JsString,
    /// With quotes, colon and, where there is a gap, a space.
    label: JsString,
    slot: usize,
}

/// The key of a value: a string, made where a program asks for it.
enum Key<'a> {
    Name(&'a JsString),
    Index(u64),
}

impl Key<'_> {
    fn value(&self) -> JsValue {
        match self {
            Self::Name(name) => JsValue::from((*name).clone()),
            Self::Index(index) => JsString::from(*index).into(),
        }
    }
}

impl Writer {
    fn whole(&mut self, holder: Option<&JsObject>, value: JsValue, context: &mut Context) -> JsResult<Option<JsString>> {
        if !self.value(holder, &Key::Name(&js_string!()), value, context)? {
            return Ok(None);
        }
        let mut reserved = 1 << 16;
        while !self.open.is_empty() {
            crate::limits::charge(1)?;
            self.step(context)?;
            if self.out.len() > reserved {
                crate::long_text::room(self.out.len())?;
                reserved = 2 * self.out.len();
            }
            self.out.check_length()?;
        }
        std::mem::take(&mut self.out).into_string().map(Some)
    }

    /// Writes the next member of the innermost container, or its end.
    fn step(&mut self, context: &mut Context) -> JsResult<()> {
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        let at = open.next;
        open.next += 1;
        let object = open.object.clone();
        let start = self.out.len();
        let is_empty = open.is_empty;
        match &open.members {
            Members::Elements { length } => {
                let (index, length) = (at as u64, *length);
                if index == length {
                    self.close(b']');
                    return Ok(());
                }
                self.separate(is_empty);
                let value = match u32::try_from(index).ok().and_then(|index| object.borrow().properties().get_dense_property(index)) {
                    Some(value) if object.is_array() => value,
                    _ => {
                        self.program_ran();
                        object.get(index, context)?
                    }
                };
                let depth = self.open.len();
                self.open[depth - 1].is_empty = false;
                if !self.value(Some(&object), &Key::Index(index), value, context)? {
                    self.out.latin1(b"null");
                }
            }
            Members::Planned(plan) => {
                let plan = plan.clone();
                let Some(member) = plan.members.get(at) else {
                    self.close(b'}');
                    return Ok(());
                };
                let value = {
                    let object = object.borrow();
                    let properties = object.properties();
                    (properties.shape.to_addr_usize() == plan.shape.to_addr_usize()).then(|| properties.storage[member.slot].clone())
                };
                let value = match value {
                    Some(value) => value,
                    None => {
                        self.program_ran();
                        object.get(member.key.clone(), context)?
                    }
                };
                self.separate(is_empty);
                self.out.string(&member.label);
                self.member(start, &object, &member.key, value, context)?;
            }
            Members::Named(names) => {
                let names = names.clone();
                let Some(name) = names.get(at) else {
                    self.close(b'}');
                    return Ok(());
                };
                let value = object.get(name.clone(), context)?;
                self.program_ran();
                self.separate(is_empty);
                self.out.quoted(name);
                self.out.latin1(if self.gap.is_empty() { b":" } else { b": " });
                self.member(start, &object, name, value, context)?;
            }
        }
        Ok(())
    }

    /// Writes a member's value behind its label; takes the label back where there is nothing to write.
    fn member(&mut self, start: usize, object: &JsObject, key: &JsString, value: JsValue, context: &mut Context) -> JsResult<()> {
        let at = self.open.len() - 1;
        if self.value(Some(object), &Key::Name(key), value, context)? {
            self.open[at].is_empty = false;
        } else {
            self.out.truncate(start);
        }
        Ok(())
    }

    fn separate(&mut self, is_first: bool) {
        if !is_first {
            self.out.latin1(b",");
        }
        self.new_line(self.open.len());
    }

    fn new_line(&mut self, depth: usize) {
        if !self.gap.is_empty() {
            self.out.latin1(b"\n");
            for _ in 0..depth {
                self.out.string(&self.gap);
            }
        }
    }

    fn close(&mut self, bracket: u8) {
        let Some(open) = self.open.pop() else {
            return;
        };
        self.inside.remove(&address(&open.object));
        if !open.is_empty {
            self.new_line(self.open.len());
        }
        self.out.latin1(&[bracket]);
    }

    /// Everything that was found out about what objects inherit may have changed.
    fn program_ran(&mut self) {
        self.without_to_json.clear();
    }

    /// `SerializeJSONProperty`, behind its [[Get]]: writes a primitive or opens a container. `false` where there is nothing to write.
    fn value(&mut self, holder: Option<&JsObject>, key: &Key<'_>, mut value: JsValue, context: &mut Context) -> JsResult<bool> {
        if (value.is_object() || value.is_bigint())
            && let Some(to_json) = self.to_json(&value, context)?
        {
            value = to_json.call(&value, &[key.value()], context)?;
            self.program_ran();
        }
        if let (Some(replacer), Some(holder)) = (&self.replacer, holder) {
            value = replacer.call(&holder.clone().into(), &[key.value(), value], context)?;
            self.program_ran();
        }
        match value.variant() {
            JsVariant::Object(object) => self.object(object, &value, key, context),
            JsVariant::String(string) => {
                self.out.quoted(&string);
                Ok(true)
            }
            JsVariant::Integer32(number) => {
                self.out.integer(number);
                Ok(true)
            }
            JsVariant::Float64(number) => {
                self.out.number(number);
                Ok(true)
            }
            JsVariant::Boolean(truth) => {
                self.out.latin1(if truth { b"true" } else { b"false" });
                Ok(true)
            }
            JsVariant::Null => {
                self.out.latin1(b"null");
                Ok(true)
            }
            JsVariant::BigInt(_) => Err(big_int()),
            JsVariant::Undefined | JsVariant::Symbol(_) => Ok(false),
        }
    }

    fn object(&mut self, object: JsObject, value: &JsValue, key: &Key<'_>, context: &mut Context) -> JsResult<bool> {
        if !object.is_ordinary() && !object.is_array() {
            if object.is::<f64>() {
                self.program_ran();
                let number = value.to_number(context)?;
                self.out.number(number);
                return Ok(true);
            }
            let boolean = object.downcast_ref::<bool>().map(|truth| *truth);
            if let Some(truth) = boolean {
                self.out.latin1(if truth { b"true" } else { b"false" });
                return Ok(true);
            }
            if object.is::<JsBigInt>() {
                return Err(big_int());
            }
            if object.is::<RawJson>() {
                let raw = object.get(js_string!("rawJSON"), context)?;
                self.out.string(&raw.to_string(context)?);
                return Ok(true);
            }
            if object.is::<JsString>() {
                self.program_ran();
                let string = value.to_string(context)?;
                self.out.quoted(&string);
                return Ok(true);
            }
            if object.is_callable() {
                return Ok(false);
            }
        }

        if !self.inside.insert(address(&object)) {
            return Err(self.circular(&object, key, context));
        }
        let members = if object.is_array_abstract()? {
            Members::Elements { length: object.length_of_array_like(context)? }
        } else if let Some(names) = &self.names {
            Members::Named(names.clone())
        } else if let Some(plan) = self.plan(&object) {
            Members::Planned(plan)
        } else {
            self.program_ran();
            let names = object.enumerable_own_property_names(PropertyNameKind::Key, context)?;
            Members::Named(names.iter().filter_map(JsValue::as_string).collect())
        };
        self.out.latin1(if matches!(members, Members::Elements { .. }) { b"[" } else { b"{" });
        self.open.push(Open { object, members, next: 0, is_empty: true });
        Ok(true)
    }

    /// The `toJSON` method of an object, or of a BigInt's prototype.
    fn to_json(&mut self, value: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
        let object = value.as_object();
        let shape = object.as_ref().filter(|object| looks_up_plainly(object)).map(|object| object.borrow().shape().to_addr_usize());
        if shape.is_some_and(|shape| self.without_to_json.contains(&shape)) {
            return Ok(None);
        }
        let method = value.get_v(js_string!("toJSON"), context)?;
        if method.is_undefined() && let Some(shape) = shape {
            self.without_to_json.insert(shape);
        } else {
            self.program_ran();
        }
        Ok(method.as_callable())
    }

    /// The plan of an object of shared shape with plain string keys only; `None` for all others.
    fn plan(&mut self, object: &JsObject) -> Option<Rc<Plan>> {
        let (methods, plain) = (object.vtable(), ORDINARY_INTERNAL_METHODS);
        let is_plain = std::ptr::fn_addr_eq(methods.__get__, plain.__get__)
            && std::ptr::fn_addr_eq(methods.__get_own_property__, plain.__get_own_property__)
            && std::ptr::fn_addr_eq(methods.__own_property_keys__, plain.__own_property_keys__);
        if !is_plain {
            return None;
        }
        let object = object.borrow();
        let properties = object.properties();
        if !properties.shape.is_shared() || !matches!(&properties.indexed_properties, IndexedProperties::DenseI32(none) if none.is_empty()) {
            return None;
        }
        let address = properties.shape.to_addr_usize();
        if let Some(plan) = self.plans.get(&address) {
            return Some(plan.clone());
        }
        let shape = properties.shape.clone();
        let mut members = Vec::new();
        for key in shape.keys() {
            let slot = shape.lookup(&key)?;
            let PropertyKey::String(key) = key else {
                continue;
            };
            if slot.attributes.is_accessor_descriptor() {
                return None;
            }
            if slot.attributes.contains(crate::object::shape::slot::SlotAttributes::ENUMERABLE) {
                let mut label = Text::default();
                label.quoted(&key);
                label.latin1(if self.gap.is_empty() { b":" } else { b": " });
                members.push(PlannedMember { key, label: label.into_string().ok()?, slot: slot.index as usize });
            }
        }
        let plan = Rc::new(Plan { shape, members });
        self.plans.insert(address, plan.clone());
        Some(plan)
    }

    fn circular(&self, object: &JsObject, key: &Key<'_>, context: &mut Context) -> JsError {
        let start = self.open.iter().position(|open| JsObject::equals(&open.object, object)).unwrap_or(0);
        let circle = &self.open[start..];
        let mut message = format!("Converting circular structure to JSON\n    --> starting at object with constructor '{}'", constructor_name(object, context));
        let inner = circle.len() - 1;
        for (at, pair) in circle.windows(2).enumerate() {
            if at < 2 || at == inner - 1 {
                let place = pair[0].place();
                let name = constructor_name(&pair[1].object, context);
                message.push_str(&format!("\n    |     {place} -> object with constructor '{name}'"));
            } else if at == 2 {
                message.push_str("\n    |     ...");
            }
        }
        let place = match key {
            Key::Name(name) => format!("property '{}'", name.to_std_string_lossy()),
            Key::Index(index) => format!("index {index}"),
        };
        message.push_str(&format!("\n    --- {place} closes the circle"));
        JsNativeError::typ().with_message(message).into()
    }
}

impl Open {
    /// Where in this container the member stands that is being written.
    fn place(&self) -> String {
        let at = self.next - 1;
        let name = match &self.members {
            Members::Elements { .. } => return format!("index {at}"),
            Members::Planned(plan) => plan.members.get(at).map(|member| &member.key),
            Members::Named(names) => names.get(at),
        };
        format!("property '{}'", name.map(JsString::to_std_string_lossy).unwrap_or_default())
    }
}

fn big_int() -> JsError {
    JsNativeError::typ().with_message("Do not know how to serialize a BigInt").into()
}

fn address(object: &JsObject) -> usize {
    std::ptr::from_ref(object.as_ref()).addr()
}

/// Whether asking `object` for a property runs no code of a proxy or of the host.
fn looks_up_plainly(object: &JsObject) -> bool {
    let mut next = Some(object.clone());
    while let Some(object) = next {
        if !std::ptr::fn_addr_eq(object.vtable().__get__, ORDINARY_INTERNAL_METHODS.__get__) {
            return false;
        }
        next = object.prototype();
    }
    true
}

/// The name of what made the object, as far as its prototype tells; reads data properties only.
fn constructor_name(object: &JsObject, context: &mut Context) -> String {
    if !looks_up_plainly(object) {
        return "Object".to_owned();
    }
    let constructor = object.get(CONSTRUCTOR, context).ok().and_then(|constructor| constructor.as_object());
    let name = constructor.and_then(|constructor| constructor.get(js_string!("name"), context).ok()).and_then(|name| name.as_string());
    name.filter(|name| !name.is_empty()).map_or_else(|| "Object".to_owned(), |name| name.to_std_string_lossy())
}

impl Text {
    fn integer(&mut self, number: i32) {
        let mut digits = [0; 11];
        let mut at = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.latin1(&digits[at..]);
    }

    fn number(&mut self, number: f64) {
        if number.is_finite() {
            self.latin1(ryu_js::Buffer::new().format_finite(number).as_bytes());
        } else {
            self.latin1(b"null");
        }
    }

    /// `QuoteJSONString`
    fn quoted(&mut self, string: &JsString) {
        self.latin1(b"\"");
        match string.as_str().variant() {
            JsStrVariant::Latin1(units) => {
                let mut from = 0;
                for (at, unit) in units.iter().enumerate() {
                    if *unit < 0x20 || *unit == b'"' || *unit == b'\\' {
                        self.latin1(&units[from..at]);
                        self.escape(u16::from(*unit));
                        from = at + 1;
                    }
                }
                self.latin1(&units[from..]);
            }
            JsStrVariant::Utf16(units) => {
                let mut from = 0;
                let mut at = 0;
                while at < units.len() {
                    let unit = units[at];
                    let is_pair = matches!(unit, 0xD800..=0xDBFF) && matches!(units.get(at + 1), Some(0xDC00..=0xDFFF));
                    if is_pair {
                        at += 2;
                        continue;
                    }
                    if unit < 0x20 || unit == 0x22 || unit == 0x5C || matches!(unit, 0xD800..=0xDFFF) {
                        self.utf16(&units[from..at]);
                        self.escape(unit);
                        from = at + 1;
                    }
                    at += 1;
                }
                self.utf16(&units[from..]);
            }
        }
        self.latin1(b"\"");
    }

    fn escape(&mut self, unit: u16) {
        match unit {
            0x08 => self.latin1(b"\\b"),
            0x09 => self.latin1(b"\\t"),
            0x0A => self.latin1(b"\\n"),
            0x0C => self.latin1(b"\\f"),
            0x0D => self.latin1(b"\\r"),
            0x22 => self.latin1(b"\\\""),
            0x5C => self.latin1(b"\\\\"),
            _ => self.latin1(format!("\\u{unit:04x}").as_bytes()),
        }
    }
}
