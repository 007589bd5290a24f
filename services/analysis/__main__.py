"""``python -m services.analysis live``, or ``compile`` to have the machine code ready before the first start."""

import argparse

from services.analysis.app import build, compiled
from services.analysis.settings import Settings
from shared.runtime import run
from shared.settings import read

parser = argparse.ArgumentParser(prog="python -m services.analysis", description="Bars, indicators and signals from ticks.")
parser.add_argument("role", choices=("live", "compile"), help="live: run the service; compile: make the machine code and leave")
if parser.parse_args().role == "live":
    run("analysis", read(Settings), build)
compiled(read(Settings))
