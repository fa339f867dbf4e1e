"""The drawing of the Start page: a picture passes the blocks, some frozen, some learning, and becomes an answer."""

from html import escape

from tlcore.ui.components.bridge import source
from tlcore.ui.components.icons import address, icon

_BLOCKS = (  # label, height in the drawing's units, learning
    ("Edges", 62, False),
    ("Textures", 92, False),
    ("Patterns", 116, False),
    ("Parts", 146, False),
    ("Objects", 176, True),
    ("Classes", 62, True),
)
_PICTURE = address(source("hero.svg"))  # a bee on a flower


def hero(answer: str = "bee", percent: int = 97) -> str:
    """Return the drawing as HTML for `st.html`."""
    name = escape(answer)
    label = f"A picture passes six blocks; four are frozen, two are learning; the answer is {name}, {percent} percent"
    blocks = "".join(
        f'<div class="thaw-hero-block {"thaw-hero-ember" if learning else "thaw-hero-ice"}" style="--height: {height}">'
        f"<div>{icon('flame' if learning else 'snow')}</div><span>{word}</span></div>"
        for word, height, learning in _BLOCKS
    )
    return (
        f'<div class="thaw-hero" role="img" aria-label="{label}"><div class="thaw-hero-row">'
        f'<img alt="" src="{_PICTURE}"><i></i>{blocks}'
        f'<div class="thaw-hero-answer"><b>{name}</b>{percent} %</div></div>'
        '<div class="thaw-hero-words"><span>frozen: keeps what it knows</span><span>learning: adapts</span></div></div>'
    )
