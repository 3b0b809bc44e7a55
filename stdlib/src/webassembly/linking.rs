//! From a module and an object of imports to an instance: what is given is read, checked, brought into one store and linked there.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::IntegrityLevel};
use boa_gc::Gc;
use wasmi::{Extern, ExternType, GlobalType, MemoryType, Mutability, Nullable, Ref, TableType, Val, ValType, errors::ErrorKind};

use super::{
    binary::{Kind, START},
    call, errors, function, global,
    group::{Group, Place, number_of},
    instance, memory,
    module::Compiled,
    suspension,
    table::{self, NOT_A_FUNCTION},
    values,
};

/// A new Instance. `place` begins the messages of errors.
///
/// # Errors
///
/// A TypeError or LinkError for imports that do not fit, a RuntimeError for segments that do not, what the start function throws.
pub(super) fn instantiate(module: &Compiled, imports: Option<&JsObject>, place: &str, cx: &mut Context) -> JsResult<JsObject> {
    let exports = link(module, imports, place, cx)?;
    Ok(instance::create(instance::INSTANCE.prototype(cx)?, exports))
}

/// The same, as the object with the exports.
pub(super) fn link(module: &Compiled, imports: Option<&JsObject>, place: &str, cx: &mut Context) -> JsResult<JsObject> {
    let given = read_imports(module, imports, place, cx)?;
    let mut linker = Linker { group: group_of(&given), place, cx };
    linker.group.join();
    let mut externs = Vec::with_capacity(given.len());
    let mut functions = 0;
    for (index, ((import, ty), value)) in module.imports().into_iter().zip(&given).enumerate() {
        let kind = import.kind;
        let import = Import { index, functions, module: &import.module, name: &import.name, ty: &ty };
        functions += u32::from(kind == Kind::Function);
        externs.push((kind, linker.bind(&import, value)?));
    }
    externs.sort_by_key(|(kind, _)| *kind);
    let externs: Vec<Extern> = externs.into_iter().map(|(_, given)| given).collect();
    let Linker { group, .. } = linker;
    let first = group.next_function();
    let made = group.with(|store| wasmi::Instance::new(store, &module.module, &externs));
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            drop_functions(&group, &externs, first);
            group.settle()?;
            return Err(instantiation_error(&error, place, cx));
        }
    };
    group.note_functions(first, module.outline.functions, module.imported_functions());
    group.settle()?;
    let exports = exports_object(module, &group, made, cx)?;
    if let Some(start) = group.with(|store| made.get_func(&*store, START)) {
        call::run(&group, start, &[], &mut [], cx)?;
    }
    Ok(exports)
}

/// What `imports` holds for each import of the module, in their order.
fn read_imports(module: &Compiled, imports: Option<&JsObject>, place: &str, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let wanted = &module.outline.imports;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let Some(imports) = imports else { return Err(errors::type_error(format!("{place}: Imports argument must be present and must be an object"))) };
    let mut read = Vec::with_capacity(wanted.len());
    for (index, import) in wanted.iter().enumerate() {
        let from = imports.get(JsString::from(import.module.as_str()), cx)?;
        let Some(from) = from.as_object() else {
            return Err(errors::type_error(format!("{place}: Import #{index} \"{}\": module is not an object or function", import.module)));
        };
        read.push(from.get(JsString::from(import.name.as_str()), cx)?);
    }
    Ok(read)
}

/// The group that an instance with these imports joins: that of one of them which cannot move, else that of a memory, since moving one
/// copies it, else any, else a new one.
fn group_of(given: &[JsValue]) -> Gc<Group> {
    let memories = || given.iter().filter_map(memory::place).map(|place| place.group);
    let tables = || given.iter().filter_map(table::place).map(|place| place.group);
    let globals = || given.iter().filter_map(global::place).map(|place| place.group);
    let functions = || given.iter().filter_map(function::exported).map(|exported| exported.place.group);
    let settled = memories().chain(tables()).chain(globals()).find(|group| !group.is_alone());
    let settled = settled.or_else(|| functions().next());
    settled.or_else(|| memories().chain(tables()).chain(globals()).next()).unwrap_or_else(|| Group::new(false))
}

/// One import of a module.
struct Import<'a> {
    index: usize,
    /// How many functions are imported before it.
    functions: u32,
    module: &'a str,
    name: &'a str,
    ty: &'a ExternType,
}

/// Brings imports into the store of a group.
struct Linker<'a> {
    group: Gc<Group>,
    place: &'a str,
    cx: &'a mut Context,
}

