"""numba's compiler, without what rules never need: what `sim.native.build` and tests of single rules compile with.

Left to itself, numba optimises every rule and makes machine code of it, together with all that it calls, though Python
only ever calls the entries. Here a rule stays in LLVM's language until an entry takes it up, which lets LLVM see whole
entries as well: they run a fifth to a half faster. All else here saves steps between a rule and LLVM's language.

None of these parts of numba are public: its version is bounded for that reason. `docs/development/performance.md` says
what each step saves.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import llvmlite.ir as llvm
from llvmlite.binding import Linkage, create_pass_builder, create_pipeline_tuning_options
from numba.core import errors, ir, sigutils, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.cpu import CPUContext
from numba.core.lowering import Lower
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.targetconfig import ConfigStack, TargetConfig
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.types.functions import BaseFunction
from numba.core.typing.enumdecl import EnumClassAttribute
from numba.core.untyped_passes import (
    DeadBranchPrune,
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)
from numba.extending import intrinsic, typeof_impl
from numba.np.arrayobj import load_item, store_item

from sim.native.rule import Instruction, Rule

_ABSENT = object()
_DATA = 4
"""Place of the pointer to the data in numba's structure of an array."""


def _with_all_they_call(libraries: Iterable[Any]) -> list[Any]:
    """Libraries and those they call, each once and after one that calls it: LLVM takes in what is called already."""
    found: dict[Any, None] = {}
    waiting = list(libraries)[::-1]
    while waiting:
        library = waiting.pop()
        if library not in found:
            found[library] = None
            waiting.extend(library._linking_libraries[::-1])
    return list(found)


class _Library(JITCodeLibrary):
    """What numba keeps of one compiled function, with all that it calls, however far away."""

    def finalize(self) -> None:
        self._linking_libraries = _with_all_they_call(self._linking_libraries)
        super().finalize()


class _Rule(_Library):
    """A rule in LLVM's language: linked to nothing, neither optimised nor made machine code of."""

    def add_llvm_module(self, module: Any) -> None:
        self._final_module.link_in(module)

    def finalize(self) -> None:
        self._finalized = True

    @property
    def codegen(self) -> Any:
        """Where numba, after compiling, puts the environment of a function's machine code: here there is none."""
        return _NoMachineCode


class _NoMachineCode:
    @staticmethod
    def set_env(name: str, environment: Any) -> None:
        """Nothing: no machine code will look for it."""


class _Entry(_Library):
    """An entry's machine code with all rules in it.

    What it calls is internal to it, so that LLVM may drop what nobody else can call and put into its caller what is
    called once. No rule calls an entry. LLVM goes over it once, where numba has it go twice, and puts what is called
    from several places into them up to a smaller size: a fifth less machine code, and no slower.
    """

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = Linkage.internal
        optimise(self._final_module, self._codegen._tm)


def optimise(module: Any, machine: Any) -> None:
    """Let LLVM go over a module once, with what is not exported internal to it."""
    options = create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization, options.slp_vectorization = True, False
    builder = create_pass_builder(machine, options)
    passes = builder.getModulePassManager()
    passes.add_refprune_pass()
    passes.run(module, builder)


@functools.cache
def _is_counted(context: Any, kind: Any) -> bool:
    """Whether values of a type hold references that are counted; the fields of a record never do."""
    return not isinstance(kind, types.NestedArray) and bool(context.data_model_manager[kind].contains_nrt_meminfo())


