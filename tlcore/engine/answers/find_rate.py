"""Answers `FindRate`: a sweep over rates on a network that is put together as a run would begin with it."""

from collections.abc import Iterator
from contextlib import closing

import torch

from tlcore.engine.assemble import assemble
from tlcore.engine.pictures import Batch, Pictures
from tlcore.engine.runtime import Runtime
from tlcore.engine.sweep import LOWEST, sweep
from tlcore.plan import plan_groups
from tlcore.questions import FindRate, RateCurve
from tlcore.store import Store


def find_rate(store: Store, question: FindRate, runtime: Runtime) -> RateCurve:
    """Sweep over the rates of the blocks that learn, all at one rate, with training pictures in random order."""
    dataset = store.datasets.by_digest(question.data, question.workspace)
    classes = dataset.manifest.classes
    assembly = assemble(
        store, question.backbone, question.weights, classes, question.image_size, question.seed, runtime
    )
    module = assembly.module.to(memory_format=torch.channels_last)
    groups = plan_groups(assembly.card, len(classes), dict.fromkeys(question.learning, LOWEST), question.weight_decay)
    examples = dataset.manifest.of("train")
    with closing(Pictures(examples, dataset.file, assembly.encoder, runtime.device)) as pictures:
        return sweep(module, assembly.card.blocks, groups, _endless(pictures, question))


def _endless(pictures: Pictures, question: FindRate) -> Iterator[Batch]:
    shuffler = torch.Generator().manual_seed(question.seed)
    while True:
        yield from pictures.batches(question.batch_size, torch.randperm(len(pictures), generator=shuffler))
