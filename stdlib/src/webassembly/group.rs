//! The store that instances share which have something in common, and the objects of JavaScript that stand for what is in it.
//!
//! Each instance starts a group of its own, unless it imports something of another one: then it joins that. A memory, table or global
//! that a script made is alone in its group, and moves to that of the first instance that imports it (see `linking`). A group and what
//! refers to it are garbage together.

use std::{
    cell::{Cell, RefCell},
    fmt::{Debug, Write},
    sync::LazyLock,
};

use boa_engine::{JsObject, JsResult, JsValue, limits};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use wasmi::{CompilationMode, Config, CustomFuelCosts, Engine, Error, ExternRef, Func, FuncType, ResourceLimiter, ResumableCall, Store, Val, errors::HostError};

use super::memory;

/// The interpreter of every thread: a module that goes to another thread need not be compiled again.
pub(super) static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        // Charged when the module is made.
        .fuel_cost(CustomFuelCosts { fuel_per_bytes_translated: 0, fuel_per_bytes_validated: 0, bytes_copied_per_fuel: BYTES_PER_FUEL })
        .ignore_custom_sections(true)
        .compilation_mode(CompilationMode::LazyTranslation)
        .set_max_recursion_depth(DEPTH_MAX)
        .set_max_stack_height(STACK_BYTES_MAX)
        .set_max_cached_stacks(STACKS_KEPT);
    Engine::new(&config)
});

/// About as deep as V8's stack lets a small function call itself.
const DEPTH_MAX: usize = 30_000;
/// Locals and operands of all frames of a run.
const STACK_BYTES_MAX: usize = 8 << 20;
/// Stacks kept for the next runs: a run that calls JavaScript keeps its own.
const STACKS_KEPT: usize = 8;
const BYTES_PER_FUEL: u32 = 64;

/// A store and what JavaScript knows of it.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Group {
    /// Borrowed only while no JavaScript can run.
    #[unsafe_ignore_trace]
    store: RefCell<Store<Notes>>,
    known: GcRefCell<Known>,
    /// Holds one memory, table or global that a script made, and no instance.
    #[unsafe_ignore_trace]
    alone: Cell<bool>,
}

/// The objects for what is in the store, by its number there.
#[derive(Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Known {
    functions: FxHashMap<u32, JsObject>,
    memories: FxHashMap<u32, JsObject>,
    tables: FxHashMap<u32, JsObject>,
    globals: FxHashMap<u32, JsObject>,
    /// What the functions of the host call.
    imports: Vec<Import>,
    /// Values that are `externref`s.
    references: Vec<JsValue>,
    /// Their handles, in the same order, and the numbers of those that are objects by address.
    #[unsafe_ignore_trace]
    reference_handles: Vec<ExternRef>,
    #[unsafe_ignore_trace]
    reference_numbers: FxHashMap<usize, usize>,
    /// The first function of each instance or import, how many there are, and the index of that first one in its module.
    #[unsafe_ignore_trace]
    function_indices: Vec<(u32, u32, u32)>,
}

/// A function of JavaScript as WebAssembly calls it.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Import {
    pub(super) callee: JsObject,
    #[unsafe_ignore_trace]
    pub(super) ty: FuncType,
    /// It promises its results: see `suspension`.
    pub(super) is_suspending: bool,
}

/// Arguments or results: none on the heap for most functions.
pub(super) type Vals = SmallVec<[Val; 6]>;

/// What the host's functions and the limiter leave for who runs the interpreter.
#[derive(Default)]
pub(super) struct Notes {
    /// The imported function that ended the run.
    import: usize,
    arguments: Vals,
    /// A memory has grown, so that its buffer must go.
    grown: bool,
    /// Fuel that was not charged yet.
    uncharged: u64,
}

/// Ends a run because JavaScript is to be called.
#[derive(Debug)]
pub(super) struct CallsOut;

impl std::fmt::Display for CallsOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an imported function is called")
    }
}

impl HostError for CallsOut {}

/// The bounds of V8 for a table.
pub(super) const TABLE_SIZE_MAX: u64 = 10_000_000;

impl ResourceLimiter for Notes {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, wasmi_core::LimiterError> {
        // Growing doubles what is allocated.
        let more = desired.max(current.saturating_mul(2)).saturating_sub(current);
        let granted = limits::reserve(more as u64).is_ok();
        self.grown |= granted;
        Ok(granted)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, wasmi_core::LimiterError> {
        let more = desired.saturating_sub(current).saturating_mul(size_of::<u64>());
        Ok(desired as u64 <= TABLE_SIZE_MAX && limits::reserve(more as u64).is_ok())
    }

