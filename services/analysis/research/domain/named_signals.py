"""Reads the signal of an option: an error begins with the name of the option."""

from __future__ import annotations

from collections.abc import Callable

from services.analysis.research.domain.signal_names import SignalNameError, SignalSpec, read_signal
from shared.events import Timeframe


def named_signal(
    option: str, text: str, timeframe: Timeframe, read: Callable[[str, Timeframe], SignalSpec] = read_signal
) -> SignalSpec:
    """The signal that ``text`` names. ``read``: ``read_signal``, or the same with a memory.

    Raises:
        SignalNameError: as ``read_signal``, with ``option`` in front in place of "signal".
    """
    try:
        return read(text, timeframe)
    except SignalNameError as error:
        raise SignalNameError.like(error, f"{option}: {str(error).removeprefix('signal: ')}") from error
