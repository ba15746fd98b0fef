"""How many files, and so connections, the process may have open."""

from __future__ import annotations

import sys

SPARE = 100
"""So many are kept for what is no connection: databases, log files, the interpreter's own."""

_MOST = 1 << 20  # where there is no hard limit, more than anyone uses


def raise_limit() -> int | None:
    """Raise the soft limit to the hard one; return what it is now, None where there is none."""
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else hard
    if soft in (resource.RLIM_INFINITY, hard):
        return None if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # the system has a limit beside these two
        return soft
    return wanted