    fn instances(&self) -> usize {
        usize::MAX
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}

/// Fuel that a run gets at a time: between a half and a whole millisecond of work.
const SLICE: u64 = 1 << 18;
/// Instructions of wasmi that count as one unit of the engine's.
const FUEL_PER_UNIT: u64 = 16;

impl Group {
    /// An empty store.
    pub(super) fn new(alone: bool) -> Gc<Self> {
        let mut store = Store::new(&ENGINE, Notes::default());
        store.limiter(|notes| notes);
        Gc::new(Self { store: RefCell::new(store), known: GcRefCell::default(), alone: Cell::new(alone) })
    }

    /// Whether only one object that a script made is in it, which can move to another group.
    pub(super) fn is_alone(&self) -> bool {
        self.alone.get()
    }

    /// An instance joins.
    pub(super) fn join(&self) {
        self.alone.set(false);
    }

    /// Works on the store. No JavaScript runs meanwhile.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut Store<Notes>) -> R) -> R {
        work(&mut self.store.borrow_mut())
    }

    /// Runs the interpreter with a slice of fuel, or with the fuel that its next instruction takes.
    pub(super) fn run(&self, fuel: u64, work: impl FnOnce(&mut Store<Notes>) -> Result<ResumableCall, Error>) -> Result<ResumableCall, Error> {
        self.with(|store| {
            let fuel = fuel.max(SLICE);
            store.set_fuel(fuel)?;
            let reached = work(store);
            let used = fuel.saturating_sub(store.get_fuel().unwrap_or(0));
            store.data_mut().uncharged += used;
            reached
        })
    }

    /// To be called before JavaScript runs again: lets go of the buffers of memories that have grown, and charges the work.
    ///
    /// # Errors
    ///
    /// The script is to stop, or memory is short.
    pub(super) fn settle(&self) -> JsResult<()> {
        let (grown, units) = self.with(|store| {
            let notes = store.data_mut();
            let units = notes.uncharged / FUEL_PER_UNIT;
            notes.uncharged %= FUEL_PER_UNIT;
            (std::mem::take(&mut notes.grown), units)
        });
        if grown {
            for memory in self.known.borrow().memories.values() {
                memory::let_go_if_grown(memory);
            }
        }
        limits::charge(units)
    }

    /// A function of the store that calls one of JavaScript, whose index in its module is `index`.
    pub(super) fn import(&self, callee: JsObject, ty: FuncType, is_suspending: bool, index: u32) -> Func {
        let number = {
            let mut known = self.known.borrow_mut();
            known.imports.push(Import { callee, ty: ty.clone(), is_suspending });
            known.imports.len() - 1
        };
        let func = self.with(|store| {
            Func::new(store, ty, move |mut caller, arguments, _results| {
                let notes: &mut Notes = caller.data_mut();
                notes.import = number;
                notes.arguments.clear();
                notes.arguments.extend(arguments.iter().cloned());
                Err(Error::host(CallsOut))
            })
        });
        self.note_functions(number_of(&func), 1, index);
        func
    }

    /// The import whose call ended the run, and its arguments.
    pub(super) fn called(&self) -> Option<(Import, Vals)> {
        let (number, arguments) = self.with(|store| {
            let notes = store.data_mut();
            (notes.import, std::mem::take(&mut notes.arguments))
        });
        Some((self.known.borrow().imports.get(number)?.clone(), arguments))
    }

    /// Notes that the functions from `first` on are those of a module from `index` on.
    pub(super) fn note_functions(&self, first: u32, count: u32, index: u32) {
        self.known.borrow_mut().function_indices.push((first, count, index));
    }

    /// The number that the next function of the store will have: one more than that of a function made for the purpose.
    pub(super) fn next_function(&self) -> u32 {
        self.with(|store| number_of(&Func::wrap(store, || {}))) + 1
    }

    /// The index of a function in its module.
    pub(super) fn index_of(&self, func: Func) -> u32 {
        let number = number_of(&func);
        let known = self.known.borrow();
        let after = known.function_indices.partition_point(|(first, ..)| *first <= number);
        let run = after.checked_sub(1).and_then(|at| known.function_indices.get(at));
        run.map_or(0, |(first, _, index)| index + (number - first))
    }

