"""When what a device was given to do is done, so that clocks tell the truth."""

import torch


def finished(device: torch.device) -> None:
    """Wait until the device has nothing to do any more; a CPU never has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
