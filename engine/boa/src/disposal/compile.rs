//! Code for blocks that declare with `using`: like `try { … } finally { … }`, with the disposal as the `finally`.

use boa_ast::{Declaration, StatementList, StatementListItem, declaration::LexicalDeclaration};

use super::{ByteCompiler, Register, jump_control::JumpControlInfoFlags};
use crate::disposal::action;

/// Whether statements declare resources, and whether one of those is asynchronous.
pub(crate) fn using_in<'a>(mut items: impl Iterator<Item = &'a StatementListItem>) -> Option<bool> {
    let mut found = None;
    items.by_ref().for_each(|item| {
        if let StatementListItem::Declaration(declaration) = item
            && let Declaration::Lexical(lexical) = declaration.as_ref()
        {
            match lexical {
                LexicalDeclaration::Using(_) => found = found.or(Some(false)),
                LexicalDeclaration::AwaitUsing(_) => found = Some(true),
                _ => {}
            }
        }
    });
    found
}

pub(crate) fn using_in_list(list: &StatementList) -> Option<bool> {
    using_in(list.statements().iter())
}

impl ByteCompiler<'_> {
    /// Makes the value of a register a resource of the block.
    pub(crate) fn add_resource(&mut self, value: &Register, is_async: bool) {
        let Some(capability) = self.capabilities.last().copied() else { return };
        let action = if is_async { action::ADD_ASYNC } else { action::ADD };
        self.bytecode.emit_dispose(action.into(), capability.into(), value.variable(), value.variable());
    }

    /// `body`, and then the disposal of what it declared, however it ends.
    pub(crate) fn compile_disposing(&mut self, is_async: bool, use_expr: bool, body: impl FnOnce(&mut Self)) {
        let capability = self.register_allocator.alloc();
        let slot: u32 = capability.index();
        let unused = capability.variable();
        self.bytecode.emit_dispose(action::NEW.into(), capability.variable(), unused, unused);
        let re_throw = self.register_allocator.alloc();
        let jump_index = self.register_allocator.alloc();
        self.bytecode.emit_store_true(re_throw.variable());
        self.bytecode.emit_store_zero(jump_index.variable());
        self.push_try_with_finally_control_info(&re_throw, &jump_index, use_expr);

        let handler = self.push_handler();
        self.capabilities.push(slot);
        body(self);
        self.capabilities.pop();
        self.bytecode.emit_store_false(re_throw.variable());
        let done = self.jump();
        self.patch_handler(handler);

        // What was thrown is the first error of the disposal. The end of a generator by `return` is no error: `Exception` throws it on.
        let leaving = self.push_handler();
        let error = self.register_allocator.alloc();
        let is_return = self.register_allocator.alloc();
        self.bytecode.emit_store_false(is_return.variable());
        self.bytecode.emit_exception(error.variable());
        self.bytecode.emit_store_false(re_throw.variable());
        self.bytecode.emit_dispose(action::FAIL.into(), capability.variable(), error.variable(), error.variable());
        let caught = self.jump();
        self.patch_handler(leaving);
        self.bytecode.emit_store_true(is_return.variable());
        self.bytecode.emit_store_true(re_throw.variable());
        let returned = self.jump();

        self.patch_jump(done);
        self.bytecode.emit_store_false(is_return.variable());
        self.patch_jump(caught);
        self.patch_jump(returned);

        let start = self.next_opcode_location();
        if let Some(info) = self.jump_info.last_mut() {
            info.flags |= JumpControlInfoFlags::IN_FINALLY;
        }
        let result = self.register_allocator.alloc();
        self.bytecode.emit_set_register_from_accumulator(result.variable());
        self.dispose(&capability, &error, is_async);
        self.bytecode.emit_set_accumulator(result.variable());
        self.register_allocator.dealloc(result);
        let no_throw = self.jump_if_false(&re_throw);
        self.bytecode.emit_re_throw();
        self.patch_jump(no_throw);
        self.register_allocator.dealloc(is_return);
        self.register_allocator.dealloc(error);
        self.pop_try_with_finally_control_info(start);
        self.register_allocator.dealloc(re_throw);
        self.register_allocator.dealloc(jump_index);
        self.register_allocator.dealloc(capability);
    }

    /// The disposal itself; `value` is free for it.
    fn dispose(&mut self, capability: &Register, value: &Register, is_async: bool) {
        let more = self.register_allocator.alloc();
        let start = self.next_opcode_location();
        self.bytecode.emit_dispose(action::NEXT.into(), capability.variable(), value.variable(), more.variable());
        if is_async {
            let end = self.jump_if_false(&more);
            let handler = self.push_handler();
            self.bytecode.emit_await(value.variable());
            let resume_kind = self.register_allocator.alloc();
            self.pop_into_register(&resume_kind);
            self.pop_into_register(value);
            self.generator_next(value, &resume_kind);
            self.register_allocator.dealloc(resume_kind);
            let settled = self.jump();
            self.patch_handler(handler);
            self.bytecode.emit_exception(value.variable());
            self.bytecode.emit_dispose(action::FAIL.into(), capability.variable(), value.variable(), more.variable());
            self.patch_jump(settled);
            let again = self.jump();
            self.patch_jump_with_target(again, start);
            self.patch_jump(end);
        }
        self.bytecode.emit_dispose(action::END.into(), capability.variable(), value.variable(), more.variable());
        self.register_allocator.dealloc(more);
    }
}
