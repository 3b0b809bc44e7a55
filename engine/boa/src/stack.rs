//! The call stack as data.

use crate::vm::{
    NativeSourceInfo, Vm,
    shadow_stack::{Backtrace, ShadowEntry},
};
use crate::native_function::NativeFunctionObject;

impl Vm {
    /// The innermost `limit` frames, outermost first.
    pub(crate) fn backtrace(&self, limit: usize) -> Backtrace {
        self.backtrace_without(0, limit)
    }

    /// The same without the running native function.
    pub(crate) fn caller_backtrace(&self, limit: usize) -> Backtrace {
        self.backtrace_without(usize::from(self.running_native().is_some()), limit)
    }

    fn backtrace_without(&self, skip: usize, limit: usize) -> Backtrace {
        let mut natives = self.native_frames.iter().rev().peekable();
        let mut entries = Vec::new();
        for depth in (1..=self.frames.len()).rev() {
            while let Some(native) = natives.next_if(|native| native.depth >= depth) {
                let function_name = native.function.downcast_ref::<NativeFunctionObject>().map(|data| data.name.clone());
                entries.push(ShadowEntry::Native { function_name, source_info: NativeSourceInfo::caller() });
            }
            if depth > 1 {
                let frame = &self.frames[depth - 1];
                // The program counter stands behind the instruction that is running.
                entries.push(ShadowEntry::Bytecode { pc: frame.pc.saturating_sub(1), source_info: frame.code_block.source_info.clone() });
            }
            if entries.len() >= skip + limit {
                break;
            }
        }
        Backtrace::from_entries(entries.into_iter().skip(skip).take(limit).collect::<Vec<_>>().into_iter().rev())
    }
}
