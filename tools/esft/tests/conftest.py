"""Tiny models of every family, which transformers and the platform both read."""

from argparse import Namespace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

REPO = Path(__file__).parents[3]
MODELS = {"deepseek-v2": REPO / "testdata/oracle/lite-yarn"} | {
    name: REPO / "testdata/oracle-families" / name
    for name in ("deepseek-v3", "glm4-moe", "mixtral", "olmoe", "qwen2-moe", "qwen3-moe", "qwen3-moe-dense-tied")
}

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
