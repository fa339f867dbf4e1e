"""The hooks of a pass there and back as HTML that only shows: a column for each block, filled where one has fired."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class HookedBlock:
    """One block with its two hooks."""

    title: str
    code: str  # layer3
    note: str  # 256 × 14 × 14
    forward: int  # its place in the order of firing, from 1
    backward: int  # counted on from the last of the forward hooks


def hook_row(blocks: Sequence[HookedBlock], fired: int) -> str:
    """Return the row; the first `fired` hooks have fired."""
    names = "<div><b></b><code></code><small></small><span>forward →</span><span>← backward</span></div>"
    inner = names + "".join(_column(block, fired) for block in blocks)
    return (
        f'<div class="thaw-hooks" style="--count: {len(blocks)}" role="group" tabindex="0" '
        f'aria-label="The order in which hooks fire, block by block">{inner}</div>'
    )


def _column(block: HookedBlock, fired: int) -> str:
    hooks = _hook("forward", "→", block.forward, fired) + _hook("backward", "←", block.backward, fired)
    return (
        f"<div><b>{escape(block.title)}</b><code>{escape(block.code)}</code><small>{escape(block.note)}</small>"
        f"{hooks}</div>"
    )


def _hook(kind: str, arrow: str, order: int, fired: int) -> str:
    state = "fired now" if order == fired else "has fired" if order < fired else "has not fired"
    shown = "thaw-fired thaw-now" if order == fired else "thaw-fired" if order < fired else ""
    words = f"{kind} hook, number {order}, {state}"
    return f'<p class="{shown}" role="img" aria-label="{words}"><em>{order}</em><i>{arrow} {kind}</i></p>'
