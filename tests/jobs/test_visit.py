"""The app is asked for a page in Streamlit's own words, as its package has them."""

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

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
