"""Parsing a text into a sequence, or an error with a position."""

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
from shared.text import lower_case, normalize, source_position, with_caret

LONGEST: Final = 500
"""Characters of a text, as typed and in its normal form."""
BOUND: Final = 18 * LONGEST
"""The greatest length of the longest text after normalisation (UAX 15, expansion factors)."""
_MOST_QUOTED: Final = 24
_AROUND: Final = 60
"""Characters of the text that an error shows before and after its position."""
_THEN: Final = frozenset({"and", "&", "&&", "->", "=>", ",", ";", "next", "followed", "after"})
"""Words and signs that people write instead of ``then``."""
_END: Final = "$END"
_WORD: Final = re.compile(r"\w+|[^\w\s]+")

Link = tuple[Step, int, Token]


class SequenceError(ValueError):
    """A text is not a sequence; ``position`` is an index into the text."""

    def __init__(self, message: str, position: int) -> None:
        self.message, self.position = message, position
        super().__init__(f"{message} (at character {position + 1})")

    def caret(self, text: str) -> str:
        r"""The text with a caret below the position, for a monospaced font.

        >>> print(SequenceError("", 5).caret("golden then"))
        golden then
             ^
        """
        return with_caret(text, self.position, _AROUND)


def parse(text: str) -> SignalSequence:
    """Parse a sequence.

    Raises:
        SequenceError: the text is invalid; the error has the position and possibly a suggestion.

    >>> parse("Golden_Cross THEN macd_cross down within 5").text
    'golden_cross up then macd_cross down within 5 bars on 1d'
    """
    if len(text) > LONGEST:
        raise SequenceError(f"the sequence has {len(text)} characters, at most {LONGEST} are read", LONGEST)
    try:
        return _parsed(normalize(text, BOUND))
    except SequenceError as error:  # its position refers to the normal form: convert it to the text as typed
        raise SequenceError(error.message, source_position(text, error.position)) from None


def _parsed(text: str) -> SignalSequence:
    if len(text) > LONGEST:
        raise SequenceError(f"the sequence has {len(text)} characters, at most {LONGEST} are read", LONGEST)
    if not text.strip():
        raise SequenceError("there is no sequence; write one as in 'rsi_oversold up then macd_cross up within 10 bars on 1d'", 0)
    try:
        found: SignalSequence = _parser().parse(lower_case(text))  # type: ignore[assignment]  # the result of _Builder.start
    except UnexpectedToken as error:
        raise _unexpected(text, error.token.type, str(error.token), error.token.start_pos or 0) from None
    except UnexpectedCharacters as error:
        raise _unexpected(text, "", str(error.char), error.pos_in_stream or 0) from None
    except VisitError as error:
        raise error.orig_exc from None
    return found


@v_args(inline=True)
class _Builder(Transformer[Token, SignalSequence]):
    """The parser calls a method for each grammar rule, inner rules first."""

    def param(self, name: Token, value: Token) -> tuple[Token, float]:
        return name, float(value)

    def step(self, name: Token, *rest: tuple[Token, float] | Token | None) -> Step:
        signal = _signal_kind(name)
        params = [each for each in rest if isinstance(each, tuple)]
        _check_params(signal, params)
        direction_word = next((each for each in rest if isinstance(each, Token)), None)
        return Step(
            signal.rule, _direction(signal, name, direction_word), tuple(sorted((str(key), value) for key, value in params))
        )

    def follower(self, step: Step, bars: Token, _word: None = None) -> Link:
        if not 1 <= int(bars) <= MOST_BARS:
            raise SequenceError(f"'{bars[:_MOST_QUOTED]}' bars: must be from 1 to {MOST_BARS}", _position(bars))
        return step, int(bars), bars

    def start(self, first: Step, *rest: Link | Token | None) -> SignalSequence:
        links = [each for each in rest if isinstance(each, tuple)]
        timeframe = next((each for each in rest if isinstance(each, Token)), None)
        if len(links) + 1 > MOST_STEPS:
            raise SequenceError(f"more than {MOST_STEPS} steps", _position(links[MOST_STEPS - 1][2]))
        if sum(bars for _, bars, _ in links) > MOST_BARS:
            raise SequenceError(f"more than {MOST_BARS} bars from the first step to the last", _position(links[-1][2]))
        steps = (first, *(step for step, _, _ in links))
        return SignalSequence(steps, tuple(bars for _, bars, _ in links), _timeframe(steps, timeframe))


def _signal_kind(name: Token) -> SignalKind:
    signal = vocabulary().get(str(name))
    if signal is None:
        near = suggest(str(name), vocabulary())
        hint = f"; did you mean {near}?" if near else ""
        raise SequenceError(f"'{name[:48]}' is no rule and no chart pattern{hint}", _position(name))
    return signal


def _check_params(signal: SignalKind, params: Sequence[tuple[Token, float]]) -> None:
    names = tuple(signal.instances[0])
    for name, value in params:
        if name not in names:
            known = f"it has {', '.join(names)}" if names else "it has none"
            raise SequenceError(f"{signal.rule} has no parameter '{name[:_MOST_QUOTED]}': {known}", _position(name))
        values = sorted({instance[name] for instance in signal.instances})
        if value not in values:
            known = ", ".join(f"{each:g}" for each in values)
            raise SequenceError(f"{signal.rule} does not run with {name}={value:g}: there is {known}", _position(name))
    given = {str(name): value for name, value in params}
    if len(given) < len(params):
        raise SequenceError(f"{signal.rule}: a parameter is named twice", _position(params[-1][0]))
    if params and not any(given.items() <= instance.items() for instance in signal.instances):
        raise SequenceError(f"{signal.rule} does not run with these parameters together", _position(params[0][0]))


def _direction(signal: SignalKind, name: Token, direction_word: Token | None) -> Direction:
    if direction_word is None and len(signal.directions) > 1:
        raise SequenceError(f"{signal.rule} fires up and down: say which", _position(name))
    for direction in signal.directions:
        if direction_word is None or direction_word == direction:
            return direction
    raise SequenceError(f"{signal.rule} fires {signal.directions[0]} alone", _position(direction_word or name))


def _timeframe(steps: Sequence[Step], word: Token | None) -> Timeframe:
    try:
        timeframe = Timeframe.D1 if word is None else Timeframe.of_word(word)
    except ValueError:
        raise SequenceError(
            f"'{str(word)[:_MOST_QUOTED]}' is no timeframe; there are {', '.join(each.word for each in Timeframe)}", _position(word)
        ) from None
    for step in steps:
        timeframes = vocabulary()[step.rule].timeframes
        if timeframe not in timeframes:
            raise SequenceError(
                f"{step.rule} fires on {', '.join(each.word for each in timeframes)} alone, not on {timeframe.word}",
                _position(word),
            )
    return timeframe


def _unexpected(text: str, kind: str, found: str, at: int) -> SequenceError:
    if kind == _END:
        return SequenceError("something is missing at the end: a sequence is STEP then STEP within N bars", len(text))
    word = _WORD.match(text, at)
    shown = (word[0] if word else found).lower()
    hint = "; write 'then'" if shown in _THEN else ""
    return SequenceError(f"'{shown[:_MOST_QUOTED]}' cannot stand here{hint}", at)


def _position(token: Token | None) -> int:
    return (token.start_pos or 0) if token is not None else 0


@cache
def _parser() -> Lark:
    grammar = resources.files("shared.sequences").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, transformer=_Builder())
