"""A small class of simulated viewers is served while a run trains, and training goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tlcore

ROOT = Path(tlcore.__file__).parent.parent


@pytest.mark.slow
def test_three_viewers_are_served_while_a_run_trains():
    done = subprocess.run(
        [sys.executable, "-m", "tests.class_of_thirty", "--viewers", "3", "--seconds", "12"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    assert seen["faults"] == []
    assert seen["pages"]["count"] >= 3
    assert seen["updates"]["count"] > 0
    assert seen["refreshing_together"]["count"] == 6
    assert seen["pictures_per_second"]["with_viewers"] > 0
