"""ESFT folders: expert_cfg.json and the experts' matrices."""

import json
import struct
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from esft import Refusal
from esft.config import ExpertConfig
from esft.experts import check, tensors

TYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


def base_dtype(folder):
    """The type of a base model's experts on disk, which an adapter's have too."""
    found = set()
    for file in sorted(Path(folder).glob("*.safetensors")):
        with open(file, "rb") as f:
            header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        found |= {tensor["dtype"] for name, tensor in header.items() if ".experts." in name}
    if len(found) != 1 or not found <= set(TYPES):
        what = "no experts" if not found else "experts of type " + ", ".join(sorted(found))
        raise Refusal(f"{folder} has {what}; expected one of {', '.join(TYPES)}: train from the model before quantization")
    return TYPES[found.pop()]


def write(model, config: ExpertConfig, folder, dtype):
    """Writes the experts of a configuration, rounded once to the base's type."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rounded = {name: value.to("cpu", dtype, copy=True).contiguous() for name, value in tensors(model, config).items()}
    save_file(rounded, folder / "model.safetensors", metadata={"format": "pt"})
    config.write(folder / "expert_cfg.json")


@torch.no_grad()
def apply(model, folder):
    """Puts an adapter's experts in place of the model's; returns its configuration."""
    config = ExpertConfig.read(Path(folder) / "expert_cfg.json")
    check(model, config)
    targets = tensors(model, config)
    loaded = {}
    for file in sorted(Path(folder).glob("*.safetensors")):
        loaded |= {name if name.startswith("model.") else "model." + name: v for name, v in load_file(file).items()}
    if loaded.keys() != targets.keys():
        different = sorted(loaded.keys() ^ targets.keys())
        raise Refusal(f"{folder} and its expert_cfg.json differ in " + ", ".join(different[:8]))
    for name, value in loaded.items():
        targets[name].copy_(value)
    return config
