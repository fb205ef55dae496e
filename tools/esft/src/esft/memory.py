"""What a training needs of memory, told before it starts."""

import os
from dataclasses import dataclass

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from esft.experts import check, moe_blocks, trained

STATE_BYTES = 16  # of a trained weight: float32 master, gradient, and two moments


@dataclass(frozen=True)
class Plan:
    """Bytes, and what they are for."""

    experts: int
    trained_weights: int
    model: int
    state: int
    gradient: int
    logits: int

    def total(self):
        """Bytes that are needed for certain; activations come on top."""
        return self.model + self.state + self.gradient + self.logits

    def lines(self):
        """The plan as text."""
        return [
            f"{self.experts} experts are trained, {self.trained_weights:,} weights",
            f"model                 {_gb(self.model)}",
            f"experts in training   {_gb(self.state)}   {STATE_BYTES} bytes a trained weight",
            f"gradient of a layer   {_gb(self.gradient)}",
            f"logits of a batch     {_gb(self.logits)}",
            f"in all                {_gb(self.total())}   and activations",
        ]


def plan(folder, config, dtype, tokens):
    """Computes it from config.json, without weights. tokens: of one batch; logits are there three times."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), dtype=dtype)
    check(model, config)
    size = torch.empty(0, dtype=dtype).element_size()
    parts = list(trained(model, config))
    weights = sum(p.numel() if rows is None else p[0].numel() * len(rows) for p, rows in parts)
    shared = len(moe_blocks(model)) if config.shared else 0
    return Plan(
        experts=sum(map(len, config.experts.values())) + shared,
        trained_weights=weights,
        model=sum(p.numel() for p in model.parameters()) * size,
        state=weights * STATE_BYTES,
        gradient=max(p.numel() for p, _ in parts) * size,
        logits=3 * 4 * tokens * model.config.vocab_size,
    )


def available(device):
    """Bytes that are free on a device."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") + _cached()


def _cached():
    """Bytes of files that are in memory and need not be."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return 1024 * (int(lines["MemAvailable"].split()[0]) - int(lines["MemFree"].split()[0]))
    except (OSError, KeyError):
        return 0


def _gb(count):
    return f"{count / 1e9:8.2f} GB"
