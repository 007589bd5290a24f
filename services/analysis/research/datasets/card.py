"""The data card of a data set: what it holds, how it was made, and what it must not be used for, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2


def card(manifest: Mapping[str, Any]) -> bytes:
    """The card, from the manifest."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Markdown: what comes from outside passes ``cell``
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    return environment.get_template("card.md.jinja").render(manifest).encode()


def _cell(text: str) -> str:
    """A text that cannot end its cell, nor begin a tag."""
    return text.replace("|", "/").replace("\n", " ").replace("<", "&lt;")
