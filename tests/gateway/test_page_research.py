"""Research on the page: a run from the form to its result, its cancellation, grids and comparisons.

Records, data sets and the form are the gateway's own. Analysis research is not there: the test answers for it, as docs/api.md says.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.gateway.browsing import PHONE, keep_picture, visit
from tests.gateway.page_gateway import fresh_market, page_gateway
from tests.gateway.running_gateway import RunningGateway

SCROLLED: Final = "e => e.scrollWidth - e.clientWidth"

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FIGURES: Final = {"total_return": 2.858, "sharpe": 0.86, "max_drawdown": -0.325, "trades": 2, "profit_factor": None}
BACKTEST: Final = {
    "entry": "golden_cross", "exit": "dead_cross", "costs": "5 + 5 bp a side", "metrics": FIGURES,
    "intervals": {"level": 0.95, "sharpe": [0.26, 1.59], "cagr": None}, "buy_and_hold": {"total_return": 5.561, "sharpe": 0.96},
    "monthly": [{"year": 2023, "months": [0.01, None, -0.02] + [None] * 9, "total": -0.0102}],
}  # fmt: skip
GRID: Final = {
    "objective": "sharpe", "costs": "5 + 5 bp a side", "parameters": [{"name": "fast"}, {"name": "slow"}],
    "chosen": {"set": {"fast": 10, "slow": 100}, "development": {"sharpe": 1.1}, "test": {"sharpe": 0.4}},
    "peak": {"set": {"fast": 5, "slow": 50}, "development": {"sharpe": 1.4}, "test": {"sharpe": -0.2}},
    "buy_and_hold": {"test": {"sharpe": 0.7}},
    "overfitting": {"trials": 4, "effective_trials": 2.5, "sharpe": 1.1, "expected_maximum_sharpe": 0.9, "deflated_sharpe": 0.58,
                    "probability_of_overfitting": 0.44},
}  # fmt: skip
HEAT: Final = {
    "objective": "sharpe", "across": {"name": "fast", "values": [5, 10]}, "down": {"name": "slow", "values": [50, 100]},
    "fixed": {}, "chosen": [1, 1], "cells": [[1.4, 0.2], [None, 1.1]],
}  # fmt: skip


RECORD: Final = {
    "n": 431, "years": 10.0, "horizon_bars": 5, "win_rate": 0.52, "win_rate_low": 0.47, "win_rate_high": 0.57,
    "mean_return": 0.003, "worst": -0.12, "base_rate": 0.002, "q_value": 0.81, "validated": False, "dates": 381, "group": "*",
}  # fmt: skip
ABOUT: Final = {"rule": "golden_cross", "params": {"fast": 50, "slow": 200}, "direction": "up", "level": "all", "group": "*"}
QUALITY: Final[dict[str, Any]] = {
    "records": 3, "tried": 252, "validated": 1, "as_of": 1_617_220_800_000, "cost_bps": 10.0,
    "listed": [
        {**ABOUT, "level": "instrument", "group": "AAPL", "quality": {**RECORD, "group": "AAPL", "validated": True}},
        {**ABOUT, "quality": RECORD},
    ],
}  # fmt: skip
HEAT_FILE: Final = {"name": "heatmap.json", "sha256": "0" * 64, "url": "/v1/research/jobs/run-1/files/heatmap.json"}


class Jobs:
    """Analysis research behind the gateway: one job that runs until it is told to end."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.state, self.kind = "running", "backtest"
        self.result: dict[str, Any] = BACKTEST

    async def install(self, page: Page) -> None:
        await page.route("**/v1/research/backtests", self._request)
        await page.route("**/v1/research/quality", self._request)
        await page.route("**/v1/research/jobs**", self._jobs)
        await page.route("**/v1/research/jobs/**", self._jobs)

    async def _request(self, route: Route) -> None:
        self.posted.append(json.loads(route.request.post_data or "{}"))
        if self.posted[-1].get("stop_loss") == 7:
            detail = "stop_loss: 7 is not between 0 and 1"
            await route.fulfill(status=422, json={"detail": detail, "field": "stop_loss", "value": "7"})
        else:
            await self._page(route, self.job(), status=202)

    async def _jobs(self, route: Route) -> None:
        path = route.request.url.partition("/v1/research/jobs")[2].partition("?")[0]
        if path.endswith("/trades"):
            trade = {
                "symbol": "AAPL", "side": "long", "entry": "2024-06-03", "exit": "2024-07-01", "bars": 20, "exit_reason": "exit",
                "entry_reason": "golden_cross", "shares": 1.0, "entry_price": 190.0, "exit_price": 199.5, "pnl": 9.5, "cost": 0.2,
                "mae": -0.01, "mfe": 0.06, "return": 0.05,
            }  # fmt: skip
            await self._page(route, trade, {**trade, "entry": "2024-07-05", "exit": "2024-07-20", "return": -0.02})
        elif path.endswith("/equity"):
            days = [f"2024-06-{n:02d}" for n in range(3, 20)]
            point = {"equity": 1000.0, "drawdown": -0.01, "buy_and_hold": 1000.0}
            points = [{"date": f"{day}T20:00:00Z", "session": day, **point} for day in days]
            await self._page(route, *points)
        elif path.endswith("heatmap.json"):
            await route.fulfill(json=HEAT)
        elif route.request.method == "DELETE":
            self.state = "cancelled"
            await self._page(route, self.job())
        else:
            await self._page(route, *([self.job()] if path else [self.job(), self.job(id="run-2")]))

    async def _page(self, route: Route, *results: Any, status: int = 200) -> None:
        await route.fulfill(
            status=status, json={"results": results, "provider": "finstage", "warnings": [], "next_page_token": None}
        )

    def job(self, **changes: Any) -> dict[str, Any]:
        done = self.state == "done"
        known = {
            "id": "run-1", "kind": self.kind, "state": self.state, "ahead": None,
            "progress": {"done": 3, "total": 10, "note": "AAPL"}, "created": "2024-07-01T00:00:00Z", "started": None, "ended": None,
            "error": None, "symbols": ["AAPL"], "timeframe": "1Day", "start": None, "end": None, "tape": "",
            "parameters": {"rule" if self.kind == "quality" else "entry": "golden_cross"}, "result": self.result if done else None,
            "files": [HEAT_FILE] if done else [],
            "data_hash": "d" * 64 if done else None, "code_version": "e" * 16,
        }  # fmt: skip
        return known | changes


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with page_gateway(tmp_path_factory.mktemp("gateway"), built, signals=30) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server(browser: Browser, gateway: RunningGateway) -> AsyncIterator[RunningGateway]:
    async with fresh_market(gateway, browser) as fresh:
        yield fresh


