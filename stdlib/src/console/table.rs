//! `console.table`

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, introspect::ObjectKind, js_string, property::PropertyKey};
use coil_engine::validate;

use super::{State, methods::with_console_options, state_of, streams::call};
use crate::util::inspect::{self, Depth, Text, width::string_width};

/// `console.table(data, properties)`
pub(super) fn table(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    let properties = args.get_or_undefined(1);
    let properties = if properties.is_undefined() { None } else { Some(property_keys(properties, cx)?) };
    let Some(data) = args.get_or_undefined(0).as_object().filter(|data| !data.is_callable()) else {
        return call(&console, "log", &[args.get_or_undefined(0).clone()], cx);
    };
    let mut cells = Cells { console: &console, state: &state };
    let drawn = match data.kind() {
        ObjectKind::Map => {
            let entries = data.map_entries(usize::MAX).unwrap_or_default();
            cells.pairs(entries, cx)?
        }
        ObjectKind::Set => {
            let values = data.set_values(usize::MAX).unwrap_or_default();
            cells.values(values, cx)?
        }
        ObjectKind::MapIterator | ObjectKind::SetIterator => match data.iterator_preview() {
            Some(preview) if preview.entries && data.kind() == ObjectKind::MapIterator => {
                let pairs = preview.values.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
                cells.pairs(pairs, cx)?
            }
            Some(preview) => cells.values(preview.values, cx)?,
            None => Text::new(),
        },
        _ => cells.rows(&data, properties, cx)?,
    };
    call(&console, "log", &[drawn.to_js().into()], cx)?;
    Ok(JsValue::undefined())
}

fn property_keys(properties: &JsValue, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let list = validate::array(properties, "properties", 0, cx)?;
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    (0..length).map(|index| list.get(index, cx)?.to_property_key(cx)).collect()
}

struct Cells<'a> {
    console: &'a JsObject,
    state: &'a JsObject<State>,
}

impl Cells<'_> {
    /// One value in a cell.
    fn cell(&mut self, value: &JsValue, cx: &mut Context) -> JsResult<Text> {
        let mut options = inspect::installed_options(cx)?;
        options.max_array_length = ITEMS_MAX;
        options.break_length = f64::INFINITY;
        let large = match value.as_object() {
            Some(object) if !object.is_callable() && !matches!(object.kind(), ObjectKind::Array | ObjectKind::TypedArray(_)) => enumerable_keys(&object, cx)?.len() > KEYS_SHOWN_MAX,
            _ => false,
        };
        options.depth = Depth::at(if large { -1.0 } else { 0.0 });
        let options = with_console_options(options, self.console, self.state, cx)?;
        inspect::inspect_text(value, options, cx)
    }

    fn indices(&mut self, count: usize, cx: &mut Context) -> JsResult<Vec<Text>> {
        (0..count).map(|index| self.cell(&JsValue::from(index), cx)).collect()
    }

    fn pairs(&mut self, pairs: Vec<(JsValue, JsValue)>, cx: &mut Context) -> JsResult<Text> {
        let indices = self.indices(pairs.len(), cx)?;
        let mut keys = Vec::with_capacity(pairs.len());
        let mut values = Vec::with_capacity(pairs.len());
        for (key, value) in &pairs {
            keys.push(self.cell(key, cx)?);
            values.push(self.cell(value, cx)?);
        }
        Ok(draw(&["(iteration index)".into(), "Key".into(), "Values".into()], &[indices, keys, values]))
    }

    fn values(&mut self, values: Vec<JsValue>, cx: &mut Context) -> JsResult<Text> {
        let indices = self.indices(values.len(), cx)?;
        let values = values.iter().map(|value| self.cell(value, cx)).collect::<JsResult<_>>()?;
        Ok(draw(&["(iteration index)".into(), "Values".into()], &[indices, values]))
    }

    /// An object or array of rows.
    fn rows(&mut self, data: &JsObject, properties: Option<Vec<PropertyKey>>, cx: &mut Context) -> JsResult<Text> {
        let index = enumerable_keys(data, cx)?;
        let mut columns: Vec<(PropertyKey, Vec<Text>)> = Vec::new();
        let mut primitives: Vec<Text> = Vec::new();
        let mut has_primitives = false;
        for (row, key) in index.iter().enumerate() {
            let item = data.get(key.clone(), cx)?;
            let object = item.as_object();
            if properties.is_none() && object.is_none() {
                has_primitives = true;
                primitives.resize(row, Text::new());
                primitives.push(self.cell(&item, cx)?);
                continue;
            }
            let keys = match (&properties, &object) {
                (Some(keys), _) => keys.clone(),
                (None, Some(object)) => enumerable_keys(object, cx)?,
                (None, None) => Vec::new(),
            };
            for key in keys {
                let cell = match &object {
                    Some(object) if object.has_own_property(key.clone(), cx)? => {
                        let value = object.get(key.clone(), cx)?;
                        self.cell(&value, cx)?
                    }
                    _ => Text::new(),
                };
                let at = match columns.iter().position(|(known, _)| *known == key) {
                    Some(at) => at,
                    None => {
                        columns.push((key, Vec::new()));
                        columns.len() - 1
                    }
                };
                let column = &mut columns[at].1;
                if column.len() <= row {
                    column.resize(row, Text::new());
                    column.push(cell);
                } else {
                    column[row] = cell;
                }
            }
        }
        // An object lists its integer keys first.
        columns.sort_by_key(|(key, _)| match key {
            PropertyKey::Index(index) => u64::from(index.get()),
            _ => u64::MAX,
        });
        let mut head = vec![Text::from("(index)")];
        let mut cells = vec![index.iter().map(key_text).collect::<Vec<_>>()];
        for (key, column) in columns {
            head.push(key_text(&key));
            cells.push(column);
        }
        if has_primitives {
            head.push("Values".into());
            cells.push(primitives);
        }
        Ok(draw(&head, &cells))
    }
}

