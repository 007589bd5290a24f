"""Make the virtual environment of this checkout from a hash-locked list. Runs on a bare Python: standard library only.

``python environment.py run|research|test|bench|oracles``: returns at once when the list has not changed since the last run.
"""

import argparse
import ast
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST, NEWEST = (3, 11), (3, 14)
LEVELS = ("run", "research", "test", "bench")
"""Each level contains the previous one, in the same versions."""
OTHERS = ("oracles",)
"""Lists for an environment of their own: other versions, or licences that nothing of ours is installed beside."""
PIP = ("-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
CHECKED = ("--no-deps", "--require-hashes", "--only-binary=:all:", "--no-binary=jsonpath-rw")
"""Wheels alone, checked against their hashes. jsonpath-rw, which data sets need, has none: its source is checked and built."""
UV_NAMES = {
    "index-url": [("UV_DEFAULT_INDEX", " ")],
    "extra-index-url": [("UV_INDEX", " ")],
    "find-links": [("UV_FIND_LINKS", ",")],
    "cert": [("SSL_CERT_FILE", " ")],
    "client-cert": [("SSL_CLIENT_CERT", " ")],
    "trusted-host": [("UV_INSECURE_HOST", " ")],
    "proxy": [("HTTP_PROXY", " "), ("HTTPS_PROXY", " ")],
    "timeout": [("UV_HTTP_TIMEOUT", " ")],
    "default-timeout": [("UV_HTTP_TIMEOUT", " ")],
}
"""A setting of pip -> the environment variables of uv for it, each with the separator of several values."""


def main() -> int:
    """Create or update the environment; the exit code is 0 on success."""
    parser = argparse.ArgumentParser(prog="python environment.py", description=__doc__)
    parser.add_argument("level", choices=(*LEVELS, *OTHERS), help="which list")
    level = parser.parse_args().level
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return _fail(
            f"This is Python {sys.version.split()[0]}; Finstage needs 3.11 to 3.14. "
            "Install one (Debian: apt-get install python3 python3-venv), or choose one: make run PYTHON=/path/to/python3.12"
        )
    venv = Path(os.environ.get("VENV") or ROOT / ".venv")
    python = venv / "bin" / "python"
    if not _works(python) and (code := _create(venv)):
        return code
    contained = (level,) if level in OTHERS else LEVELS[: LEVELS.index(level) + 1]
    wanted = {name: _stamp(name) for name in contained}
    stamps = {name: venv / f"finstage-{name}.stamp" for name in contained}
    if stamps[level].exists() and stamps[level].read_text() == wanted[level]:
        return 0
    if code := _install(python, level):
        return code
    for name in contained:
        stamps[name].write_text(wanted[name])
    return 0


def _works(python: Path) -> bool:
    """Whether the environment exists and runs; moving the checkout or upgrading Python breaks it."""
    if not python.exists():
        return False
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except OSError:
        return False


def _create(venv: Path) -> int:
    _print_line(f"Making a virtual environment in {venv} ...")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        import ensurepip  # noqa: F401 (a separate package on Debian)
        import venv as _  # noqa: F401
    except ImportError:
        return _fail(
            f"This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python{version}-venv\n"
            "Then run the same command again. (Or choose another Python: make run PYTHON=/path/to/python3.12)"
        )
    shutil.rmtree(venv, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return _fail(
            f"{(done.stdout + done.stderr).strip()}\nOn Debian or Ubuntu this may help: sudo apt-get install python{version}-venv"
        )
    return 0


def _install(python: Path, level: str) -> int:
    lock = _lock(level)
    count = sum(not line.startswith((" ", "#")) for line in lock.read_text().splitlines())
    _print_line(f"Installing {count} packages, each checked against its hash (once) ...")
    started_at = time.monotonic()
    if not _with_uv(python, lock):
        _print_line("uv failed; installing with pip, which takes minutes ...")
        if _run([str(python), *PIP, *CHECKED, "-r", str(lock)]) != 0:
            return _fail(
                "pip could not install the packages; its output is above.\n"
                "- A time-out or no route: check the network or proxy and run the same command again.\n"
                "- A hash mismatch: do not continue; the package is not the one that was locked.\n"
                "- No matching distribution: this Python or processor has no binary package; try PYTHON=python3.12"
            )
    _print_line(f"Installed in {time.monotonic() - started_at:.0f} s.")
    return 0


def _with_uv(python: Path, lock: Path) -> bool:
    """Install the list with uv, which is much faster than pip; returns whether it succeeded. pip installs uv, with hashes checked.

    If this fails, the caller installs the same list with pip, which prints the reason if it fails too.
    """
    if _run([str(python), *PIP, *CHECKED, "-r", str(_lock("install"))], quiet=True) != 0:
        return False
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=60, check=False)
    uv = [str(python), "-m", "uv", "pip", "install", "--quiet", "--no-config", "--python", str(python)]
    return _run([*uv, *CHECKED, "-r", str(lock)], quiet=True, environment=uv_environment(listed.stdout) | os.environ) == 0


def uv_environment(pip_settings: str) -> "dict[str, str]":
    r"""Variables that make uv use pip's index, proxy and certificates; ``pip_settings``: output of ``pip config list``.

    >>> sorted(uv_environment("global.index-url='https://one.example/simple'\n:env:.timeout='9'").items())[:2]
    [('UV_DEFAULT_INDEX', 'https://one.example/simple'), ('UV_HTTP_TIMEOUT', '9')]
    """
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip does; the hashes verify the files
    lines = [line for line in pip_settings.splitlines() if "=" in line]
    for line in sorted(lines, key=lambda line: (line.startswith(":env:"), line.startswith("install."))):
        key, _, value = line.partition("=")
        words = str(ast.literal_eval(value)).split()
        for name, separator in UV_NAMES.get(key.rpartition(".")[2], ()):
            found[name] = separator.join(words)
    return found


def _run(command: "list[str]", *, quiet: bool = False, environment: "dict[str, str] | None" = None) -> int:
    """Run a command and return its exit code; prints the elapsed time every 20 seconds."""
    started_at, output = time.monotonic(), subprocess.DEVNULL if quiet else None
    child = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    while (code := _wait(child, 20)) is None:
        _print_line(f"  still installing, {time.monotonic() - started_at:.0f} s ...")
    return code


def _wait(child: "subprocess.Popen[bytes]", seconds: float) -> "int | None":
    """The exit code, or None if it still runs after ``seconds``."""
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _lock(level: str) -> Path:
    return ROOT / "requirements" / f"{level}.txt"


def _stamp(level: str) -> str:
    text = _lock(level).read_bytes()
    return hashlib.sha256(text + sys.version.encode()).hexdigest()


def _print_line(text: str) -> None:
    print(text, flush=True)


def _fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
