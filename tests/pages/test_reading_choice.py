"""Where it is in doubt what the classes are, the page shows what was found and asks; one click decides, and undoes."""

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.data.facts import Fact
from tlcore.data.manifest import LeftOut
from tlcore.data.survey import Survey, Table
from tlcore.draft import Draft

TWO_LEVELS = tuple(
    f"{folder}/{number}.jpg" for folder in ("animals/cat", "animals/dog", "plants/oak") for number in range(4)
)


def survey(paths, tables=(), unfit=()):
    facts = tuple(
        Fact(
            path=path,
            source=0,
            where=path,
            id=f"{number:064x}",
            kind="JPEG",
            width=300,
            height=200,
            likeness=f"{number:032x}",
            is_flat=False,
            is_grey=False,
            is_blank=False,
            notes=(),
        )
        for number, path in enumerate(paths)
    )
    return Survey(facts=facts, alike=tuple(range(len(facts))), tables=tuple(tables), unfit=tuple(unfit))


@pytest.fixture
def album(store, person):
    """Keep an album of pictures with these paths, and choose it."""

    def keep(paths, name="Field trip", **rest):
        made = store.albums.make(person, name, survey(paths, **rest), [store.home], 0)
        store.drafts.keep(person, Draft(album=made.id, data=made.digest))
        return made

    return keep


def html(page: AppTest) -> str:
    """Return all HTML that a page draws, but its styles."""
    bodies = [element.proto.body for element in page.main.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>"))


def labels(page: AppTest) -> list[str]:
    return [expander.label for expander in page.expander]


def test_the_question_shows_folders_counts_and_ways(open_page, album):
    album(TWO_LEVELS)
    page = open_page("pictures")
    assert not page.exception
    assert "What are the classes?" in [header.value for header in page.header]
    shown = html(page)
    assert "<span>animals</span><b>8</b>" in shown
    assert "<span>cat</span><b>4</b><i>0.jpg, …</i>" in shown
    assert "<li>animals <b>8</b></li><li>plants <b>4</b></li>" in shown
    assert "<li>cat <b>4</b></li>" in shown
    assert {button.key for button in page.button} >= {"read_as_folders", "read_as_inner"}
    assert "onward" not in {button.key for button in page.button}


def test_one_click_decides_and_another_one_changes_it(open_page, album, store, person):
    made = album(TWO_LEVELS)
    page = open_page("pictures").button(key="read_as_inner").click().run()
    assert store.albums.dataset(store.albums.get(made.id, person)).manifest.classes == ("cat", "dog", "oak")
    assert store.drafts.of(person).data == store.albums.get(made.id, person).digest
    assert "Understood as: innermost folders, as you decided. **Change**" in labels(page)
    assert "onward" in {button.key for button in page.button}
    page.session_state["reading_line"] = True
    page.run().button(key="read_as_folders").click().run()
    assert store.albums.dataset(store.albums.get(made.id, person)).manifest.classes == ("animals", "plants")
    assert len(store.albums.get(made.id, person).marks) == 1


def test_a_decision_taken_back_opens_the_question_again(open_page, album, store, person):
    made = album(TWO_LEVELS)
    page = open_page("pictures").button(key="read_as_inner").click().run()
    page.session_state["reading_line"] = True
    page.run().button(key="slim_unread").click().run()
    assert not page.exception
    assert store.albums.get(made.id, person).marks == ()
    assert store.drafts.of(person).data is None
    assert "What are the classes?" in [header.value for header in page.header]


def test_a_set_that_raised_no_question_can_still_be_understood_otherwise(open_page, album, store, person):
    made = album([f"{name}/{number}.jpg" for name in ("Cat", "cat", "dog") for number in range(4)])
    assert made.classes == 2
    page = open_page("pictures")
    assert "Understood as: class folders. **Change**" in labels(page)
    assert "read_as_spelled" not in {button.key for button in page.button}
    page.session_state["reading_line"] = True
    page.run().button(key="read_as_spelled").click().run()
    assert store.albums.get(made.id, person).classes == 3


def test_a_table_that_disagrees_is_shown_with_its_rows(open_page, album):
    paths = [f"{name}/{number}.jpg" for name in ("ants", "bees") for number in range(4)]
    table = Table(path="labels.csv", rows=tuple((path, "xy"[place % 2], "") for place, path in enumerate(paths)))
    album(paths, tables=[table])
    page = open_page("pictures")
    assert "<span>labels.csv</span><b>8</b><i>rows of a table</i>" in html(page)
    assert "read_as_table" in {button.key for button in page.button}


def test_an_album_without_a_set_says_why_and_what_to_do(open_page, album, words):
    album(["ants/0.jpg", "ants/1.jpg"], unfit=[LeftOut(name="ants/cut.jpg", code="TRUNCATED", sentence="Too short.")])
    page = open_page("pictures")
    assert not page.exception
    assert "There is only one class, ants." in html(page)
    assert "Put the pictures of a second class in a folder beside it." in html(page)
    assert "1 file left out, and why" in labels(page)
    assert "Bring more pictures in" in words(page)
    assert not [button for button in page.button if button.key and button.key.startswith("read_as_")]


def test_an_album_whose_reading_broke_off_says_so(open_page, album, store):
    made = album(["ants/0.jpg", "ants/1.jpg"])
    store._database.write("UPDATE albums SET fault = NULL WHERE id = ?", made.id)
    assert "The reading broke off. Bring the same pictures in again." in html(open_page("pictures"))


def test_a_way_that_leaves_nothing_to_judge_by_is_told_and_changes_nothing(open_page, album, store, person):
    made = album(
        [f"{top}/{name}/0.jpg" for top in ("x1", "y1") for name in (f"{top}a", f"{top}b")] + ["x1/0.jpg", "y1/0.jpg"]
    )
    page = open_page("pictures")
    page.session_state["reading_line"] = True
    page.run().button(key="read_as_inner").click().run()
    assert not page.exception
    assert "This did not work:" in html(page)
    assert "no class has a second picture" in html(page).casefold()
    assert store.albums.get(made.id, person) == made


def test_hostile_folders_are_only_text(open_page, album):
    evil = ("<img src=x onerror=alert(1)>", "[x](http://evil.example)", "\u202egnp", "=cmd|' /c calc'!A0")
    album([f"{top}/{name}/{number}.jpg" for top in evil for name in evil for number in range(2)], name=evil[0])
    page = open_page("pictures")
    assert not page.exception
    shown = html(page)
    assert "<img" not in shown
    assert "\u202e" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
