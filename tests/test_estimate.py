"""An estimate is arithmetic on what was measured: reading once, then steps and answers, phase by phase."""

from dataclasses import replace

import pytest

from tlcore import estimate as estimates
from tlcore.catalog.backbones import backbone
from tlcore.config import Change, Loader, Phase, RunConfig
from tlcore.data.manifest import Example, Manifest, in_order
from tlcore.estimate import estimate, what_to_measure
from tlcore.questions import Measured
from tlcore.records import digest

MEASURED = Measured(
    device="CPU",
    steps=(0.5, 2.0),
    answering=(0.25, 0.75),
    beginnings=(4.0, 1.0),
    rows=(7, 9),
    keys=("a", "b"),
    saving=(0.0, 0.0),
    reading=0.01,
    start=1.5,
    process=1000,
    weights=200,
    gradients=(10, 100),
    optimizer=(20, 200),
    activations=(5, 400),
    picture=3,
)


@pytest.fixture
def manifest():
    examples = [
        Example(
            id=digest([label, number]),
            where=f"{label}/{number}",
            name=f"{number}",
            label=label,
            split="val" if number < 4 else "train",
        )
        for label in range(2)
        for number in range(20)
    ]
    return Manifest(name="Insects", classes=("ants", "bees"), examples=in_order(examples), split_by="seed 0")


@pytest.fixture
def config(manifest):
    return RunConfig(
        name="a test",
        data=manifest.digest,
        backbone="resnet18",
        weights="scratch",
        strategy="own",
        schedule=(
            Phase(epochs=2, rates={"head": 0.001}),
            Phase(epochs=1, rates={"head": 0.001, "layer4": 0.0001, "layer3": 0.0}),
            Phase(epochs=3, rates={"head": 0.0001}),
        ),
        loader=Loader(batch_size=16, image_size=64),
    )


def test_each_set_of_learning_blocks_is_measured_once(config, manifest):
    assert what_to_measure(config, manifest, "person").learning == (("head",), ("layer4", "head"))


def test_rates_do_not_change_what_is_measured(config, manifest):
    phases = tuple(replace(phase, rates={**phase.rates, "head": 0.5}) for phase in config.schedule)
    again = replace(config, schedule=phases, seed=7)
    assert what_to_measure(again, manifest, "x") == what_to_measure(config, manifest, "x")


def test_a_planned_change_is_measured_and_counts_from_its_step_on(config, manifest):
    thawed = Change(after=3, block="layer4", rate=0.0001)
    changed = replace(config, schedule=config.schedule[:1], changes=(thawed,))
    assert what_to_measure(changed, manifest, "x").learning == (("head",), ("layer4", "head"))
    made = estimate(changed, manifest, MEASURED)
    learned = 3 * 0.5 + 4.0 * 2 + 1 * 2.0 + 1.0 * 1
    answered = 0.5 * (1.5 * 0.25 + 4.0) + 0.5 * (0.5 * 0.75 + 0.5 * 1.0)
    assert made.seconds == pytest.approx(0.01 * 40 + learned + answered)
    assert made.activations == 400


def test_time_is_reading_once_every_phase_at_its_own_pace_and_each_frozen_beginning_once(config, manifest):
    made = estimate(config, manifest, MEASURED)
    learned = 2 * (5 * 0.5 + 1 * 2.0)
    answered = 0.5 * (5 * 0.25 + 1 * 0.75)
    beginnings = (2 + 0.5) * (4.0 + 1.0 + 4.0)
    assert made.seconds == pytest.approx(0.01 * 40 + learned + answered + beginnings)
    assert made.start == 1.5


def test_a_beginning_in_which_nothing_has_learned_since_is_not_computed_again(config, manifest):
    head = config.schedule[2]
    whole = estimate(replace(config, schedule=(head,)), manifest, MEASURED)
    halves = (replace(head, epochs=1), replace(head, epochs=2, rates={"head": 0.01}))
    assert estimate(replace(config, schedule=halves), manifest, MEASURED).seconds == pytest.approx(whole.seconds)


