"""Processes of ours let pages go first, and leave alone who shares a session with them."""

import subprocess
import sys
from pathlib import Path

import pytest

SHARE = Path("/proc/self/autogroup")
TELL = (
    "from pathlib import Path; from tlcore.jobs.processes import give_way_as_session; give_way_as_session();"
    f" print(Path('{SHARE}').read_text())"
)


@pytest.mark.skipif(not SHARE.exists(), reason="this system does not share its cores among sessions")
@pytest.mark.parametrize("leads", [True, False])
def test_a_session_gives_way_only_where_it_is_ours(leads):
    done = subprocess.run(
        [sys.executable, "-c", TELL], start_new_session=leads, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("nice 10\n\n") is leads
