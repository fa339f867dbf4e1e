"""Tables as people really have them: which column names the pictures, which the classes, and what is no table."""

import pytest

from tlcore.data import limits
from tlcore.data.labelled import by_tables
from tlcore.data.layout import Found
from tlcore.data.manifest import LeftOut
from tlcore.data.survey import Table
from tlcore.data.table import is_table, read_tables
from tlcore.errors import PictureError

FLAT = [f"set/{number}.jpg" for number in range(4)]


@pytest.fixture
def read(tmp_path):
    """Write a table as it stands there, and return what is read of it for these pictures."""

    def made(text, pictures=FLAT, path="set/labels.csv"):
        file = tmp_path / "table"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        (one,) = read_tables([(file, path)], pictures)
        return one

    return made


def sorted_by(table, pictures=FLAT):
    """Return class and split of each picture that a table gives a class to."""
    layout = by_tables(Found.of(pictures, tables=[table]))
    return {pictures[one.index]: (layout.classes[one.label], one.split) for one in layout.placed}, layout


@pytest.mark.parametrize(
    "text",
    [
        "file,label\n0.jpg,cat\n1.jpg,cat\n2.jpg,dog\n3.jpg,dog\n",
        "0.jpg,cat\n1.jpg,cat\n2.jpg,dog\n3.jpg,dog\n",
        "label;id\r\ncat;0\r\ncat;1\r\ndog;2\r\ndog;3\r\n",
        "\ufeffid\tbreed\n0\tcat\n1\tcat\n2\tdog\n3\tdog\n",
        'path,when,class\n"set/0.jpg","1, or 2",cat\nset/1.jpg,x,"cat"\n\nset/2.jpg,,dog\nset\\3.jpg,y,dog\n',
        "a|b|c\n/home/me/set/0.PNG|1.5|cat\n../set/1.png|2.5|cat\n./2.png|3.5|dog\n3.png|1.5|dog\n",
        "names of pictures,what it is,url\n0.jpg,cat,u/a\n1.jpg,cat,u/b\n2.jpg,dog,u/c\n3.jpg,dog,u/d\n9.jpg,emu,u/e\n",
    ],
)
def test_the_columns_are_found_with_a_header_or_without(read, text):
    rows, _ = sorted_by(read(text))
    assert {path: name for path, (name, _) in rows.items()} == dict(
        zip(FLAT, ["cat", "cat", "dog", "dog"], strict=True)
    )


def test_a_table_of_another_encoding_is_read(read):
    table = read("0.jpg,été\n1.jpg,été\n2.jpg,hôtel\n3.jpg,hôtel\n".encode("latin-1"))
    assert {name for _, name, _ in table.rows} == {"été", "hôtel"}


def test_a_table_may_give_the_sides(read):
    rows, layout = sorted_by(read("x,y,split\n0,cat,train\n1,dog,Train\n2,cat,valid\n3,dog,test\n"))
    assert rows == {FLAT[0]: ("cat", "train"), FLAT[1]: ("dog", "train"), FLAT[2]: ("cat", "val")}
    assert [(one.name, one.code) for one in layout.left_out] == [(FLAT[3], "KEPT_APART")]
    rows, _ = sorted_by(read("x,y,split\n0,cat,train\n1,dog,train\n2,cat,test\n3,dog,test\n"))
    assert rows[FLAT[3]] == ("dog", "val")


def test_a_table_called_train_gives_the_side_by_its_name(read):
    tables = [
        read("0,cat\n1,dog\n2,cat\n", path="set/train.csv"),
        read("3,dog\n2,cat\n1,dog\n", path="set/val.csv"),
    ]
    assert [{side for _, _, side in table.rows} for table in tables] == [{"train"}, {"val"}]


