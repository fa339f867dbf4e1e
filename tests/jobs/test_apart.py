"""A process that is asked something answers line by line, and one that fails says why."""

import pytest

from tlcore.errors import ProcessError
from tlcore.jobs.apart import told_apart


def test_what_a_process_prints_comes_as_plain_values(store):
    assert list(told_apart(store, "runs", "--json", asked={})) == [{"runs": []}]


def test_a_process_that_fails_says_why(store):
    with pytest.raises(ProcessError, match=r"`resume nothing` ended with status 1\. .*nothing"):
        list(told_apart(store, "resume", "nothing", asked={}))
