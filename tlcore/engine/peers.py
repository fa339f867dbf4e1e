"""The processes that carry out one run together: each computes its share of every batch, and all learn the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from torch import Tensor, nn

from tlcore.engine.one_batch import OneBatch
from tlcore.errors import ProcessError
from tlcore.records import from_json, to_json

if TYPE_CHECKING:
    from torch.distributed.distributed_c10d import Store

_TO_READ = timedelta(days=1)
"""That all wait for the one that reads the pictures; a process that dies meanwhile ends the others all the same."""
_TO_ANSWER = timedelta(minutes=10)
"""After which a process that is silent counts as gone; one that died is missed at once."""
_FAULT = "fault"


class PeersError(ProcessError):
    """Another process of the same run is gone, or silent: what was saved can go on."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process computes of a batch; together the shares are the batch, every picture once."""

    places: Sequence[int]
    """Never none: where there are fewer pictures than processes, one stands in, so that all do the same."""
    first: int
    """Where these pictures begin in the batch."""
    batch: int
    """Pictures in the whole batch."""
    counts: bool = True
    """Whether these pictures are its own, and no stand-in."""

    @property
    def weight(self) -> float:
        """The part that the mean over these pictures has in the mean over the batch."""
        return len(self.places) / self.batch if self.counts else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shapes:
    """What tensors are like that will be handed out."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    """What torch calls their type, without `torch.`."""
    shapes: tuple[tuple[int, ...], ...]


class Peers:
    """This process among those of one run: the first decides, reads and writes, and everyone computes.

    Gradients are summed at every step over what learns at that step. The wrapper of torch,
    `DistributedDataParallel`, asks once, when it is made, what learns: what thaws later goes its own way in every
    process, unless the network is wrapped again (pytorch/pytorch, notes on DDP, "Construction").
    """

    def __init__(self, rank: int = 0, count: int = 1, local: int = 0, store: "Store | None" = None) -> None:
        self.rank = rank
        self.count = count
        self.local = local
        """Place among the processes of this machine, which is that of its GPU."""
        self._store = store

    @property
    def alone(self) -> bool:
        """Whether this process is the only one."""
        return self.count == 1

    def share(self, places: Sequence[int]) -> Share:
        """Return what this process computes of a batch."""
        size = len(places)
        first, end = size * self.rank // self.count, size * (self.rank + 1) // self.count
        if first == end:
            return Share(places[:1], min(first, max(size - 1, 0)), size, counts=False)
        return Share(places[first:end], first, size)

    def as_one(self, share: Share) -> AbstractContextManager[object]:
        """Let a training pass over a share be part of one over the batch, in BatchNorm and in what chance draws."""
        if self.alone:
            return nullcontext()
        return OneBatch(share.first, len(share.places), share.batch, share.counts, self._gather, self._sum)

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give every gradient that this process has the sum over all processes."""
        if self.alone:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        summed = self._sum(torch.cat([gradient.reshape(-1) for gradient in gradients]))
        for gradient, part in zip(gradients, torch.split(summed, [each.numel() for each in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def total(self, *numbers: float) -> list[float]:
        """Return the sums of these numbers over all processes."""
        if self.alone:
            return list(numbers)
        return self._sum(torch.tensor(numbers, dtype=torch.float64)).tolist()

    def agree(self, text: str = "") -> str:
        """Return what the first process says; what the others say does not count."""
        if self.alone:
            return text
        said = torch.tensor(list(text.encode()), dtype=torch.uint8)
        size = self._handed_out(torch.tensor([len(said)]))
        if not size:
            return ""
        if self.rank:
            said = torch.empty(int(size), dtype=torch.uint8)
        return bytes(self._handed_out(said).tolist()).decode()

    def hand_out(self, tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Return the first process's tensors, on the CPU; what the others give does not count."""
        if self.alone:
            return tensors
        mine = {name: value.detach().cpu().contiguous() for name, value in tensors.items()} if not self.rank else {}
        told = _Shapes(
            names=tuple(mine),
            numbers=tuple(str(value.dtype).removeprefix("torch.") for value in mine.values()),
            shapes=tuple(tuple(value.shape) for value in mine.values()),
        )
        shapes = from_json(_Shapes, self.agree(to_json(told)))
        for name, numbers, shape in zip(shapes.names, shapes.numbers, shapes.shapes, strict=True):
            value = mine[name] if name in mine else torch.empty(shape, dtype=getattr(torch, numbers))
            mine[name] = self._handed_out(value)
        return mine

    def meet(self) -> None:
        """Wait until everyone is here."""
        self.total(0.0)

    def tell(self, sentence: str, advice: str) -> None:
        """Leave word of why this process goes, for those who miss it."""
        if self._store is not None:
            self._store.set(_FAULT, f"{sentence}\n{advice}")

    def _sum(self, values: Tensor) -> Tensor:
        with self._missed():
            dist.all_reduce(values)
        return values

    def _gather(self, values: Tensor) -> list[Tensor]:
        found = [torch.empty_like(values) for _ in range(self.count)]
        with self._missed():
            dist.all_gather(found, values)
        return found

    def _handed_out(self, values: Tensor) -> Tensor:
        with self._missed():
            dist.broadcast(values, src=0)
        return values

    @contextmanager
    def _missed(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:  # torch has no narrower word for a connection that broke
            raise self._gone() from error

    def _gone(self) -> PeersError:
        try:
            if self._store is not None and self._store.check([_FAULT]):
                sentence, _, advice = self._store.get(_FAULT).decode().partition("\n")
                return PeersError(f"One of the {self.count} processes could not go on: {sentence}", advice)
        except RuntimeError:
            pass  # The one that kept the word is gone itself.
        return PeersError(
            f"One of the {self.count} processes that trained together is gone, or does not answer.",
            "Let the run go on, in as many processes as you like: it begins where it was saved last.",
        )


ALONE = Peers()


@contextmanager
def joined(local: int) -> Iterator[Peers]:
    """Join the processes that torchrun started for this run; to be called when this one has read what it reads.

    The environment says who they are. Tensors on a GPU go by NCCL, all others by Gloo. Raises PeersError where one of
    them does not come.
    """
    # Some builds of torch come without these.
    from torch.distributed.distributed_c10d import PrefixStore
    from torch.distributed.rendezvous import rendezvous

    try:
        store, rank, count = next(iter(rendezvous("env://", timeout=_TO_ANSWER)))
        names = [f"here{each}" for each in range(count)]
        store.set(names[rank], "")
        store.wait(names, _TO_READ)
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        group = PrefixStore("group", store)
        dist.init_process_group(backend, store=group, rank=rank, world_size=count, timeout=_TO_ANSWER)
    except (RuntimeError, ValueError) as error:
        raise PeersError(
            f"The processes of this run do not find one another: {str(error).splitlines()[0]}",
            "Start all of them by torchrun, with the same address.",
        ) from error
    peers = Peers(rank, count, local, store)
    try:
        yield peers
    finally:
        dist.destroy_process_group()
