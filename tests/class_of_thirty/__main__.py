"""Holds a lesson, on a quiet machine, from the repository's root: python -m tests.class_of_thirty --seconds 60"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.class_of_thirty.lesson import lesson
from tlcore.paths import HOME_VARIABLE


def main() -> int:
    """Hold a lesson on an empty home and print what was seen as JSON; 1 if a viewer's session failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they stay")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        os.environ |= {HOME_VARIABLE: folder, "THAW_MODE": "class", "OMP_WAIT_POLICY": "PASSIVE"}
        report = lesson(Path(folder), arguments.viewers, arguments.seconds)
    print(json.dumps(report, indent=2))
    return 1 if report["failed_sessions"] else 0


if __name__ == "__main__":
    sys.exit(main())
