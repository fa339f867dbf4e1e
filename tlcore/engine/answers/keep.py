"""Answers `Keep`: a hook keeps one map in four ways, and each is looked at again after the pass."""

import torch
from torch import Tensor

from tlcore.engine.answers.see import as_grid, as_map
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.hooks import WAYS, keep_every_way
from tlcore.errors import ChoiceError
from tlcore.questions import Keep, Kept
from tlcore.questions.kept import Way
from tlcore.store import Store

_SAFE = "output.detach().clone()"
"""The way that Thaw's own hooks take; the others are compared with it."""
_SHARED = "output.detach()"


def keep(store: Store, assembly: Assembly, question: Keep) -> Kept:
    """Send the picture there once, and compare what was kept; raises ChoiceError for a part that is not there."""
    module, part = assembly.module, question.part
    if part not in dict(module.named_modules()):
        raise ChoiceError(f"{part} is not a part of {assembly.card.title}.", "Choose another place.")
    pixels = assembly.encoder.encode(store.datasets.shown(question.picture)).unsqueeze(0)
    inputs = assembly.encoder.normalise(pixels.to(assembly.runtime.device)).requires_grad_()
    with borrowed_flags(module), torch.enable_grad():
        kept = keep_every_way(module.eval(), part, inputs)
    seen, afterwards = (as_grid(kept[way][0].detach().float().cpu(), "map") for way in (_SAFE, _SHARED))
    channel = int((afterwards - seen).abs().mean((1, 2)).argmax())
    both = torch.stack((seen[channel], afterwards[channel]))
    low, high = float(both.min()), float(both.max())
    return Kept(
        channel=channel,
        seen=as_map(seen[channel], low, high),
        afterwards=as_map(afterwards[channel], low, high),
        changed=round(float((seen != afterwards).float().mean()), 4),
        ways=tuple(_way(code, kept) for code in WAYS),
    )


def _way(code: str, kept: dict[str, Tensor]) -> Way:
    own = kept[code]
    shared = own.data_ptr() == kept["output"].data_ptr()
    return Way(
        code=code,
        size=0 if shared else own.nbytes,
        way_back=own.requires_grad,
        difference=float((own - kept[_SAFE]).detach().abs().max()),
    )
