"""Writes LoRAs of experts as PEFT saves them, and the experts that PEFT's own merge makes of them.

usage: lora.py OUT

A folder has the name of its base in testdata/oracle-families. Bases are loaded in float32, so merged experts are not rounded.
"""

import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from esft.config import ExpertConfig
from esft.experts import moe_blocks, shared_mlp, tensors

BASES = Path(__file__).resolve().parents[2] / "testdata" / "oracle-families"


def fused(name):
    """A model as transformers 5 has it, with all experts of a layer in one parameter."""
    return AutoModelForCausalLM.from_pretrained(BASES / name / "model", dtype=torch.float32)


def modules(name):
    """The experts of a checkpoint, each a module of three linear layers, in a tree of modules of the same names."""
    root = torch.nn.Module()
    for key, value in load_file(BASES / name / "model/model.safetensors").items():
        if ".experts." in key:
            at, parts = root, key.removesuffix(".weight").split(".")
            for part in parts[:-1]:
                if not hasattr(at, part):
                    at.add_module(part, torch.nn.Module())
                at = getattr(at, part)
            linear = torch.nn.Linear(*reversed(value.shape), bias=False)
            linear.weight.data = value.float()
            at.add_module(parts[-1], linear)
    return root


def weights(name, model):
    """Name to matrix of every expert, as checkpoints name them."""
    if not hasattr(model, "config"):
        return {key: value for key, value in model.state_dict().items()}
    blocks = moe_blocks(model)
    shared = shared_mlp(next(iter(blocks.values())))[0] is not None
    every = {layer: list(range(block.experts.gate_up_proj.shape[0])) for layer, block in blocks.items()}
    return tensors(model, ExpertConfig(every, shared))


CASES = {
    # A pair for each module; ranks and scales of their own.
    "mixtral-window": (modules, dict(
        r=3, lora_alpha=6, target_modules=["w1", "w2"], rank_pattern={"experts.1.w1": 5}, alpha_pattern={"experts.2.w2": 11})),
    # A pair for all experts of a layer.
    "qwen3-moe-window": (fused, dict(
        r=4, lora_alpha=8, use_rslora=True, target_parameters=["mlp.experts.gate_up_proj", "mlp.experts.down_proj"])),
    # Both: the shared expert is a module in transformers 5 too.
    "qwen2-moe-window": (fused, dict(
        r=2, lora_alpha=5, target_modules=["shared_expert.up_proj", "shared_expert.down_proj"],
        target_parameters=["mlp.experts.down_proj"])),
}


def main(out):
    for name, (load, config) in CASES.items():
        torch.manual_seed(7)
        base = load(name)
        before = {key: value.clone() for key, value in weights(name, base).items()}
        model = get_peft_model(base, LoraConfig(init_lora_weights=False, **config))
        folder = Path(out) / name
        model.peft_config["default"].base_model_name_or_path = name
        model.save_pretrained(folder / "adapter")
        (folder / "adapter/README.md").unlink(missing_ok=True)
        (folder / "merged").mkdir(exist_ok=True)
        merged = weights(name, model.merge_and_unload())
        save_file({key: value.contiguous() for key, value in merged.items() if not torch.equal(value, before[key])},
                  folder / "merged/model.safetensors")


if __name__ == "__main__":
    main(sys.argv[1])