async def test_a_backtest_from_the_form_to_its_result(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/#/research/records")
    page, jobs = visited.page, Jobs()
    await jobs.install(page)
    rows = page.locator("#records tbody tr")
    await expect(rows).to_have_count(6)
    await expect(rows.first).to_contain_text("+1.0%")
    await page.get_by_role("button", name="Only validated").click()
    await expect(page.locator("#records .empty")).to_contain_text("No rule is validated at this level")
    await page.get_by_role("button", name="Instrument").click()
    await expect(rows).to_have_count(1)
    await page.get_by_role("link", name="Data sets").click()
    await expect(page.locator("#datasets tbody tr")).to_contain_text("dataset-1")
    await expect(page.locator("#datasets tbody a")).to_have_attribute("href", "/v1/research/datasets/dataset-1/files/manifest.json")
    await page.reload()
    await page.get_by_role("link", name="New run").click()
    await expect(page.get_by_label("Direction")).to_have_value("long")
    await expect(page.get_by_label("Source of the bars").locator("option")).to_have_count(5)
    await page.get_by_label("Entry a rule").fill("golden_cross")
    await page.get_by_label("Instruments").fill("AAPL, NVDA")
    loss = page.get_by_label("Stop loss, % from the entry price")
    await loss.fill("700")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".run-form [role=alert]")).to_have_text("stop_loss: 7 is not between 0 and 1")
    await expect(loss).to_have_attribute("aria-invalid", "true")
    await loss.fill("5")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator("#job .progress")).to_contain_text("3 / 10 · AAPL")
    assert jobs.posted[-1] == {"entry": "golden_cross", "symbols": ["AAPL", "NVDA"], "stop_loss": 0.05}
    assert page.url.endswith("#/research/runs/run-1")
    jobs.state = "done"
    await expect(page.locator("#job h2")).to_have_text("Backtest · Golden cross")
    figures = page.locator("#figures tbody tr")
    await expect(figures.filter(has_text="Sharpe ratio")).to_contain_text("0.860.960.26 to 1.59")
    await expect(figures.filter(has_text="Total return")).to_contain_text("+285.8%+556.1%")
    await expect(figures.filter(has_text="Profit factor").locator(".missing")).to_have_attribute(
        "title", "Not defined for this run"
    )
    await expect(figures.locator("td:first-child")).to_have_text(
        ["Total return", "Sharpe ratio", "Maximum drawdown", "Trades", "Profit factor"]
    )
    await expect(page.locator("#figures footer")).to_have_text("Costs: 5 + 5 bp a side")
    await expect(page.locator("#equity canvas").first).to_be_visible()
    await expect(page.locator("#trades tbody tr")).to_have_count(2)
    await expect(page.locator("#trades canvas").first).to_be_visible()
    await expect(page.locator("#months tbody tr")).to_contain_text("+1.0%–\u22122.0%")
    await page.emulate_media(media="print")
    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator("#figures")).to_be_visible()
    await page.emulate_media(media="screen")
    await expect(page.locator("#trades tbody tr").first).to_contain_text("exit signal")
    await page.get_by_role("link", name="Change and run again").click()
    await expect(page.get_by_label("Entry a rule")).to_have_value("golden_cross")
    await expect(page.get_by_label("Instruments")).to_have_value("AAPL")
    await page.get_by_role("link", name="Runs", exact=True).click()
    await expect(page.locator("#runs tbody tr").first).to_contain_text("Golden crossAAPL · 1D")
    for n in (0, 1):
        await page.get_by_label("Compare runs: Golden cross").nth(n).check()
    await page.get_by_role("button", name="Compare the chosen").click()
    await expect(page.locator("#comparison thead th")).to_have_count(3)
    await expect(page.locator("#comparison canvas").first).to_be_visible()
    await expect(page.locator("#comparison tbody tr", has_text="Sharpe ratio")).to_contain_text("0.860.86")
    assert [error for error in visited.errors if "422" not in error] == []


