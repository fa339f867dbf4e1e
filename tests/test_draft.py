"""A draft's phases as a list: each edit gives another draft, whole and valid, or is refused in words."""

from dataclasses import replace

import pytest

from tlcore.config import MOST_EPOCHS, Change, Phase
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.records import from_json, to_json
from tlcore.strategies import Slope


@pytest.fixture
def draft():
    """Three phases of two epochs each."""
    return Draft(backbone="resnet18", epochs=6).by_strategy("gradual")


def test_several_rates_change_at_once(draft):
    changed = draft.with_rates(0, {"layer4": 0.0002, "head": 0.0})
    assert changed.strategy == "own"
    assert changed.phases[0].rate("layer4") == 0.0002
    assert changed.phases[0].rate("head") == 0.0
    assert changed.phases[1:] == draft.phases[1:]


def test_the_last_learning_block_cannot_be_frozen(draft):
    with pytest.raises(ChoiceError, match="Every block of a phase is frozen"):
        draft.with_rates(0, {"head": 0.0})


def test_a_phase_is_replaced_and_the_others_stay(draft):
    phase = replace(draft.phases[1], shape="cosine", warmup=0.5, moving_statistics=True)
    changed = draft.with_phase(1, phase)
    assert changed.phases == (draft.phases[0], phase, draft.phases[2])


def test_a_phase_is_added_as_a_copy_after_it(draft):
    changed = draft.adding(1)
    assert changed.phases == (*draft.phases[:2], draft.phases[1], draft.phases[2])
    assert changed.epochs == 8


def test_a_phase_is_removed(draft):
    assert draft.removing(1).phases == (draft.phases[0], draft.phases[2])


def test_the_only_phase_cannot_be_removed():
    with pytest.raises(ChoiceError, match="This is the plan's only phase"):
        Draft().removing(0)


@pytest.mark.parametrize(
    ("place", "by", "order"), [(0, 1, (1, 0, 2)), (2, -1, (0, 2, 1)), (0, -1, (0, 1, 2)), (2, 5, (0, 1, 2))]
)
def test_a_phase_moves_and_stops_at_either_end(draft, place, by, order):
    assert draft.moving(place, by).phases == tuple(draft.phases[number] for number in order)


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: draft.with_rates(3, {"head": 0.1}),
        lambda draft: draft.with_phase(3, draft.phases[0]),
        lambda draft: draft.adding(3),
        lambda draft: draft.removing(3),
        lambda draft: draft.moving(3, -1),
    ],
)
def test_a_phase_that_is_gone_by_now_is_told(draft, change):
    with pytest.raises(ChoiceError, match=r"The plan changed in another tab: there is no phase 4 in it\."):
        change(draft)


def test_epochs_in_all_go_to_the_strategy_or_to_the_only_phase(draft):
    assert draft.with_epochs(9) == replace(draft, epochs=9)
    own = Draft().with_rate(0, "head", 0.1).with_epochs(4)
    assert (own.strategy, own.epochs, [phase.epochs for phase in own.phases]) == ("own", 4, [4])
    with pytest.raises(ChoiceError, match="The plan changed in another tab: each of its phases has epochs of its own"):
        draft.adding(0).with_epochs(9)


def test_more_epochs_than_a_run_can_have_are_refused():
    draft = Draft(epochs=MOST_EPOCHS)
    with pytest.raises(ChoiceError, match=r"Epochs in all is 400\. It takes 1 to 200"):
        draft.adding(0)


def test_a_strategy_after_own_phases_shares_out_their_epochs(draft):
    assert sum(phase.epochs for phase in draft.adding(1).by_strategy("headfirst").phases) == 8


def test_the_slope_decides_the_rates_by_depth():
    draft = Draft(backbone="resnet18", slope=Slope(rate=0.01, decay=0.1)).by_strategy("depth")
    assert draft.phases[0].rate("head") == 0.01
    assert draft.phases[0].rate("layer3") == 0.0001


@pytest.mark.parametrize(
    ("slope", "said"),
    [
        ({"rate": 0.0}, "The head's rate is 0"),
        ({"rate": float("nan")}, "The rate of the head is nan."),
        ({"rate": 1e6}, "The rate of the head is 1000000. It takes 0 (frozen) to 1; the nearest is 1."),
        ({"decay": 0.0}, "The decay is 0. It takes 0.1 to 1"),
        ({"decay": 1.5}, "The decay is 1.5."),
        ({"decay": float("nan")}, "The decay is nan."),
    ],
)
def test_a_slope_without_sense_is_refused(slope, said):
    with pytest.raises(ChoiceError) as caught:
        Slope(**slope)
    assert str(caught.value).startswith(said)


def test_planned_changes_go_into_the_run_and_away_with_the_schedule(draft):
    changed = replace(draft, data="0" * 64, changes=(Change(after=3, block="layer1", rate=0.0),))
    assert changed.config("x").changes == changed.changes
    assert changed.by_strategy("low").changes == ()
    assert changed.on("vgg16").changes == ()


def test_a_draft_survives_being_written_down(draft):
    changed = replace(draft.adding(0), slope=Slope(decay=0.5), weight_decay=0.1)
    assert from_json(Draft, to_json(changed)) == changed


def test_weight_decay_goes_into_the_run(draft):
    assert replace(draft, data="0" * 64, weight_decay=0.1).config("x").optimizer.weight_decay == 0.1


def test_phases_of_another_network_name_its_blocks():
    draft = Draft(backbone="resnet18").with_schedule([Phase(epochs=1, rates={"layer4": 0.1})]).on("vgg16")
    assert set(draft.phases[0].rates) <= set(draft.blocks)
