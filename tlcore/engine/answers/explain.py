"""Answers `Explain`: what in a picture speaks for a class, as one method sees it."""

from collections.abc import Callable, Mapping
from inspect import getsource
from math import isqrt

from torch import Tensor

from tlcore.engine.answers.rank import class_names
from tlcore.engine.answers.see import as_map
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.gradcam import eigen_cam, grad_cam
from tlcore.engine.pixel_evidence import integrated_gradients, occlusion
from tlcore.errors import ChoiceError
from tlcore.questions import Explain, Explanation
from tlcore.questions.attribution import Evidence, Method
from tlcore.store import Store

_WORK = 400e9
"""Multiply-adds that one answer may take, roughly: some ten seconds on two cores."""
_FORTH_AND_BACK = 3
"""A pass with its gradient costs as much as so many without."""
_STEPS = (10, 40)
"""Fewest and most steps of integrated gradients."""
_PLACES = (3, 9)
"""Fewest and most places of the covering square along a side."""

_COMPUTED_BY: Mapping[Method, Callable[..., object]] = {
    "grad_cam": grad_cam,
    "eigen_cam": eigen_cam,
    "integrated_gradients": integrated_gradients,
    "occlusion": occlusion,
}


def explain(store: Store, assembly: Assembly, question: Explain) -> Explanation:
    """Ask the network by the question's method; raises ChoiceError for a class that it does not have."""
    path = store.datasets.shown(question.picture)
    if not 0 <= question.target < len(class_names(assembly, question.network)):
        raise ChoiceError(f"{assembly.card.title} has no class number {question.target} here.", "Choose one it has.")
    encoder = assembly.encoder
    picture = encoder.normalise(encoder.encode(path).unsqueeze(0).to(assembly.runtime.device))
    with borrowed_flags(assembly.module):
        assembly.module.eval()
        evidence, passes = _asked(assembly, picture, question)
    return Explanation(evidence=evidence, passes=passes, listing=getsource(_COMPUTED_BY[question.method]))


def _asked(assembly: Assembly, picture: Tensor, question: Explain) -> tuple[tuple[Evidence, ...], int]:
    """Return the evidence, and how often a picture went through the network for it."""
    module, target = assembly.module, question.target
    blocks = [block for block in assembly.card.blocks if block.layout != "vector"]
    affordable = int(_WORK / _multiply_adds(assembly))
    match question.method:
        case "grad_cam":
            return _by_block(grad_cam(module, blocks, picture, target), [block.name for block in blocks]), 1
        case "eigen_cam":
            return _by_block(eigen_cam(module, blocks, picture), [block.name for block in blocks]), 1
        case "integrated_gradients":
            steps = _within(_STEPS, affordable // _FORTH_AND_BACK)
            return _by_block({"": integrated_gradients(module, picture, target, steps)}, [""]), steps
        case "occlusion":
            places = _within(_PLACES, isqrt(affordable))
            return _by_block({"": occlusion(module, picture, target, places)}, [""]), places**2 + 1


def _multiply_adds(assembly: Assembly) -> float:
    """Return those of one picture of the size that this network gets."""
    return assembly.card.multiply_adds * (assembly.encoder.preprocessing.crop / assembly.card.sizes.usual) ** 2


def _within(range_: tuple[int, int], number: int) -> int:
    return min(max(number, range_[0]), range_[1])


def _by_block(maps: Mapping[str, Tensor], names: list[str]) -> tuple[Evidence, ...]:
    """Return the evidence at each of the blocks; black is nothing, or what speaks against."""
    shown = {name: as_map(values.float().cpu().relu(), low=0.0) for name, values in maps.items()}
    return tuple(Evidence(block=name, map=shown.get(name)) for name in names)