fn key_text(key: &PropertyKey) -> Text {
    match key {
        PropertyKey::String(name) => Text::from_js(name),
        PropertyKey::Index(index) => index.get().to_string().into(),
        PropertyKey::Symbol(symbol) => Text::from_js(&symbol.descriptive_string()),
    }
}

/// `Object.keys`
fn enumerable_keys(object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut found = Vec::new();
    for key in object.own_property_keys(cx)? {
        if matches!(key, PropertyKey::Symbol(_)) {
            continue;
        }
        if object.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true)) {
            found.push(key);
        }
    }
    Ok(found)
}

/// The box around it all.
fn draw(head: &[Text], columns: &[Vec<Text>]) -> Text {
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = head.iter().zip(columns).map(|(title, column)| column.iter().map(|cell| string_width(cell, true)).max().unwrap_or(0).max(string_width(title, true))).collect();
    let mut drawn = Text::new();
    rule(&mut drawn, &widths, ["┌", "┬", "┐\n"]);
    line(&mut drawn, &widths, |column| Some(&head[column]));
    rule(&mut drawn, &widths, ["├", "┼", "┤\n"]);
    for row in 0..rows {
        line(&mut drawn, &widths, |column| columns[column].get(row));
    }
    rule(&mut drawn, &widths, ["└", "┴", "┘"]);
    drawn
}

fn rule(drawn: &mut Text, widths: &[usize], [left, middle, right]: [&str; 3]) {
    for (column, width) in widths.iter().enumerate() {
        drawn.push_str(if column == 0 { left } else { middle });
        drawn.push_str(&"─".repeat(width + 2));
    }
    drawn.push_str(right);
}

fn line<'a>(drawn: &mut Text, widths: &[usize], cell: impl Fn(usize) -> Option<&'a Text>) {
    for (column, width) in widths.iter().enumerate() {
        drawn.push_str(if column == 0 { "│ " } else { " │ " });
        let mut used = 0;
        if let Some(cell) = cell(column) {
            drawn.push(cell);
            used = string_width(cell, true);
        }
        drawn.push_spaces(width - used.min(*width));
    }
    drawn.push_str(" │\n");
}

/// Items of an array that a cell shows.
const ITEMS_MAX: f64 = 3.0;
/// An object with more keys than this is shown by its class alone.
const KEYS_SHOWN_MAX: usize = 2;
