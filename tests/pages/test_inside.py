"""Looking inside: any picture, any network, and channels one by one; what cannot be shown is told, the page goes on."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from tlcore.draft import Draft
from tlcore.events import Finished
from tlcore.questions import OWN, Excite, Excited, See, Seen, SingledOut, SingleOut
from tlcore.questions.channels import Channel
from tlcore.questions.seen import BlockSeen, Likely, Map


def png(side=7):
    buffer = BytesIO()
    Image.linear_gradient("L").resize((side, side)).save(buffer, "PNG")
    return b64encode(buffer.getvalue()).decode()


GREY = Map(png=png(), low=-1.0, high=2.0)
SEEN = Seen(
    crop=png(),
    blocks=(
        *(BlockSeen(block=name, shape=(40, 7, 7), mean=GREY) for name in ("stem", "blocks.1", "blocks.2")),
        BlockSeen(block="head", shape=(2,), mean=None),
    ),
    answers=(Likely(number=1, name="bees", probability=0.9), Likely(number=0, name="ants", probability=0.1)),
)
CHANNELS = SingledOut(
    channels=(Channel(number=12, value=3.0, map=GREY), Channel(number=5, value=-2.0, map=GREY)),
)


@pytest.fixture
def heard():
    """All that a page says, our own HTML included."""
    return lambda page: "\n".join(str(getattr(element.proto, "body", "")) for element in page.main)


@pytest.fixture
def asked(store):
    """What the page asks, the newest question first; each is answered as the desk would, so that the next comes."""

    def look(page):
        found = []
        while (question := store.asked.waiting()) is not None:
            found.append(question)
            store.asked.answer(question, {See: SEEN, SingleOut: CHANNELS}[type(question)])
            page.run()
            assert not page.exception
        return found

    return look


def choose(page, label, value):
    """Set the control of this label."""
    kinds = (page.selectbox, page.text_input, page.get("button_group"), page.get("toggle"))
    (control,) = [one for kind in kinds for one in kind if one.label == label]
    control.set_value(value).run()


def test_any_picture_is_found_by_class_side_and_name(open_page, make_set, store):
    manifest = make_set()
    page = open_page("inside")
    assert store.asked.waiting().picture.picture in {one.id for one in manifest.of("val")}
    choose(page, "Class", "bees")
    choose(page, "Side", "train")
    choose(page, "File name", "3.JP")
    (looked_for,) = [one for one in manifest.of("train") if (one.label, one.name) == (1, "3.jpg")]
    assert store.asked.waiting().picture.picture == looked_for.id
    choose(page, "File name", "no such name")
    assert not page.exception
    assert "No picture of the set is like this." in [caption.value for caption in page.caption]


def test_one_steps_from_picture_to_picture(open_page, make_set, store):
    manifest = make_set()
    page = open_page("inside")
    order = [one.id for one in manifest.of("val")]
    assert store.asked.waiting().picture.picture == order[0]
    page.button(key="slim_picture_next").click().run()
    assert store.asked.waiting().picture.picture == order[1]
    assert page.button(key="slim_picture_next").disabled
    page.button(key="slim_picture_back").click().run()
    assert [caption.value for caption in page.caption if " of 2" in caption.value] == ["1 of 2"]


def test_an_own_picture_is_asked_about_as_ones_own(open_page, make_set, store, person, heard, asked, tmp_path):
    make_set()
    path = tmp_path / "sent.png"
    Image.new("RGB", (40, 40), "red").save(path)
    own = sha256(path.read_bytes()).hexdigest()
    store.own.keep(person, own, path)
    page = open_page("inside")
    page.session_state["picture"] = own
    page.run()
    (*_, question) = [one for one in asked(page) if isinstance(one, See) and one.picture.data == OWN]
    assert (question.picture.picture, question.picture.workspace) == (own, person)
    assert "your own" in heard(page)


def test_anothers_own_picture_is_not_looked_at(open_page, make_set, store, asked, tmp_path):
    make_set()
    path = tmp_path / "sent.png"
    Image.new("RGB", (40, 40), "red").save(path)
    theirs = sha256(path.read_bytes()).hexdigest()
    store.own.keep("somebody-else", theirs, path)
    page = open_page("inside")
    page.session_state["picture"] = theirs
    page.run()
    assert all(one.picture.picture != theirs for one in asked(page))


def test_an_upload_is_looked_at_and_a_broken_one_is_told(open_page, make_set, store, person, heard):
    make_set()
    page = open_page("inside")
    good = BytesIO()
    Image.radial_gradient("L").save(good, "PNG")
    page.file_uploader[0].set_value(("mine.png", good.getvalue(), "image/png")).run()
    assert not page.exception
    (own,) = store.own.of(person)
    assert own == sha256(good.getvalue()).hexdigest()
    assert store.asked.waiting().picture.picture == own
    page.file_uploader[0].set_value(("letter.png", b"a letter", "image/png")).run()
    assert not page.exception
    assert "It is no picture" in heard(page)
    assert store.own.of(person) == [own]
    assert "your own" in heard(page)


def test_a_snapshot_is_looked_at_once_the_camera_is_wanted(open_page, make_set, store, person):
    make_set()
    page = open_page("inside")
    assert not page.get("camera_input")
    choose(page, "Use the camera", True)
    taken = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(taken, "JPEG")
    page.get("camera_input")[0].set_value(("photo.jpg", taken.getvalue(), "image/jpeg")).run()
    assert not page.exception
    assert store.own.of(person) == [store.asked.waiting().picture.picture]


def test_channels_are_asked_for_by_what_is_chosen(open_page, make_set, asked):
    make_set()
    page = open_page("inside")
    assert [type(one) for one in asked(page)] == [See, SingleOut]
    choose(page, "Stand out by", "variance")
    (question,) = asked(page)
    assert (question.block, question.by, question.answer, question.most) == ("blocks.2", "variance", -1, 32)
    choose(page, "Stand out by", "influence")
    (question,) = asked(page)
    assert (question.by, question.answer) == ("influence", 1)
    choose(page, "On the answer", 0)
    (question,) = asked(page)
    assert question.answer == 0
    choose(page, "Show 40", True)
    (question,) = asked(page)
    assert question.most == 40


def test_a_network_without_an_answer_has_no_influence_on_one(open_page, make_set, store):
    make_set()
    page = open_page("inside")
    store.asked.answer(store.asked.waiting(), replace(SEEN, answers=()))
    page.run()
    (choice,) = [one for one in page.get("button_group") if one.label == "Stand out by"]
    assert list(choice.options) == ["Mean", "Variance"]
    assert not page.exception


def test_a_chosen_channel_is_shown_large_with_the_pictures_that_excite_it(open_page, make_set, store, asked, drawn):
    manifest = make_set()
    page = open_page("inside")
    asked(page)
    assert drawn(page, "overlay")["label"] == "The mean of all channels of blocks.2 over the picture"
    page.session_state["channel"] = ("blocks.2", 5)
    page.run()
    assert drawn(page, "overlay")["label"] == "Channel 5 of blocks.2 over the picture"
    assert store.asked.waiting() is None
    page.button(key="find_exciting").click().run()
    ids = tuple(one.id for one in manifest.examples[:3])
    channels = tuple((2, 0) if channel == 5 else () for channel in range(40))
    question = store.asked.waiting()
    assert isinstance(question, Excite)
    store.asked.answer(question, Excited(count=12, pictures=ids, channels=channels))
    page.run()
    walls = [one.proto.json for one in page.main if getattr(one.proto, "component_name", "") == "thaw_picture_wall"]
    assert any(ids[2] in wall and ids[0] in wall and ids[1] not in wall for wall in walls)


def test_a_run_that_is_gone_is_told_and_another_network_is_shown(open_page, make_set, store, heard):
    make_set()
    page = open_page("inside", run="f" * 32)
    assert not page.exception
    assert "The run of this address is not here any more." in heard(page)
    assert isinstance(store.asked.waiting(), See)


def test_a_run_that_is_deleted_while_it_is_looked_at_gives_way(
    open_page, make_set, make_run, two_epochs, store, heard, asked
):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    page = open_page("inside", run=run.id)
    choose(page, "Network", f"{run.id}-before")
    assert asked(page)
    store._database.write("DELETE FROM events WHERE run = ?", run.id)
    store._database.write("DELETE FROM runs WHERE id = ?", run.id)
    page.run()
    assert not page.exception
    assert "The run of this address is not here any more." in heard(page)
    assert "Untouched" in heard(page)


def test_a_run_without_weights_is_told(open_page, make_set, make_run, heard):
    run = make_run(make_set())
    page = open_page("inside", run=run.id)
    assert not page.exception
    assert "has no weights that can be shown" in heard(page)


def test_a_damaged_checkpoint_leaves_the_page_usable(open_page, make_set, make_run, two_epochs, store, heard):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    page = open_page("inside", run=run.id)
    store.asked.refuse(store.asked.waiting(), "A file of this run or set is damaged.")
    page.run()
    assert "A file of this run or set is damaged." in heard(page)
    page.button(key="slim_picture_next").click().run()
    assert not page.exception
    choose(page, "Network", f"untouched-{run.config.backbone}-imagenet")
    assert store.asked.waiting().network.checkpoint is None


def test_a_network_whose_weights_are_not_here_is_shown_with_random_numbers(
    open_page, make_set, store, person, heard, monkeypatch, tmp_path
):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv("THAW_WEIGHTS", raising=False)
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest, backbone="resnet18"))
    page = open_page("inside")
    assert store.asked.waiting().network.weights == "scratch"
    assert "its weights are not on this machine" in heard(page)