class _RuleLower(Lower):
    """Writes a rule in LLVM's language: an item of an array in a record takes 5 instructions instead of 50."""

    def incref(self, kind: Any, value: Any) -> None:
        if _is_counted(self.context, kind):
            super().incref(kind, value)

    def decref(self, kind: Any, value: Any) -> None:
        if _is_counted(self.context, kind):
            super().decref(kind, value)

    def delvar(self, name: str) -> None:
        if _is_counted(self.context, self.typeof(name)):
            super().delvar(name)
        elif name not in self._blk_local_varmap:
            self._singly_assigned_vars.discard(name)

    def lower_expr(self, result: Any, expr: Any) -> Any:
        if expr.op == "getattr" and isinstance(result, types.NestedArray):
            record = self.typeof(expr.value.name)
            if isinstance(record, types.Record):
                return self._array_in(record, expr.attr, self.loadvar(expr.value.name))
        return super().lower_expr(result, expr)

    def _array_in(self, record: Any, field: str, value: Any) -> Any:
        self.context.sentry_record_alignment(record, field)
        kind = record.typeof(field)
        item = self.context.get_data_type(kind.dtype).as_pointer()
        structure = self.context.get_value_type(kind)
        known = [None, None, kind.nitems, kind.size, None, list(kind.shape), list(kind.strides)]
        parts = [llvm.Constant(part, value) for part, value in zip(structure.elements, known, strict=True)]
        start = self.builder.gep(value, [llvm.IntType(32)(0), llvm.IntType(32)(record.offset(field))], inbounds=True)
        return self.builder.insert_value(llvm.Constant(structure, parts), self.builder.bitcast(start, item), _DATA)

    def _place(self, array: Any, index: Any) -> Any:
        """Pointer to an item of an array in a record, or None where it is no single one.

        An index is taken as it is: in rules -1 stands for 'none', and none counts from the end of an array. Finding out
        for each whether it does takes a seventh of all instructions of a replicate. Rules that run as plain Python are
        held to this (`sim.native.entry`).
        """
        kind = self.typeof(array.name)
        of_index: Any = types.unliteral(self.typeof(index.name))
        is_tuple = isinstance(self.typeof(index.name), types.BaseTuple)
        kinds = of_index.types if is_tuple else (of_index,)
        if not isinstance(kind, types.NestedArray) or len(kinds) != kind.ndim or self.context.enable_boundscheck:
            return None
        if not all(isinstance(k, types.Integer) for k in kinds):
            return None
        value = self.context.cast(self.builder, self.loadvar(index.name), self.typeof(index.name), of_index)
        values = [self.builder.extract_value(value, i) for i in range(kind.ndim)] if is_tuple else [value]
        place = None
        for of_value, value, n in zip(kinds, values, kind.shape, strict=True):
            value = self.context.cast(self.builder, value, of_value, types.intp)
            n = self.context.get_constant(types.intp, n)
            place = value if place is None else self.builder.add(self.builder.mul(place, n), value)
        return self.builder.gep(self.builder.extract_value(self.loadvar(array.name), _DATA), [place])

    def lower_getitem(self, result: Any, expr: Any, array: Any, index: Any, signature: Any) -> Any:
        place = self._place(array, index)
        if place is None:
            return super().lower_getitem(result, expr, array, index, signature)
        item = load_item(self.context, self.builder, self.typeof(array.name), place)
        return self.context.cast(self.builder, item, signature.return_type, result)

    def lower_setitem(self, array: Any, index: Any, value: Any, signature: Any) -> Any:
        place = self._place(array, index)
        if place is None:
            return super().lower_setitem(array, index, value, signature)
        item, kind = self.loadvar(value.name), signature.args[2]
        item = self.context.cast(self.builder, item, self.typeof(value.name), kind)
        item = self.context.cast(self.builder, item, kind, self.typeof(array.name).dtype)
        return store_item(self.context, self.builder, self.typeof(array.name), item, place)


@register_pass(mutates_CFG=True, analysis_only=False)
class _RuleLowering(NativeLowering):
    _name = "rule_lowering"
    lowering_class = _RuleLower


