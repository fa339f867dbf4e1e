"""The tree of folders is shown as far as it can be taken in."""

from tlcore.data.layout import Found
from tlcore.data.outline import drawn, outline


def test_a_tree_shows_counts_and_the_first_file():
    found = Found.of(["set/ants/b.jpg", "set/ants/a.jpg", "set/bees/c.jpg", "set/wasps/broken.jpg", "set/notes.txt"], 3)
    assert drawn(outline(found)).splitlines() == [
        "the top folder        3",
        "  set                 3",
        "    ants              2   such as a.jpg",
        "    bees              1   such as c.jpg",
        "    wasps             0",
    ]


def test_a_thousand_folders_are_cut_to_a_dozen():
    top = outline(Found.of([f"set/class {number}/0.jpg" for number in range(1000)]))
    (wrapper,) = top.inner
    assert (len(wrapper.inner), wrapper.hidden) == (12, 988)
    assert "and 988 folders more" in drawn(top)


def test_deep_and_wide_trees_stay_short():
    paths = [f"a{one}/b{two}/c{three}/0.jpg" for one in range(50) for two in range(20) for three in range(20)]
    assert len(drawn(outline(Found.of(paths))).splitlines()) < 150
    assert len(drawn(outline(Found.of(["d/" * 60 + "0.jpg"]))).splitlines()) < 70


def test_names_are_made_harmless_and_cut():
    top = outline(Found.of(["a\u202eb\nc/0.jpg", "x" * 300 + "/0.jpg"]))
    assert [one.name for one in top.inner] == ["ab c", "x" * 59 + "…"]


def test_where_there_are_no_folders_several_names_are_shown():
    top = outline(Found.of([f"{name}_{number}.jpg" for name in ("cat", "dog", "emu") for number in range(10)]))
    assert top.such_as == ("cat_0.jpg", "dog_0.jpg", "emu_0.jpg")
