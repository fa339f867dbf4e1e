"""Linear CKA: a block is like itself, noise is like nothing, and turning or scaling changes nothing."""

import pytest
import torch

from tlcore.engine.similarity import linear_cka


@pytest.fixture
def draw():
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator)


def test_rows_are_like_themselves(draw):
    rows = draw(64, 300)
    assert linear_cka(rows, rows.clone()) == 1.0
    assert linear_cka(rows, rows + 1e-9 * draw(64, 300)) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("channels", [8, 64, 2000])
def test_noise_is_like_no_other_noise_however_many_channels_it_has(draw, channels):
    assert abs(linear_cka(draw(64, channels), draw(64, channels))) < 0.1


def test_turning_moving_and_scaling_change_nothing(draw):
    rows, others = draw(40, 20), draw(40, 20)
    others = others + rows
    turn, _ = torch.linalg.qr(draw(20, 20))
    before = linear_cka(rows, others)
    assert 0.2 < before < 0.8
    assert linear_cka(7.0 * rows @ turn + 3.0, others) == pytest.approx(before, abs=1e-5)


def test_a_block_that_says_the_same_of_every_picture_is_like_nothing(draw):
    assert linear_cka(torch.ones(10, 5), draw(10, 5)) == 0.0


def test_it_is_the_ratio_of_unbiased_criteria(draw):
    """Song et al. 2012, equation 5, written out in full."""

    def criterion(one, other):
        count, ones = len(one), torch.ones(len(one), dtype=torch.float64)
        first, second = ((rows @ rows.T).fill_diagonal_(0.0) for rows in (one, other))
        inner = torch.trace(first @ second)
        sums = (ones @ first @ ones) * (ones @ second @ ones) / ((count - 1) * (count - 2))
        return inner + sums - 2 / (count - 2) * (ones @ first @ second @ ones)

    one, other = draw(12, 5).double(), draw(12, 9).double()
    one, other = one - one.mean(0), other + one @ draw(5, 9).double()
    other = other - other.mean(0)
    expected = criterion(one, other) / (criterion(one, one) * criterion(other, other)).sqrt()
    assert linear_cka(one, other) == pytest.approx(float(expected), abs=1e-9)