async def test_a_run_is_cancelled_and_a_grid_says_what_its_choice_is_worth(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/")
    page, jobs = visited.page, Jobs()
    await jobs.install(page)
    await page.goto(f"{server.url}/#/research/runs%2Frun-1")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("#job .progress")).to_contain_text("cancelled")
    jobs.state, jobs.kind, jobs.result = "done", "grid", GRID
    await page.reload()
    cells = page.locator(".heat tbody td")
    await expect(cells).to_have_text(["–", "1.1 (the chosen set)", "1.4 (the peak)", "0.2"])
    await expect(page.locator(".heat .plateau")).to_have_count(4)
    await expect(page.locator("#heat .hint")).to_have_text("– : This set was left out by a constraint, or had too few trades.")
    await expect(page.locator("#chosen")).to_contain_text("fast = 10, slow = 100")
    await expect(page.locator("#chosen tbody tr")).to_contain_text("Sharpe ratio1.10.4\u22120.20.7")
    await expect(page.locator("#overfitting li")).to_have_text(
        [
            "4 sets were tried; they differ about as much as 2.5 independent ones.",
            "The chosen set has a Sharpe ratio of 1.1; the best of as many sets without any edge would have about 0.9.",
            "Counting all trials, the chance that its true Sharpe ratio is above zero is 58% (deflated Sharpe ratio).",
            "In 44% of the splits the best set of one half was below the median in the other half (probability of overfitting).",
        ]
    )
    await page.get_by_role("button", name="한국어").click()
    await expect(page.locator("#overfitting li").first).to_contain_text("4개를 시도했으며")
    await page.get_by_role("button", name="English").click()
    await records_of_signals(page, jobs, server.url)
    assert visited.errors == []


async def records_of_signals(page: Page, jobs: Jobs, url: str) -> None:
    """From the form to the records, in both languages and on a phone."""
    jobs.kind, jobs.result = "quality", QUALITY
    await page.goto(f"{url}/#/research/new")
    await page.get_by_role("button", name="Signal quality").click()
    await page.get_by_label("Rule or chart pattern").select_option("Golden cross")
    await page.get_by_label("Records of").select_option("Each instrument")
    await page.get_by_label("Held", exact=True).select_option("5 bars")
    await page.get_by_role("button", name="Start").click()
    rows = page.locator("#quality tbody tr")
    await expect(rows).to_have_count(2)
    assert jobs.posted[-1] == {"rule": "golden_cross", "level": "instrument", "horizon": 5}
    await expect(page.locator("#job h2")).to_have_text("Signal quality · Golden cross")
    await expect(page.locator("#quality .panel-hint").first).to_have_text(
        "252 tests were made and corrected for together; validated: 1."
    )
    await expect(rows.first).to_contain_text("past 10 years, out of sample: 52% of 431, +0.3% in 5 days, worst")
    await expect(rows.last).to_contain_text(
        "All instrumentsno better than chance so far: +0.3% in 5 days, any day +0.2% (n = 431 on 381 days)"
    )
    await expect(page.locator("#quality .hint").last).to_have_text("The first 2 of 3 records are shown; the file has all.")
    await keep_picture(page, "research-quality")
    jobs.result = {**QUALITY, "validated": 0}
    await page.set_viewport_size(PHONE)
    await page.reload()
    await page.get_by_role("button", name="한국어").click()
    await expect(page.locator("#quality .panel-hint").first).to_contain_text("아직 우연보다 나은 것이 없습니다.")
    await expect(rows.last).to_contain_text("아직 우연보다 낫지 않음: 5일 평균 +0.3%, 아무 날이나 +0.2% (n = 431, 381일)")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "only the table scrolls to the side"
    await keep_picture(page, "research-quality-phone")
    assert await page.locator("#quality .scroll").evaluate(SCROLLED) == 0
    await page.goto(f"{url}/#/research/records")
    await expect(page.locator("#records tbody tr").first).to_contain_text("일 · 모든 종목")
    assert await page.locator("#records .scroll").evaluate(SCROLLED) == 0
    await keep_picture(page, "research-records-phone")
