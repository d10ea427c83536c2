"""Reads Python source and says where it breaks a rule of the architecture. Knows nothing of our own modules."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

POSIX_ONLY = {
    "os": {"fork", "forkpty", "killpg", "setsid", "setpgid", "getuid", "geteuid", "mkfifo", "chown", "nice", "wait"},
    "signal": {"SIGKILL", "SIGSTOP", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGPIPE", "alarm", "pthread_kill", "setitimer"},
}


@dataclass(frozen=True)
class Import:
    """One import statement: the module named, and when it runs."""

    module: str
    line: int
    at_load: bool
    """Runs when the module is loaded, not when a function is called."""
    for_types: bool
    """Stands under TYPE_CHECKING and never runs."""


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    """Dotted, below the root: `readers.pdf`."""
    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.tree, at_load=True, for_types=False))

    @property
    def part(self) -> str:
        """The module or package right below the root."""
        return self.name.partition(".")[0]

    def targets(self, package: str) -> frozenset[str]:
        """Modules of the package it needs when it runs, named as below the root."""
        prefix = f"{package}."
        return frozenset(
            i.module[len(prefix) :] for i in self.imports if i.module.startswith(prefix) and not i.for_types
        )


def modules_of(root: Path) -> tuple[Module, ...]:
    """Every module below a package's folder."""
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found.append(Module(name, path))
    return tuple(found)


def _imports(node: ast.AST, *, at_load: bool, for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, at_load, for_types) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from _imports_from(child, at_load, for_types)
        elif isinstance(child, ast.Call) and _called(child).endswith("import_module"):
            names = [argument.value for argument in child.args[:1] if isinstance(argument, ast.Constant)]
            yield from (Import(str(name), child.lineno, at_load, for_types) for name in names)
        later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from _imports(child, at_load=at_load and not later, for_types=for_types or types)


def _imports_from(node: ast.ImportFrom, at_load: bool, for_types: bool) -> Iterator[Import]:
    if node.level:
        yield Import("." * node.level + (node.module or ""), node.lineno, at_load, for_types)
    elif node.module is not None and "." not in node.module:
        # `from rag import slots` may name a module as well as a value
        yield from (Import(f"{node.module}.{alias.name}", node.lineno, at_load, for_types) for alias in node.names)
    else:
        yield Import(str(node.module), node.lineno, at_load, for_types)


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def cycles(modules: Sequence[Module], package: str) -> list[str]:
    """Modules that need each other, directly or through others."""
    names = {module.name for module in modules}
    needs = {module.name: {t for t in module.targets(package) if t in names and t != module.name} for module in modules}
    # A package's __init__ that gathers its own modules is no cycle with them.
    reach = {name: set(targets) for name, targets in needs.items()}
    for middle in names:
        for name in names:
            if middle in reach[name]:
                reach[name] |= reach[middle]
    return [f"{name} 绕一圈又引用到自己" for name in sorted(names) if name in reach[name]]


def _within(module: Module, places: Collection[str]) -> bool:
    """Whether a module is one of the places, or stands in one."""
    return any(module.name == place or module.name.startswith(f"{place}.") for place in places)


def library_breaches(
    modules: Sequence[Module], homes: Mapping[str, Collection[str]], early: Collection[str]
) -> list[str]:
    """Libraries needed outside their homes, or at load by modules that are not among `early`."""
    breaches = []
    for module in modules:
        for needed in (i for i in module.imports if not i.for_types):
            library = needed.module.partition(".")[0]
            if library not in homes:
                continue
            if not _within(module, homes[library]):
                breaches.append(f"{module.name}:{needed.line} 不该使用 {library}")
            if needed.at_load and not _within(module, early):
                breaches.append(f"{module.name}:{needed.line} 载入时就引入 {library}：请放进函数里")
    return breaches


def environment_breaches(modules: Sequence[Module], readers: Collection[str]) -> list[str]:
    """Modules that look at the environment and are not among `readers`."""
    return [
        f"{module.name}:{node.lineno} 读了环境变量"
        for module in modules
        if module.name not in readers
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {a.name for a in node.names}
        )
    ]


def posix_breaches(modules: Sequence[Module], places: Collection[str]) -> list[str]:
    """Modules outside the `places` that use what Windows has not."""
    return [
        f"{module.name}:{node.lineno} {node.value.id}.{node.attr} 在 Windows 上没有"
        for module in modules
        if module.name not in places
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in POSIX_ONLY.get(node.value.id, ())
    ]


def construction_breaches(modules: Sequence[Module], classes: Collection[str], builders: Collection[str]) -> list[str]:
    """Calls that build one of the classes outside the builders and the class's own module."""
    breaches = []
    for module in modules:
        own = {node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)}
        for node in (n for n in ast.walk(module.tree) if isinstance(n, ast.Call)):
            name = _called(node).removesuffix(".open").rpartition(".")[2]
            if name in classes and name not in own and module.name not in builders:
                breaches.append(f"{module.name}:{node.lineno} 自己建了 {name}")
    return breaches


def missing_docstrings(modules: Sequence[Module]) -> list[str]:
    """Modules, public classes and public functions that promise nothing."""
    breaches = []
    for module in modules:
        if not ast.get_docstring(module.tree):
            breaches.append(f"{module.name} 没有说明")
        for owner, node in _public(module.tree, ""):
            if not ast.get_docstring(node):
                breaches.append(f"{module.name}:{node.lineno} {owner}{node.name} 没有说明")
    return breaches


def _public(
    node: ast.Module | ast.ClassDef, owner: str
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield owner, child
            if isinstance(child, ast.ClassDef):
                yield from _public(child, f"{child.name}.")


def long_files(modules: Sequence[Module], lines: int) -> dict[str, int]:
    """Modules of more than so many lines, with their length."""
    lengths = {module.name: len(module.source.splitlines()) for module in modules}
    return {name: length for name, length in lengths.items() if length > lines}
