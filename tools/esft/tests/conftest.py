"""Models of every family, and options of a training."""

from argparse import Namespace

import pytest
import torch
from transformers import AutoModelForCausalLM

from families import MODELS

torch.set_num_threads(1)


@pytest.fixture(params=MODELS)
def family(request):
    """The folder of a tiny checkpoint with adapters a, b and c."""
    return MODELS[request.param]


def load(folder):
    """A checkpoint's model in float32."""
    return AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32)


def options(**changes):
    """Options of a short training."""
    values = dict(steps=6, epochs=1, batch=2, accumulate=2, rate=3e-3, warmup=2, seed=3, save_every=3, log_every=100)
    return Namespace(**(values | changes))
