"""From a text to a sequence, or an error that points into it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

from shared.events import Timeframe
from shared.sequences.sequence import MOST_BARS, MOST_STEPS, Direction, SignalSequence, Step
from shared.sequences.vocabulary import SignalKind, vocabulary
from shared.spelling import suggest
from shared.text import normalize, source_position, with_caret

LONGEST: Final = 500
"""Characters of a text, as it was typed and in its normal form."""
BOUND: Final = 18 * LONGEST
"""So long can the longest text become when it is normalised (UAX 15, expansion factors)."""
_PLAIN: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ\n\r\t\f\v", "abcdefghijklmnopqrstuvwxyz     ")
"""Keeps every character at its place, which str.lower does not."""
_SHOWN: Final = 24
_AROUND: Final = 60
"""Characters of the text that an error shows before and after its place."""
_THEN: Final = frozenset({"and", "&", "&&", "->", "=>", ",", ";", "next", "followed", "after"})
"""What people write who mean ``then``."""
_END: Final = "$END"
_WORD: Final = re.compile(r"\w+|[^\w\s]+")

Link = tuple[Step, int, Token]


class SequenceError(ValueError):
    """A text is no sequence; ``position`` counts the characters before the place."""

    def __init__(self, message: str, position: int) -> None:
        self.message, self.position = message, position
        super().__init__(f"{message} (at character {position + 1})")

    def caret(self, text: str) -> str:
        r"""The text with a caret below the place, for a font of fixed width.

        >>> print(SequenceError("", 5).caret("golden then"))
        golden then
             ^
        """
        return with_caret(text, self.position, _AROUND)


def parse(text: str) -> SignalSequence:
    """The sequence in a text.

    Raises:
        SequenceError: it is none, with the place and what may be meant.

    >>> parse("Golden_Cross THEN macd_cross down within 5").text
    'golden_cross up then macd_cross down within 5 bars on 1d'
    """
    if len(text) > LONGEST:
        raise SequenceError(f"the sequence has {len(text)} characters, at most {LONGEST} are read", LONGEST)
    try:
        return _parsed(normalize(text, BOUND))
    except SequenceError as error:  # its place is in the normal form: whoever typed the text knows only that
        raise SequenceError(error.message, source_position(text, error.position)) from None


def _parsed(text: str) -> SignalSequence:
    if len(text) > LONGEST:
        raise SequenceError(f"the sequence has {len(text)} characters, at most {LONGEST} are read", LONGEST)
    if not text.strip():
        raise SequenceError("there is no sequence; write one as in 'rsi_oversold up then macd_cross up within 10 bars on 1d'", 0)
    try:
        found: SignalSequence = _parser().parse(text.translate(_PLAIN))  # type: ignore[assignment]  # what the builder makes
    except UnexpectedToken as error:
        raise _unexpected(text, error.token.type, str(error.token), error.token.start_pos or 0) from None
    except UnexpectedCharacters as error:
        raise _unexpected(text, "", str(error.char), error.pos_in_stream or 0) from None
    except VisitError as error:
        raise error.orig_exc from None
    return found


@v_args(inline=True)
class _Builder(Transformer[Token, SignalSequence]):
    """Called by the parser for each rule of the grammar, the inner ones first."""

    def param(self, name: Token, value: Token) -> tuple[Token, float]:
        return name, float(value)

    def step(self, name: Token, *rest: tuple[Token, float] | Token | None) -> Step:
        fires = _known(name)
        params = [each for each in rest if isinstance(each, tuple)]
        _check_params(fires, params)
        way = next((each for each in rest if isinstance(each, Token)), None)
        return Step(fires.rule, _direction(fires, name, way), tuple(sorted((str(key), value) for key, value in params)))

    def follower(self, step: Step, bars: Token, _word: None = None) -> Link:
        if not 1 <= int(bars) <= MOST_BARS:
            raise SequenceError(f"'{bars[:_SHOWN]}' bars: must be from 1 to {MOST_BARS}", _place(bars))
        return step, int(bars), bars

    def start(self, first: Step, *rest: Link | Token | None) -> SignalSequence:
        links = [each for each in rest if isinstance(each, tuple)]
        timeframe = next((each for each in rest if isinstance(each, Token)), None)
        if len(links) + 1 > MOST_STEPS:
            raise SequenceError(f"more than {MOST_STEPS} steps", _place(links[MOST_STEPS - 1][2]))
        if sum(bars for _, bars, _ in links) > MOST_BARS:
            raise SequenceError(f"more than {MOST_BARS} bars from the first step to the last", _place(links[-1][2]))
        steps = (first, *(step for step, _, _ in links))
        return SignalSequence(steps, tuple(bars for _, bars, _ in links), _timeframe(steps, timeframe))


def _known(name: Token) -> SignalKind:
    fires = vocabulary().get(str(name))
    if fires is None:
        near = suggest(str(name), vocabulary())
        hint = f"; did you mean {near}?" if near else ""
        raise SequenceError(f"'{name[:48]}' is no rule and no chart pattern{hint}", _place(name))
    return fires


def _check_params(fires: SignalKind, params: Sequence[tuple[Token, float]]) -> None:
    names = tuple(fires.instances[0])
    for name, value in params:
        if name not in names:
            known = f"it has {', '.join(names)}" if names else "it has none"
            raise SequenceError(f"{fires.rule} has no parameter '{name[:_SHOWN]}': {known}", _place(name))
        values = sorted({instance[name] for instance in fires.instances})
        if value not in values:
            known = ", ".join(f"{each:g}" for each in values)
            raise SequenceError(f"{fires.rule} does not run with {name}={value:g}: there is {known}", _place(name))
    told = {str(name): value for name, value in params}
    if len(told) < len(params):
        raise SequenceError(f"{fires.rule}: a parameter is named twice", _place(params[-1][0]))
    if params and not any(told.items() <= instance.items() for instance in fires.instances):
        raise SequenceError(f"{fires.rule} does not run with these parameters together", _place(params[0][0]))


def _direction(fires: SignalKind, name: Token, way: Token | None) -> Direction:
    if way is None and len(fires.directions) > 1:
        raise SequenceError(f"{fires.rule} fires up and down: say which", _place(name))
    for direction in fires.directions:
        if way is None or way == direction:
            return direction
    raise SequenceError(f"{fires.rule} fires {fires.directions[0]} alone", _place(way or name))


def _timeframe(steps: Sequence[Step], word: Token | None) -> Timeframe:
    try:
        timeframe = Timeframe.D1 if word is None else Timeframe(word)
    except ValueError:
        raise SequenceError(f"'{str(word)[:_SHOWN]}' is no timeframe; there are {', '.join(Timeframe)}", _place(word)) from None
    for step in steps:
        fired_on = vocabulary()[step.rule].timeframes
        if timeframe not in fired_on:
            raise SequenceError(f"{step.rule} fires on {', '.join(fired_on)} alone, not on {timeframe}", _place(word))
    return timeframe


def _unexpected(text: str, kind: str, found: str, at: int) -> SequenceError:
    if kind == _END:
        return SequenceError("something is missing at the end: a sequence is STEP then STEP within N bars", len(text))
    word = _WORD.match(text, at)
    shown = (word[0] if word else found).lower()
    hint = "; write 'then'" if shown in _THEN else ""
    return SequenceError(f"'{shown[:_SHOWN]}' cannot stand here{hint}", at)


def _place(token: Token | None) -> int:
    return (token.start_pos or 0) if token is not None else 0


@cache
def _parser() -> Lark:
    grammar = resources.files("shared.sequences").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, transformer=_Builder())
