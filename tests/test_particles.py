"""The bot and the page follow a word with the same Korean particle: both rules, in Python and in TypeScript, on one table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from shared.particles import with_particle

ROOT = Path(__file__).parents[1]
CASES: list[list[str]] = json.loads((ROOT / "tests" / "particles.json").read_text("utf-8"))
PAGE = """
import { readFileSync } from "node:fs";
const { withParticle } = await import(process.argv[1]);
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map(([word, pair]) => withParticle(word, pair))));
"""


def test_the_bots_particles() -> None:
    assert [with_particle(word, pair) for word, pair, _ in CASES] == [shown for *_, shown in CASES]


def test_the_pages_particles_are_the_same() -> None:
    node = Path(sys.executable).parent / "node"
    script = ROOT / "services" / "gateway" / "page" / "src" / "i18n" / "particles.ts"
    given = ["--input-type=module", "--eval", PAGE, str(script), str(ROOT / "tests" / "particles.json")]
    done = subprocess.run([node, *given], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [shown for *_, shown in CASES]
