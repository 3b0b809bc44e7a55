//! What `util.inspect` may be told.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey};

/// The options of one inspection.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) show_hidden: bool,
    pub(crate) depth: Depth,
    pub(crate) colors: bool,
    pub(crate) custom_inspect: bool,
    pub(crate) show_proxy: bool,
    pub(crate) max_array_length: f64,
    pub(crate) max_string_length: f64,
    pub(crate) break_length: f64,
    pub(crate) compact: Compact,
    pub(crate) sorted: Sorted,
    pub(crate) getters: Getters,
    pub(crate) numeric_separator: bool,
    /// `options.stylize`, when the caller gave one.
    pub(crate) stylize: Option<JsObject>,
    /// What the caller gave, when it holds more than the options known here: custom functions get it all.
    pub(crate) user: Option<JsObject>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            show_hidden: false,
            depth: Depth::at(2.0),
            colors: false,
            custom_inspect: true,
            show_proxy: false,
            max_array_length: 100.0,
            max_string_length: 10000.0,
            break_length: 80.0,
            compact: Compact::Entries(3.0),
            sorted: Sorted::No,
            getters: Getters::No,
            numeric_separator: false,
            stylize: None,
            user: None,
        }
    }
}

/// How deep objects are shown. `null` and Infinity: all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    limit: f64,
    null: bool,
}

impl Depth {
    pub(crate) const fn at(limit: f64) -> Self {
        Self { limit, null: false }
    }

    /// Whether level `level` is beyond it.
    pub(crate) fn excludes(self, level: i64) -> bool {
        level as f64 > self.limit
    }

    /// What a custom function is told at `level`.
    pub(crate) fn left(self, level: i64) -> JsValue {
        if self.null { JsValue::null() } else { (self.limit - level as f64).into() }
    }

    fn to_js(self) -> JsValue {
        if self.null { JsValue::null() } else { self.limit.into() }
    }
}

/// How much goes on one line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Compact {
    /// `true`: the old style.
    Old,
    /// `false`, or the number of inner levels that are joined.
    Entries(f64),
}

/// Whether properties are sorted.
#[derive(Clone, Debug)]
pub(crate) enum Sorted {
    No,
    ByCodeUnits,
    By(JsObject),
}

/// Which getters are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Getters {
    No,
    All,
    WithoutSetter,
    WithSetter,
}

/// The names, in the order of `inspect.defaultOptions`.
pub(crate) const NAMES: &[&str] =
    &["showHidden", "depth", "colors", "customInspect", "showProxy", "maxArrayLength", "maxStringLength", "breakLength", "compact", "sorted", "getters", "numericSeparator"];

impl Options {
    /// These options, changed by the own enumerable properties of `given`.
    pub(crate) fn merged(mut self, given: &JsObject, cx: &mut Context) -> JsResult<Self> {
        for key in given.own_property_keys(cx)? {
            let PropertyKey::String(name) = &key else {
                if matches!(key, PropertyKey::Index(_)) && self.user.is_none() {
                    self.user = Some(given.clone());
                }
                continue;
            };
            let enumerable = given.own_property(&key, cx)?.is_some_and(|property| property.enumerable() == Some(true));
            if !enumerable {
                continue;
            }
            match NAMES.iter().find(|known| name == **known) {
                Some(known) => {
                    let value = given.get(key, cx)?;
                    self.set(known, &value, cx)?;
                }
                None if *name == "stylize" => self.stylize = given.get(key, cx)?.as_object().filter(JsObject::is_callable),
                None => {
                    self.user.get_or_insert_with(|| given.clone());
                }
            }
        }
        Ok(self)
    }

    /// Sets one option as JavaScript gave it.
    pub(crate) fn set(&mut self, name: &str, value: &JsValue, cx: &mut Context) -> JsResult<()> {
        match name {
            "showHidden" => self.show_hidden = value.to_boolean(),
            "depth" => {
                let null = value.is_null();
                self.depth = Depth { limit: if null { f64::INFINITY } else { number(value, cx)? }, null };
            }
            "colors" => self.colors = value.to_boolean(),
            "customInspect" => self.custom_inspect = value.to_boolean(),
            "showProxy" => self.show_proxy = value.to_boolean(),
            "maxArrayLength" => self.max_array_length = limit(value, cx)?,
            "maxStringLength" => self.max_string_length = limit(value, cx)?,
            "breakLength" => self.break_length = number(value, cx)?,
            "compact" => {
                self.compact = match value.as_boolean() {
                    Some(true) => Compact::Old,
                    _ => Compact::Entries(value.as_number().unwrap_or(0.0)),
                };
            }
            "sorted" => {
                self.sorted = match value.as_callable() {
                    Some(compare) => Sorted::By(compare),
                    None if value.to_boolean() => Sorted::ByCodeUnits,
                    None => Sorted::No,
                };
            }
            "getters" => {
                let text = value.as_string();
                self.getters = match text {
                    _ if value.as_boolean() == Some(true) => Getters::All,
                    Some(text) if text == "get" => Getters::WithoutSetter,
                    Some(text) if text == "set" => Getters::WithSetter,
                    _ => Getters::No,
                };
            }
            "numericSeparator" => self.numeric_separator = value.to_boolean(),
            _ => {}
        }
        Ok(())
    }

    /// One option as JavaScript sees it.
    pub(crate) fn to_js(&self, name: &str) -> JsValue {
        match name {
            "showHidden" => self.show_hidden.into(),
            "depth" => self.depth.to_js(),
            "colors" => self.colors.into(),
            "customInspect" => self.custom_inspect.into(),
            "showProxy" => self.show_proxy.into(),
            "maxArrayLength" => self.max_array_length.into(),
            "maxStringLength" => self.max_string_length.into(),
            "breakLength" => self.break_length.into(),
            "compact" => match self.compact {
                Compact::Old => true.into(),
                Compact::Entries(0.0) => false.into(),
                Compact::Entries(count) => count.into(),
            },
            "sorted" => match &self.sorted {
                Sorted::No => false.into(),
                Sorted::ByCodeUnits => true.into(),
                Sorted::By(compare) => compare.clone().into(),
            },
            "getters" => match self.getters {
                Getters::No => false.into(),
                Getters::All => true.into(),
                Getters::WithoutSetter => js_string!("get").into(),
                Getters::WithSetter => js_string!("set").into(),
            },
            "numericSeparator" => self.numeric_separator.into(),
            _ => JsValue::undefined(),
        }
    }

    /// The object of `inspect.defaultOptions`.
    pub(crate) fn to_object(&self, cx: &mut Context) -> JsResult<JsObject> {
        let object = JsObject::with_object_proto(cx.intrinsics());
        for name in NAMES {
            object.create_data_property_or_throw(JsString::from(*name), self.to_js(name), cx)?;
        }
        Ok(object)
    }
}

/// A comparison with what is no number is false.
fn number(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    if value.is_symbol() || value.is_bigint() {
        return Ok(f64::NAN);
    }
    value.to_number(cx)
}

fn limit(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    if value.is_null() { Ok(f64::INFINITY) } else { number(value, cx) }
}
