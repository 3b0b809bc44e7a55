//! `Intl.Segmenter`: characters as readers see them, words and sentences, after Unicode's annex 29.
//!
//! <https://tc39.es/ecma402/#segmenter-objects>
//!
//! Differs from ICU: scripts without spaces between words (Han, Thai, ...) are split by character, not by dictionary.

use std::cell::Cell;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue, Trace, js_string, property::PropertyDescriptor};
use coil_engine::table::{Export, Symbol, define_all};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    locales::{self, Resolved},
    number::Listing,
    options::Options,
    service::{Service, receiver, supported, supported_locales_of},
};

pub(super) static SEGMENTER: Service = Service {
    name: "Segmenter",
    full_name: "Intl.Segmenter",
    length: 0,
    callable: false,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::function("segment", 1, segment)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.Segmenter.supportedLocalesOf", cx))],
};

/// `%SegmentsPrototype%` and `%SegmentIteratorPrototype%` have no constructor of their own that a script sees.
static SEGMENTS: Service = Service {
    name: "Segments",
    full_name: "Segments",
    length: 0,
    callable: false,
    init: |_, _, _| Ok(JsValue::undefined()),
    prototype: &[Export::function("containing", 1, containing), Export::symbol(Symbol::Iterator, "[Symbol.iterator]", 0, iterator)],
    statics: &[],
};

static ITERATOR: &[Export] = &[Export::function("next", 0, next), Export::tag("Segmenter String Iterator")];

#[derive(Clone, Trace, Finalize, JsData)]
struct Segmenter {
    #[unsafe_ignore_trace]
    locale: String,
    #[unsafe_ignore_trace]
    granularity: Granularity,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Granularity {
    Grapheme,
    Word,
    Sentence,
}

/// A text and where its segments begin, in code units.
#[derive(Trace, Finalize, JsData)]
struct Segments {
    text: JsString,
    #[unsafe_ignore_trace]
    granularity: Granularity,
    #[unsafe_ignore_trace]
    starts: std::rc::Rc<Vec<Start>>,
}

#[derive(Clone, Copy)]
struct Start {
    at: usize,
    is_word: bool,
}

#[derive(Trace, Finalize, JsData)]
struct Walk {
    segments: JsObject,
    #[unsafe_ignore_trace]
    at: Cell<usize>,
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    let options = Options::strict(args.get_or_undefined(1), "Intl.Segmenter")?;
    options.matcher(cx)?;
    let granularity = match options.choice("granularity", &["grapheme", "word", "sentence"], cx)? {
        Some("word") => Granularity::Word,
        Some("sentence") => Granularity::Sentence,
        _ => Granularity::Grapheme,
    };
    SEGMENTER.instance(Segmenter { locale: Resolved::of(&asked, &[]).tag(), granularity }, cx)
}

fn starts(text: &str, granularity: Granularity) -> Vec<Start> {
    let mut at = 0;
    let mut place = |piece: &str, is_word: bool| {
        let start = Start { at, is_word };
        at += piece.encode_utf16().count();
        start
    };
    let is_word = |piece: &str| piece.chars().any(char::is_alphanumeric);
    match granularity {
        Granularity::Grapheme => text.graphemes(true).map(|piece| place(piece, false)).collect(),
        Granularity::Word => text.split_word_bounds().map(|piece| place(piece, is_word(piece))).collect(),
        Granularity::Sentence => text.split_sentence_bounds().map(|piece| place(piece, false)).collect(),
    }
}

fn segment(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let granularity = receiver(this, "Intl.Segmenter.prototype.segment", |data: &Segmenter| data.granularity)?;
    let text = args.get_or_undefined(0).to_string(cx)?;
    // Lone surrogates become one character each, so places stay.
    let starts = starts(&text.to_std_string_lossy(), granularity).into();
    let prototype = SEGMENTS.prototype(cx)?;
    prototype.delete_property_or_throw(js_string!("constructor"), cx)?;
    prototype.delete_property_or_throw(JsSymbol::to_string_tag(), cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Segments { text, granularity, starts }).into())
}

impl Segments {
    /// `{ segment, index, input, isWordLike }` of a segment by its number.
    fn data(&self, number: usize) -> Option<(JsString, Start)> {
        let start = *self.starts.get(number)?;
        let end = self.starts.get(number + 1).map_or(self.text.len(), |next| next.at);
        Some((self.text.get(start.at..end)?, start))
    }
}

/// The object of a segment, `None` behind the last.
fn object(segments: &JsObject, number: usize, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let found = segments.downcast_ref::<Segments>().and_then(|data| data.data(number).map(|(piece, start)| (piece, start, data.text.clone(), data.granularity)));
    let Some((piece, start, text, granularity)) = found else { return Ok(None) };
    let mut made = Listing::new(cx);
    made.put("segment", piece, cx)?;
    made.put("index", start.at as u32, cx)?;
    made.put("input", text, cx)?;
    if granularity == Granularity::Word {
        made.put("isWordLike", start.is_word, cx)?;
    }
    Ok(Some(made.into()))
}

fn containing(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (starts, length) = receiver(this, "%SegmentsPrototype%.containing", |data: &Segments| (data.starts.clone(), data.text.len()))?;
    let at = args.get_or_undefined(0).to_integer_or_infinity(cx)?;
    let boa_engine::value::IntegerOrInfinity::Integer(at) = at else { return Ok(JsValue::undefined()) };
    let Some(segments) = this.as_object() else { return Ok(JsValue::undefined()) };
    if at < 0 || at >= length as i64 {
        return Ok(JsValue::undefined());
    }
    let number = starts.partition_point(|start| start.at <= at as usize).saturating_sub(1);
    Ok(object(&segments, number, cx)?.unwrap_or_default())
}

fn iterator(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    receiver(this, "%SegmentsPrototype%[Symbol.iterator]", |_: &Segments| ())?;
    let Some(segments) = this.as_object() else { return Ok(JsValue::undefined()) };
    // The iterator's prototype hangs on the one of segments, so that each realm has its own.
    let home = SEGMENTS.prototype(cx)?;
    let key = Symbol::Private("segment iterator").to_js(cx);
    let prototype = match home.get(key.clone(), cx)?.as_object() {
        Some(known) => known,
        None => {
            let parent = cx.intrinsics().constructors().iterator().prototype();
            let made = JsObject::from_proto_and_data(Some(parent), boa_engine::builtins::object::OrdinaryObject);
            define_all(&made, ITERATOR, false, cx)?;
            let hidden = PropertyDescriptor::builder().value(made.clone()).writable(true).enumerable(false).configurable(true);
            home.define_property_or_throw(key, hidden, cx)?;
            made
        }
    };
    Ok(JsObject::from_proto_and_data(prototype, Walk { segments, at: Cell::new(0) }).into())
}

fn next(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (segments, at) = receiver(this, "%SegmentIterator.prototype%.next", |data: &Walk| (data.segments.clone(), data.at.replace(data.at.get() + 1)))?;
    let found = object(&segments, at, cx)?;
    let mut made = Listing::new(cx);
    let is_done = found.is_none();
    made.put("value", found.unwrap_or_default(), cx)?;
    made.put("done", is_done, cx)?;
    Ok(made.into())
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let data = receiver(this, "Intl.Segmenter.prototype.resolvedOptions", Segmenter::clone)?;
    let mut made = Listing::new(cx);
    made.text("locale", &data.locale, cx)?;
    let granularity = match data.granularity {
        Granularity::Grapheme => "grapheme",
        Granularity::Word => "word",
        Granularity::Sentence => "sentence",
    };
    made.text("granularity", granularity, cx)?;
    Ok(made.into())
}
