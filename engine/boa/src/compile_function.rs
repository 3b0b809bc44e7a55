//! A function from the text of its body, as V8's `CompileFunction` makes one: lines and columns are those of the text.

use std::path::Path;

use boa_ast::{
    Position, Span, Spanned,
    function::FunctionExpression,
    operations::{ContainsSymbol, bound_names, contains, lexically_declared_names},
};
use boa_gc::Gc;
use boa_parser::{Parser, source::ReadChar};

use crate::{
    Context, JsNativeError, JsResult, Script, Source, SourceText, SpannedSourceText,
    builtins::function::OrdinaryFunction,
    bytecompiler::FunctionCompiler,
    js_string,
    object::builtins::JsFunction,
    syntax_error,
    vm::{ActiveRunnable, CodeBlock, SourcePath, create_function_object},
};

/// An anonymous sloppy function with these parameters whose body is `source`, in the global scope of the current realm. Its path is what
/// stack traces show, and what `import()` within it resolves against.
///
/// # Errors
///
/// A `SyntaxError` with its place in `source`.
pub fn compile_function<R: ReadChar>(source: Source<'_, R>, parameters: &[&str], context: &mut Context) -> JsResult<JsFunction> {
    let path = source.path().map(Path::to_path_buf);
    let names: Vec<u16> = format!("{}\n)", parameters.join(",")).encode_utf16().collect();
    let parameters = Parser::new(Source::from_utf16(&names)).parse_formal_parameters(context.interner_mut(), false, false).map_err(|error| syntax_error::native(&error))?;

    let mut parser = Parser::new(source);
    parser.set_identifier(context.next_parser_identifier());
    let (body, text) = parser.parse_wrapped_body(context.interner_mut()).map_err(|error| syntax_error::native(&error))?;
    let strict = body.strict();
    let wrong = |message: String| JsNativeError::syntax().with_message(message);
    if contains(&body, ContainsSymbol::SuperProperty) || contains(&body, ContainsSymbol::SuperCall) {
        return Err(wrong("'super' keyword unexpected here".to_owned()).into());
    }
    let declared = lexically_declared_names(&body);
    if let Some(name) = bound_names(&parameters).into_iter().find(|name| declared.contains(name)) {
        return Err(wrong(format!("Identifier '{}' has already been declared", context.interner().resolve_expect(name))).into());
    }

    let span = Span::new(Position::new(1, 1), body.span().end());
    let mut function = FunctionExpression::new(None, parameters, body, None, false, span);
    let scope = context.realm().scope().clone();
    function.analyze_scope(strict, &scope, context.interner()).map_err(|reason| wrong(reason.to_string()))?;
    let code: Gc<CodeBlock> = FunctionCompiler::new(SpannedSourceText::new_source_only(SourceText::new(text)))
        .name(js_string!())
        .force_function_scope(true)
        .source_path(path.clone().map_or(SourcePath::None, |path| SourcePath::Path(path.into())))
        .compile(function.parameters(), function.body(), scope.clone(), scope, function.scopes(), function.contains_direct_eval(), context.interner_mut());
    crate::native_stack::check_compiled()?;

    let prototype = context.intrinsics().constructors().function().prototype();
    let saved = context.vm.frame_mut().environments.pop_to_global();
    let object = create_function_object(code, prototype, context);
    context.vm.frame_mut().environments.restore_from_saved(saved);
    // What `import()` asks for its referrer.
    let mut empty = Source::from_bytes("");
    if let Some(path) = &path {
        empty = empty.with_path(path);
    }
    let script = Script::parse(empty, None, context)?;
    if let Some(mut data) = object.downcast_mut::<OrdinaryFunction>() {
        data.script_or_module = Some(ActiveRunnable::Script(script));
    }
    JsFunction::from_object(object).ok_or_else(|| wrong("not a function".to_owned()).into())
}
