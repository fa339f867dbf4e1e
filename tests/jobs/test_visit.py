"""The app is asked for a page in Streamlit's own words, as its package has them."""

import shutil
import sys
from contextlib import contextmanager

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosedError

from tlcore.errors import ProcessError
from tlcore.jobs import visit


def test_the_question_is_streamlits_request_to_run_the_page():
    asked = BackMsg.FromString(visit._RUN_THE_PAGE)
    assert asked.WhichOneof("type") == "rerun_script"


def test_the_parts_of_a_page_and_its_end_are_told_apart():
    part = ForwardMsg(hash="x" * 300)
    part.delta.new_element.text.body = "words " * 100
    part.metadata.cacheable = True
    end = ForwardMsg(hash="x", script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    assert visit._fields(part.SerializeToString()) >= {1, visit._DELTA}
    assert visit._FINISHED not in visit._fields(part.SerializeToString())
    assert visit._FINISHED in visit._fields(end.SerializeToString())


def test_an_app_that_hangs_up_is_told_in_words(store, monkeypatch):
    class HungUp:
        def send(self, _message):
            raise ConnectionClosedError(None, None)

    @contextmanager
    def connected(_app, _address):
        yield HungUp()

    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    monkeypatch.setattr(visit, "_connected", connected)
    with pytest.raises(ProcessError, match="did not send its first page"):
        visit.visit_fresh_app(store)
