"""The command line of research."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import typer

from services.analysis.research.commands.as_typed import as_typed
from services.analysis.research.commands.output import InputError
from services.analysis.research.commands.table import COMMANDS
from shared.failures import TransientError


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code: 2 for input that is not valid, 1 when something does not answer."""
    if option := _empty_option(arguments):
        sys.stderr.write(f"error: {option}: it is empty; give it a value, or leave the option out\n")
        return 2
    app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Research over history.")
    for name, command in COMMANDS.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(_exiting(command))
    try:
        app(list(arguments), prog_name="python -m services.analysis research")
    except InputError as error:
        command = typer.main.get_command(app).commands[arguments[0]]  # type: ignore[attr-defined]  # of a group
        sys.stderr.write(f"error: {as_typed(str(error), command.params)}\n")
        return 2
    except (TransientError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _empty_option(arguments: Sequence[str]) -> str:
    """The first option with an empty value, as of a variable that is not set; empty if all have one.

    Without this check it would mean the same as no option: all instruments, or the stored bars.

    >>> _empty_option(["backtest", "--tape", "daily", "--symbols", ""]), _empty_option(["backtest", "--tape="])
    ('--symbols', '--tape')
    >>> _empty_option(["backtest", "--entry", "close > 1", "--no-page"])
    ''
    """
    for argument, following in zip(arguments, [*arguments[1:], "-"], strict=True):
        option, sign, value = argument.partition("=")
        if option.startswith("--") and not (value if sign else following).strip():
            return option
    return ""


def _exiting(command: Callable[..., int]) -> Callable[..., None]:
    """The exit code of a function is what it returns."""

    @wraps(command)
    def run(*given: Any, **named: Any) -> None:
        raise typer.Exit(command(*given, **named))

    return run
