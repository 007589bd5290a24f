"""``python -m services.ingest``, or ``python -m services.ingest check`` to see whether its settings can work."""

import argparse

from services.ingest.app import build, check, check_stores
from services.ingest.settings import Settings
from shared.runtime import run
from shared.settings import read_settings

parser = argparse.ArgumentParser(prog="python -m services.ingest", description="Prices into the mesh.")
parser.add_argument(
    "role",
    nargs="?",
    choices=("run", "check"),
    default="run",
    help="check: see whether settings, universe, tape and database fit together, and exit",
)
role = parser.parse_args().role
settings = read_settings(Settings)
wanted = check(settings)
if role == "check":
    check_stores(settings, wanted)
else:
    run("ingest", settings, build)
