"""Where public sets lie, and their checksums, are what torchvision says."""

from torchvision import datasets

from tlcore.data import flowers, pixel_files, public_sets
from tlcore.data.public_sets import public_set


def told(key):
    """Address and md5 of each file of a set of ours."""
    return {file.url: file.md5 for file in public_set(key).files}


def test_sets_of_one_archive_are_those_of_torchvision():
    assert told("dtd") == {datasets.DTD._URL: datasets.DTD._MD5}
    assert told("food101") == {datasets.Food101._URL: datasets.Food101._MD5}
    assert set(told("aircraft")) == {datasets.FGVCAircraft._URL}
    assert tuple(told("imagenette").items()) == (datasets.Imagenette._ARCHIVES["160px"],)
    assert tuple(told("imagenette-full").items()) == (datasets.Imagenette._ARCHIVES["full"],)


def test_sets_of_several_files_are_those_of_torchvision():
    assert tuple(told("pets").items()) == datasets.OxfordIIITPet._RESOURCES
    flowers = datasets.Flowers102
    assert told("flowers102") == {flowers._download_url_prefix + name: md5 for name, md5 in flowers._file_dict.values()}
    fashion = datasets.FashionMNIST
    assert told("fashion") == {f"{fashion.mirrors[0]}{name}": md5 for name, md5 in fashion.resources}


def test_sets_that_torchvision_spells_inside_a_function_are_fetched_from_there(monkeypatch, tmp_path):
    asked = []

    def note(url, *_, md5, **__):
        asked.append((url, md5))

    for module in (datasets.eurosat, datasets.caltech):
        monkeypatch.setattr(module, "download_and_extract_archive", note)
    for kind in (datasets.EuroSAT, datasets.Caltech256):
        one = kind.__new__(kind)
        one.root, one._base_folder, one._data_folder = str(tmp_path), str(tmp_path / "a"), str(tmp_path / "b")
        one.download()
    assert asked == [*told("eurosat").items(), *told("caltech256").items()]


def test_cifar_lies_where_torchvision_says_but_is_no_pickle():
    (url,) = told("cifar10")
    assert url.rpartition("/")[0] == datasets.CIFAR10.url.rpartition("/")[0]
    assert "python" not in url


def test_class_names_are_those_of_torchvision():
    assert flowers._NAMES.read_text(encoding="utf-8").splitlines() == datasets.Flowers102.classes
    ours = {wnid: names[0] for wnid, names in datasets.Imagenette._WNID_TO_CLASS.items()}
    assert ours == public_sets._IMAGENETTE
    theirs = [name.replace("/", "-") for name in datasets.FashionMNIST.classes]
    assert [name.casefold() for name in pixel_files._FASHION_CLASSES] == [name.casefold() for name in theirs]