impl Linker<'_> {
    fn refused(&mut self, import: &Import<'_>, why: &str) -> JsError {
        let Import { index, module, name, .. } = import;
        errors::link(&format!("{}: Import #{index} \"{module}\" \"{name}\": {why}", self.place), self.cx)
    }

    fn elsewhere(&mut self, import: &Import<'_>) -> JsError {
        self.refused(import, "it belongs to an instance that has nothing in common with the other imports")
    }

    fn bind(&mut self, import: &Import<'_>, value: &JsValue) -> JsResult<Extern> {
        match import.ty {
            ExternType::Func(ty) => {
                if let Some(callee) = suspension::suspending(value) {
                    return Ok(self.group.import(callee, ty.clone(), true, import.functions).into());
                }
                let Some(callee) = value.as_object().filter(JsObject::is_callable) else {
                    return Err(self.refused(import, "function import requires a callable"));
                };
                if let Some(exported) = function::exported(value) {
                    if exported.ty != *ty {
                        return Err(self.refused(import, "imported function does not match the expected type"));
                    }
                    if let Some(func) = function::in_group(value, &self.group) {
                        return Ok(func.into());
                    }
                }
                Ok(self.group.import(callee, ty.clone(), false, import.functions).into())
            }
            ExternType::Memory(_) if memory::shared_buffer(value).is_some() => Err(self.refused(import, "mismatch in shared state of memory, declared = 0, imported = 1")),
            ExternType::Memory(ty) => {
                let Some(found) = memory::place(value) else { return Err(self.refused(import, "memory import must be a WebAssembly.Memory object")) };
                self.check_memory(import, *ty, &found)?;
                let handle = self.here(value, &found, memory::move_to);
                handle.map(Extern::Memory).ok_or_else(|| self.elsewhere(import))
            }
            ExternType::Table(ty) => {
                let Some(found) = table::place(value) else { return Err(self.refused(import, "table import requires a WebAssembly.Table")) };
                self.check_table(import, *ty, &found)?;
                let handle = self.here(value, &found, table::move_to);
                handle.map(Extern::Table).ok_or_else(|| self.elsewhere(import))
            }
            ExternType::Global(ty) => self.bind_global(import, *ty, value),
        }
    }

    /// The handle in the linker's group: it is there, or it can move there.
    fn here<H: Copy>(&self, value: &JsValue, found: &Place<H>, move_to: fn(&JsObject, &Gc<Group>) -> Option<H>) -> Option<H> {
        if Gc::ptr_eq(&found.group, &self.group) {
            return Some(found.handle);
        }
        if !found.group.is_alone() {
            return None;
        }
        move_to(&value.as_object()?, &self.group)
    }

    fn check_memory(&mut self, import: &Import<'_>, wanted: MemoryType, found: &Place<wasmi::Memory>) -> JsResult<()> {
        let (ty, pages) = found.group.with(|store| (found.handle.ty(&*store), found.handle.size(&*store)));
        let why = if ty.is_64() != wanted.is_64() {
            let name = |is_64| if is_64 { "i64" } else { "i32" };
            format!("cannot import {} memory as {}", name(ty.is_64()), name(wanted.is_64()))
        } else if pages < wanted.minimum() {
            format!("memory import has {pages} pages which is smaller than the declared initial of {}", wanted.minimum())
        } else {
            match (wanted.maximum(), ty.maximum()) {
                (Some(_), None) => "memory import has no maximum limit, expected at most 4294967295".to_owned(),
                (Some(wanted), Some(found)) if found > wanted => format!("memory import has a larger maximum size {found} than the module's declared maximum {wanted}"),
                _ => return Ok(()),
            }
        };
        Err(self.refused(import, &why))
    }

    fn check_table(&mut self, import: &Import<'_>, wanted: TableType, found: &Place<wasmi::Table>) -> JsResult<()> {
        let (ty, size) = found.group.with(|store| (found.handle.ty(&*store), found.handle.size(&*store)));
        let index = import.index;
        let why = if size < wanted.minimum() {
            format!("is smaller than initial {}, got {size}", wanted.minimum())
        } else {
            match (wanted.maximum(), ty.maximum()) {
                (Some(wanted), None) => format!("has no maximum length; required: {wanted}"),
                (Some(wanted), Some(found)) if found > wanted => format!("has a larger maximum size {found} than the module's declared maximum {wanted}"),
                _ if ty.element() != wanted.element() || ty.is_64() != wanted.is_64() => {
                    return Err(self.refused(import, "imported table does not match the expected type"));
                }
                _ => return Ok(()),
            }
        };
        Err(errors::link(&format!("{}: table import {index} {why}", self.place), self.cx))
    }

    fn bind_global(&mut self, import: &Import<'_>, ty: GlobalType, value: &JsValue) -> JsResult<Extern> {
        if let Some(found) = global::place(value) {
            let actual = found.group.with(|store| found.handle.ty(&*store));
            if actual.mutability() != ty.mutability() {
                return Err(self.refused(import, "imported global does not match the expected mutability"));
            }
            if actual.content() != ty.content() {
                return Err(self.refused(import, "imported global does not match the expected type"));
            }
            let handle = self.here(value, &found, global::move_to);
            return handle.map(Extern::Global).ok_or_else(|| self.elsewhere(import));
        }
        if ty.mutability() == Mutability::Var {
            return Err(self.refused(import, "imported mutable global must be a WebAssembly.Global object"));
        }
        let fits = match ty.content() {
            ValType::I32 | ValType::F32 | ValType::F64 => value.is_number(),
            ValType::I64 => value.is_bigint(),
            ValType::ExternRef => true,
            ValType::FuncRef if value.is_null() || function::exported(value).is_some() => true,
            ValType::FuncRef => return Err(self.refused(import, NOT_A_FUNCTION)),
            ValType::V128 => false,
        };
        if !fits {
            return Err(self.refused(import, "global import must be a number, valid Wasm reference, or WebAssembly.Global object"));
        }
        let value: Val = values::to_wasm(value, ty.content(), &self.group, self.cx)?;
        Ok(Extern::Global(self.group.with(|store| wasmi::Global::new(store, value, Mutability::Const))))
    }
}

