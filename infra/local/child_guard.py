"""``python child_guard.py COMMAND...`` becomes COMMAND; on Linux it receives SIGTERM when its parent exits or is killed."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel for the signal and execute the command; never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1 and os.environ.get("FINSTAGE_RUN") != "1":  # the parent exited before the line above
            sys.exit("the parent process has already exited")
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 (an argument list of our own, no shell)


if __name__ == "__main__":
    main()
