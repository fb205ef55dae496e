"""Where a training stands, so that it can go on to the bit."""

import os
from pathlib import Path

import torch

from esft import Refusal

NAME = "checkpoint.pt"


def save(folder, settings, step, trained, optimizer):
    """Replaces the folder's checkpoint in one move."""
    path = Path(folder) / NAME
    partial = path.with_suffix(".part")
    state = {
        "settings": settings,
        "step": step,
        "masters": [p.detach() for p in trained.parameters()],
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
    }
    with open(partial, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def restore(folder, settings, trained, optimizer):
    """Goes back to the folder's checkpoint; returns its step, 0 where there is none.

    Refuses a checkpoint of other settings, naming them.
    """
    path = Path(folder) / NAME
    if not path.exists():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    before = state["settings"]
    changed = [k for k in sorted(before.keys() | settings.keys()) if before.get(k) != settings.get(k)]
    if changed:
        differences = "\n  ".join(f"{k}: {before.get(k)}, now {settings.get(k)}" for k in changed)
        raise Refusal(f"{path} is of a training with other settings; move it away to begin anew:\n  {differences}")
    with torch.no_grad():
        for parameter, value in zip(trained.parameters(), state["masters"], strict=True):
            parameter.copy_(value)
    trained.write_back()
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return state["step"]
