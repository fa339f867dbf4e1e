"""Answers `Inspect`: the hooks of a pass there and of one there and back, counted, timed, and gone."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import Tensor, nn

from tlcore.catalog.cards import Block
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.hooks import HookSession, gradients_caught, hooks_on
from tlcore.engine.in_place import Overwritten, find_overwritten
from tlcore.engine.runtime import finished
from tlcore.questions import Inspect, Inspected
from tlcore.questions.hooked import Firing, Pass, Place
from tlcore.store import Store

_ROUNDS = 25
_LONGEST = 2.0
"""Seconds after which no other round of timing begins."""

_Hooks = Callable[[nn.Module, Sequence[Block]], AbstractContextManager[Mapping[str, Tensor]]]


def inspect(store: Store, assembly: Assembly, question: Inspect) -> Inspected:
    """Send the picture there, and there and back, with a hook on every block and without."""
    pixels = assembly.encoder.encode(store.datasets.shown(question.picture)).unsqueeze(0)
    inputs = assembly.encoder.normalise(pixels.to(assembly.runtime.device))
    module, blocks = assembly.module, assembly.card.blocks
    with borrowed_flags(module):
        module.eval()
        return Inspected(
            forward=there(module, blocks, inputs),
            backward=there_and_back(module, blocks, inputs),
            places=tuple(_place(module, blocks, found) for found in find_overwritten(module, inputs)),
        )


def there(module: nn.Module, blocks: Sequence[Block], inputs: Tensor) -> Pass:
    """Send inputs (1, 3, H, W) there, with hooks that copy what each block puts out."""

    def go() -> None:
        with torch.inference_mode():
            module(inputs)

    return _look(module, blocks, _outputs_caught, go, inputs.device)


def there_and_back(module: nn.Module, blocks: Sequence[Block], inputs: Tensor) -> Pass:
    """Send inputs (1, 3, H, W) there and the likeliest class's score back, with hooks that copy each block's gradient.

    The picture asks for the gradient, so that it passes every block, frozen or not; parameters are asked for none.
    """
    asking = inputs.detach().clone().requires_grad_()

    def go() -> None:
        with torch.enable_grad():
            torch.autograd.grad(module(asking).flatten(1)[0].max(), asking)

    return _look(module, blocks, gradients_caught, go, inputs.device)


def _look(
    module: nn.Module, blocks: Sequence[Block], hooks: _Hooks, go: Callable[[], None], device: torch.device
) -> Pass:
    before = hooks_on(module)
    with hooks(module, blocks) as caught:
        during = hooks_on(module)
        go()
    after = hooks_on(module)
    plain: list[float] = []
    hooked: list[float] = []
    began = time.monotonic()
    while len(plain) < _ROUNDS and (not plain or time.monotonic() - began < _LONGEST):
        plain.append(_seconds(go, device))
        with hooks(module, blocks):
            hooked.append(_seconds(go, device))
    return Pass(
        fired=tuple(
            Firing(block=block, shape=tuple(tensor.shape[1:]), size=tensor.nbytes) for block, tensor in caught.items()
        ),
        before=before,
        during=during,
        after=after,
        plain=round(1000 * min(plain), 3),
        hooked=round(1000 * min(hooked), 3),
    )


@contextmanager
def _outputs_caught(module: nn.Module, blocks: Sequence[Block]) -> Iterator[Mapping[str, Tensor]]:
    with HookSession(module, blocks) as hooks:
        yield hooks.captured


def _seconds(go: Callable[[], None], device: torch.device) -> float:
    finished(device)
    began = time.perf_counter()
    go()
    finished(device)
    return time.perf_counter() - began


def _place(module: nn.Module, blocks: Sequence[Block], found: Overwritten) -> Place:
    assert found.by is not None, f"{found.part} differs, though nothing wrote to its memory"
    changer = module.get_submodule(found.by)
    own = not any(True for _ in changer.children())
    return Place(
        part=found.part,
        block=next((block.name for block in blocks if block.holds(found.part)), ""),
        by=found.by,
        operation=type(changer).__name__ if own else "",
    )