def test_what_an_earlier_run_kept_is_neither_read_nor_computed(config, manifest):
    one_phase = replace(config, schedule=config.schedule[2:])
    measured = replace(MEASURED, keys=("a",))
    asked = []

    def kept(key, pictures):
        asked.append(key)
        return len(pictures) // 2

    anew, shorter = estimate(one_phase, manifest, measured), estimate(one_phase, manifest, measured, kept)
    assert (anew.kept, shorter.kept, asked) == (0, 20, ["a", "a"])
    assert anew.seconds - shorter.seconds == pytest.approx(0.01 * 20 + (1 + 0.25) * 4.0)
    assert anew.pictures - shorter.pictures == 20 * 3 + 16 * 7


def test_what_is_kept_of_an_untouched_beginning_does_not_help_where_it_has_learned(config, manifest):
    anew = estimate(config, manifest, MEASURED)
    shorter = estimate(config, manifest, MEASURED, lambda key, pictures: len(pictures) if key == "a" else 0)
    assert anew.seconds - shorter.seconds == pytest.approx((2 + 0.5) * 4.0)  # of the first phase, not of the third
    assert shorter.pictures == anew.pictures


def test_a_beginning_that_has_learned_meanwhile_is_computed_anew_each_time(config, manifest):
    head, more = config.schedule[:2]
    once, again = (replace(config, schedule=(head, more) * times) for times in (1, 2))
    first, both = (estimate(plan, manifest, MEASURED).seconds - 0.01 * 40 for plan in (once, again))
    assert both == pytest.approx(2 * first - (2 + 0.5) * 1.0)  # nothing before layer4 has learned


def test_blocks_that_begin_to_learn_at_the_same_place_share_a_beginning(config, manifest):
    both, alone = config.schedule[1], Phase(epochs=1, rates={"layer4": 0.0001})
    measured = replace(MEASURED, beginnings=(1.0, 1.0), rows=(9, 9), steps=(2.0, 2.0), answering=(0.75, 0.75))
    apart, together = (replace(config, schedule=(both, other)) for other in (alone, both))
    assert estimate(apart, manifest, measured).seconds == pytest.approx(estimate(together, manifest, measured).seconds)


def test_a_phase_in_which_statistics_move_is_measured_as_one(config, manifest):
    head = config.schedule[0]
    moving = replace(config, schedule=(head, replace(head, moving_statistics=True)))
    question = what_to_measure(moving, manifest, "x")
    assert (question.learning, question.moving) == ((("head",), ("head",)), (False, True))


def test_what_is_kept_is_not_counted_where_everything_learns_first(config, manifest):
    head = config.schedule[0]
    everything = replace(head, rates=dict.fromkeys(backbone("resnet18").block_names, 0.001))
    plan = replace(config, schedule=(everything, head))
    made = estimate(plan, manifest, replace(MEASURED, keys=("", "b")), lambda _key, pictures: len(pictures))
    assert made == estimate(plan, manifest, MEASURED)


def test_pictures_are_read_for_a_beginning_that_has_learned_even_if_all_was_kept(config, manifest):
    def kept(_key, pictures):
        return len(pictures)

    unread, read = (
        estimate(replace(config, schedule=phases), manifest, MEASURED, kept)
        for phases in (config.schedule[:2], config.schedule)
    )
    assert (unread.kept, read.kept) == (40, 40)
    assert unread.pictures == 0
    assert read.pictures == 40 * 3 + 32 * 7
    assert read.seconds - unread.seconds == pytest.approx(0.01 * 40 + 3 * (2 * 0.5 + 0.5 * 0.25) + 2.5 * 4.0)


def test_every_epoch_is_written_down(config, manifest):
    written = estimate(config, manifest, replace(MEASURED, saving=(0.5, 0.75)))
    assert written.seconds - estimate(config, manifest, MEASURED).seconds == pytest.approx(5 * 0.5 + 0.75)


