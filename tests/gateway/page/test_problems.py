"""Wrong input on the Korean page: every form says what is wrong in Korean, whatever the API says in English."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import insert

from services.analysis.research.adapters.run_checks import RunChecks
from services.analysis.research.domain.refusals import Reason
from services.analysis.research.domain.run_jobs import new_row, outcome, refused
from services.analysis.research.runs.checks import CHECKS
from shared import tables
from shared.events import RunFinished, RunJob
from shared.failures import TransientError
from tests.gateway import market
from tests.gateway.browsing import visit
from tests.gateway.page.english import english
from tests.gateway.running_gateway import RunningGateway, create_key, running_gateway
from tests.gateway.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

KOREAN, ENGLISH = Visitor("ko", is_phone=False), Visitor("en", is_phone=False)
UNSAID = "alerts-need-key"
SHOWN = ".wrong, .failure, .toast, .verdict, .warning, [role=alert], .absent, .hint"


class Refuses:
    """Analysis research, which says of each run what its own check says."""

    @asynccontextmanager
    async def run(self, job: RunJob) -> AsyncIterator[Refuses]:
        self.job = job
        yield self

    async def taken(self, _seconds: float) -> RunFinished:
        row = new_row(self.job, 1)
        found = await RunChecks(CHECKS).refusal(row.request)
        assert found is not None
        return outcome(refused(row, "invalid-job", found.message, found.reason))


class Silent:
    """A database that does not answer."""

    def __getattr__(self, name: str) -> Any:
        raise TransientError("no answer")


async def korean(page: Page, place: str, text: str) -> None:
    """The page says this there, and nothing in English."""
    await expect(page.locator(place).filter(has_text=text).first).to_be_visible()
    assert await english(page, SHOWN) == []


async def test_a_wrong_condition(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/screener")).page
    for condition, text in (
        ("rsi_14 <", "끝에 무언가 빠졌습니다"),
        ("rsi_41x < 30", "없는 지표 또는 봉 값입니다"),
        ("rsi_9999 < 30", "period는 1 이상 500 이하여야 합니다"),
        ("pe_ratio < 10", "재무 정보는 없습니다"),
        ("close > open on 7m", "없는 봉 주기입니다"),
        ("close > close[99999]", "봉 전까지만 볼 수 있습니다"),
    ):
        await page.locator("#screen textarea").fill(condition)
        await korean(page, ".verdict .wrong", text)


async def test_a_symbol_a_column_and_a_chart_that_are_not_there(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/instrument/NOPE")).page
    await korean(page, "main [role=status]", "NOPE: 없는 종목입니다")
    await page.goto(server.url + "/#/instrument/AAPL")
    await expect(page.locator("h1")).to_have_text("애플")  # the tools of the chart before are gone
    await page.get_by_role("button", name="지표").click()
    for typed, text in (
        ("rsi_99999", "period는 1 이상 500 이하여야 합니다"),
        ("nonsense_3", "없는 지표"),
        ("rsi_33", "분석이 연결되어 있지 않습니다"),
    ):
        await page.get_by_label("지표 검색").fill(typed)
        await page.get_by_role("button", name=f"{typed} 추가").click()
        await korean(page, ".picker .wrong", text)


async def test_alerts_keys_and_what_a_key_may_not(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/alerts?condition=close%20%3E%20sma_20&symbols=NOPE")).page
    await korean(page, "#builder .verdict .wrong", "NOPE: 없는 종목입니다")
    await page.goto(server.url + "/#/alerts?condition=close%20%3E%20sma_20%20on%201d&symbols=AAPL")
    await korean(page, "#builder .hint", "분석이 연결되어 있지 않습니다")
    await page.locator("#access").get_by_label("키", exact=True).fill("fs_0000000000_wrong")
    await page.get_by_role("button", name="이 키 사용").click()
    await korean(page, "#access .wrong", "사용할 수 없는 키입니다")
    await page.locator("#access").get_by_label("키", exact=True).fill(await create_key(server, "write"))
    await page.get_by_role("button", name="이 키 사용").click()
    await page.get_by_role("button", name="알림 만들기").click()
    await korean(page, ".toast", "알림 1번을 저장했습니다. 키가 대화방과 연결되지 않아 아직 아무에게도 보내지 않습니다.")
    server.gateway.owned = Silent()
    await page.locator("#alert-list").get_by_role("button", name="일시 정지").click()
    await korean(page, ".toast", "변경하지 못했습니다: 지금 데이터베이스가 답하지 않습니다")


async def test_an_english_sentence_on_the_korean_page_is_found(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/alerts")).page
    await expect(page.locator("#alert-list .absent")).to_contain_text(KOREAN.say(UNSAID))
    assert await english(page, "main") == []
    await page.route("**/assets/*.js", untranslated)
    await page.reload()
    await expect(page.locator("#alert-list .absent")).to_contain_text(ENGLISH.say(UNSAID))
    found = await english(page, "main")
    assert "Alerts belong to the owner of" in found
    assert found == await english(page, SHOWN)


async def untranslated(route: Route) -> None:
    """The page with one message that nobody has translated."""
    answer = await route.fetch()
    await route.fulfill(response=answer, body=(await answer.text()).replace(KOREAN.say(UNSAID), ENGLISH.say(UNSAID)))


async def keep(page: Page, key: str) -> None:
    """Give this browser a key."""
    await page.evaluate("key => localStorage.setItem('finstage.key', key)", key)
    await page.reload()


async def test_the_form_of_a_run(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/research/new?entry=golden_cros&exit=dead_cross")).page
    wrong, start = "#new-run [role=alert]", page.get_by_role("button", name="시작")
    await start.click()
    await korean(page, wrong, "분석이 연결되어 있지 않습니다")
    server.gateway.research = Refuses()  # type: ignore[assignment]
    backtest, discovery = "entry=golden_cros&exit=dead_cross&end=2020-01-01", "kind=discoveries"
    for query, text in (
        (f"{backtest}&max_positions=many", "최대 포지션 수: 정수 형식이어야 합니다"),
        (f"{discovery}&within=0", "다음 신호까지 최대 봉: 1 이상이어야 합니다"),
        (f"{discovery}&within=99999", "다음 신호까지 최대 봉: 63 이하여야 합니다"),
        (f"{backtest}&symbols=NOPE", "NOPE: 없는 종목입니다"),
        (f"{backtest}&symbols=%3F%21", "값의 형식이 맞지 않습니다"),
        (f"{backtest}&start=2024-01-01", "첫 거래일 2024-01-01 이 마지막 거래일 2020-01-01 보다 늦습니다"),
        (backtest, "진입: ‘golden_cros’ 없음. 혹시 golden_cross 인가요?"),
        ("entry=rsi_14+%3C+banana_3&exit=dead_cross", "진입: banana_3: 없는 지표 또는 봉 값입니다"),
        ("entry=gap&exit=", "청산: 포지션을 끝낼 것이 없습니다"),
        ("entry=gap&exit=&time_exit=5&size=amount", "값이 필요합니다"),
        ("kind=grids&entry=golden_cross({fast}%2C+{slow})&exit=dead_cross&ranges=fast%3D5%3A20%3A5", "slow 의 값이 없습니다"),
        ("kind=datasets&labels=wat(5)", "레이블: ‘wat(5)’ 없음"),
    ):
        await page.goto(f"{server.url}/#/research/new?{query}")
        await expect(page.locator(wrong)).to_have_count(0)  # the form of the address before is gone
        await start.click()
        await korean(page, wrong, text)


async def test_a_key_that_may_not_start_a_run(browser: Browser, tmp_path: Path, built: Path) -> None:
    async with running_gateway(tmp_path, page=built, public_research=False) as private:
        page = (await visit(browser, private, locale="ko-KR", path="/#/research/new?entry=golden_cross&exit=dead_cross")).page
        wrong, start = "#new-run [role=alert]", page.get_by_role("button", name="시작")
        await keep(page, await create_key(private, "read"))
        await start.click()
        await korean(page, wrong, "이 키에는 research 권한이 없습니다. 있는 권한: read")
        await keep(page, await create_key(private, "research"))
        await start.click()
        await korean(page, wrong, "분석이 연결되어 있지 않습니다")


async def test_why_a_run_has_no_result(browser: Browser, server: RunningGateway) -> None:
    message = "symbols: no bars of 1h are there for NVDA"
    reason = Reason("no-bars-of", "symbols", {"value": "NVDA", "timeframe": "1h"})
    ended = {"state": "refused", "result": "", "error_code": "invalid-job", "error": message}
    rows = [
        market.backtest_row(81, **ended, error_reason=msgspec.json.encode(reason).decode()),
        market.backtest_row(82, **ended),  # stored before errors had a reason
        market.backtest_row(83, **ended | {"state": "failed", "error_code": "killed", "error": "its process ended 3 times"}),
    ]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.research_runs), [{"error_reason": None, **row} for row in rows])
    page = (await visit(browser, server, locale="ko-KR", path="/#/research/runs/backtest-81")).page
    said, english_text = "종목: 이 범위에 NVDA 의 1h 봉이 없습니다", page.locator(".original")
    await expect(page.locator(".progress")).to_contain_text(said)
    await expect(english_text).to_have_count(0)
    await page.goto(f"{server.url}/#/research/runs")
    await expect(page.locator("main")).to_contain_text(said)
    await page.goto(f"{server.url}/#/research/runs/backtest-82")
    await expect(page.locator(".progress")).to_contain_text("이 값으로는 실행할 수 없습니다: 종목")
    await expect(english_text).to_have_count(1)
    await page.goto(f"{server.url}/#/research/runs/backtest-83")
    await expect(page.locator(".progress")).to_contain_text("프로세스가 세 번 종료되었습니다")
    await expect(english_text).to_have_count(0)


async def test_what_is_not_there_and_a_gateway_that_fails(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/research/runs/nothing")).page
    await korean(page, ".failure", "nothing: 없는 실행입니다")
    server.gateway.jobs = Silent()
    await page.reload()
    await korean(page, ".failure", "지금 데이터베이스가 답하지 않습니다")
    server.gateway.jobs = None  # type: ignore[assignment]  # what no handler expects
    await page.reload()
    await korean(page, ".failure", "게이트웨이가 실패했습니다")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="다시 시도").click()
    await korean(page, ".failure", "게이트웨이에 연결할 수 없습니다")
