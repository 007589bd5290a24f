from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from infra.local.environment import uv_environment

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "infra" / "local" / "environment.py"
LEVELS = ("run", "research", "test", "bench")


def pinned(level: str) -> dict[str, set[str]]:
    """Each package of a lock with its versions (more than one where they differ by Python or platform)."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / f"{level}.txt").read_text().splitlines():
        if match := re.match(r"([\w.-]+)==(\S+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


def run_with(tmp_path: Path, before: str) -> subprocess.CompletedProcess[str]:
    """The script after some lines of Python have made the machine what it should be for the test."""
    code = (
        f"import os, runpy, sys\nos.environ['VENV'] = {str(tmp_path / 'venv')!r}\n{before}\nsys.argv = ['environment.py', 'run']\n"
    )
    code += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_a_python_that_cannot_make_environments_names_the_package(tmp_path: Path) -> None:
    done = run_with(tmp_path, "sys.modules['ensurepip'] = None")
    assert done.returncode == 1
    assert f"sudo apt-get install python3.{sys.version_info.minor}-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0)])
def test_a_python_too_old_or_too_new_is_refused(tmp_path: Path, version: tuple[int, int, int]) -> None:
    done = run_with(tmp_path, f"sys.version_info = {version}")
    assert done.returncode == 1
    assert "Finstage needs 3.11 to 3.14" in done.stderr
    assert "PYTHON=" in done.stderr


def test_backtesters_to_compare_with_are_installed_apart_from_everything_else() -> None:
    """backtesting is AGPL: nothing of ours is installed beside it."""
    assert {"backtesting", "empyrical-reloaded", "vectorbt"} <= pinned("oracles").keys()
    assert not any({"backtesting", "empyrical-reloaded"} & pinned(level).keys() for level in LEVELS)


def test_it_does_nothing_a_second_time(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (packages / "pip").mkdir()
    (packages / "pip" / "__main__.py").touch()  # a pip that answers: installing the real one takes seconds
    stamp = (
        "import hashlib, pathlib\n"
        f"text = pathlib.Path({str(ROOT / 'requirements' / 'run.txt')!r}).read_bytes()\n"
        f"pathlib.Path({str(tmp_path / 'venv' / 'finstage-run.stamp')!r}).write_text("
        "hashlib.sha256(text + sys.version.encode()).hexdigest())"
    )
    done = run_with(tmp_path, stamp)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("level", ["install", *LEVELS])
def test_every_package_has_hashes_and_no_address(level: str) -> None:
    text = (ROOT / "requirements" / f"{level}.txt").read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert len(blocks) > 50 or level == "install"
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_installer_is_the_one_that_tests_use() -> None:
    assert pinned("install") == {"uv": pinned("test")["uv"]}


def test_uv_uses_the_index_proxy_and_certificates_of_pip() -> None:
    listed = """global.index-url='https://global.example/simple'
install.index-url='https://install.example/simple'
global.extra-index-url='\\nhttps://a.example/simple\\nhttps://b.example/simple'
:env:.find-links='/opt/one /opt/two'
:env:.cert='/etc/ca.crt'
global.cert='/elsewhere.crt'
global.proxy='http://proxy.example:3128'
global.default-timeout='180'
nonsense
"""
    assert uv_environment(listed) == {
        "UV_DEFAULT_INDEX": "https://install.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/opt/one,/opt/two",
        "SSL_CERT_FILE": "/etc/ca.crt",
        "HTTP_PROXY": "http://proxy.example:3128",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "UV_HTTP_TIMEOUT": "180",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    assert uv_environment("") == {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_each_level_holds_the_one_before_in_the_same_versions() -> None:
    for smaller, larger in pairwise(LEVELS):
        more = pinned(larger)
        assert {name: more.get(name) for name in pinned(smaller)} == pinned(smaller)


@pytest.mark.parametrize("level", LEVELS)
def test_every_required_package_is_locked(level: str) -> None:
    required = [
        re.split(r"[\[<>=; ]", line.strip())[0].lower().replace("_", "-")
        for line in (ROOT / "requirements" / f"{level}.in").read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-r"))
    ]
    assert set(required) <= set(pinned(level))


@pytest.mark.parametrize("arguments", [[], ["runn"]])
def test_a_list_that_is_not_there_is_refused_with_the_names(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-I", SCRIPT, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "{run,research,test,bench,oracles}" in done.stderr
    assert "Traceback" not in done.stderr
