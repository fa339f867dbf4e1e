"""Contents that lose their end, single bits or all they hold: what the tests of damage share."""

from random import Random

TRUNCATIONS, FLIPS = 100, 200


def damages(content):
    """Yield a content without its end, with one bit turned, empty, and with nothing but zeros."""
    draw = Random(len(content))
    for _ in range(TRUNCATIONS):
        yield content[: draw.randrange(len(content))]
    for _ in range(FLIPS):
        place = draw.randrange(len(content))
        yield content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :]
    yield b""
    yield bytes(len(content))
