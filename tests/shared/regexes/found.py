"""The regular expressions in the project's Python: calls of ``re``, ``pattern=`` of fields, terminals of grammars."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lark import Lark

ROOT = Path(__file__).parents[3]
FOLDERS = ("services", "shared", "infra")
CALLS = frozenset({"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
FLAGS = {re.IGNORECASE: "i", re.DOTALL: "s", re.MULTILINE: "m"}


@dataclass(frozen=True)
class Expression:
    """A regular expression and where it stands."""

    path: str
    line: int
    pattern: str
    flags: int = 0

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"

    def in_javascript(self) -> Iterator[dict[str, str]]:
        """As recheck reads it: searched for, and over the whole text, since a failure at the end is what makes it go back."""
        source = self.pattern.replace("(?P<", "(?<").replace(r"\Z", "$").replace(r"\A", "^")
        flags = "".join(sign for flag, sign in FLAGS.items() if self.flags & flag)
        if any(ord(character) > 0xFFFF for character in source):
            flags += "u"
        yield {"source": source, "flags": flags}
        yield {"source": f"^(?:{source})$", "flags": flags}


class UnknownPatternError(AssertionError):
    """A pattern is not known before the program runs."""


def in_python(made: dict[str, Any]) -> Iterator[Expression]:
    """All in the project's modules. ``made`` holds, by path, the compiled patterns of modules that make theirs when they run."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield from _of_module(path, made)


def in_grammars() -> Iterator[Expression]:
    """The terminals of all grammars."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.lark")):
            for terminal in Lark(path.read_text("utf-8"), parser="lalr").terminals:
                yield Expression(str(path.relative_to(ROOT)), 0, terminal.pattern.to_regexp())


def _of_module(path: Path, made: dict[str, Any]) -> Iterator[Expression]:
    name, source = str(path.relative_to(ROOT)), path.read_text("utf-8")
    if "import re" not in source and "from re" not in source and "pattern" not in source:
        return  # to parse all modules takes seconds
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            raise UnknownPatternError(f"{name}:{node.lineno}: write 'import re', so that its calls are found")
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        of_re = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"
        if of_re and isinstance(called, ast.Attribute) and called.attr in CALLS:
            yield from _called(name, node, made)
        for keyword in node.keywords:
            if keyword.arg == "pattern" and isinstance(keyword.value, ast.Constant) and not name.endswith("fake.py"):
                yield Expression(name, node.lineno, str(keyword.value.value))


def _called(name: str, node: ast.Call, made: dict[str, Any]) -> Iterator[Expression]:
    module = vars(importlib.import_module(name.removesuffix(".py").replace("/", ".")))
    flags = 0
    for each in (*node.args[1:], *(keyword.value for keyword in node.keywords)):
        if "re." in ast.unparse(each):
            flags = int(eval(ast.unparse(each), module))  # noqa: S307  # our own source
    try:
        pattern = eval(ast.unparse(node.args[0]), module)  # noqa: S307
    except NameError as error:
        if name not in made:
            raise UnknownPatternError(f"{name}:{node.lineno}: {ast.unparse(node.args[0])}: {error}") from None
        for compiled in made[name]:
            yield Expression(name, node.lineno, compiled.pattern, compiled.flags)
        return
    yield Expression(name, node.lineno, pattern, flags)
