"""A training pass over a share of a batch that gives what a pass over all of it would: in BatchNorm and in dropout."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import batch_norm, dropout
from torch.overrides import TorchFunctionMode

Gather = Callable[[Tensor], list[Tensor]]
"""Returns the tensors of all processes, of one shape."""
Sum = Callable[[Tensor], Tensor]
"""Returns the sum over the tensors of all processes, in place."""


class OneBatch(TorchFunctionMode):
    """Catches, inside a `with`, the calls whose results depend on the whole batch, whichever part makes them.

    All processes draw the same numbers for the whole batch, and each takes its own: so their dice stay alike, a run
    gives the same in any number of processes, and a save point holds for all of them.
    """

    def __init__(self, first: int, own: int, batch: int, counts: bool, gather: Gather, add: Sum) -> None:
        """Be the pictures `first` to `first + own` of a batch; with `counts` false they stand in for none."""
        super().__init__()
        self._first, self._own, self._batch, self._counts = first, own, batch, counts
        self._gather, self._add = gather, add

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        named: Mapping[str, Any] = kwargs or {}
        if func is batch_norm:
            return self._batch_norm(*args, **named)
        if func is dropout:
            return self._dropout(*args, **named)
        if func is Tensor.bernoulli_:
            return self._bernoulli(*args, **named)
        return func(*args, **named)

    def _batch_norm(
        self,
        inputs: Tensor,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Tensor:
        if not training:
            return batch_norm(inputs, running_mean, running_var, weight, bias, training, momentum, eps)
        outputs: Tensor
        outputs, mean, variance, count = _BatchNorm.apply(
            inputs, weight, bias, eps, self._counts, self._gather, self._add
        )
        if running_mean is not None and running_var is not None:
            with torch.no_grad():
                running_mean.lerp_(mean.to(running_mean.dtype), momentum)
                unbiased = variance * (count / (count - 1).clamp(min=1))
                running_var.lerp_(unbiased.to(running_var.dtype), momentum)
        return outputs

    def _dropout(self, inputs: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        if not training or p == 0.0:
            return inputs
        factors = self._rows(inputs, lambda whole: dropout(whole.fill_(1.0), p))
        return inputs.mul_(factors) if inplace else inputs * factors

    def _bernoulli(self, drawn: Tensor, p: float = 0.5, **named: Any) -> Tensor:
        return drawn.copy_(self._rows(drawn, lambda whole: whole.bernoulli_(p, **named)))

    def _rows(self, like: Tensor, draw: Callable[[Tensor], Tensor]) -> Tensor:
        """Draw for all pictures and return what falls to these; a picture may have several rows, as windows are."""
        each, rest = divmod(len(like), self._own)
        if rest:
            return draw(torch.empty_like(like))
        whole = like.new_empty((each * self._batch, *like.shape[1:]))
        if like.ndim == 4 and like.is_contiguous(memory_format=torch.channels_last):
            whole = whole.contiguous(memory_format=torch.channels_last)  # numbers are drawn as they lie in memory
        return draw(whole)[each * self._first :][: len(like)]


class _BatchNorm(torch.autograd.Function):
    """BatchNorm over the pictures of all processes; torch's own SyncBatchNorm refuses tensors that lie on the CPU.

    Means and variances are put together as in Chan, Golub and LeVeque (1979), without a difference of large sums.
    """

    @staticmethod
    def forward(
        ctx: Any,
        inputs: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        eps: float,
        counts: bool,
        gather: Gather,
        add: Sum,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        channels = inputs.shape[1]
        variance, mean = torch.var_mean(_exactly(inputs), _but_channels(inputs), correction=0)
        number = mean.new_full((1,), inputs.numel() / channels if counts else 0.0)
        gathered = torch.stack(gather(torch.cat([mean, variance, number])))
        means, variances, numbers = torch.split(gathered, [channels, channels, 1], dim=1)
        count = numbers.sum()
        mean = (means * numbers).sum(0) / count
        variance = ((variances + (means - mean) ** 2) * numbers).sum(0) / count
        ctx.save_for_backward(inputs, weight, mean, variance, count)
        ctx.eps, ctx.counts, ctx.add = eps, counts, add
        ctx.mark_non_differentiable(mean, variance, count)
        return batch_norm(inputs, mean, variance, weight, bias, training=False, eps=eps), mean, variance, count

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight, mean, variance, count = ctx.saved_tensors
        shape = (1, -1, *(1,) * (inputs.ndim - 2))
        spread = (variance + ctx.eps).rsqrt()
        normal = (_exactly(inputs) - mean.view(shape)) * spread.view(shape)
        above = _exactly(gradients[0])
        for_bias = above.sum(_but_channels(inputs))
        for_weight = (above * normal).sum(_but_channels(inputs))
        below = None
        if ctx.needs_input_grad[0]:
            of_mean, of_spread = (ctx.add(torch.cat([for_bias, for_weight])) / count).chunk(2)
            # Who stands in has no part in the mean, so that nothing comes back from there.
            through = of_mean.view(shape) + normal * of_spread.view(shape) if ctx.counts else 0.0
            scale = spread if weight is None else spread * _exactly(weight)
            below = ((above - through) * scale.view(shape)).to(inputs.dtype)
        asked = zip(ctx.needs_input_grad[1:3], (for_weight, for_bias), strict=True)
        return below, *(value if needed else None for needed, value in asked), None, None, None, None


def _exactly(values: Tensor) -> Tensor:
    """Return half precision as single: sums over a batch need more digits."""
    return values.to(torch.promote_types(values.dtype, torch.float32))


def _but_channels(inputs: Tensor) -> list[int]:
    return [place for place in range(inputs.ndim) if place != 1]
