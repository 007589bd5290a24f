"""Names on the command line of make that are no settings. The services would ignore a misspelt one."""

from __future__ import annotations

import ast
import shlex
from difflib import get_close_matches
from typing import Final

from infra.local.errors import StackError
from infra.local.settings import ROOT

FILES: Final = ("shared/settings.py", "infra/local/settings.py", *(f"services/{each}/settings.py" for each in ("*", "analysis/*")))
MAKE: Final = {"PYTHON", "URL", "BOOTSTRAP", "THOROUGH"}
"""Variables of the Makefile itself."""
LIKE: Final = 0.75
"""The least similarity, of 1, at which a name is taken for a misspelt setting."""


def require_known_names(makeflags: str) -> None:
    """Check the variables in MAKEFLAGS; one that resembles no setting may be meant for Python or the system.

    Raises:
        StackError: one of them looks like a misspelt setting.
    """
    known = setting_names() | MAKE
    for name in _typed(makeflags):
        if name not in known and (near := get_close_matches(name.upper(), known, 1, LIKE)):
            raise StackError(f"{name}: there is no such setting. Did you mean {near[0]}?")


def setting_names() -> set[str]:
    """The settings of all services, read from their source: importing every service takes seconds."""
    trees = (ast.parse(path.read_text("utf-8")) for each in FILES for path in ROOT.glob(each))
    classes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    fields = (line.target for each in classes for line in each.body if isinstance(line, ast.AnnAssign))
    return {field.id.upper() for field in fields if isinstance(field, ast.Name)}


def _typed(makeflags: str) -> list[str]:
    r"""The variables of a command line.

    >>> _typed("rR -- TAPPE=a\\ b PORT=8")
    ['TAPPE', 'PORT']
    >>> _typed("w")
    []
    """
    _, separator, given = f" {makeflags}".partition(" -- ")
    words = shlex.split(given) if separator else []
    return [word.partition("=")[0].rstrip(":+?") for word in words if "=" in word]
