"""``python -m bench``: every comparison, printed and written to ``docs/benchmarks.md``.

The row through Kafka starts a broker of its own; ``--kafka host:port`` takes one that has the topics. ``--only`` runs some parts
and leaves the others on the page as they were.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import conditions, engine, gateway, kinds, patterns, pipeline
from bench.broker import open_broker
from bench.row import Row, table

PAGE: Final = Path("docs/benchmarks.md")

HEAD: Final = """# Benchmarks

Written by `make bench`: our work and its peers on the same data, one after the other in one run of each part. Ratios hold from
machine to machine, absolute numbers do not. "us", "ns" and "k/s a core" are CPU time, so that other work on the machine counts
little; what says "by the clock" does depend on it. Under `kinds`, first stands what a bar of history costs, then what an update
costs, a look at the forming bar; the ratios are to TA-Lib in history, to talib.stream and to talipp.

What misses its mark, and why, where it is known:

- **20 columns in history.** A kind is a loop of its own, so that its parameters are data; one pass that carries all columns at
  once would read the bars once, but would be compiled for one plan. Why the second thread brings so little was not found out.
- **The pipeline in memory.** Under a profiler the largest parts were laying ticks out as columns, reading JSON, the kernel that
  builds bars, and making quotes; the loops of indicators and rules were small. How much forming bars, the watch for splits and
  the wider row cost was not told apart.
- **Through Kafka.** Under a profiler a third of the time was aiokafka's unpacking of records, which makes an object of each, and
  somewhat less our own handling of them: decoding, laying out, kernels, quotes, what goes out.
- **Single kinds slower than TA-Lib** (Williams %R, Bollinger, ATR, KAMA, ULTOSC among them): some search a window again, some
  make their sums anew so that no rounding is carried along.
"""


def machine() -> str:
    """What this ran on."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next((line.split(":")[1].strip() for line in info.read_text("utf-8").splitlines() if "model name" in line), model)
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, load average at the end {load:.1f}"


def main() -> None:
    """Measures, prints and writes."""
    parts: dict[str, Callable[[], list[Row]]] = {
        "engine": engine.rows,
        "patterns": patterns.rows,
        "kinds": kinds.rows,
        "conditions": conditions.rows,
        "pipeline": lambda: _pipeline(chosen.kafka),
        "gateway": gateway.rows,
    }
    arguments = argparse.ArgumentParser(prog="python -m bench", description="Measure beside the peers.")
    arguments.add_argument("--only", choices=list(parts), action="append", help="only this part; the page keeps the others")
    arguments.add_argument("--kafka", default="", help="host:port of a broker that has the topics")
    chosen = arguments.parse_args()
    sections = _written() if chosen.only else {}
    for name in chosen.only or parts:
        sections[name] = f"\n## {name}\n\n{table(parts[name]())}\nMachine: {machine()}.\n"
        print(sections[name])
    PAGE.write_text(HEAD + "".join(sections[name] for name in parts if name in sections), "utf-8")


def _written() -> dict[str, str]:
    """The parts of the page as they stand, by name."""
    found = PAGE.read_text("utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"\n## {part}" for part in found}


def _pipeline(bootstrap: str) -> list[Row]:
    if bootstrap:
        return pipeline.rows(bootstrap)
    with open_broker() as own:
        return pipeline.rows(own)


if __name__ == "__main__":
    main()
