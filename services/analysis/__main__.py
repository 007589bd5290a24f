"""``python -m services.analysis live|industries``, or ``compile`` to have the machine code ready before the first start."""

import argparse

from services.analysis.settings import IndustriesSettings, Settings
from shared.runtime import run
from shared.settings import read


def live() -> None:
    """Bars, indicators and signals from ticks."""
    from services.analysis.app import build, check

    settings = read(Settings)
    check(settings)
    run("analysis", settings, build)


def industries() -> None:
    """Views of industries and markets from quotes, daily bars and signals."""
    from services.analysis.industries import build

    run("analysis-industries", read(IndustriesSettings), build)


def make_code() -> None:
    """Make the machine code and leave."""
    from services.analysis.app import compiled

    compiled(read(Settings))


def make_all_code() -> None:
    """The same, and that for rules over whole series, which live does without."""
    from services.analysis.adapters import kernels
    from services.analysis.app import compiled
    from services.analysis.domain.rehearsal import rehearse_history

    settings = read(Settings)
    rehearse_history(compiled(settings).base, kernels.load(settings.kernels))


ROLES = {"live": live, "industries": industries, "compile": make_code, "compile-all": make_all_code}
"""Each imports what it needs, no more: the kernels take a second to load."""

parser = argparse.ArgumentParser(prog="python -m services.analysis", description="What is worked out of prices.")
parser.add_argument("role", choices=ROLES, help="; ".join(f"{name}: {role.__doc__}" for name, role in ROLES.items()))
ROLES[parser.parse_args().role]()
