"""Feature extraction as PyTorch's tutorial on transfer learning does it, written from its description.

See Chilamkurthy, "Transfer Learning for Computer Vision Tutorial", docs.pytorch.org/tutorials: the network as a fixed
feature extractor. Every epoch decodes and computes every picture again, four at a time, in float32.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from tlcore.catalog.weights import IMAGENET
from tlcore.engine.assemble import assemble
from tlcore.engine.freezing import parameters_of
from tlcore.engine.runtime import choose_runtime
from tlcore.store import Store

_BATCH, _WORKERS = 4, 4
_RATE, _MOMENTUM = 0.001, 0.9
_EPOCHS_BETWEEN, _FACTOR = 7, 0.1
"""The rate is a tenth of what it was after every seven epochs."""
_MARGIN = 256 / 224
"""Side to which validation pictures are scaled, over that of the square which is cut out of them."""


def tutorial_loop(store: Store, *, folder: str, backbone: str, image_size: int, timed: int) -> Iterator[dict[str, Any]]:
    """Yield the seconds of `timed` epochs, and the accuracy of the best of them, for a folder with train and val."""
    runtime = choose_runtime("auto")
    sets = {split: ImageFolder(str(Path(folder, split))) for split in ("train", "val")}
    assembly = assemble(store, backbone, IMAGENET, tuple(sets["train"].classes), image_size, 0, runtime)
    card, module, told = assembly.card, assembly.module, assembly.encoder.preprocessing
    normalise = [transforms.ToTensor(), transforms.Normalize(told.mean, told.std)]
    sets["train"].transform = transforms.Compose(
        [transforms.RandomResizedCrop(image_size), transforms.RandomHorizontalFlip(), *normalise]
    )
    sets["val"].transform = transforms.Compose(
        [transforms.Resize(round(image_size * _MARGIN)), transforms.CenterCrop(image_size), *normalise]
    )
    loaders = {
        split: DataLoader(pictures, batch_size=_BATCH, shuffle=True, num_workers=_WORKERS)
        for split, pictures in sets.items()
    }
    head = parameters_of(module, card.head)
    module.requires_grad_(False)
    for parameter in head:
        parameter.requires_grad_(True)
    optimizer = SGD(head, lr=_RATE, momentum=_MOMENTUM)
    scheduler = StepLR(optimizer, step_size=_EPOCHS_BETWEEN, gamma=_FACTOR)
    criterion = nn.CrossEntropyLoss()
    began, best = time.monotonic(), 0.0
    with TemporaryDirectory() as aside:
        kept = Path(aside, "best.pt")
        torch.save(module.state_dict(), kept)
        for _ in range(timed):
            for split, loader in loaders.items():
                module.train(split == "train")
                right = 0
                for pictures, labels in loader:
                    inputs, targets = pictures.to(runtime.device), labels.to(runtime.device)
                    optimizer.zero_grad()
                    with torch.set_grad_enabled(split == "train"):
                        answers = module(inputs)
                        loss = criterion(answers, targets)
                        if split == "train":
                            loss.backward()
                            optimizer.step()
                    loss.item()  # the tutorial adds it up
                    right += int((answers.argmax(1) == targets).sum())
                if split == "train":
                    scheduler.step()
                elif right / len(sets["val"]) > best:
                    best = right / len(sets["val"])
                    torch.save(module.state_dict(), kept)
        module.load_state_dict(torch.load(kept, weights_only=True))
    yield {"seconds": time.monotonic() - began, "accuracy": best}