def test_formulas_and_markup_are_only_text(read):
    table = read("file,label\n0.jpg,=cmd|'/c calc'!A0\n1.jpg,=cmd|'/c calc'!A0\n2.jpg,<b>\u202ex\n3.jpg,<b>x\n")
    rows, layout = sorted_by(table)
    assert layout.classes == ("<b>x", "=cmd|'/c calc'!A0")
    assert len(rows) == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no table at all\nbut two lines",
        "file,label\nelsewhere.jpg,cat\nnowhere.jpg,dog\n",
        "file,width\n0.jpg,1.5\n1.jpg,2.5\n2.jpg,1.5\n3.jpg,2.5\n",
        "file,one,two\n0.jpg,0.008,0.008\n1.jpg,0.008,0.008\n",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        "0.jpg,cat\x00\n1.jpg,dog\n",
        "0.jpg," + "x" * 200_000 + "\n1.jpg,dog\n",
        "<html><body>404</body></html>",
    ],
)
def test_what_is_no_table_of_these_pictures_is_named(read, text):
    assert read(text) == LeftOut(
        name="set/labels.csv",
        code="NOT_A_TABLE",
        sentence="It is no table that names these pictures and their classes.",
    )


def test_a_table_that_is_too_large_is_not_read(read, monkeypatch):
    monkeypatch.setattr(limits, "TABLE_BYTES", 20)
    assert isinstance(read("0.jpg,cat\n1.jpg,cat\n2.jpg,dog\n"), LeftOut)


def test_rows_mean_the_picture_whose_path_fits_best():
    pictures = ["a/1.jpg", "b/1.jpg", "b/c/1.jpg", "a/2.jpg", "b/2.jpg"]

    def meant(path, home=""):
        table = Table(path=f"{home}t.csv", rows=((path, "x", ""), ("a/2.jpg", "x", ""), ("b/2.jpg", "y", "")))
        return {name for name in sorted_by(table, pictures)[0] if name.endswith("1.jpg")}

    assert meant("b/c/1.jpg") == meant("/data/b/c/1.png") == {"b/c/1.jpg"}
    assert meant("1.jpg") == set()
    assert meant("1", home="a/") == {"a/1.jpg"}


def test_a_picture_in_several_classes_or_in_none_is_named():
    rows = (("0", "cat", ""), ("0", "dog", ""), ("1", "cat", ""), ("2", "dog", ""))
    _, layout = sorted_by(Table(path="t.csv", rows=rows))
    assert [(one.name, one.code) for one in layout.left_out] == [(FLAT[0], "NAMED_TWICE"), (FLAT[3], "NOT_IN_TABLE")]


def test_of_two_tables_that_contradict_one_another_the_longer_one_counts():
    long = Table(path="z.csv", rows=tuple((str(number), "ab"[number % 2], "") for number in range(4)))
    short = Table(path="a.csv", rows=(("0", "b", ""), ("1", "a", "")))
    layout = by_tables(Found.of(FLAT, tables=[short, long]))
    assert [layout.classes[one.label] for one in layout.placed] == ["a", "b", "a", "b"]
    assert [(one.name, one.code) for one in layout.left_out] == [("a.csv", "TABLE_UNUSED")]


def test_without_a_table_there_are_no_classes():
    with pytest.raises(PictureError) as caught:
        by_tables(Found.of(FLAT))
    assert caught.value.code == "NO_CLASSES"


def test_tables_are_told_by_their_names():
    assert is_table("a/B.CSV")
    assert is_table("x.tsv")
    assert not is_table("csv.jpg")


def test_a_table_is_read_with_the_pictures_it_lies_beside(write_set, settled):
    root = write_set({"": 8})
    rows = "".join(f"{number}.jpg,{'cat' if number < 4 else 'dog'}\n" for number in range(8))
    (root / "labels.csv").write_text(rows)
    (root / "prices.csv").write_text("thing,price\nchair,12\n")
    manifest = settled(root)
    assert manifest.classes == ("cat", "dog")
    assert [(one.name, one.code) for one in manifest.left_out] == [("prices.csv", "NOT_A_TABLE")]
