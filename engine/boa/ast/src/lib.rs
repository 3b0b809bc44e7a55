//! coil's syntax tree: the published `boa_ast` 0.22.0 under the patch queue in `patches/`.
//!
//! This root lists the modules that `build.rs` laid out in `upstream/` and adds our own. What each patch does and why stands in
//! `docs/internals/our-boa.md`.
#![allow(warnings, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::todo, clippy::unimplemented, clippy::dbg_macro, clippy::disallowed_methods)]

#[path = "../upstream/src/declaration/mod.rs"]
pub mod declaration;
#[path = "../upstream/src/expression/mod.rs"]
pub mod expression;
#[path = "../upstream/src/function/mod.rs"]
pub mod function;
#[path = "../upstream/src/keyword/mod.rs"]
pub mod keyword;
#[path = "../upstream/src/operations/mod.rs"]
pub mod operations;
#[path = "../upstream/src/pattern.rs"]
pub mod pattern;
#[path = "../upstream/src/property.rs"]
pub mod property;
#[path = "../upstream/src/scope.rs"]
pub mod scope;
#[path = "../upstream/src/scope_analyzer.rs"]
pub mod scope_analyzer;
#[path = "../upstream/src/statement/mod.rs"]
pub mod statement;
#[path = "../upstream/src/visitor.rs"]
pub mod visitor;
#[path = "../upstream/src/module_item_list/mod.rs"]
mod module_item_list;
#[path = "../upstream/src/position.rs"]
mod position;
#[path = "../upstream/src/punctuator/mod.rs"]
mod punctuator;
#[path = "../upstream/src/source.rs"]
mod source;
#[path = "../upstream/src/source_text.rs"]
mod source_text;
#[path = "../upstream/src/statement_list.rs"]
mod statement_list;

mod bindings;

use boa_interner::{Interner, Sym, ToIndentedString, ToInternedString};
use boa_string::{JsStr, JsString};

pub use declaration::Declaration;
pub use expression::Expression;
pub use keyword::Keyword;
pub use module_item_list::{ModuleItem, ModuleItemList};
pub use position::{LinearPosition, LinearSpan, LinearSpanIgnoreEq, Position, PositionGroup, Span, Spanned};
pub use punctuator::Punctuator;
pub use source::{Module, Script};
pub use source_text::SourceText;
pub use statement::Statement;
pub use statement_list::{StatementList, StatementListItem};

/// The printed forms of `nodes`, parted by commas.
fn join_nodes<N: ToInternedString>(interner: &Interner, nodes: &[N]) -> String {
    nodes.iter().map(|node| node.to_interned_string(interner)).collect::<Vec<_>>().join(", ")
}

/// A list of statements in braces; the closing brace stands at `indentation`.
fn block_to_string(body: &StatementList, interner: &Interner, indentation: usize) -> String {
    if body.statements().is_empty() {
        return "{}".to_owned();
    }
    let inside = body.to_indented_string(interner, indentation + 1);
    format!("{{\n{inside}{}}}", "    ".repeat(indentation))
}

/// Printing UTF-16 text that may hold lone surrogates.
trait ToStringEscaped {
    /// The text, each lone surrogate as `\uXXXX`.
    fn to_string_escaped(&self) -> String;
}

impl ToStringEscaped for [u16] {
    fn to_string_escaped(&self) -> String {
        let mut text = String::with_capacity(self.len());
        for unit in char::decode_utf16(self.iter().copied()) {
            match unit {
                Ok(char) => text.push(char),
                Err(lone) => text.push_str(&format!("\\u{:04X}", lone.unpaired_surrogate())),
            }
        }
        text
    }
}

/// An interned name as a string of the engine.
pub(crate) trait ToJsString {
    /// The string that the name stands for.
    fn to_js_string(&self, interner: &Interner) -> JsString;
}

impl ToJsString for Sym {
    fn to_js_string(&self, interner: &Interner) -> JsString {
        let units = interner.resolve_expect(*self).utf16();
        if !interner.is_latin1(*self) {
            return JsString::from(units);
        }
        let bytes: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        JsString::from(JsStr::latin1(&bytes))
    }
}

impl ToJsString for expression::Identifier {
    fn to_js_string(&self, interner: &Interner) -> JsString {
        self.sym().to_js_string(interner)
    }
}
