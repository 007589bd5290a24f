"""Each rule of filling in docs/research.md, by a case small enough to compute by hand; free of costs unless it is about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from services.analysis.research.backtest.layout import REASONS
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import BacktestError, Costs, Orders, Sizing
from services.analysis.research.backtest.prices import Prices, single, together
from services.analysis.research.backtest.simulation import Simulation, simulate

FREE = Costs(commission_bp=0, slippage_bp=0, borrow=0)
Row = tuple[float, float, float, float]
FLAT: Row = (100, 101, 99, 100)


def columns(rows: Sequence[Row]) -> tuple[Any, Any, Any, Any]:
    """Opens, highs, lows and closes."""
    open_, high, low, close = np.array(rows, np.float64).T
    return open_, high, low, close


class Case:
    """Runs one instrument from rows (open, high, low, close); ``entry`` and ``exit_``: bar -> signal."""

    def __init__(self, kernels: BacktestKernels) -> None:
        self._kernels = kernels

    def __call__(self, rows: Sequence[Row], entry: dict[int, int], exit_: dict[int, int] | None = None, *,
                 orders: Orders | None = None, sizing: Sizing | None = None, costs: Costs = FREE, cash: float = 1_000.0,
                 periods: float = 252.0, dividends: dict[int, float] | None = None, splits: dict[int, float] | None = None,
                 ) -> Simulation:  # fmt: skip
        n = len(rows)

        def laid_out(places: dict[int, Any] | None, usual: float = 0.0) -> Any:
            found = np.full(n, usual)
            for place, value in (places or {}).items():
                found[place] = value
            return found

        prices = single(*columns(rows), laid_out(dividends), laid_out(splits, 1.0))
        return simulate(
            self._kernels,
            prices,
            laid_out(entry).astype(np.int8)[:, None],
            laid_out(exit_).astype(np.int8)[:, None],
            orders,
            sizing,
            costs,
            cash=cash,
            periods=periods,
        )


@pytest.fixture
def run(backtest_kernels: BacktestKernels) -> Case:
    return Case(backtest_kernels)


def trades(found: Simulation) -> list[Any]:
    """Entry bar and price, exit bar and price, reason."""
    return [
        (
            int(each["entry_bar"]),
            float(each["entry_price"]),
            int(each["exit_bar"]),
            float(each["exit_price"]),
            REASONS[each["reason"]],
        )
        for each in found.trades
    ]


def test_a_signal_is_filled_at_the_next_open(run: Case) -> None:
    found = run([FLAT, (102, 103, 101, 103), FLAT, (98, 99, 97, 98), FLAT], {0: 1}, {2: -1})
    assert trades(found) == [(1, 102, 3, 98, "exit")]
    shares = 1_000 / 102
    assert found.account["equity"].tolist() == pytest.approx([1_000, shares * 103, shares * 100, shares * 98, shares * 98])


def test_signals_of_the_last_bar_are_not_filled_and_an_open_position_ends_at_the_last_close(run: Case) -> None:
    assert trades(run([FLAT, FLAT, FLAT], {2: 1})) == []
    assert trades(run([FLAT, FLAT, (100, 120, 99, 110)], {0: 1}, {2: -1})) == [(1, 100, 2, 110, "end")]
    assert trades(run([FLAT, (100, 120, 99, 110)], {0: 1})) == [(1, 100, 1, 110, "end")]


def test_a_gap_through_the_stop_is_filled_at_the_open(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (85, 86, 84, 85), FLAT]
    assert trades(run(rows, {0: 1}, orders=Orders(stop_loss=0.05))) == [(1, 100, 2, 85, "stop")]
    rows = [FLAT, FLAT, (112, 113, 111, 112), FLAT]
    assert trades(run(rows, {0: -1}, orders=Orders(side="short", stop_loss=0.05))) == [(1, 100, 2, 112, "stop")]


def test_a_gap_through_the_target_is_filled_at_the_open(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (112, 113, 80, 112), FLAT]
    assert trades(run(rows, {0: 1}, orders=Orders(take_profit=0.05, stop_loss=0.1))) == [(1, 100, 2, 112, "target")]


def test_levels_inside_a_bar_are_filled_at_the_level_and_touching_is_enough(run: Case) -> None:
    stop, target = Orders(stop_loss=0.05), Orders(take_profit=0.05)
    assert trades(run([FLAT, FLAT, (100, 101, 95, 100), FLAT], {0: 1}, orders=stop)) == [(1, 100, 2, 95, "stop")]
    assert trades(run([FLAT, FLAT, (100, 101, 95.01, 100), FLAT], {0: 1}, orders=stop))[0][4] == "end"
    assert trades(run([FLAT, FLAT, (100, 105, 99, 100), FLAT], {0: 1}, orders=target)) == [(1, 100, 2, 105, "target")]


def test_a_stop_counts_on_the_bar_of_the_entry(run: Case) -> None:
    rows: list[Row] = [FLAT, (100, 101, 94, 100), FLAT]
    assert trades(run(rows, {0: 1}, orders=Orders(stop_loss=0.05))) == [(1, 100, 1, 95, "stop")]


@pytest.mark.parametrize(("both_hit", "price"), [("stop", 95), ("target", 105)])
def test_stop_and_target_in_one_bar(run: Case, both_hit: Any, price: float) -> None:
    rows: list[Row] = [FLAT, FLAT, (100, 106, 94, 100), FLAT]
    orders = Orders(stop_loss=0.05, take_profit=0.05, both_hit=both_hit)
    assert trades(run(rows, {0: 1}, orders=orders)) == [(1, 100, 2, price, both_hit)]


def test_a_trailing_stop_follows_the_best_price_of_the_bars_before(run: Case) -> None:
    rows: list[Row] = [FLAT, (100, 110, 100, 110), (110, 120, 109, 120), (119, 121, 100, 101), FLAT]
    # the high of 120 sets the level of 108 for the bar after it; on its own bar the level is 99, from 110
    assert trades(run(rows, {0: 1}, orders=Orders(trailing=0.1))) == [(1, 100, 3, 108, "trailing")]
    both = Orders(trailing=0.1, stop_loss=0.02)
    assert trades(run([FLAT, (100, 101, 97, 100), FLAT], {0: 1}, orders=both)) == [(1, 100, 1, 98, "stop")]


def test_a_trailing_stop_of_a_short_position_follows_the_lowest_price(run: Case) -> None:
    rows: list[Row] = [FLAT, (100, 100, 80, 80), (80, 90, 79, 85), FLAT]
    found = run(rows, {0: -1}, orders=Orders(side="short", trailing=0.1))
    assert trades(found) == [(1, 100, 2, 88, "trailing")]


@pytest.mark.parametrize("bars", [1, 2, 3])
def test_a_time_exit_leaves_after_so_many_whole_bars(run: Case, bars: int) -> None:
    found = run([FLAT] * 6, {0: 1}, orders=Orders(time_exit=bars))
    assert trades(found) == [(1, 100, 1 + bars, 100, "time")]


def test_a_signal_while_in_the_market_is_not_kept(run: Case) -> None:
    assert trades(run([FLAT] * 7, {0: 1, 1: 1, 2: 1}, {3: -1})) == [(1, 100, 4, 100, "exit")]


def test_an_exit_on_the_bar_of_an_entry_wins(run: Case) -> None:
    assert trades(run([FLAT] * 4, {0: 1}, {0: -1})) == []
    assert trades(run([FLAT] * 4, {0: 1}, {0: 1}))[0][:2] == (1, 100)  # it closes shorts


def test_a_position_can_be_left_and_entered_again_after_a_stop_on_the_next_open(run: Case) -> None:
    rows: list[Row] = [FLAT, (100, 101, 94, 100), FLAT, FLAT]
    assert [each[0] for each in trades(run(rows, {0: 1, 1: 1}, orders=Orders(stop_loss=0.05)))] == [1, 2]


def test_exits_without_a_position_open_nothing(run: Case) -> None:
    rows: list[Row] = [FLAT, (100, 101, 94, 100), FLAT, FLAT, FLAT]
    stopped = Orders(side="both", stop_loss=0.05)
    assert trades(run(rows, {0: 1}, {1: -1, 2: -1, 3: 1}, orders=stopped)) == [(1, 100, 1, 95, "stop")]


def test_both_sides_reverse_at_one_open(run: Case) -> None:
    found = run([FLAT, FLAT, (110, 111, 109, 110), (120, 121, 119, 120)], {0: 1, 1: -1}, orders=Orders(side="both"))
    assert trades(found) == [(1, 100, 2, 110, "reverse"), (2, 110, 3, 120, "end")]
    assert found.account["equity"][-1] == pytest.approx(1_100 - 10 * 10)


def test_costs_make_each_fill_worse(run: Case) -> None:
    costs = Costs(commission_bp=10, slippage_bp=20, borrow=0)
    found = run([FLAT, FLAT, FLAT, FLAT], {0: 1}, {1: -1}, costs=costs)
    shares = 1_000 / (100.2 * 1.001)
    assert trades(found) == [(1, pytest.approx(100.2), 2, pytest.approx(99.8), "exit")]
    assert found.account["cash"][1] == pytest.approx(0, abs=1e-9)  # commission is part of what is spent
    assert found.account["equity"][-1] == pytest.approx(shares * 99.8 * 0.999)
    assert found.trades["cost"].sum() == pytest.approx(shares * (100.2 * 0.001 + 0.2 + 99.8 * 0.001 + 0.2))
    assert (Costs().commission_bp, Costs().slippage_bp) == (5, 5)


def test_dividends_go_to_who_held_the_night_before(run: Case) -> None:
    rows = [FLAT] * 5
    assert run(rows, {0: 1}, dividends={1: 1.0}).account["equity"][-1] == 1_000  # bought on the day it goes ex
    assert run(rows, {0: 1}, dividends={2: 1.0}).account["equity"][-1] == 1_010
    assert run(rows, {0: 1}, {1: -1}, dividends={2: 1.0}).account["equity"][-1] == 1_010  # sold at the open of that day
    short = run(rows, {0: -1}, orders=Orders(side="short"), dividends={2: 1.0})
    assert short.account["equity"][-1] == 990
    assert short.trades["pnl"].tolist() == [-10]


def test_a_split_changes_shares_and_levels_not_value(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (50, 50.5, 49.5, 50), (50, 50.5, 47, 50), FLAT]
    found = run(rows, {0: 1}, splits={2: 2.0}, orders=Orders(stop_loss=0.05))
    assert trades(found) == [(1, 100, 3, 47.5, "stop")]
    assert (found.trades["shares"][0], found.trades["exit_shares"][0]) == (10, 20)
    assert found.account["equity"].tolist() == [1_000, 1_000, 1_000, 950, 950]


def test_a_split_of_a_short_position_keeps_its_value(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (20, 20.2, 19.8, 20), (20, 20.2, 19.8, 20)]
    found = run(rows, {0: -1}, splits={2: 5.0}, orders=Orders(side="short", stop_loss=0.5))
    assert trades(found) == [(1, 100, 3, 20, "end")]
    assert found.account["equity"].tolist() == [1_000] * 4


def test_a_dividend_and_a_split_on_one_day(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (49, 49.5, 48.5, 49), (49, 49.5, 48.5, 49)]
    assert run(rows, {0: 1}, splits={2: 2.0}, dividends={2: 1.0}).account["equity"].tolist() == [1_000] * 4


def test_parts_of_a_share_after_a_split_are_paid_out(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (50, 50, 50, 50), (50, 50, 50, 50)]
    found = run(rows, {0: 1}, splits={2: 1.5}, sizing=Sizing(shares="whole"), cash=550.0)
    assert (found.trades["shares"][0], found.trades["exit_shares"][0]) == (5, 7)
    assert found.account["cash"][2] == pytest.approx(50 + 0.5 * 100 / 1.5)
    assert run(rows, {0: 1}, splits={2: 0.1}, sizing=Sizing(shares="whole"), cash=550.0).trades["exit_shares"][0] == 0.5


def test_borrowed_shares_cost_money_each_night(run: Case) -> None:
    costs = Costs(commission_bp=0, slippage_bp=0, borrow=0.252)
    found = run([FLAT] * 4, {0: -1}, orders=Orders(side="short"), costs=costs)
    assert found.account["equity"].tolist() == pytest.approx([1_000, 1_000, 999, 998])
    assert run([FLAT] * 4, {0: 1}, costs=costs).account["equity"][-1] == 1_000


def test_borrowed_cash_costs_money_each_night(run: Case) -> None:
    costs = Costs(commission_bp=0, slippage_bp=0, borrow=0.252)
    found = run([FLAT] * 3, {0: 1}, sizing=Sizing(value=2.0, leverage=2.0), costs=costs)
    assert found.account["cash"][:2].tolist() == [1_000, -1_000]
    assert found.account["equity"].tolist() == pytest.approx([1_000, 1_000, 999])


def test_without_leverage_a_position_is_no_larger_than_the_account(run: Case) -> None:
    for sizing in (Sizing(value=3.0), Sizing(method="amount", value=5_000.0)):
        found = run([FLAT] * 3, {0: 1}, sizing=sizing)
        assert (found.trades["shares"][0], found.account["cash"].min()) == (10, 0)


def test_a_fixed_amount_and_whole_shares(run: Case) -> None:
    found = run([FLAT, (30, 31, 29, 30), (30, 31, 29, 30)], {0: 1}, sizing=Sizing(method="amount", value=100.0, shares="whole"))
    assert (found.trades["shares"][0], found.account["cash"][1]) == (3, 910)
    none = run([FLAT] * 3, {0: 1}, sizing=Sizing(shares="whole"), cash=99.0)
    assert (trades(none), none.skipped["no_cash"]) == ([], 1)


def test_risk_per_trade_loses_that_share_at_the_stop(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (100, 101, 90, 95), FLAT]
    found = run(rows, {0: 1}, orders=Orders(stop_loss=0.05), sizing=Sizing(method="risk", value=0.01))
    assert found.trades["pnl"].tolist() == [-10]


def test_a_volatility_target(run: Case) -> None:
    rows: list[Row] = [(c, c, c, c) for c in (100.0, 110, 99, 110, 110, 110)]
    moves = np.array([0.1, -0.1, 11 / 99])
    yearly = moves.std(ddof=1) * np.sqrt(252)
    found = run(rows, {3: 1}, sizing=Sizing(method="volatility", value=0.3, window=3))
    assert found.trades["shares"][0] * 110 == pytest.approx(1_000 * 0.3 / yearly)
    unknown = run(rows, {2: 1}, sizing=Sizing(method="volatility", value=0.3, window=3))
    assert (trades(unknown), unknown.skipped["no_size"]) == ([], 1)


def test_an_account_that_owes_more_than_it_has_is_closed(run: Case) -> None:
    rows: list[Row] = [FLAT, FLAT, (100, 230, 100, 220), (210, 220, 200, 215), FLAT, FLAT]
    found = run(rows, {0: -1, 3: -1, 4: -1}, orders=Orders(side="short"))
    assert trades(found) == [(1, 100, 3, 210, "ruin")]
    assert found.account["equity"][-1] == -100
    assert found.skipped["no_cash"] == 0


def test_a_price_below_zero_can_be_left_but_not_entered(run: Case) -> None:
    rows: list[Row] = [(10, 10, 10, 10), (10, 10, 10, 10), (-30, -30, -40, -37), (-37, -37, -37, -37), (-37, -37, -37, -37)]
    found = run(rows, {0: 1, 3: 1}, {1: -1}, sizing=Sizing(value=0.1), costs=Costs(commission_bp=0, slippage_bp=100, borrow=0))
    assert trades(found) == [(1, 10.1, 2, pytest.approx(-30.3), "exit")]
    assert found.skipped["no_size"] == 1


def test_excursions_end_with_the_trade(run: Case) -> None:
    rows: list[Row] = [FLAT, (100, 104, 98, 103), (101, 130, 95, 120), FLAT]
    found = run(rows, {0: 1}, orders=Orders(stop_loss=0.05))
    # the bar of the stop may have seen its high of 130 after the stop, so it does not count
    assert (found.trades["mae"][0], found.trades["mfe"][0]) == (pytest.approx(-0.05), pytest.approx(0.04))


def on_one_calendar(rows: Sequence[Sequence[Row | None]]) -> Prices:
    own = [np.array([bar for bar in each if bar], np.float64) for each in rows]
    places = [np.array([t for t, bar in enumerate(each) if bar], np.int64) for each in rows]
    return together([single(*each.T) for each in own], places, len(rows[0]))


def signals(*rows: Sequence[int]) -> Any:
    return np.ascontiguousarray(np.array(rows, np.int8).T)


def test_cash_that_is_short_goes_to_the_first_in_order(backtest_kernels: BacktestKernels) -> None:
    prices, none = on_one_calendar([[FLAT] * 3] * 3), signals([0, 0, 0], [0, 0, 0], [0, 0, 0])
    entry = signals([1, 0, 0], [1, 0, 0], [1, 0, 0])
    sizing = Sizing(value=0.6)
    for order in ([0, 1, 2], [2, 0, 1]):
        found = simulate(backtest_kernels, prices, entry, none, sizing=sizing, costs=FREE, cash=1_000.0, order=np.array(order))
        assert found.trades["instrument"].tolist() == order[:2]
        assert found.trades["shares"].tolist() == [6, 4]
        assert found.skipped == {"no_cash": 1, "no_place": 0, "no_size": 0}


def test_a_rest_of_less_than_a_hundredth_of_the_budget_is_not_spent(backtest_kernels: BacktestKernels) -> None:
    prices, none = on_one_calendar([[FLAT] * 3] * 2), signals([0, 0, 0], [0, 0, 0])
    found = simulate(
        backtest_kernels, prices, signals([1, 0, 0], [1, 0, 0]), none, sizing=Sizing(value=0.995), costs=FREE, cash=1_000.0
    )
    assert (found.trades["shares"].tolist(), found.skipped["no_cash"]) == ([9.95], 1)


def test_at_most_so_many_positions_with_equal_parts(backtest_kernels: BacktestKernels) -> None:
    prices, none = on_one_calendar([[FLAT] * 3] * 3), signals([0, 0, 0], [0, 0, 0], [0, 0, 0])
    entry = signals([1, 0, 0], [1, 0, 0], [1, 0, 0])
    found = simulate(backtest_kernels, prices, entry, none, sizing=Sizing(max_positions=2), costs=FREE, cash=1_000.0)
    assert (found.trades["shares"].tolist(), found.skipped["no_place"]) == ([5, 5], 1)


def test_what_is_sold_at_an_open_pays_for_what_is_bought(backtest_kernels: BacktestKernels) -> None:
    prices = on_one_calendar([[FLAT] * 4] * 2)
    found = simulate(
        backtest_kernels, prices, signals([0, 1, 0, 0], [1, 0, 0, 0]), signals([0, 0, 0, 0], [0, -1, 0, 0]),
        sizing=Sizing(max_positions=1), costs=FREE, cash=1_000.0,
    )  # fmt: skip
    assert found.trades["instrument"].tolist() == [1, 0]
    assert found.trades["entry_bar"].tolist() == [1, 2]


def test_an_order_waits_for_a_bar_and_a_position_keeps_its_last_close(backtest_kernels: BacktestKernels) -> None:
    other: list[Row | None] = [FLAT, None, (104, 106, 103, 105), None, (110, 111, 109, 110), FLAT]
    prices = on_one_calendar([[FLAT] * 6, other])
    entry, exit_ = signals([0] * 6, [1, 0, 0, 0, 0, 0]), signals([0] * 6, [0, 0, -1, 0, 0, 0])
    found = simulate(backtest_kernels, prices, entry, exit_, sizing=Sizing(value=1.0), costs=FREE, cash=1_040.0)
    assert trades(found) == [(2, 104, 4, 110, "exit")]
    assert found.account["equity"].tolist() == [1_040, 1_040, 1_050, 1_050, 1_100, 1_100]


def test_an_instrument_that_ends_is_sold_at_its_last_close(backtest_kernels: BacktestKernels) -> None:
    prices = on_one_calendar([[FLAT] * 5, [FLAT, FLAT, (90, 91, 89, 90), None, None]])
    entry = signals([0] * 5, [1, 0, 0, 0, 0])
    found = simulate(backtest_kernels, prices, entry, signals([0] * 5, [0] * 5), sizing=Sizing(value=1.0), costs=FREE, cash=1_000.0)
    assert trades(found) == [(1, 100, 2, 90, "end")]
    assert found.account["cash"].tolist() == [1_000, 0, 900, 900, 900]


def test_splits_of_two_instruments_on_one_day_both_pay_out_their_rest(backtest_kernels: BacktestKernels) -> None:
    after: Row = (50, 50, 50, 50)
    rows: list[list[Row | None]] = [[FLAT, FLAT, after, after]] * 2
    own = [single(*columns([bar for bar in each if bar]), np.zeros(4), np.array([1, 1, 1.5, 1])) for each in rows]
    prices = together(own, [np.arange(4)] * 2, 4)
    entry, none = signals([1, 0, 0, 0], [1, 0, 0, 0]), signals([0] * 4, [0] * 4)
    found = simulate(backtest_kernels, prices, entry, none, sizing=Sizing(shares="whole"), costs=FREE, cash=1_100.0)
    assert found.trades["exit_shares"].tolist() == [7, 7]
    assert found.account["cash"][2] == pytest.approx(100 + 2 * 0.5 * 100 / 1.5)


def test_inverse_volatility_gives_the_calmer_one_more(backtest_kernels: BacktestKernels) -> None:
    rng = np.random.default_rng(1)
    closes = 100 * np.exp(np.cumsum(rng.normal(0, 1, (60, 2)) * [0.01, 0.03], 0))
    prices = Prices(*(np.ascontiguousarray(closes) for _ in range(4)))
    entry = np.zeros(closes.shape, np.int8)
    entry[50] = 1
    sizing = Sizing(method="inverse_volatility")
    found = simulate(backtest_kernels, prices, entry, np.zeros_like(entry), sizing=sizing, costs=FREE, cash=1_000.0)
    spent = found.trades["shares"] * found.trades["entry_price"]
    past = closes[30:51]
    wanted = 1 / (past[1:] / past[:-1] - 1).std(axis=0, ddof=1)
    assert spent.tolist() == pytest.approx((1_000 * wanted / wanted.sum()).tolist())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Orders(stop_loss=-0.1), ("stop_loss", "-0.1")),
        (lambda: Orders(stop_loss=float("nan")), ("stop_loss", "nan")),
        (lambda: Orders(trailing=1.0), ("trailing", "1.0")),
        (lambda: Orders(time_exit=0), ("time_exit", "0")),
        (lambda: Orders(side="up"), ("side", "'up'")),  # type: ignore[arg-type]
        (lambda: Sizing(method="risk"), ("value", "risk")),
        (lambda: Sizing(leverage=0.0), ("leverage", "0.0")),
        (lambda: Sizing(max_positions=0), ("max_positions", "0")),
        (lambda: Costs(commission_bp=-1.0), ("commission_bp", "-1.0")),
        (lambda: Costs(slippage_bp=float("inf")), ("slippage_bp", "inf")),
        (lambda: single(*(np.ones(0) for _ in range(4))), ("close", "no bars")),
        (lambda: single(*np.array([(100.0, 99.0, 98.0, 98.5)]).T), ("bar 0", "100.0")),
        (lambda: single(*np.array([(1.0, np.inf, 1.0, 1.0)]).T), ("high",)),
        (lambda: single(*columns([FLAT]), np.zeros(1), np.zeros(1)), ("splits", "above 0")),
    ],
)
def test_wrong_input_names_the_field_and_the_value(make: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(BacktestError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_size_by_risk_needs_a_stop(run: Case) -> None:
    with pytest.raises(BacktestError, match="stop_loss or trailing"):
        run([FLAT] * 3, {0: 1}, sizing=Sizing(method="risk", value=0.01))