class _EntryCompiler(Compiler):
    """numba's compiler, into our library."""

    library: type[_Library] = _Entry

    def define_pipelines(self) -> Any:
        self.state.library = self.library(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


class _RuleCompiler(_EntryCompiler):
    """Only the steps that a rule needs: it has no closures, `with`, generators or whole-array expressions."""

    library = _Rule
    steps = (
        TranslateByteCode, FixupArgs, IRProcessing, GenericRewrites, ReconstructSSA, DeadBranchPrune,
        NopythonTypeInference, PreLowerStripPhis, IRLegalization, AnnotateTypes, _RuleLowering, NoPythonBackend,
    )  # fmt: skip

    def define_pipelines(self) -> Any:
        super().define_pipelines()
        manager: Any = PassManager("rule")
        for step in self.steps:
            manager.add_pass(step, step.name())
        manager.finalize()
        return [manager]


def _widened(kind: Any) -> Any:
    """Literals and members of enumerations are whole numbers to a rule, which is compiled once for all of them."""
    kind = types.unliteral(kind)
    return kind.dtype if isinstance(kind, types.IntEnumMember) else kind


class _RuleDispatcher(CPUDispatcher):
    """A rule by types of argument: few, never kept in a file, and not timed."""

    def __init__(self, py_func: Any, locals: Any = None, targetoptions: Any = None):  # noqa: A002 (numba's name)
        super().__init__(py_func, locals or {}, targetoptions, pipeline_class=_RuleCompiler)

    def get_call_template(self, arguments: Any, keywords: Any) -> Any:
        widened = {name: _widened(kind) for name, kind in keywords.items()}
        return super().get_call_template([_widened(kind) for kind in arguments], widened)

    def compile(self: Any, signature: Any) -> Any:
        with global_compiler_lock, replacing(), self._compiling_counter:
            arguments, result = sigutils.normalize_signature(signature)
            if arguments not in self.overloads:
                self.add_overload(self._compiler.compile(arguments, result))
            return self.overloads[arguments].entry_point


def _member_type(_: Any, enumeration: Any, name: str) -> Any:
    """Members of our enumerations are whole numbers from the beginning, of others what numba makes of them."""
    if name not in enumeration.instance_class.__members__:
        return None
    ours = isinstance(enumeration, types.IntEnumClass) and enumeration.instance_class.__module__.startswith("sim.")
    return enumeration.dtype if ours else enumeration.member_type


def _remembering(get_call_type: Callable[..., Any]) -> Callable[..., Any]:
    """What a function of numba's returns for arguments, found once for each choice of options."""
    found: dict[Any, Any] = {}

    def remembered(function: Any, context: Any, arguments: Any, keywords: Any) -> Any:
        key = id(function), id(context), arguments, tuple(keywords.items()), ConfigStack.top_or_none()
        if key not in found:
            found[key] = get_call_type(function, context, arguments, keywords), function, context
        return found[key][0]

    return remembered


_WITHOUT_VARIABLES = {ir.Loc, str, int, bool, type(None)}


def _variables_in(instruction: Any, value: Any) -> list[Any]:
    """As numba has it, but what cannot hold a variable is passed over first."""
    kind = type(value)
    if kind in _WITHOUT_VARIABLES:
        return []
    if kind is ir.Var:
        return [value]
    if isinstance(value, ir.Inst):
        return list(value.list_vars())
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [variable for part in parts for variable in _variables_in(instruction, part)]


@functools.cache
def _defaults(kind: Any) -> dict[str, Any]:
    return {name: option.default for name, option in kind.options.items()}


def _values(options: Any) -> dict[str, Any]:
    values: dict[str, Any] = _defaults(options.__class__) | options._values
    return values


_REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (cpu_target.target_context.codegen(), "_library_class", _Library),
    (EnumClassAttribute, "generic_resolve", _member_type),
    # what numba works out again at every step: the text of all 570 fields of plan and state, what comes back for which
    # arguments, modules to import, sizes, the variables of an instruction, all options for each comparison of them
    (types.Record, "__repr__", functools.cache(types.Record.__repr__)),
    (BaseFunction, "get_call_type", _remembering(BaseFunction.get_call_type)),
    (CPUContext, "load_additional_registries", functools.cache(CPUContext.load_additional_registries)),
    (llvm.Type, "get_abi_size", functools.cache(llvm.Type.get_abi_size)),
    (ir.Inst, "_rec_list_vars", _variables_in),
    (TargetConfig, "values", _values),
    # thousands of errors are made to be caught, and for each the terminal was prepared for colours
    (errors, "ColorShell", nullcontext),
)


