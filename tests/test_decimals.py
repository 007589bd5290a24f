"""The bot and the page show a value alike: both rules, in Python and in TypeScript, on one table of cases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.notifier.domain.decimals import fixed, percentage, places, volume

ROOT = Path(__file__).parents[1]
CASES: dict[str, list[list[Any]]] = json.loads((ROOT / "tests" / "decimals.json").read_text("utf-8"))
PAGE = """
import { readFileSync } from "node:fs";
const { fixed, percentage, places, volumes } = await import(process.argv[1]);
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify({
  prices: cases.prices.map(([value, kind, currency]) => fixed(value, places(value, kind ? { kind, currency } : undefined))),
  percentages: cases.percentages.map(([value, digits]) => percentage(value, digits)),
  volumes: cases.volumes.map(([value]) => [volumes(value, "en"), volumes(value, "ko")]),
}));
"""


@pytest.mark.parametrize(("value", "kind", "currency", "shown"), CASES["prices"])
def test_the_bots_prices(value: float, kind: str, currency: str, shown: str) -> None:
    assert fixed(value, places(value, kind, currency)) == shown


@pytest.mark.parametrize(("value", "digits", "shown"), CASES["percentages"])
def test_the_bots_percentages(value: float, digits: int, shown: str) -> None:
    assert percentage(value, digits) == shown


@pytest.mark.parametrize(("value", "english", "korean"), CASES["volumes"])
def test_the_bots_volumes(value: float, english: str, korean: str) -> None:
    assert (volume(value, "en"), volume(value, "ko")) == (english, korean)


def test_the_page_shows_the_same() -> None:
    node = Path(sys.executable).parent / "node"
    script = ROOT / "services" / "gateway" / "page" / "src" / "i18n" / "decimals.ts"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PAGE, script, ROOT / "tests" / "decimals.json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "prices": [case[3] for case in CASES["prices"]],
        "percentages": [case[2] for case in CASES["percentages"]],
        "volumes": [case[1:] for case in CASES["volumes"]],
    }
