"""Text for people: what they typed or named is made harmless before it is shown, and is never a part of a path."""

import re
import unicodedata
from math import floor, log10

_LINKS = re.compile(r"(?i)(www)(?=\.)|(https?|ftp)(?=:)|(?<=\S)(@)")
_JOINER = "\u2060"
"""Takes no room; an address with one inside is no longer taken for a link."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&\"'^=])")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def clean(text: str, longest: int = 80) -> str:
    """Return `text` as one visible line in NFC, without control and direction marks, cut to `longest` characters."""
    shown = unicodedata.normalize("NFC", text)
    # Nearly all names are printable as they are, and there can be a hundred thousand of them.
    if not shown.isprintable():
        line = "".join(" " if char in "\n\r\t" else char for char in shown)
        shown = "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def plain(text: str, longest: int = 80) -> str:
    """Return `text` for a Markdown sink: shown to the letter, without links, pictures, icons or formulas.

    Streamlit reads Markdown, `:icon:` and `$formula$` in most labels; a backslash before each sign turns all off.
    Addresses it makes links of even so, hence the joiner inside them.
    """
    return _MARKDOWN.sub(r"\\\1", _LINKS.sub(rf"\g<0>{_JOINER}", clean(text, longest)))


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun in the right form."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def memory(size: float) -> str:
    """Return bytes in the unit that suits them: 1.6 GB, 240 MB, 12 kB, 300 bytes."""
    for unit, step in (("GB", 1e9), ("MB", 1e6)):
        if size >= step:
            return f"{size / step:.1f} {unit}" if size < 10 * step else f"{size / step:.0f} {unit}"
    return f"{size / 1e3:.0f} kB" if size >= 1e3 or not size else count(round(size), "byte")


def power(number: float) -> str:
    """Return a number above zero with two digits, as people write it: 0.0023, 12, 4,700, 3.1·10⁻¹⁴."""
    if 1e-4 <= number < 1:
        return f"{number:.{1 - floor(log10(number))}f}"
    if 1 <= number < 1e5:
        return f"{float(f'{number:.2g}'):,.15g}"
    digits, _, exponent = f"{number:.1e}".partition("e")
    return f"{digits}·10{str(int(exponent)).translate(_RAISED)}"