@contextmanager
def replacing() -> Iterator[None]:
    """Parts of numba replaced by ours within this, and only so long: other people's code is compiled as ever.

    The garbage collector rests meanwhile, which would look again and again at all the code.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    before = [(owner, name, vars(owner).get(name, _ABSENT)) for owner, name, _ in _REPLACED]
    for owner, name, ours in _REPLACED:
        setattr(owner, name, ours)
    try:
        yield
    finally:
        for owner, name, theirs in before:
            if theirs is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, theirs)
        if was_enabled:
            gc.enable()


class _EntryDispatcher(CPUDispatcher):
    """An entry by types of argument, for this process."""

    def __init__(self, py_func: Any, locals: Any = None, targetoptions: Any = None):  # noqa: A002 (numba's name)
        super().__init__(py_func, locals or {}, targetoptions, pipeline_class=_EntryCompiler)

    def compile(self, signature: Any) -> Any:
        with global_compiler_lock, replacing():
            return super().compile(signature)


_OPTIONS: Any = {"error_model": "numpy", "nogil": True}
_FOR_RULES = {"nopython": True, "boundscheck": None, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def entry(function: Callable[..., Any]) -> Any:
    """A function that Python calls, compiled by numba in this process when it is called; it may call rules."""
    return _EntryDispatcher(function, targetoptions=_OPTIONS | {"nopython": True, "boundscheck": None})


@functools.cache
def _dispatcher(function: Callable[..., Any]) -> Any:
    return _RuleDispatcher(function, targetoptions=_OPTIONS | _FOR_RULES)


@typeof_impl.register(Rule)
def _type_of(rule: Rule, _: Any) -> Any:
    """What numba takes a rule for where compiled code calls it."""
    if isinstance(rule, Instruction):
        return cpu_target.typing_context.resolve_value_type(_INSTRUCTIONS[rule.__name__])
    return types.Dispatcher(_dispatcher(rule.py_func))


def in_llvm(function: Callable[..., Any], signature: tuple[Any, ...]) -> tuple[Any, dict[Any, Any]]:
    """A function in LLVM's language: what numba says of it, and the modules of all that it calls."""
    with global_compiler_lock, replacing():
        dispatcher = _dispatcher(function)
        dispatcher.compile(signature)
        made = dispatcher.overloads[signature]
        return made, {library: library._final_module for library in _with_all_they_call([made.library])}


# ---------------------------------------------------------------- instructions that Python has no word for


def _multiply_wide(typing_context: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    pair = types.UniTuple(types.uint64, 2)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        wide = llvm.IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        halves = (builder.lshr(product, wide(64)), product)
        return context.make_tuple(builder, pair, [builder.trunc(half, llvm.IntType(64)) for half in halves])

    return pair(types.uint64, types.uint64), generate


def _taken_as(given: Any, wanted: Any) -> Any:
    """The bits of a number of one type taken as one of another, of the same size."""

    def take(typing_context: Any, number: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            value = context.cast(builder, arguments[0], signature.args[0], given)
            return builder.bitcast(value, context.get_value_type(wanted))

        return wanted(given), generate

    return intrinsic(take)


_INSTRUCTIONS = {
    "multiply_wide": intrinsic(_multiply_wide),
    "bits_of": _taken_as(types.float64, types.int64),
    "of_bits": _taken_as(types.int64, types.float64),
}
