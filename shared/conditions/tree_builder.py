"""Building the expression tree from the grammar's rules: looks up names and functions."""

from __future__ import annotations

from lark import Token, Transformer, v_args

from shared.conditions import comparisons as comparing
from shared.conditions import loosely
from shared.conditions import operations as build
from shared.conditions.calls import call, name_of
from shared.conditions.elsewhere import Placed, Worded, at_place, bracketed, on_timeframe, whole
from shared.conditions.errors import ConditionError
from shared.conditions.events import events
from shared.conditions.expression import CROSSINGS, Fired, Node, Number, Operation, SeriesName
from shared.conditions.limits import LARGEST_NUMBER
from shared.conditions.literals import Percent, Weekday, clock, fraction, signed
from shared.events import Timeframe


@v_args(inline=True)
class Builder(Transformer[Token, "tuple[Node, Timeframe]"]):
    """The parser calls a method for each grammar rule, inner rules first. Stateless. All methods raise ``ConditionError``."""

    def start(self, root: Node, _on: Token | None, timeframe: Token | None) -> tuple[Node, Timeframe]:
        return whole(comparing.settle(build.truth_if_possible(root)), timeframe, 0 if timeframe is None else position(timeframe))

    def either(self, left: Node, _sign: Token, right: Node) -> Node:
        return comparing.connective("or", left, right)

    def both(self, left: Node, _sign: Token, right: Node) -> Node:
        return comparing.connective("and", left, right)

    def logical_not(self, sign: Token, operand: Node) -> Node:
        return build.logical_not(operand, position(sign))

    def logical_not_after(self, operand: Node, _sign: Token) -> Node:
        if isinstance(operand, Fired) and operand.name in loosely.STATES:  # '과매수가 아니고' is a state, no event
            return loosely.beyond_level(SeriesName("rsi_14", operand.at), loosely.STATES[operand.name], operand.at)
        return build.logical_not(operand, operand.at)

    def placed(self, operand: Node, _on: Token, timeframe: Token) -> Node:
        return on_timeframe(build.truth(operand, "on"), str(timeframe), position(timeframe), Placed)

    def held(self, operand: Node, bars: Token) -> Node:
        return build.windowed("held", operand, _count(bars), operand.at)

    def within(self, operand: Node, bars: Token) -> Node:
        return build.windowed("within", operand, _count(bars), operand.at)

    def counted(self, operand: Node, numbers: Token) -> Node:
        least, bars = (Number(float(each), position(numbers)) for each in numbers.split())
        return comparing.compare(build.windowed("count", operand, bars, operand.at), ">=", least, operand.at)

    def counted_first(self, numbers: Token, operand: Node) -> Node:
        return self.counted(operand, numbers)

    def held_first(self, bars: Token, operand: Node) -> Node:
        return build.windowed(bars.type.lower(), operand, _count(bars), operand.at)

    def compare(self, left: Node, sign: Token, right: Node) -> Node:
        return comparing.compare(left, str(sign), right, position(sign))

    def compare_after(self, left: Node, _particle: Token, right: Node, sign: Token) -> Node:
        return comparing.compare(left, str(sign), right, position(sign))

    def compare_omitted(self, sign: Token, right: Node) -> Node:
        return comparing.omitted(str(sign), right, position(sign))

    def compare_omitted_after(self, right: Node, sign: Token) -> Node:
        return comparing.omitted(str(sign), right, position(sign))

    def cross_omitted(self, right: Node, direction: Token) -> Node:
        if not comparing.is_level(right) and direction in CROSSINGS:
            return comparing.OmittedCrossing(str(direction), (right, right), right.at)
        if not comparing.is_level(right):
            raise ConditionError("subject", "", right.at)
        return self._crossed(SeriesName("close", right.at), right, direction)

    def cross_left_out(self, direction: Token, right: Node) -> Node:
        if direction == "crosses":
            raise ConditionError("direction", "", position(direction), example="crosses above")
        return self.cross_omitted(right, direction)

    def range_after(self, left: Node, _particle: Token, low: Node, first: Token, high: Node, second: Token) -> Node:
        return comparing.connective("and", self.compare(left, first, low), self.compare(left, second, high))

    def compare_swapped(self, right: Node, _particle: Token, left: Node, sign: Token) -> Node:
        return comparing.compare(left, str(sign), right, position(sign))

    def compare_lasting(self, left: Node, _particle: Token, bars: Token, right: Node, sign: Token) -> Node:
        return self.held(self.compare(left, sign, right), bars)

    def cross(self, left: Node, direction: Token, right: Node) -> Node:
        if direction == "crosses":
            raise ConditionError("direction", "", position(direction), example="crosses above")
        return self._crossed(left, right, direction)

    def cross_after(self, left: Node, _particle: Token, right: Node, direction: Token) -> Node:
        return self._crossed(left, right, direction)

    def _crossed(self, left: Node, right: Node, direction: Token) -> Node:
        if direction in loosely.NOT_EXACT:
            raise loosely.not_exact(str(direction), left, right, position(direction))
        if direction == "touches":
            return loosely.touch(left, right, position(direction))
        return comparing.crossing(str(direction), left, right, left.at)

    def between(self, value: Node, _sign: Token, low: Node, _and: Token, high: Node) -> Node:
        return comparing.connective(
            "and", comparing.compare(value, ">=", low, value.at), comparing.compare(value, "<=", high, value.at)
        )

    def between_after(self, value: Node, _particle: Token, low: Node, _to: Token, high: Node, sign: Token) -> Node:
        return self.between(value, sign, low, sign, high)

    def near(self, left: Node, share: Token, right: Node) -> Node:
        ratio = build.arithmetic("-", build.arithmetic("/", left, right), Number(1.0))
        part = Number(fraction(float(share)), position(share))
        return comparing.compare(Operation("abs", (ratio,), left.at), "<=", part, left.at)

    def near_close(self, share: Token, right: Node) -> Node:
        return self.near(SeriesName("close", position(share)), share, right)

    def trend(self, operand: Node, direction: Token) -> Node:
        name, bars = direction.split()
        return build.windowed(name, operand, Number(float(bars), position(direction)), operand.at)

    def moved(self, operand: Node, move: Token) -> Node:
        name, sign, percent, bars = move.split()
        at = position(move)
        change = build.windowed("change_pct", operand, Number(float(bars), at), operand.at)
        if name == "falling":
            return comparing.compare(change, comparing.MIRRORED[sign], signed(-float(percent), at), at)
        return comparing.compare(change, sign, Number(float(percent), at), at)

    def trend_close(self, direction: Token) -> Node:
        trend = self.trend(SeriesName("close", position(direction)), direction)
        return comparing.OmittedTrend(trend.name, trend.operands, trend.at) if isinstance(trend, Operation) else trend

    def level(self, operand: Node, word: Token) -> Node:
        return loosely.beyond_level(operand, str(word), position(word))

    def turn(self, operand: Node, direction: Token) -> Node:
        at, one = position(direction), Number(1.0)
        now, before = str(direction), "falling" if direction == "rising" else "rising"
        earlier = build.lagged(build.windowed(before, operand, one, at), 1, at)
        return comparing.connective("and", build.windowed(now, operand, one, at), earlier)

    def extreme(self, operand: Node, place: Token) -> Node:
        name, bars = place.split()
        at = position(place)
        return comparing.compare(operand, "==", build.windowed(name, operand, Number(float(bars), at), at), at)

    def versus_before(self, left: Node, particle: Token, factor: Token | None, sign: Token) -> Node:
        if factor is not None and factor.type == "PERCENT" and not (isinstance(left, SeriesName) and left.name == "volume"):
            return comparing.compare(
                build.windowed("change_pct", left, Number(1.0), left.at), str(sign), self.percent(factor), left.at
            )
        of_close = particle == "close" and not (isinstance(left, SeriesName) and left.name == "volume")
        before = build.lagged(SeriesName("close", position(particle)) if of_close else left, 1, position(particle))
        share = Number(_amount(factor) / (100 if factor.type == "PERCENT" else 1), position(factor)) if factor is not None else None
        right = build.arithmetic("*", before, share) if share is not None else before
        return comparing.compare(left, str(sign), right, position(sign))

    def versus_before_close(self, particle: Token, factor: Token, sign: Token) -> Node:
        return self.versus_before(SeriesName("close", position(particle)), particle, factor, sign)

    def versus(self, left: Node, _particle: Token, base: Node, _word: Token, share: Token, sign: Token) -> Node:
        return loosely.of_base(left, base, Number(_amount(share), position(share)), str(sign), percent=share.type == "PERCENT")

    def versus_own(self, base: Node, word: Token, share: Token, sign: Token) -> Node:
        left = base.operands[0] if isinstance(base, Operation) and base.name == "prev" else SeriesName("close", base.at)
        return self.versus(left, word, base, word, share, sign)

    def moved_from(self, base: Node, _particle: Token, move: Token) -> Node:
        return self.moved_off(SeriesName("close", position(move)), move, _particle, base)

    def moved_from_after(self, operand: Node, _particle: Token, base: Node, word: Token, move: Token) -> Node:
        return self.moved_off(operand, move, word, base)

    def moved_off_close(self, move: Token, word: Token, base: Node) -> Node:
        if isinstance(base, SeriesName) and base.name in {"high", "low"}:  # hardly that of the bar itself
            raise ConditionError("instead", "", base.at, found=f"'{base.name}'", instead=f"'{base.name}_52w'")
        return self.moved_off(SeriesName("close", position(move)), move, word, base)

    def moved_off(self, operand: Node, move: Token, _word: Token, base: Node) -> Node:
        name, sign, percent, _ = move.split()
        at = position(move)
        part = Percent(float(percent) if name == "rising" else -float(percent), at)
        sign = sign if name == "rising" else comparing.MIRRORED[sign]
        return comparing.compare(operand, sign, build.arithmetic("+", base, part), at)

    def moved_close(self, move: Token) -> Node:
        return self.moved(SeriesName("close", position(move)), move)

    def arithmetic(self, left: Node, sign: Token, right: Node) -> Node:
        return build.arithmetic(str(sign), left, right)

    def unary_minus(self, sign: Token, operand: Node) -> Node:
        return build.unary_minus(operand, position(sign))

    def back(self, bars: Token, operand: Node) -> Node:
        return build.lagged(operand, int(bars), position(bars))

    def ago(self, operand: Node, bars: Token) -> Node:
        return build.lagged(operand, int(bars), operand.at)

    def framed(self, timeframe: Token, operand: Node) -> Node:
        return on_timeframe(operand, str(timeframe), position(timeframe), Worded)

    def framed_after(self, operand: Node, timeframe: Token) -> Node:
        return self.framed(timeframe, operand)

    def elsewhere(self, instrument: Token, operand: Node) -> Node:
        return at_place(operand, str(instrument), Timeframe.D1, position(instrument))

    def bracket(self, operand: Node, inside: Token) -> Node:
        return bracketed(operand, inside[1:-1], position(inside))

    def group(self, _open: Token, operand: Node, _close: Token) -> Node:
        return comparing.grouped(operand)

    def number(self, text: Token) -> Node:
        return Number(_amount(text), position(text))

    def percent(self, text: Token) -> Node:
        return Percent(_amount(text), position(text))

    def clock(self, text: Token) -> Node:
        return clock(str(text), position(text))

    def weekday(self, day: Token) -> Node:
        return Weekday(float(day), position(day))

    def series(self, name: Token) -> Node:
        return name_of(str(name), position(name))

    def call(self, name: Token, _open: Token, *rest: Node | Token | None) -> Node:
        return call(str(name), [each for each in rest if each is not None and not isinstance(each, Token)], position(name))

    def fired(self, name: Token, given: Token | None, event: Token | None) -> Node:
        kind = events()[str(name)]
        way, status = (str(event), "") if event is not None and event.type == "WAY" else ("", str(event or ""))
        if (way and kind.pattern) or (status and not kind.pattern):
            raise ConditionError("event", "", position(event), found=str(event), name=str(name))
        return kind.fired(way, status, str(given or ""), position(name))

    def sequence(self, name: Token) -> Node:
        return Fired("sequence", str(name), "any", (), position(name))


def position(token: Token | None) -> int:
    """Where a token begins."""
    return (token.start_pos or 0) if token is not None else 0


def _amount(text: Token) -> float:
    value = float(text)
    if value > LARGEST_NUMBER:
        raise ConditionError("magnitude", "", position(text), found=f"'{text}'", most=f"{LARGEST_NUMBER:g}")
    return value


def _count(bars: Token) -> Number:
    return Number(float(bars), position(bars))
