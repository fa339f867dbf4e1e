"""Many features in two dimensions, and which of them lie near one another."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

_KEPT = 50
"""Principal components that t-SNE gets; scikit-learn's documentation advises so many."""
_PERPLEXITY = 30.0


def principal(features: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """Return the coordinates (N, D) of features (N, C) along their first principal components, and shares (D,).

    D is at most `most`, N and C; the shares are of the whole variance. A component's largest weight is positive, as in
    scikit-learn, so that equal features have equal maps on every machine.
    """
    centred = (features - features.mean(0)).double()
    rows, columns = centred.shape
    # The smaller of both products has the same components: a thousand pictures and 2048 numbers take half a second.
    if rows <= columns:
        values, left = torch.linalg.eigh(centred @ centred.T)
        directions = centred.T @ left
    else:
        values, directions = torch.linalg.eigh(centred.T @ centred)
    order = values.argsort(descending=True, stable=True)[: min(most, rows, columns)]
    directions = normalize(directions[:, order], dim=0)
    largest = directions.abs().argmax(0)
    directions = directions * directions.gather(0, largest.unsqueeze(0)).sign()
    shares = values[order].clamp(min=0) / centred.square().sum().clamp(min=torch.finfo(torch.float64).tiny)
    return (centred @ directions).float(), shares.float()


def unfolded(features: Tensor) -> Tensor:
    """Return coordinates (N, 2) in which near features (N, C) stay near (t-SNE, van der Maaten & Hinton 2008).

    It begins with the principal components, so that equal features have equal maps.
    """
    # Here, since it takes two seconds that most answers of the desk do not need.
    from sklearn.manifold import TSNE

    components, _ = principal(features, _KEPT)
    if len(features) <= 3 or not components.any():
        return principal(features, 2)[0]
    # A perplexity is less than the number of pictures; a third of them is the usual bound.
    perplexity = min(_PERPLEXITY, (len(features) - 1) / 3)
    made = TSNE(perplexity=perplexity, init="pca", random_state=0, n_jobs=1).fit_transform(components.numpy())
    return torch.from_numpy(made)


def nearest(features: Tensor, most: int) -> Tensor:
    """Return for each row of features (N, C) the places of its nearest others (N, K), nearest first.

    By the cosine of centred features: those after a ReLU all point the same way. K is at most `most` and N - 1.
    """
    directions = normalize(features - features.mean(0), dim=1)
    likeness = directions @ directions.T
    likeness.fill_diagonal_(-torch.inf)
    return likeness.argsort(dim=1, descending=True, stable=True)[:, : min(most, len(features) - 1)]
