"""Which rules and chart patterns there are. ``names.json`` is made from analysis' own tables by ``make docs``."""

from __future__ import annotations

from importlib import resources
from typing import Final

import msgspec


class Names(msgspec.Struct, frozen=True):
    """What ``Signal.rule`` and ``Pattern.pattern`` can be; users' own conditions are left out."""

    rules: tuple[str, ...]
    patterns: tuple[str, ...]


NAMES: Final = msgspec.json.decode(resources.files("shared.events").joinpath("names.json").read_bytes(), type=Names)
