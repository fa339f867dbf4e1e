"""Names that are markup: on every page they are shown to the letter, and never read as HTML, links or icons."""

import json
import re
from html.parser import HTMLParser

import pytest

from tlcore.data.facts import Fact
from tlcore.data.likeness import groups
from tlcore.data.manifest import LeftOut
from tlcore.data.marks import CallClasses, LeaveOut, Relabel
from tlcore.data.survey import Survey
from tlcore.draft import Draft
from tlcore.events import Failed, Finished
from tlcore.records import digest
from tlcore.text import clean

PAGES = ("start", "pictures", "network", "train", "inside")
HOSTILE = {
    "picture": "<img src=x onerror=window.__pwn=1>",
    "script": "<script>window.__pwn=1</script>",
    "link": "[x](http://evil.example)",
    "image": "![x](http://evil.example/x.png)",
    "address": "http://evil.example/auto",
    "icon": ":material/bug_report: :red[red]",
    "formula": "$x^2$ and $$y$$",
    "emphasis": "**b** __u__ ~~s~~ `c`",
    "direction": "abc\u202egnp.exe\u2066\u200f",
    "lines": "one\n# two\n\n- three\t|",
    "long": "x" * 300,
    "entity": "&lt;b&gt; &#60;i&#62;",
}
READ = re.compile(
    r"<img|<script|\]\(http|(?<![\w`])http://evil|:material/|:red\[|\$x\^2\$|\*\*b\*\*|__u__|~~s~~|`c`|x{81}"
)
"""What Streamlit's Markdown would act on, once everything behind a backslash is taken away."""
MARKDOWN = ("markdown", "caption", "header", "title", "button", "page_link", "expander", "download_button")
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


class Markup(HTMLParser):
    """Collects what a browser would do with a piece of HTML, and the text that is left."""

    def __init__(self, html):
        super().__init__()
        self.harm, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        outside = [value for name, value in attributes if name in ("src", "href") and not value.startswith("data:")]
        if tag in ("script", "iframe", "object") or outside or any(name.startswith("on") for name in named):
            self.harm.append((tag, named))

    def handle_data(self, data):
        self.text += data


def strings(message):
    """Yield every text in a protobuf message, with the name of its field."""
    for field, value in message.ListFields():
        for one in value if hasattr(value, "append") and not isinstance(value, str | bytes) else [value]:
            if hasattr(one, "ListFields"):
                yield from strings(one)
            elif isinstance(one, str):
                yield field.name, one


