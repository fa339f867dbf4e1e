"""What people type is shown to the letter, on one line, and does nothing else."""

import pytest

from tlcore.text import clean, memory, plain

MEANINGFUL = "`*_{}[]()<>#+-.!|~$:&=\"'"
"""Signs that mean something in Markdown, in Streamlit's icons and colours, in formulas, or in HTML."""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("two\nlines\tand  gaps ", "two lines and gaps"),
        ("cafe\u0301", "café"),
        ("\u202egnp.exe", "gnp.exe"),
        ("nul\x00 bell\x07", "nul bell"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\ud800 half a pair", "half a pair"),
        ("🐝 bees", "🐝 bees"),
        ("", ""),
    ],
)
def test_a_name_becomes_one_visible_line(typed, shown):
    assert clean(typed) == shown


def test_a_long_name_is_cut_and_says_so():
    assert clean("x" * 80) == "x" * 80
    assert clean("x" * 300) == "x" * 79 + "…"
    assert clean("abcdef", longest=4) == "abc…"


@pytest.mark.parametrize(
    "typed",
    [
        "![x](http://example.org/x.png)",
        "[go](http://example.org)",
        ":material/delete: :red[warm]",
        "$\\alpha$",
        "<img src=x onerror=alert(1)>",
        "`code` **bold** _soft_ ~gone~",
        "# heading",
        "1. item",
        "http://example.org",
        "a | b",
        "&amp;",
    ],
)
def test_no_sign_of_markdown_is_left_alone(typed):
    shown = plain(typed)
    for place, sign in enumerate(shown):
        if sign in MEANINGFUL:
            assert shown[place - 1] == "\\", shown
    assert shown.replace("\\", "").replace("\u2060", "") == typed.replace("\\", "")


@pytest.mark.parametrize(
    "typed", ["www.example.org", "see http://example.org", "HTTPS://example.org", "me@example.org"]
)
def test_no_address_is_left_whole_for_a_link(typed):
    assert "\u2060" in plain(typed)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 kB"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (12_300, "12 kB"),
        (1_600_000, "1.6 MB"),
        (240e6, "240 MB"),
        (1.57e9, "1.6 GB"),
        (20e9, "20 GB"),
    ],
)
def test_bytes_are_told_in_the_unit_that_suits_them(size, said):
    assert memory(size) == said


def test_words_without_signs_stay_as_they_are():
    assert plain("Ants and bees, 2026") == "Ants and bees, 2026"
