//! The source text of a function that a program made with `new Function`, as `toString` gives it.

use boa_ast::{LinearPosition, LinearSpan, scope::Scope};
use boa_parser::{Error, Parser, Source};

use crate::{Context, JsNativeError, JsString, SourceText, SpannedSourceText, syntax_error};

/// `function anonymous(a,b\n) {\nbody\n}`, of which parameters and body are parsed apart.
pub(crate) struct DynamicSource {
    text: Vec<u16>,
    parameters: usize,
    body: usize,
}

impl DynamicSource {
    /// <https://tc39.es/ecma262/#sec-createdynamicfunction>, steps 12 to 16.
    pub(crate) fn new(is_async: bool, is_generator: bool, parameters: &[JsString], body: &JsString) -> Self {
        let mut text = Vec::with_capacity(body.len() + 64);
        let head = match (is_async, is_generator) {
            (false, false) => "function anonymous(",
            (true, false) => "async function anonymous(",
            (false, true) => "function* anonymous(",
            (true, true) => "async function* anonymous(",
        };
        text.extend(head.encode_utf16());
        let start = text.len();
        for (at, parameter) in parameters.iter().enumerate() {
            if at > 0 {
                text.push(u16::from(b','));
            }
            text.extend(parameter.iter());
        }
        text.extend("\n) {".encode_utf16());
        let behind_brace = text.len();
        text.push(u16::from(b'\n'));
        text.extend(body.iter());
        text.extend("\n}".encode_utf16());
        Self { text, parameters: start, body: behind_brace }
    }

    /// The error of parameters or a body that do not parse. V8 parses the whole: what is not closed goes on into what stands around it.
    pub(crate) fn error(&self, found: &Error, context: &mut Context) -> JsNativeError {
        if let Error::Explained(problem) = found
            && problem.is_end_of_parameters()
        {
            return syntax_error::native(found);
        }
        let text: Vec<u16> = "(".encode_utf16().chain(self.text.iter().copied()).chain(")".encode_utf16()).collect();
        let mut parser = Parser::new(Source::from_utf16(&text));
        let whole = parser.parse_script(&Scope::new_global(), context.interner_mut());
        syntax_error::native(whole.as_ref().err().unwrap_or(found))
    }

    pub(crate) fn before_parameters(&self) -> &[u16] {
        &self.text[..self.parameters]
    }

    pub(crate) fn before_body(&self) -> &[u16] {
        &self.text[..self.body]
    }

    pub(crate) fn spanned(&self) -> SpannedSourceText {
        let mut source = boa_ast::SourceText::with_capacity(self.text.len());
        for unit in &self.text {
            source.collect_code_point(u32::from(*unit));
        }
        let whole = LinearSpan::new(LinearPosition::new(0), LinearPosition::new(self.text.len()));
        SpannedSourceText::new(SourceText::new(source), Some(whole))
    }
}
