"""Make the virtual environment of this checkout from a hash-locked list. Runs on a bare Python: standard library only.

``python environment.py run|test|bench``: done in a moment when the list has not changed since the last time.
"""

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
LEVELS = ("run", "test", "bench")
"""Each level holds the one before it, in the same versions."""
PIP = ("-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
CHECKED = ("--no-deps", "--require-hashes", "--only-binary=:all:")
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
"""A setting of pip -> what uv calls it, and what separates several values."""


def main() -> int:
    """Make or update the environment; the exit code is 0 when it is right."""
    level = sys.argv[1]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return _fail(
            f"This is Python {sys.version.split()[0]}; Finstage needs 3.11 to 3.14. "
            "Install one (Debian: apt-get install python3 python3-venv), or name one: make run PYTHON=/path/to/python3.12"
        )
    venv = Path(os.environ.get("VENV", ROOT / ".venv"))
    python = venv / "bin" / "python"
    if not _works(python) and (code := _create(venv)):
        return code
    wanted = {name: _stamp(name) for name in LEVELS}
    stamps = {name: venv / f"finstage-{name}.stamp" for name in LEVELS}
    if stamps[level].exists() and stamps[level].read_text() == wanted[level]:
        return 0
    if code := _install(python, level):
        return code
    for name in LEVELS[: LEVELS.index(level) + 1]:
        stamps[name].write_text(wanted[name])
    return 0


def _works(python: Path) -> bool:
    """Whether there is an environment that runs; a moved checkout or an upgraded Python breaks one."""
    if not python.exists():
        return False
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except OSError:
        return False


def _create(venv: Path) -> int:
    _say(f"Making a virtual environment in {venv} ...")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        import ensurepip  # noqa: F401 (Debian leaves it out of its Python)
        import venv as _  # noqa: F401
    except ImportError:
        return _fail(
            f"This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python{version}-venv\n"
            "Then run the same command again. (Or name another Python: make run PYTHON=/path/to/python3.12)"
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
    _say(f"Installing {count} packages, each checked against its hash (once) ...")
    began = time.monotonic()
    if not _with_uv(python, lock):
        _say("uv does not work here; pip installs them, which takes minutes ...")
        if _run([str(python), *PIP, *CHECKED, "-r", str(lock)]) != 0:
            return _fail(
                "pip could not install the packages; its own words are above.\n"
                "- A time-out or no route: check the network or proxy and run the same command again.\n"
                "- A hash mismatch: stop and ask; the package is not the one that was locked.\n"
                "- No matching distribution: this Python or processor has no ready-made package; try PYTHON=python3.12"
            )
    _say(f"Installed in {time.monotonic() - began:.0f} s.")
    return 0


def _with_uv(python: Path, lock: Path) -> bool:
    """Whether uv has installed the list, which takes it a fraction of pip's time. uv itself comes by pip, checked as the rest.

    Where this fails, pip tries the same list, and says why if it cannot either.
    """
    if _run([str(python), *PIP, *CHECKED, "-r", str(_lock("install"))], quiet=True) != 0:
        return False
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=60, check=False)
    uv = [str(python), "-m", "uv", "pip", "install", "--quiet", "--no-config", "--python", str(python)]
    return _run([*uv, *CHECKED, "-r", str(lock)], quiet=True, environment=uv_environment(listed.stdout) | os.environ) == 0


def uv_environment(pip_settings: str) -> "dict[str, str]":
    r"""What makes uv use the index, proxy and certificates of pip; ``pip_settings``: what ``pip config list`` prints.

    >>> sorted(uv_environment("global.index-url='https://one.example/simple'\n:env:.timeout='9'").items())[:2]
    [('UV_DEFAULT_INDEX', 'https://one.example/simple'), ('UV_HTTP_TIMEOUT', '9')]
    """
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip does; the hashes decide what is right
    lines = [line for line in pip_settings.splitlines() if "=" in line]
    for line in sorted(lines, key=lambda line: (line.startswith(":env:"), line.startswith("install."))):
        key, _, value = line.partition("=")
        words = str(ast.literal_eval(value)).split()
        for name, separator in UV_NAMES.get(key.rpartition(".")[2], ()):
            found[name] = separator.join(words)
    return found


def _run(command: "list[str]", *, quiet: bool = False, environment: "dict[str, str] | None" = None) -> int:
    """The exit code of a command; now and then says that it still runs."""
    began, output = time.monotonic(), subprocess.DEVNULL if quiet else None
    child = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    while (code := _wait(child, 20)) is None:
        _say(f"  still at it, {time.monotonic() - began:.0f} s ...")
    return code


def _wait(child: "subprocess.Popen[bytes]", seconds: float) -> "int | None":
    """The exit code, or None where it still runs after ``seconds``."""
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _lock(level: str) -> Path:
    return ROOT / "requirements" / f"{level}.txt"


def _stamp(level: str) -> str:
    text = _lock(level).read_bytes()
    return hashlib.sha256(text + sys.version.encode()).hexdigest()


def _say(text: str) -> None:
    print(text, flush=True)


def _fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
