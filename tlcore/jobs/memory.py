"""How much memory a process may take that reads what strangers sent."""

import sys
from contextlib import suppress


def limit_memory(megabytes: int) -> None:
    """Keep this process from taking more than that, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    size = megabytes * 1024**2
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or size < hard:
        # macOS knows the limit and refuses to set it.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (size, hard))
