//! The parameters of getters and setters.
//!
//! <https://tc39.es/ecma262/#prod-MethodDefinition>

use boa_ast::{Spanned, function::FormalParameterList};
use boa_interner::Interner;

use super::{OrAbrupt, ParseResult, TokenParser, cursor::Cursor, function::UniqueFormalParameters};
use crate::{Error, source::ReadChar};

/// `()`.
pub(super) fn getter_parameters<R: ReadChar>(cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<FormalParameterList> {
    let start = cursor.peek(0, interner).or_abrupt()?.span().start();
    let parameters = UniqueFormalParameters::new(false, false).parse(cursor, interner)?;
    if parameters.as_ref().is_empty() { Ok(parameters) } else { Err(Error::general("Getter must not have any formal parameters.", start)) }
}

/// `(value)`.
pub(super) fn setter_parameters<R: ReadChar>(cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<FormalParameterList> {
    let start = cursor.peek(0, interner).or_abrupt()?.span().start();
    let parameters = UniqueFormalParameters::new(false, false).parse(cursor, interner)?;
    match parameters.as_ref() {
        [only] if only.is_rest_param() => Err(Error::general("Setter function argument must not be a rest parameter", start)),
        [_] => Ok(parameters),
        _ => Err(Error::general("Setter must have exactly one formal parameter.", start)),
    }
}
