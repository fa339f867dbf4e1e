"""A network cut in two: the frozen beginning, whose answer to a picture never changes, and the rest, which learns."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256

import torch
from torch import Tensor, nn

from tlcore.catalog.cards import Block
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.hooks import run_until, watched


@dataclass(frozen=True, slots=True)
class _Call:
    """One finished call of a part, made by the body of one that was still at work."""

    part: str
    time: int
    """Which of the part's own calls it is, counted from 0."""
    caller: int
    """The call that it was made in, by number."""
    output: Tensor | None


class UncutError(Exception):
    """A network that cannot be cut here: more than one thing goes from its beginning into the rest."""


class Cut:
    """Runs a network up to the place where learning blocks begin, and from that place on.

    The rest runs through the network's own code, from its first line: every part before the cut is for that time
    replaced by one that puts out memory of the right shape, the last one by what was kept. So it works for any network
    whose beginning hands on one tensor, with no list of layers and no tracing compiler, and costs a fraction of a
    millisecond per part. Whether it does is not believed but tried, once, when the cut is made.
    """

    def __init__(self, module: nn.Module, blocks: Sequence[Block], learning: Collection[str], example: Tensor) -> None:
        """Cut `module` before the first block of `learning`; raises UncutError where it cannot be cut there.

        `example` is any input (N, 3, H, W) with N of at least 2; it goes through the network twice.
        """
        self._module = module
        first = next(place for place, block in enumerate(blocks) if block.name in learning)
        self.frozen = tuple(blocks[:first])
        """The blocks that lie before the cut, whole."""
        with borrowed_flags(module), torch.no_grad():
            module.eval()
            calls, whole = _calls_before(module, blocks[first:], example)
            self._example = torch.zeros_like(example[:1])
            rows = self._try(calls, whole)
        self.shape = tuple(rows.shape[1:])
        """Of a row, which is what the beginning makes of one picture."""
        self.numbers = rows.dtype

    def key(self, told: str) -> str:
        """Return what tells this beginning from all that would make other rows; `told` is how pictures come to it."""
        digest = sha256(f"{told}\n{self._part}\n{self._time}\n{self.shape}\n{self.numbers}".encode())
        for name, value in (*self._module.named_parameters(), *self._module.named_buffers()):
            if any(block.holds(name) for block in self.frozen):
                digest.update(f"\n{name}\n".encode())
                digest.update(value.detach().cpu().reshape(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()

    def _try(self, calls: "Sequence[_Call]", whole: Tensor) -> Tensor:
        """Cut after one of these calls, the later the better, so that the rest answers `whole`; return its rows."""
        for last in _candidates(self._module, calls):
            rows = calls[last].output
            if rows is None or len(rows) != len(whole):
                continue
            self._layout = _layout(rows)
            self._part, self._time = calls[last].part, calls[last].time
            self._blind = _shapes(calls[:last], len(whole))
            with suppress(RuntimeError, ValueError, TypeError, AttributeError, LookupError):
                # The same code on the same numbers: anything else than equal means that more than this is handed on.
                if torch.equal(self.after(rows), whole):
                    return rows
        raise UncutError("more than one tensor goes from the frozen beginning into the rest")

    def before(self, inputs: Tensor) -> Tensor:
        """Return the rows (N, …) of pictures (N, 3, H, W); the beginning is in evaluation, and nothing is kept."""
        with borrowed_flags(self._module), torch.inference_mode():
            rows = run_until(self._module.eval(), self._part, self._time, inputs)
        return rows.clone()  # from out here, so that it can be learned from

    def after(self, rows: Tensor) -> Tensor:
        """Return the network's answers (N, classes) to pictures of which only the rows (N, …) are known.

        The network may work on in the memory of `rows`.
        """
        rows = rows.contiguous(memory_format=self._layout)
        with self._resumed(rows):
            answers: Tensor = self._module(self._example.expand(len(rows), -1, -1, -1))
        return answers

    @contextmanager
    def _resumed(self, rows: Tensor) -> Iterator[None]:
        """Let the parts before the cut put out anything, and the one at the cut `rows`, until it has."""
        parts = {name: self._module.get_submodule(name) for name in {*self._blind, self._part}}
        times: Counter[str] = Counter()
        passed = False

        def standing_in(name: str, own: Callable[..., object]) -> Callable[..., object]:
            def forward(*inputs: object, **named: object) -> object:
                nonlocal passed
                time = times[name]
                times[name] += 1
                if passed:
                    return own(*inputs, **named)
                if name == self._part and time == self._time:
                    passed = True
                    return rows
                shapes = self._blind.get(name, ())
                return rows.new_empty((len(rows), *shapes[time])) if time < len(shapes) else own(*inputs, **named)

            return forward

        try:
            for name, part in parts.items():
                part.forward = standing_in(name, part.forward)
            yield
        finally:
            for part in parts.values():
                vars(part).pop("forward", None)


def _calls_before(module: nn.Module, learning: Sequence[Block], example: Tensor) -> tuple[list[_Call], Tensor]:
    """Return the finished calls that the first learning part could have its input from, and the network's answers."""
    owners = {
        name.rpartition(".")[0] for name, _ in module.named_parameters() if any(block.holds(name) for block in learning)
    }
    stack, finished = [0], list[_Call]()
    handed_on: list[_Call] | None = None
    times: Counter[str] = Counter()
    number = 0

    def entered(name: str) -> None:
        nonlocal number, handed_on
        number += 1
        stack.append(number)
        if handed_on is None and name in owners:
            handed_on = [call for call in finished if call.caller in stack]

    def left(name: str, output: object) -> None:
        stack.pop()
        if handed_on is None:
            kept = output.clone() if isinstance(output, Tensor) else None
            finished.append(_Call(name, times[name], stack[-1], kept))
        times[name] += 1

    with watched(module, entered, left):
        answers: Tensor = module(example)
    if not handed_on:
        raise UncutError("nothing is done before the first learning part")
    return handed_on, answers


def _layout(rows: Tensor) -> torch.memory_format:
    """Return how rows that lay one after the other are laid out again for the rest."""
    is_last = rows.ndim == 4 and rows.is_contiguous(memory_format=torch.channels_last) and not rows.is_contiguous()
    return torch.channels_last if is_last else torch.contiguous_format


def _candidates(module: nn.Module, calls: Sequence[_Call]) -> Iterator[int]:
    """Yield the places of calls to cut at, backwards: from the last that is alike in training, to one with weights.

    What follows the last part with weights is pooling as a rule, which makes rows small; dropout stays with the rest.
    """
    weighty = [any(True for _ in module.get_submodule(call.part).parameters()) for call in calls]
    if not any(weighty):
        return
    first = last = max(place for place, holds in enumerate(weighty) if holds)
    while last + 1 < len(calls) and "Drop" not in type(module.get_submodule(calls[last + 1].part)).__name__:
        last += 1
    yield from range(last, first - 1, -1)


def _shapes(calls: Sequence[_Call], pictures: int) -> dict[str, list[tuple[int, ...]]]:
    """Return what each part put out for one picture, call by call.

    A part whose output has no row per picture, such as a table of positions, is not replaced.
    """
    shapes: dict[str, list[tuple[int, ...]]] = {}
    for call in calls:
        if call.output is not None and call.output.ndim and len(call.output) == pictures:
            shapes.setdefault(call.part, []).append(tuple(call.output.shape[1:]))
    return shapes
