"""One bar cut into named parts, in shades of ink: where the memory goes."""

from collections.abc import Sequence
from html import escape


def memory_bar(parts: Sequence[tuple[str, float, str]], description: str) -> str:
    """Return the bar as HTML for `st.html`; each part has a name, an amount, and the amount in words."""
    shown = [part for part in parts if part[1] > 0]
    whole = sum(amount for _, amount, _ in shown) or 1.0
    shades = [f"--shade: {100 - 80 * place / max(1, len(shown) - 1):.0f}%" for place in range(len(shown))]
    bar = "".join(
        f'<i style="--share: {amount / whole:.5f}; {shade}"></i>'
        for (_, amount, _), shade in zip(shown, shades, strict=True)
    )
    names = "".join(
        f'<li><i style="{shade}"></i><span>{escape(name)}</span><b>{escape(told)}</b></li>'
        for (name, _, told), shade in zip(shown, shades, strict=True)
    )
    return (
        f'<div class="thaw-memory"><div role="img" aria-label="{escape(description)}">{bar}</div><ul>{names}</ul></div>'
    )
