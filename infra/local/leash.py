"""``python leash.py COMMAND...`` becomes COMMAND, which on Linux is told to end when its parent is gone, however that went."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1 and os.environ.get("FINSTAGE_RUN") != "1":  # orphaned before the line above
            sys.exit("the process that started this is gone already")
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 (an argument list of our own, no shell)


if __name__ == "__main__":
    main()
