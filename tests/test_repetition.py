"""What a person changed while a run went on becomes a part of the plan that repeats it."""

from dataclasses import replace

from tlcore.config import Change, RunConfig
from tlcore.events import Changed
from tlcore.history import History
from tlcore.planfile import from_yaml, to_yaml
from tlcore.repetition import as_carried_out
from tlcore.store.runs import Entry


def history(*events: Changed) -> History:
    one = History()
    one.add(Entry(place, 0.0, event) for place, event in enumerate(events, start=1))
    return one


def changed(after: int, block: str, rate: float, control: int | None, refused: str = "") -> Changed:
    return Changed(
        after=after,
        block=block,
        requested=rate,
        before=0.1,
        applied=0.5 * rate,
        learning=1,
        seconds=1.0,
        refused=refused,
        control=control,
    )


def test_changes_by_hand_are_planned_in_the_order_of_their_steps(plan):
    config: RunConfig = replace(plan("0" * 64), changes=(Change(after=4, block="stem", rate=0.0),))
    done = as_carried_out(
        config,
        history(
            changed(2, "head", 0.01, control=1),
            changed(4, "stem", 0.0, control=None),
            changed(4, "stem", 0.002, control=2),
            changed(9, "head", 0.0, control=3, refused="Nothing would learn."),
        ),
    )
    assert done.changes == (
        Change(after=2, block="head", rate=0.01),
        Change(after=4, block="stem", rate=0.0),
        Change(after=4, block="stem", rate=0.002),
    )
    assert replace(done, changes=config.changes) == config


def test_a_run_that_nobody_touched_is_its_plan(plan):
    assert as_carried_out(plan("0" * 64), history()) == plan("0" * 64)


def test_the_plan_of_a_run_with_changes_goes_through_a_file(plan):
    done = as_carried_out(plan("0" * 64), history(changed(2, "head", 0.00001, control=1)))
    assert from_yaml(to_yaml(done)).changes == done.changes
