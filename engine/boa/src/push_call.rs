//! How the frame of a called function comes to be.

use boa_gc::Gc;
use thin_vec::ThinVec;

use crate::{
    JsValue,
    environments::EnvironmentStack,
    plain_bindings,
    realm::Realm,
    vm::{ActiveRunnable, CallFrame, CallFrameFlags, CodeBlock, Vm},
};

impl Vm {
    /// Pushes the frame of a function whose arguments, function and `this` are on the stack, and makes room for its registers.
    ///
    /// The frame is written where it stays, a field at a time. Put together elsewhere it would be copied by larger pieces than it was
    /// written by, and the processor waits at each of them.
    #[inline(always)]
    pub(crate) fn push_call(
        &mut self,
        code_block: Gc<CodeBlock>,
        active_runnable: Option<ActiveRunnable>,
        environments: EnvironmentStack,
        realm: Realm,
        argument_count: u32,
        flags: CallFrameFlags,
    ) {
        // Each function call starts with an implicit `undefined` return value.
        self.return_value = JsValue::undefined();
        // The last active runnable is carried on in case the current frame yields.
        let active_runnable = active_runnable.or_else(|| self.frame().active_runnable.clone());
        let rp = self.stack.stack.len();
        let registers = code_block.register_count as usize;
        self.stack.stack.resize(rp + registers, JsValue::undefined());
        let env_fp = environments.len() as u32;

        self.frames.reserve(1);
        let depth = self.frames.len();
        let frame = self.frames.spare_capacity_mut()[0].as_mut_ptr();
        // SAFETY: there is room for a frame, every field of which is written before it counts.
        unsafe {
            (&raw mut (*frame).code_block).write(code_block);
            (&raw mut (*frame).pc).write(0);
            (&raw mut (*frame).fp).write(rp as u32 - argument_count - CallFrame::FUNCTION_PROLOGUE);
            (&raw mut (*frame).argument_count).write(argument_count);
            (&raw mut (*frame).env_fp).write(env_fp);
            (&raw mut (*frame).rp).write(rp as u32);
            (&raw mut (*frame).iterators).write(ThinVec::new());
            (&raw mut (*frame).binding_stack).write(ThinVec::new());
            (&raw mut (*frame).plain_binding).write(plain_bindings::NONE);
            (&raw mut (*frame).loop_iteration_count).write(0);
            (&raw mut (*frame).active_runnable).write(active_runnable);
            (&raw mut (*frame).environments).write(environments);
            (&raw mut (*frame).realm).write(realm);
            (&raw mut (*frame).flags).write(flags);
            self.frames.set_len(depth + 1);
        }
    }
}