/// The frozen object with what the module exports, in its order.
fn exports_object(module: &Compiled, group: &Gc<Group>, made: wasmi::Instance, cx: &mut Context) -> JsResult<JsObject> {
    let exports = JsObject::with_null_proto();
    for export in &module.outline.exports {
        let value = match group.with(|store| made.get_export(&*store, &export.name)) {
            Some(Extern::Func(func)) => function::object(group, func, cx),
            Some(Extern::Memory(memory)) => memory::object(group, memory, cx)?,
            Some(Extern::Table(table)) => table::object(group, table, cx)?,
            Some(Extern::Global(global)) => global::object(group, global, cx)?,
            None => continue,
        };
        exports.create_data_property_or_throw(js_string!(export.name.as_str()), value, cx)?;
    }
    exports.set_integrity_level(IntegrityLevel::Frozen, cx)?;
    Ok(exports)
}

/// Takes the functions from number `first` on out of imported tables: their instance was not finished, and must not be run.
fn drop_functions(group: &Group, externs: &[Extern], first: u32) {
    let tables = externs.iter().filter_map(|given| if let Extern::Table(table) = given { Some(*table) } else { None });
    for table in tables {
        group.with(|store| {
            for index in 0..table.size(&*store) {
                if let Some(Ref::Func(Nullable::Val(func))) = table.get(&*store, index)
                    && number_of(&func) >= first
                {
                    // It fits: the place is there, and takes functions.
                    let _ = table.set(&mut *store, index, Ref::Func(Nullable::Null));
                }
            }
        });
    }
}

fn instantiation_error(error: &wasmi::Error, place: &str, cx: &mut Context) -> JsError {
    use wasmi::errors::{InstantiationError, MemoryError, TableError};
    match error.kind() {
        ErrorKind::Memory(MemoryError::OutOfBoundsAccess) => errors::runtime(&format!("{place}: data segment is out of bounds"), cx),
        ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. })
        | ErrorKind::Table(TableError::InitOutOfBounds | TableError::SetOutOfBounds | TableError::CopyOutOfBounds)
        | ErrorKind::TrapCode(_) => errors::runtime(&format!("{place}: table index is out of bounds"), cx),
        ErrorKind::Instantiation(InstantiationError::FailedToInstantiateMemory(_)) => errors::range_error(format!("{place}: Out of memory: Cannot allocate Wasm memory for new instance")),
        ErrorKind::Instantiation(InstantiationError::FailedToInstantiateTable(_)) => errors::range_error(format!("{place}: Out of memory: Cannot allocate table")),
        _ => errors::link(&format!("{place}: {error}"), cx),
    }
}
