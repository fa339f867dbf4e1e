"""The desk compares two states of a backbone: what never learned answers to the bit as before."""

from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from tests.engine.breaking import BLOCKS, history
from tlcore.config import Phase
from tlcore.engine.desk import Desk
from tlcore.errors import ThawError
from tlcore.questions import Compare, Liken, Network, Shown


@pytest.fixture
def ask(store):
    desk = Desk(store)

    def ask(question):
        assert store.asked.ask(question) is None
        assert desk.answer_next()
        return store.asked.ask(question)

    return ask


@pytest.fixture
def dataset(read_set, pictures, tmp_path):
    """A set with six pictures to be judged by."""
    for number in range(2):
        for folder in pictures.iterdir():
            copies = tmp_path / "more" / folder.name
            copies.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                Image.open(path).rotate(90 * number).save(copies / f"{number}{path.name}")
    return read_set(tmp_path / "more")


@pytest.fixture
def states(go, plan, dataset, store):
    """A network before a run, and after; its last blocks learned."""
    config = plan(dataset, schedule=(Phase(epochs=2, rates=dict.fromkeys(BLOCKS[-3:], 0.01)),))
    found = history(store, go(config))

    def state(checkpoint):
        return Network(
            backbone=config.backbone,
            weights=config.weights,
            checkpoint=checkpoint,
            classes=dataset.manifest.classes,
            image_size=config.loader.image_size,
            seed=config.seed,
        )

    return state(None), state(found.checkpoint.sha256)


@pytest.fixture
def picture(dataset):
    return Shown(data=dataset.manifest.digest, picture=dataset.manifest.of("val")[0].id)


def brightest(shown):
    return Image.open(BytesIO(b64decode(shown.png))).getextrema()[1]


def test_frozen_blocks_answer_as_before_and_learned_ones_do_not(ask, states, picture):
    before, after = states
    compared = ask(Compare(before=before, after=after, picture=picture))
    frozen = [block for block in compared.blocks if block.block in BLOCKS[:-3]]
    learned = [block for block in compared.blocks if block.block in BLOCKS[-3:]]
    assert len(frozen) > 3
    assert all(block.change == 0.0 and brightest(block.difference) == 0 for block in frozen)
    assert all(block.before == block.after for block in frozen)
    assert all(block.change > 0.0 and brightest(block.difference) > 0 for block in learned)
    assert {answer.name for answer in compared.before} == {answer.name for answer in compared.after}


def test_both_states_and_their_difference_share_a_scale(ask, states, picture):
    before, after = states
    for block in ask(Compare(before=before, after=after, picture=picture)).blocks:
        assert (block.before.low, block.before.high) == (block.after.low, block.after.high)
        assert (block.difference.low, block.difference.high) == (0.0, block.before.high - block.before.low)


def test_a_frozen_block_is_alike_to_a_millionth_and_a_learned_one_less(ask, states, dataset):
    before, after = states
    question = Liken(before=before, after=after, data=dataset.manifest.digest)
    alike = ask(question)
    assert alike.pictures == len(dataset.manifest.of("val"))
    assert list(alike.blocks) == BLOCKS
    assert all(alike.blocks[name] == pytest.approx(1.0, abs=1e-6) for name in BLOCKS[:-3])
    assert alike.blocks[BLOCKS[-2]] < 1.0


def test_a_set_with_too_few_pictures_is_told(ask, states, read_set, pictures):
    before, after = states
    few = read_set(pictures).manifest
    with pytest.raises(ThawError, match="has 3 validation pictures"):
        ask(Liken(before=before, after=after, data=few.digest, workspace="person"))


def test_a_head_for_other_classes_is_not_compared(ask, states, dataset):
    before, after = states
    other = Network(
        backbone=before.backbone, weights=before.weights, checkpoint=None, classes=("a",) * 7, image_size=64
    )
    alike = ask(Liken(before=other, after=after, data=dataset.manifest.digest))
    assert list(alike.blocks) == BLOCKS[:-1]


def test_a_state_that_is_gone_is_said_in_words(ask, states, picture):
    before, after = states
    with pytest.raises(ThawError):
        ask(Compare(before=before, after=Network(**{**fields(after), "checkpoint": "f" * 64}), picture=picture))


def fields(network):
    return {name: getattr(network, name) for name in network.__dataclass_fields__}