def plain_text(value):
    """Yield every text in the data of a component."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from plain_text(one)
    elif isinstance(value, str) and not value.startswith("data:"):
        yield value


def faults(page):
    """Return everything on a page that would not be shown to the letter."""
    found = []
    for part in (page.main, page.sidebar):
        for element in part:
            kind = element.type
            if kind == "html" and not element.proto.body.startswith("<style>"):
                found += [(kind, harm) for harm in Markup(element.proto.body).harm]
                found += [(kind, text) for text in _INVISIBLE.findall(element.proto.body)]
            elif kind == "bidi_component":
                found += [(kind, text) for text in drawn_as_html(element.proto)]
            elif kind in (
                "markdown",
                "caption",
                "header",
                "subheader",
                "title",
                "button",
                "toggle",
                "page_link",
                "expander",
                "download_button",
            ):
                for name, text in strings(element.proto):
                    if name in ("body", "label", "help") and "st-key" not in text:
                        shown = re.sub(r"\\.", "", text)
                        found += [(kind, hit) for hit in READ.findall(shown) + _INVISIBLE.findall(shown)]
    return found


def drawn_as_html(proto):
    """Yield what plotly, which reads some HTML in its texts, would not show to the letter."""
    data = json.loads(json.loads(proto.json)["text"]) if proto.json else {}
    for text in plain_text(data.get("figure", {}) if isinstance(data, dict) else {}):
        if re.search(r"<(?!/?b>)", text) or _INVISIBLE.search(text):
            yield text


@pytest.fixture
def hostile_home(make_set, make_run, two_epochs):
    """Sets, classes, files left out and runs in two states, named in every hostile way; the finished run of each."""
    names = list(HOSTILE.values())
    # Classes and files have lost their invisible signs when they were read; sets and runs come as they are.
    classes = tuple(clean(name, 120) for name in names)
    left_out = tuple(LeftOut(name=clean(name, 200), code="TINY", sentence="It is empty.") for name in names)
    runs = []
    for place, name in enumerate(names):
        manifest = make_set(name=name, classes=classes[place:] + classes[:place], left_out=left_out)
        end = Finished(seconds=4.0)
        if place % 2:
            end = Failed(sentence=f"The class {classes[place]} is bad.", advice=classes[place])
        runs.append(make_run(manifest, *two_epochs(manifest), end, name=name))
    return runs


@pytest.mark.usefixtures("hostile_home")
@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_are_only_text(open_page, name):
    page = open_page(name)
    assert not page.exception
    assert faults(page) == []


@pytest.fixture
def hostile_album(store, person):
    """An album whose classes and files are named in every hostile way, with something for every check to tell."""

    def fact(label, number, file):
        of_its_own = digest([label, number])
        return Fact(
            path=f"c{label:02}/{file}",
            source=0,
            where=f"{label}/{number}",
            id=of_its_own,
            kind="JPEG",
            width=40 if number == 1 else 640,
            height=480,
            # Each class has two near duplicates, of which one also lies in the next class.
            likeness=digest([label + (number == 3)])[:32] if number in (2, 3, 4) else of_its_own[:32],
            is_flat=False,
            is_grey=number == 5,
            is_blank=number == 6,
            notes=(),
        )

    files = [name.replace("/", "") for name in HOSTILE.values()]
    facts = [fact(label, number, files[label]) for label in range(len(files)) for number in range(9)]
    unfit = [LeftOut(name=f"c00/{clean(file)}", code="TINY", sentence="It is empty.") for file in files]
    survey = Survey(facts=tuple(facts), alike=groups([one.likeness for one in facts]), unfit=tuple(unfit))
    album = store.albums.make(person, HOSTILE["link"], survey, (store.home,), 0)
    names = [clean(name, 120) for name in HOSTILE.values()]
    album = store.albums.mark(
        album, *(CallClasses(classes=(f"c{label:02}",), name=name) for label, name in enumerate(names))
    )
    album = store.albums.mark(album, Relabel(pictures=(0,), name=names[1]), LeaveOut(pictures=(9,), why="blank"))
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    return album


@pytest.mark.usefixtures("hostile_album")
@pytest.mark.parametrize("view", ["Classes", "Checks", "Split", "Changes", "Left out"])
def test_hostile_names_are_only_text_in_every_view_of_a_set(open_page, words, view):
    page = open_page("pictures")
    page.segmented_control(key="view").set_value(view).run()
    assert not page.exception
    assert faults(page) == []
    if view == "Checks":
        for told in ("The same pictures in", "near duplicates", "grey pictures", "all in one colour", "fewer than 10"):
            assert told in words(page)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_run_is_named_to_the_letter(open_page, hostile_home, kind):
    run = hostile_home[list(HOSTILE).index(kind)]
    page = open_page("train", run=run.id)
    assert faults(page) == []
    (crumb,) = [html.proto.body for html in page.main.get("html") if "thaw-crumb" in html.proto.body]
    assert Markup(crumb).text.startswith(clean(HOSTILE[kind], 120))


@pytest.mark.usefixtures("hostile_home")
def test_hostile_classes_are_named_to_the_letter(open_page, drawn):
    rows = drawn(open_page("pictures"), "class_list")["rows"]
    assert {row["name"] for row in rows} == {clean(name, 80) for name in HOSTILE.values()}


@pytest.mark.usefixtures("hostile_home")
@pytest.mark.parametrize("view", ["Sizes", "Mosaic", "What the network gets"])
def test_hostile_names_are_only_text_in_what_is_seen_of_a_set(open_page, view):
    page = open_page("pictures")
    page.session_state["view"] = view
    assert not page.run().exception
    assert faults(page) == []


@pytest.mark.usefixtures("hostile_home")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_class_that_is_open_is_only_text(open_page, kind):
    page = open_page("pictures")
    page.session_state["class_open"] = clean(HOSTILE[kind], 120)
    assert not page.run().exception
    assert page.button("slim_classes")
    assert faults(page) == []


def test_the_check_itself_sees_markup(open_page, make_set, monkeypatch):
    monkeypatch.setattr("tlcore.ui.class_view.plain", lambda text, _longest: text)
    make_set(classes=("[x](http://evil.example)", "**b**"))
    page = open_page("pictures")
    page.session_state["class_open"] = "[x](http://evil.example)"
    assert len(faults(page.run())) >= 1