def test_after_an_update_of_a_library_a_plan_is_measured_anew(config, manifest, monkeypatch):
    before = what_to_measure(config, manifest, "")
    monkeypatch.setattr(estimates, "libraries", lambda: ("torch 99",))
    assert what_to_measure(config, manifest, "") != before


def test_weights_that_are_not_here_are_measured_as_random_numbers(config, manifest, monkeypatch):
    published = replace(config, weights="imagenet")
    monkeypatch.setattr(estimates, "is_here", lambda _card, _weights: False)
    assert what_to_measure(published, manifest, "").weights == "scratch"
    monkeypatch.setattr(estimates, "is_here", lambda _card, _weights: True)
    assert what_to_measure(published, manifest, "").weights == "imagenet"


def test_drawings_are_computed_once_each_and_endless_ones_with_their_steps(config, manifest):
    one_phase = replace(config, schedule=config.schedule[2:])

    def seconds(augment, views):
        loader = replace(config.loader, augment=augment, views=views)
        return estimate(replace(one_phase, loader=loader), manifest, replace(MEASURED, steps=(0.5,))).seconds

    plain = seconds("none", 0)
    assert seconds("none", 2) == plain
    assert seconds("gentle", 2) == pytest.approx(plain + 2 * 4.0)
    assert seconds("gentle", 9) == pytest.approx(plain + 2 * 2 * 4.0)  # there are three epochs
    assert seconds("gentle", 0) == pytest.approx(plain - 2 * 4.0)


def test_rows_that_are_too_many_to_keep_are_computed_in_every_epoch(config, manifest):
    one_phase = replace(config, schedule=config.schedule[2:])
    kept = estimate(one_phase, manifest, MEASURED)
    many = estimate(one_phase, manifest, replace(MEASURED, rows=(2**29, 0)))
    assert many.seconds - kept.seconds == pytest.approx(2 * 2 * 4.0)  # those of the 8 to be judged by are kept
    assert many.pictures - kept.pictures == 2**28 - 32 * 7


def test_memory_is_that_of_the_largest_phase(config, manifest):
    made = estimate(config, manifest, MEASURED)
    assert (made.gradients, made.optimizer, made.activations, made.pictures) == (100, 200, 400, 120 + 32 * 9)
    assert made.memory == 1000 + 200 + 100 + 200 + 400 + 120 + 32 * 9


def test_pictures_beside_a_gpu_take_none_of_its_memory(config, manifest):
    made = estimate(config, manifest, replace(MEASURED, holds_pictures=False))
    assert made.pictures == 0
    assert made.seconds == estimate(config, manifest, MEASURED).seconds


def test_pictures_that_cannot_be_kept_are_read_in_every_epoch(config, manifest):
    huge = replace(MEASURED, picture=2**30)
    made = estimate(config, manifest, huge)
    assert made.pictures == 4 * 2**30 + 32 * 9
    assert made.seconds - estimate(config, manifest, MEASURED).seconds == pytest.approx(5 * 0.01 * (30 + 6))


def test_a_set_smaller_than_a_batch_is_one_step(config, manifest):
    large = replace(config, loader=Loader(batch_size=64, image_size=64))
    made = estimate(large, manifest, MEASURED)
    answered = 8 / 32 * (5 * 0.25 + 0.75)
    assert made.seconds == pytest.approx(0.01 * 40 + 5 * 0.5 + 2.0 + answered + (1 + 8 / 32) * 9.0)


def test_an_augmented_plan_is_measured_with_its_augmentation(config, manifest):
    augmented = replace(config, loader=replace(config.loader, augment="strong"))
    assert what_to_measure(augmented, manifest, "").augment == "strong"
    assert what_to_measure(augmented, manifest, "").anew
    in_turn = replace(config, loader=replace(config.loader, augment="strong", views=3))
    assert not what_to_measure(in_turn, manifest, "").anew
    plain = what_to_measure(config, manifest, "")
    assert (plain.augment, plain.anew) == ("none", False)