    /// The `externref` of a value that is not null.
    pub(super) fn reference(&self, value: &JsValue) -> ExternRef {
        let address = value.as_object().map(|object| std::ptr::from_ref(object.as_ref()).addr());
        let number = {
            let mut known = self.known.borrow_mut();
            if let Some(found) = address.and_then(|address| known.reference_numbers.get(&address).copied()).and_then(|at| known.reference_handles.get(at)) {
                return *found;
            }
            known.references.push(value.clone());
            known.references.len() - 1
        };
        let handle = self.with(|store| ExternRef::new(store, number));
        let mut known = self.known.borrow_mut();
        known.reference_handles.push(handle);
        if let Some(address) = address {
            known.reference_numbers.insert(address, number);
        }
        handle
    }

    /// The value that an `externref` is.
    pub(super) fn referenced(&self, reference: ExternRef) -> JsValue {
        let number = self.with(|store| reference.data(&*store).downcast_ref::<usize>().copied());
        number.and_then(|number| self.known.borrow().references.get(number).cloned()).unwrap_or_default()
    }

    /// The object that stands for `handle`, if there is one.
    pub(super) fn object<H: Handle>(&self, handle: &H) -> Option<JsObject> {
        H::objects(&self.known.borrow()).get(&number_of(handle)).cloned()
    }

    /// Notes the object that stands for `handle`.
    pub(super) fn set_object<H: Handle>(&self, handle: &H, object: JsObject) {
        H::objects_mut(&mut self.known.borrow_mut()).insert(number_of(handle), object);
    }
}

/// Where something is: in which store, and as what there.
#[derive(Clone)]
pub(super) struct Place<H> {
    pub(super) group: Gc<Group>,
    pub(super) handle: H,
}

impl<H> Finalize for Place<H> {}

// SAFETY: a handle is a number in the store; the group is all that the collector has to know.
unsafe impl<H: 'static> Trace for Place<H> {
    boa_gc::custom_trace!(this, mark, {
        mark(&this.group);
    });
}

/// What JavaScript has objects for.
pub(super) trait Handle: Debug + Copy + 'static {
    #[doc(hidden)]
    fn objects(known: &Known) -> &FxHashMap<u32, JsObject>;
    #[doc(hidden)]
    fn objects_mut(known: &mut Known) -> &mut FxHashMap<u32, JsObject>;
}

macro_rules! handle {
    ($($handle:ty: $objects:ident;)*) => {
        $(impl Handle for $handle {
            fn objects(known: &Known) -> &FxHashMap<u32, JsObject> {
                &known.$objects
            }

            fn objects_mut(known: &mut Known) -> &mut FxHashMap<u32, JsObject> {
                &mut known.$objects
            }
        })*
    };
}

handle! {
    Func: functions;
    wasmi::Memory: memories;
    wasmi::Table: tables;
    wasmi::Global: globals;
}

/// The number of a handle in its store. wasmi tells it in the handle's debug text only.
pub(super) fn number_of(handle: &impl Debug) -> u32 {
    let mut found = KeyFinder::default();
    // A finder that has found all it looks for refuses the rest.
    let _ = write!(found, "{handle:?}");
    found.number
}

/// Reads the digits behind `key: ` in what is written to it.
#[derive(Default)]
struct KeyFinder {
    seen_key: bool,
    number: u32,
    done: bool,
}

impl Write for KeyFinder {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if self.done {
            return Err(std::fmt::Error);
        }
        if self.seen_key {
            for byte in text.bytes() {
                match byte {
                    b'0'..=b'9' => self.number = self.number.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')),
                    b':' | b' ' => {}
                    _ => {
                        self.done = true;
                        return Err(std::fmt::Error);
                    }
                }
            }
        } else {
            self.seen_key = text == "key" || text.ends_with("key: ");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_have_different_numbers() {
        let mut store = Store::new(&ENGINE, Notes::default());
        let mut func = || Func::new(&mut store, FuncType::new([], []), |_, _, _| Ok(()));
        let numbers: Vec<u32> = std::iter::repeat_with(|| number_of(&func())).take(12).collect();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
        let memory = |store: &mut Store<Notes>| wasmi::Memory::new(store, wasmi::MemoryType::new(0, None)).map(|memory| number_of(&memory)).ok();
        assert_eq!([memory(&mut store), memory(&mut store)], [Some(0), Some(1)]);
    }
}
