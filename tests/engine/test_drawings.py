"""Cut-out drawings: a network learns from them on white ground, and it is said how uneven their classes are.

They are real ones, transparent in three of the ways that a PNG knows.
"""

import math
from io import BytesIO

import pytest
from PIL import Image
from torch.nn.functional import max_pool2d

from tlcore.data.checks import find
from tlcore.data.collect import look_here
from tlcore.events import Evaluated, Finished, Started
from tlcore.store.reading import Reader

WHITE = 254
"""Of 255; scaling may round."""
REACH = 3
"""Pixels around a spot that scaling mixes into it."""


@pytest.fixture
def album(store, real_pictures):
    folder = real_pictures / "clipart_stamps"
    return Reader(store, "person", 0, lambda _done, _total: None, look_here).folder(folder, "Stamps")


@pytest.fixture
def drawings(store, album):
    return store.albums.dataset(album)


def test_a_network_learns_from_all_of_them(plan, drawings, carried_out):
    _, events = carried_out(plan(drawings, size=64, batch=32))
    assert isinstance(events[-1], Finished)
    (started,) = (event for event in events if isinstance(event, Started))
    (epoch,) = (event for event in events if isinstance(event, Evaluated))
    assert epoch.train_count == sum(started.train_counts)
    assert epoch.train_count + epoch.count == 331
    assert epoch.train_loss < 2 * math.log(10)  # Guessing among ten classes comes to log 10.


def test_transparent_ground_is_white_to_the_network(plan, drawings, put_together):
    encoder = put_together(plan(drawings, size=64), drawings).encoder

    def ground(file):
        """Return where the network's square shows nothing but transparent ground, as bools (H, W)."""
        mask = BytesIO()
        with Image.open(file) as image:
            image.convert("RGBA").getchannel("A").save(mask, "PNG")
        opaque = encoder.encode(mask.getvalue())[:1].float()
        return max_pool2d(opaque, 2 * REACH + 1, stride=1, padding=REACH)[0] == 0

    transparent = 0
    for example in drawings.manifest.examples:
        bare = ground(drawings.file(example))
        assert encoder.encode(drawings.file(example))[:, bare].ge(WHITE).all(), example.name
        transparent += bool(bare.float().mean() > 0.1)
    assert transparent > 150


def test_it_is_said_how_uneven_their_classes_are(store, album, drawings):
    findings = find(store.albums.survey(album), drawings.manifest, album.marks, album.seed)
    (uneven,) = (one for one in findings if one.kind == "uneven")
    assert uneven.sentence.startswith("67 pictures of “mammals”, 18 of “vegetables”.")
