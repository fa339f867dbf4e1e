"""The way that is fastest on a machine is found, kept, and only taken where its numbers are sound."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from tlcore import workload
from tlcore.arithmetic import Arithmetic, Pace, Paces
from tlcore.catalog.cards import Preprocessing
from tlcore.config import Compute, Phase
from tlcore.controls import Pause
from tlcore.engine import task, tuning, work
from tlcore.engine.answers.measure import measure as answer_measure
from tlcore.engine.assemble import Assembly
from tlcore.engine.modality.image import Encoder
from tlcore.engine.numerics import PLAIN, Numerics
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.trainer import Trainer
from tlcore.engine.tuning import candidates, measure, tuned
from tlcore.errors import ChoiceError
from tlcore.estimate import estimate, what_to_measure
from tlcore.events import Paused, Started
from tlcore.history import History
from tlcore.store.claims import Claimant

CPU = torch.device("cpu")
ROUGH = Numerics(numbers="bfloat16")
QUICK_ROUGH = Paces(ways=(Pace(arithmetic=PLAIN, answer=1.0, step=3.0), Pace(arithmetic=ROUGH, answer=0.1, step=0.3)))


class Small(nn.Module):
    """A network with anything in its middle, which is told the maps (N, C, H, W) there."""

    def __init__(self, middle=lambda maps: maps):
        super().__init__()
        self.body, self.middle, self.head = nn.Conv2d(3, 8, 3), middle, nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.middle(self.body(x)).mean((2, 3)))


def assembly_of(module):
    encoder = Encoder(Preprocessing(resize=16, crop=16, interpolation="bilinear"))
    return Assembly(None, module, encoder, choose_runtime("cpu"), ("ants", "bees"))


@pytest.fixture
def quick(monkeypatch):
    """Let every way that is not the plain one take a tenth of its time, and every plan be worth measuring."""
    monkeypatch.setattr(workload, "_WORTH", 0.0)
    monkeypatch.setattr(tuning, "_time", lambda _module, way, *_others: (1.0, 3.0) if way == PLAIN else (0.1, 0.3))


@pytest.fixture
def measured(monkeypatch):
    """Count the measurements, each of which finds bfloat16 ten times as fast."""
    found = []
    monkeypatch.setattr(workload, "_WORTH", 0.0)
    monkeypatch.setattr(tuning, "measure", lambda *_given: found.append(1) or QUICK_ROUGH)
    return found


def there_and_back(maps):
    """Add a large number and take it away again: float32 keeps most of what lies between, bfloat16 nothing."""
    return (maps + 1000.0) - 1000.0


def up_to_the_largest(maps):
    """Go to the largest float32 and back; bfloat16 rounds it up, to infinity."""
    largest = torch.finfo(torch.float32).max
    return maps / maps.abs().max() * torch.tensor(largest).to(maps.dtype) / largest


def refusing(error):
    """Refuse bfloat16 with an error, as torch does where a device has no such operation."""

    def refuse(maps):
        if maps.dtype == torch.bfloat16:
            raise error
        return maps

    return refuse


@pytest.mark.usefixtures("quick")
def test_a_network_whose_answers_stay_near_is_taken_in_the_faster_way():
    paces = measure(assembly_of(Small()), [PLAIN, ROUGH], 4)
    assert Numerics.of(paces.best(0.5)) == ROUGH


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("middle", [there_and_back, up_to_the_largest], ids=["loses its numbers", "overflows"])
def test_a_network_that_is_wrong_in_bfloat16_is_refused_however_fast_it_is(caplog, middle):
    paces = measure(assembly_of(Small(middle)), [PLAIN, ROUGH], 4)
    assert [pace.arithmetic for pace in paces.ways] == [PLAIN]
    assert "bfloat16, channels last is not sound" in caplog.text


@pytest.mark.parametrize(
    "error", [RuntimeError("not implemented for BFloat16"), TypeError("BFloat16 is not supported")]
)
def test_a_way_that_this_device_cannot_compute_is_left_out(error):
    paces = measure(assembly_of(Small(refusing(error))), [PLAIN, ROUGH], 4)
    assert [pace.arithmetic for pace in paces.ways] == [PLAIN]


def test_a_way_for_which_memory_is_short_is_not_taken_for_one_that_cannot_be_computed():
    with pytest.raises(RuntimeError, match="DefaultCPUAllocator"):
        measure(assembly_of(Small(refusing(RuntimeError("DefaultCPUAllocator: none")))), [PLAIN, ROUGH], 4)


def test_measuring_leaves_the_network_and_chance_as_they_were(put_together, dataset, plan):
    assembly = put_together(plan(dataset), dataset)
    before = {name: value.clone() for name, value in assembly.module.state_dict().items()}
    flags, chance, threads = (
        [part.training for part in assembly.module.modules()],
        torch.get_rng_state(),
        torch.get_num_threads(),
    )
    paces = measure(assembly, candidates(CPU), 2)
    assert paces.ways[0].arithmetic == PLAIN
    assert all(pace.answer > 0 and pace.step > pace.answer for pace in paces.ways)
    assert all(torch.equal(value, before[name]) for name, value in assembly.module.state_dict().items())
    assert all(parameter.grad is None for parameter in assembly.module.parameters())
    assert flags == [part.training for part in assembly.module.modules()]
    assert torch.equal(chance, torch.get_rng_state())
    assert threads == torch.get_num_threads()


def test_bfloat16_is_not_tried_on_a_processor_that_only_acts_as_if(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    assert candidates(CPU) == [PLAIN, Numerics(channels_last=False)]
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported")
    assert candidates(CPU) == [PLAIN, Numerics(channels_last=False)]


def test_a_machine_measures_a_network_once(store, put_together, dataset, plan, measured):
    config = plan(dataset)
    assembly = put_together(config, dataset)
    assert [tuned(store, assembly, config, 16, 4) for _ in range(3)] == [ROUGH] * 3
    assert measured == [1]
    larger = replace(config, loader=replace(config.loader, image_size=64))
    tuned(store, put_together(larger, dataset), larger, 16, 4)
    assert measured == [1, 1]


def test_a_plan_that_is_over_at_once_is_not_measured_for(store, put_together, dataset, plan, monkeypatch):
    monkeypatch.setattr(tuning, "measure", None)
    assert tuned(store, put_together(plan(dataset), dataset), plan(dataset), 16, 4) == PLAIN


@pytest.mark.parametrize("numbers", ["float32", "bfloat16"])
def test_what_a_person_says_is_taken_without_measuring(store, put_together, dataset, plan, monkeypatch, numbers):
    monkeypatch.setattr(tuning, "measure", None)
    monkeypatch.setattr(workload, "_WORTH", 0.0)
    config = replace(plan(dataset), compute=Compute(device="cpu", precision=numbers))
    assert tuned(store, put_together(config, dataset), config, 16, 4) == Numerics(numbers=numbers)


def test_numbers_that_a_device_does_not_have_are_refused(store, put_together, dataset, plan):
    config = replace(plan(dataset), compute=Compute(device="cpu", precision="tf32"))
    with pytest.raises(ChoiceError, match="This device has no tf32"):
        tuned(store, put_together(config, dataset), config, 16, 4)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError(), MemoryError(), RuntimeError("DefaultCPUAllocator: none")])
def test_less_memory_measures_with_fewer_pictures(store, put_together, dataset, plan, monkeypatch, error):
    tried = []

    def short(_assembly, _ways, pictures, _look):
        tried.append(pictures)
        if pictures > 3:
            raise error
        return QUICK_ROUGH

    monkeypatch.setattr(workload, "_WORTH", 0.0)
    monkeypatch.setattr(tuning, "measure", short)
    assert tuned(store, put_together(plan(dataset), dataset), plan(dataset), 16, 4) == ROUGH
    assert tried == [8, 4, 2]


def test_a_plan_whose_measurement_does_not_fit_is_carried_out_in_the_plain_way(
    store, put_together, dataset, plan, monkeypatch
):
    tried = []

    def short(_assembly, _ways, pictures, _look):
        tried.append(pictures)
        raise MemoryError

    monkeypatch.setattr(workload, "_WORTH", 0.0)
    monkeypatch.setattr(tuning, "measure", short)
    monkeypatch.setattr(store.tunings, "keep", None)  # another time there may be more memory
    config = plan(dataset, batch=7)
    assert tuned(store, put_together(config, dataset), config, 16, 4) == PLAIN
    assert tried == [7, 3, 2]


def test_another_error_than_a_lack_of_memory_is_not_measured_away(store, put_together, dataset, plan, monkeypatch):
    monkeypatch.setattr(workload, "_WORTH", 0.0)
    monkeypatch.setattr(tuning, "measure", lambda *_: (_ for _ in ()).throw(RuntimeError("mat1 and mat2")))
    with pytest.raises(RuntimeError, match="mat1"):
        tuned(store, put_together(plan(dataset), dataset), plan(dataset), 16, 4)


@pytest.mark.usefixtures("measured")
def test_the_run_tells_how_it_is_computed_and_goes_on_in_the_same_way(store, dataset, plan, monkeypatch):
    taken = []

    class Watched(Trainer):
        def __init__(self, *given, **named):
            taken.append(given[7])
            super().__init__(*given, **named)

    monkeypatch.setattr(task, "Trainer", Watched)
    run = store.runs.submit(plan(dataset, epochs=2), "person", "once", Claimant.here()).id
    work.carry_out(store, run, lambda event: store.runs.ask(run, Pause()) if isinstance(event, Started) else None)
    history = History.of(store.runs.events(run))
    assert isinstance(history.rest, Paused)
    assert history.started.arithmetic == Arithmetic(numbers="bfloat16")
    monkeypatch.setattr(task, "tuned", None)  # nobody asks by then what would be best
    assert store.runs.resume(run, Claimant.here())
    work.carry_out(store, run)
    history = History.of(store.runs.events(run))
    assert (history.state(store.runs.named(run)), history.started.arithmetic.words) == (
        "finished",
        "bfloat16, channels last",
    )
    assert taken == [ROUGH, ROUGH]


@pytest.mark.usefixtures("measured")
def test_what_an_estimate_measured_is_found_by_the_run_that_follows(store, dataset, plan, monkeypatch):
    config = replace(plan(dataset, name="efficientnet_lite0", weights="imagenet"), compute=Compute())
    question = what_to_measure(config, dataset.manifest, "person")
    estimated = answer_measure(store, question, choose_runtime("auto"))
    monkeypatch.setattr(tuning, "measure", None)
    taken = []
    monkeypatch.setattr(task, "tuned", lambda *given: taken.append(tuned(*given)) or taken[-1])
    run = store.runs.submit(config, "person", "once", Claimant.here()).id
    work.carry_out(store, run)
    history = History.of(store.runs.events(run))
    assert (history.state(store.runs.named(run)), taken) == ("finished", [ROUGH])
    assert estimated.keys == ("",)  # all of it learns


@pytest.mark.usefixtures("measured")
def test_an_estimate_knows_the_rows_that_the_run_then_keeps(store, dataset, plan):
    head = (Phase(epochs=1, rates={"head": 0.001}),)
    plain = plan(dataset, name="efficientnet_lite0", weights="imagenet", schedule=head)
    config = replace(plain, compute=Compute())
    measured = answer_measure(store, what_to_measure(config, dataset.manifest, "person"), choose_runtime("auto"))
    pictures = len(dataset.manifest.examples)
    assert estimate(config, dataset.manifest, measured, store.beginnings.known).kept == 0
    work.carry_out(store, store.runs.submit(config, "person", "once", Claimant.here()).id)
    assert estimate(config, dataset.manifest, measured, store.beginnings.known).kept == pictures


def test_who_is_called_away_leaves_off_and_puts_everything_back(put_together, dataset, plan):
    assembly = put_together(plan(dataset), dataset)
    before = {name: value.clone() for name, value in assembly.module.state_dict().items()}
    threads = torch.get_num_threads()
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        measure(assembly, candidates(CPU), 2, look)
    assert all(torch.equal(value, before[name]) for name, value in assembly.module.state_dict().items())
    assert threads == torch.get_num_threads()


def test_what_another_thaw_kept_of_a_network_is_measured_anew(store):
    store.tunings.keep("here", QUICK_ROUGH)
    assert store.tunings.of("here").best(0.0) == Arithmetic(numbers="bfloat16")
    store._database.write("UPDATE tunings SET body = '{}'")
    assert store.tunings.of("here") is None
