"""Public sets of pictures that can be downloaded when somebody asks for them.

Addresses and checksums are those of torchvision where it has the set; a test compares them.
"""

from pathlib import Path

from tlcore.data import recipes
from tlcore.data.downloads import PublicSet, Published
from tlcore.data.flowers import flowers
from tlcore.data.pixel_files import cifar, fashion
from tlcore.errors import ChoiceError, did_you_mean

_VGG = "https://www.robots.ox.ac.uk/~vgg/data"
_FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
_IMAGENETTE = {
    "n01440764": "tench", "n02102040": "English springer", "n02979186": "cassette player", "n03000684": "chain saw",
    "n03028079": "church", "n03394916": "French horn", "n03417042": "garbage truck", "n03425413": "gas pump",
    "n03445777": "golf ball", "n03888257": "parachute",
}  # fmt: skip
_BY_FASTAI = "By fast.ai, a part of ImageNet; the photographs belong to their authors, for research and teaching."
_BY_VGG = "By the Visual Geometry Group, Oxford; the photographs belong to their authors, for research and teaching."

PUBLIC_SETS = (
    PublicSet(
        key="hymenoptera",
        title="Ants and bees",
        about="Photographs of two kinds of insects: the set of PyTorch's transfer-learning tutorial.",
        origin="A part of ImageNet, published with the tutorial for teaching; the photographs belong to their authors.",
        classes=2,
        pictures=397,
        files=(Published(url="https://download.pytorch.org/tutorial/hymenoptera_data.zip", size=47_000_000),),
    ),
    PublicSet(
        key="flowers102",
        title="Flowers-102",
        about="Flowers that grow in Britain, ten photographs of each to learn from: few pictures, many classes.",
        origin=_BY_VGG,
        classes=102,
        pictures=8189,
        files=(
            Published(
                url=f"{_VGG}/flowers/102/102flowers.tgz", size=344_900_000, md5="52808999861908f626f3c1f4e79d11fa"
            ),
            Published(
                url=f"{_VGG}/flowers/102/imagelabels.mat",
                size=502,
                md5="e0620be6f572b9609742df49c70aed4d",
                is_archive=False,
            ),
            Published(
                url=f"{_VGG}/flowers/102/setid.mat",
                size=14_989,
                md5="a5357ecc9cb78c4bef273ce3793fc85c",
                is_archive=False,
            ),
        ),
        recipe=flowers,
    ),
    PublicSet(
        key="pets",
        title="Oxford-IIIT Pet",
        about="Breeds of cats and dogs, about 200 photographs of each, which differ in small things.",
        origin="By the Visual Geometry Group, Oxford, and IIIT Hyderabad; CC BY-SA 4.0.",
        classes=37,
        pictures=7349,
        files=(
            Published(url=f"{_VGG}/pets/data/images.tar.gz", size=791_900_000, md5="5c4f3ee8e5d25df40f4fd59a7f44e54c"),
            Published(
                url=f"{_VGG}/pets/data/annotations.tar.gz", size=19_200_000, md5="95a8c909bbe2e81eed6a22bccdf3f68f"
            ),
        ),
        recipe=recipes.listed({"train": "annotations/trainval.txt", "test": "annotations/test.txt"}, recipes.pet),
    ),
    PublicSet(
        key="eurosat",
        title="EuroSAT",
        about="Europe from above: fields, forests, towns and water in squares of 64 pixels from a satellite.",
        origin="By P. Helber and others, from Copernicus Sentinel-2 data; MIT licence.",
        classes=10,
        pictures=27_000,
        files=(
            Published(
                url="https://huggingface.co/datasets/torchgeo/eurosat/resolve/"
                "c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
                size=94_300_000,
                md5="c8fa014336c82ac7804f0398fcb19387",
            ),
        ),
    ),
    PublicSet(
        key="imagenette",
        title="Imagenette, 160 pixels",
        about="Ten things that are easy to tell apart, from a fish to a parachute, at 160 pixels: quick to learn.",
        origin=_BY_FASTAI,
        classes=10,
        pictures=13_394,
        files=(
            Published(
                url="https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz",
                size=99_000_000,
                md5="e793b78cc4c9e9a4ccc0c1155377a412",
            ),
        ),
        recipe=recipes.called(_IMAGENETTE),
    ),
    PublicSet(
        key="imagenette-full",
        title="Imagenette, full size",
        about="The same ten things in the size of the photographs.",
        origin=_BY_FASTAI,
        classes=10,
        pictures=13_394,
        files=(
            Published(
                url="https://s3.amazonaws.com/fast-ai-imageclas/imagenette2.tgz",
                size=1_557_200_000,
                md5="fe2fc210e6bb7c5664d602c3cd71e612",
            ),
        ),
        recipe=recipes.called(_IMAGENETTE),
    ),
    PublicSet(
        key="dtd",
        title="Describable Textures",
        about="Surfaces by their look: banded, bubbly, cracked. Far from the things that backbones know.",
        origin=_BY_VGG,
        classes=47,
        pictures=5640,
        files=(
            Published(
                url=f"{_VGG}/dtd/download/dtd-r1.0.1.tar.gz", size=625_200_000, md5="fff73e5086ae6bdbea199a49dfb8a4c1"
            ),
        ),
        recipe=recipes.listed({side: f"dtd/labels/{side}1.txt" for side in ("train", "val", "test")}, recipes.texture),
    ),
    PublicSet(
        key="food101",
        title="Food-101",
        about="Dishes as people photograph them, a thousand of each. Some or all of its classes can be taken.",
        origin="By ETH Zurich, from foodspotting.com; the photographs belong to their authors, for research.",
        classes=101,
        pictures=101_000,
        files=(
            Published(
                url="http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz",
                size=4_996_300_000,
                md5="85eeb15f3717b99a5da872d97d918f87",
            ),
        ),
        recipe=recipes.listed({side: f"food-101/meta/{side}.txt" for side in ("train", "test")}, recipes.dish),
        class_folders=tuple(Path(__file__).with_name("food101.txt").read_text(encoding="utf-8").split()),
    ),
    PublicSet(
        key="cifar10",
        title="CIFAR-10",
        about="Animals and vehicles in 32 pixels: the set on which much of deep learning was tried first.",
        origin="By A. Krizhevsky, V. Nair and G. Hinton, University of Toronto; for research and teaching.",
        classes=10,
        pictures=60_000,
        files=(
            # The binary version; the one for Python is a pickle, which could run code.
            Published(
                url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                size=170_100_000,
                md5="c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        recipe=cifar,
    ),
    PublicSet(
        key="fashion",
        title="Fashion-MNIST",
        about="Clothes and shoes in grey, 28 pixels: small, and quick to learn from scratch.",
        origin="By Zalando Research; MIT licence.",
        classes=10,
        pictures=70_000,
        files=tuple(
            Published(url=f"{_FASHION}/{name}.gz", size=size, md5=md5, is_archive=False)
            for name, size, md5 in (
                ("train-images-idx3-ubyte", 26_400_000, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                ("train-labels-idx1-ubyte", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
                ("t10k-images-idx3-ubyte", 4_400_000, "bef4ecab320f06d8554ea6380940ec79"),
                ("t10k-labels-idx1-ubyte", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
            )
        ),
        recipe=fashion,
    ),
    PublicSet(
        key="aircraft",
        title="FGVC Aircraft",
        about="Aeroplanes by their variant, a hundred photographs of each, told apart by windows and engines.",
        origin="By S. Maji and others; the photographs belong to their authors, for research only.",
        classes=100,
        pictures=10_000,
        files=(Published(url=f"{_VGG}/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz", size=2_753_300_000),),
        recipe=recipes.listed(
            {side: f"fgvc-aircraft-2013b/data/images_variant_{side}.txt" for side in ("train", "val", "test")},
            recipes.aircraft,
        ),
    ),
    PublicSet(
        key="caltech256",
        title="Caltech-256",
        about="Things of all kinds, at least 80 photographs of each: what backbones know best.",
        origin="By G. Griffin and others, Caltech; CC BY 4.0.",
        classes=257,
        pictures=30_607,
        files=(
            Published(
                url="https://data.caltech.edu/records/nyy15-4j048/files/256_ObjectCategories.tar",
                size=1_183_000_000,
                md5="67b4f42ca05d46448c6bb8ecd2220f6d",
            ),
        ),
        recipe=recipes.numbered,
    ),
)


def public_set(key: str) -> PublicSet:
    """Return the public set of that key; raises ChoiceError on another word."""
    by_key = {one.key: one for one in PUBLIC_SETS}
    if key not in by_key:
        raise ChoiceError(f"{key} is not a public set.", did_you_mean(key, by_key))
    return by_key[key]
