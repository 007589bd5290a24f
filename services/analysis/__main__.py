"""``python -m services.analysis ROLE``; ``explain`` for a condition; ``research COMMAND``; ``compile`` before the first start."""

import argparse
import os
import sys
from collections.abc import Sequence

from shared.arguments import given_arguments
from shared.settings import EXIT_BAD_SETTINGS, read_settings


def live() -> None:
    """Bars, indicators and signals from ticks."""
    from services.analysis.live.app import build, check
    from services.analysis.live.settings import LiveSettings
    from shared.runtime import run

    settings = read_settings(LiveSettings)
    check(settings)
    run("analysis", settings, build)


def industries() -> None:
    """Views of industries and markets from quotes, daily bars and signals."""
    from services.analysis.industries.app import build
    from services.analysis.industries.settings import IndustriesSettings
    from shared.runtime import run

    run("analysis-industries", read_settings(IndustriesSettings), build)


def research() -> None:
    """Answers to research jobs; with a COMMAND (research --help) backtests and more, here and now."""
    from services.analysis.research.app import build
    from services.analysis.research.settings import ResearchSettings
    from shared.runtime import run

    run("analysis-research", read_settings(ResearchSettings), build)


def news() -> None:
    """Stories from articles; with a COMMAND (news --help) looks at one, or splits it."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the event loop needs the other core; numpy reads it when it is loaded
    from services.analysis.news.app import build
    from services.analysis.news.settings import NewsSettings
    from shared.runtime import run

    run("analysis-news", read_settings(NewsSettings), build)


def explain(condition: str, symbols: str, limit: int) -> int:
    """Say in words what a condition means, and where it last held in stored history."""
    from services.analysis.research.command import main
    from services.analysis.research.settings import ResearchSettings

    return main(read_settings(ResearchSettings), condition, symbols, limit)


def compile_live() -> None:
    """Compile what the role live runs, chart patterns last, and exit."""
    from services.analysis.kernels import machine_code
    from services.analysis.kernels.plan import plan
    from services.analysis.live.app import load_series_runner
    from services.analysis.live.domain.preload import rehearse
    from services.analysis.live.domain.series_runner import SeriesRunner
    from services.analysis.live.settings import LiveSettings

    settings = read_settings(LiveSettings)
    rehearse(SeriesRunner(plan(fingerprint=machine_code.kernel_fingerprint()), machine_code.load(settings.kernels)))
    load_series_runner(settings)


def compile_patterns() -> None:
    """Compile the chart patterns and the ticks alone, and exit; run in parallel with compile it halves the time."""
    from services.analysis.kernels import machine_code
    from services.analysis.kernels.plan import plan
    from services.analysis.live.app import chart_patterns
    from services.analysis.live.domain.preload import rehearse_patterns
    from services.analysis.live.domain.series_runner import SeriesRunner
    from services.analysis.live.settings import LiveSettings

    settings = read_settings(LiveSettings)
    rehearse_patterns(
        chart_patterns(settings),
        SeriesRunner(plan(fingerprint=machine_code.kernel_fingerprint()), machine_code.load(settings.kernels)),
    )


def compile_kinds(names: Sequence[str]) -> int:
    """Compile the named kinds of indicators at low priority, or all kinds, and exit."""
    from services.analysis.kernels import machine_code
    from services.analysis.kernels.indicators.table import KINDS
    from services.analysis.kernels.rehearsal import rehearse_kind
    from services.analysis.live.settings import LiveSettings

    known = {kind.name for kind in KINDS}
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"error: {unknown[0]!r} is no kind of indicator; docs/indicators.md has them all\n")
        return EXIT_BAD_SETTINGS
    if names:  # a running service asks for them
        os.nice(10)
    code = machine_code.load(read_settings(LiveSettings).kernels)
    for kind in KINDS:
        if kind.name in names or (not names and not code.is_compiled(kind.name)):
            rehearse_kind(kind, code)
    return 0


def compile_history() -> None:
    """Compile the rules over whole series, which live does not use, and exit."""
    from services.analysis.kernels import machine_code
    from services.analysis.kernels.plan import plan
    from services.analysis.kernels.rehearsal import rehearse_history
    from services.analysis.live.settings import LiveSettings

    rehearse_history(plan(), machine_code.load(read_settings(LiveSettings).kernels))


ROLES = {
    "live": live,
    "industries": industries,
    "research": research,
    "news": news,
    "compile": compile_live,
    "compile-patterns": compile_patterns,
    "compile-history": compile_history,
}
"""Each imports only what it needs: the kernels take a second to load, and what serves probes a fifth in each child of research."""


def main(arguments: Sequence[str]) -> int:
    """Run a role, or one command; returns the exit code of a command."""
    if arguments[:1] == ["research"] and len(arguments) > 1:
        from services.analysis.research.commands.line import main as research_command

        return research_command(arguments[1:])
    if arguments[:1] == ["news"] and len(arguments) > 1:
        from services.analysis.news.command import main as news_command

        return news_command(arguments[1:])
    chosen = _parser().parse_args(arguments)
    if chosen.role == "compile-kinds":
        return compile_kinds(chosen.kinds)
    if chosen.role == "explain":
        return explain(chosen.condition, chosen.symbols or "", chosen.limit)
    ROLES[chosen.role]()
    return 0


def _some_names(text: str) -> str:
    if not text.replace(",", " ").strip():
        raise argparse.ArgumentTypeError(f"{text!r} names no instrument; leave the option out for words alone")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.analysis", description="Bars, indicators and signals from prices.")
    roles = parser.add_subparsers(dest="role", required=True)
    for name, role in ROLES.items():
        roles.add_parser(name, help=role.__doc__)
    roles.add_parser("compile-kinds", help=compile_kinds.__doc__).add_argument("kinds", nargs="*", help="as rsi or vwap")
    explaining = roles.add_parser("explain", help=explain.__doc__)
    explaining.add_argument("condition", metavar="CONDITION", help="as 'rsi_14 < 30 and close > sma_200 on 1d'")
    explaining.add_argument(
        "--symbols", type=_some_names, metavar="A,B", help="1 to 20 instruments; without them only words are printed"
    )
    explaining.add_argument("--limit", type=int, default=5, metavar="N", help="close times to print for each, 1 to 100")
    return parser


if __name__ == "__main__":  # a process that research spawns imports this module too
    sys.exit(main(given_arguments()))
