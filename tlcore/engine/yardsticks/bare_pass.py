"""One bare pass over a set's pictures in plain code: the least that any training on them could take."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from tlcore.catalog.weights import IMAGENET
from tlcore.engine.assemble import assemble
from tlcore.engine.numerics import Numerics
from tlcore.engine.runtime import Runtime, choose_runtime, finished
from tlcore.engine.tuning import candidates
from tlcore.store import Store

_TRIES = 3
"""Forward passes of one batch for each precision and layout; the quickest counts, and the first warms up."""


def bare_pass(
    store: Store, *, data: str, workspace: str, backbone: str, batch_size: int, image_size: int
) -> Iterator[dict[str, Any]]:
    """Yield the seconds that it takes to build the network, and to decode and answer every picture of a set once.

    The network computes as is quickest on this machine, found out beforehand on a batch that is not there.
    """
    runtime = choose_runtime("auto")
    dataset = store.datasets.by_digest(data, workspace)
    began = time.monotonic()
    assembly = assemble(store, backbone, IMAGENET, dataset.manifest.classes, image_size, 0, runtime)
    building = time.monotonic() - began
    module, encoder = assembly.module.eval(), assembly.encoder
    example = torch.randn(batch_size, 3, encoder.preprocessing.crop, encoder.preprocessing.crop, device=runtime.device)
    numerics = min(candidates(runtime.device), key=lambda way: _seconds(module, way, example, runtime))
    module = numerics.lay_out(module)
    paths = [dataset.file(each) for split in ("train", "val") for each in dataset.manifest.of(split)]
    began = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool, torch.inference_mode(), numerics.on(runtime.device):
        squares = pool.map(encoder.encode, paths)
        while part := list(islice(squares, batch_size)):
            inputs = encoder.normalise(torch.stack(part).to(runtime.device))
            module(numerics.laid_out(inputs)).argmax(1)
    finished(runtime.device)
    seconds = time.monotonic() - began
    yield {"building": building, "seconds": seconds, "numerics": numerics.words}


def _seconds(module: nn.Module, numerics: Numerics, example: Tensor, runtime: Runtime) -> float:
    laid_out, inputs = numerics.lay_out(module), numerics.laid_out(example)
    times = []
    with torch.inference_mode(), numerics.on(runtime.device):
        for _ in range(_TRIES):
            began = time.monotonic()
            laid_out(inputs)
            finished(runtime.device)
            times.append(time.monotonic() - began)
    return min(times)
