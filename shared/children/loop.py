"""The loop of a child process: requests on standard input, answers on standard output, each with a length prefix of four bytes."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from typing import BinaryIO


def serve(answer: Callable[[bytes], bytes]) -> None:
    """Signal readiness by an empty message, then answer requests until the input ends. An error of ``answer`` ends the process."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    _put(sink, b"")
    while len(head := source.read(4)) == 4:
        _put(sink, answer(source.read(struct.unpack(">I", head)[0])))


def _put(sink: BinaryIO, body: bytes) -> None:
    sink.write(struct.pack(">I", len(body)) + body)
    sink.flush()
