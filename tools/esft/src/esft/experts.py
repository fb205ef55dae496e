"""The experts of a model as transformers 5 keeps them, and those of them that are trained.

A MoE layer has all its experts in two parameters, gate_up_proj [E][2 I][H] and down_proj [E][H][I]. An adapter's file has
three matrices an expert, under the names of published checkpoints.
"""

from dataclasses import dataclass

import torch

from esft import Refusal
from esft.config import ExpertConfig

SHARED = ("shared_experts", "shared_expert")  # DeepSeek and GLM; Qwen2
MATRICES = {"gate": "gate_proj", "up": "up_proj", "down": "down_proj"}


@dataclass(frozen=True)
class Names:
    """What checkpoints of a family call an expert's matrices."""

    block: str
    gate: str
    up: str
    down: str

    @staticmethod
    def of(model_type):
        """Those of a model_type."""
        if model_type == "mixtral":
            return Names("block_sparse_moe", "w1", "w3", "w2")
        return Names("mlp", "gate_proj", "up_proj", "down_proj")

    def expert(self, layer, place, matrix):
        """The full name of a matrix; place is `experts.E` or the name of the shared MLP."""
        return f"model.layers.{layer}.{self.block}.{place}.{getattr(self, matrix)}.weight"


def moe_blocks(model):
    """Layer number to MLP of each layer that has experts."""
    layers = enumerate(model.model.layers)
    return {i: layer.mlp for i, layer in layers if hasattr(getattr(layer.mlp, "experts", None), "gate_up_proj")}


def shared_mlp(block):
    """A layer's shared MLP and its name; (None, None) where there is none."""
    for name in SHARED:
        if isinstance(getattr(block, name, None), torch.nn.Module):
            return getattr(block, name), name
    return None, None


def check(model, config: ExpertConfig):
    """Refuses a configuration that the model cannot have, naming everything wrong with it."""
    blocks, wrong = moe_blocks(model), []
    if not blocks:
        raise Refusal(f"a model of type {model.config.model_type} has no experts that can be trained")
    for layer, ids in config.experts.items():
        if layer not in blocks:
            wrong.append(f"layer {layer} has no experts; layers with experts: {_ranges(blocks)}")
            continue
        count = blocks[layer].experts.gate_up_proj.shape[0]
        wrong += [f"layer {layer} has no expert {e}, but 0 to {count - 1}" for e in ids if e >= count]
    if config.shared and shared_mlp(next(iter(blocks.values())))[0] is None:
        wrong.append("shared_experts is true, but the model has no shared experts")
    if not config.experts and not config.shared:
        wrong.append("no expert is chosen")
    if wrong:
        raise Refusal("expert_cfg.json does not fit the model:\n  " + "\n  ".join(wrong))


def _ranges(numbers):
    numbers = sorted(numbers)
    if numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


class Part:
    """Rows of a model's parameter that are trained, or all of it. The master copy is in float32 and has the gradient."""

    def __init__(self, parameter, rows):
        self.parameter = parameter
        self.rows = rows if rows is None else torch.tensor(rows, device=parameter.device)
        self.master = self.of(parameter.detach()).to(torch.float32, copy=True).requires_grad_(True)
        parameter.requires_grad_(True)
        parameter.register_post_accumulate_grad_hook(self.collect)

    def of(self, tensor):
        """The trained rows of a tensor of the parameter's shape."""
        return tensor if self.rows is None else tensor[self.rows]

    def collect(self, parameter):
        """Takes the rows' gradient and frees the whole, so that one layer's is there at a time."""
        gradient = self.of(parameter.grad).to(torch.float32)
        parameter.grad = None
        self.master.grad = gradient if self.master.grad is None else self.master.grad.add_(gradient)

    @torch.no_grad()
    def write_back(self):
        """Rounds the master copy into the model."""
        values = self.master.to(self.parameter.dtype)
        if self.rows is None:
            self.parameter.copy_(values)
        else:
            self.parameter[self.rows] = values


class ChosenExperts:
    """Freezes a model but for the experts of a configuration. Nothing else of it changes, by a bit."""

    def __init__(self, model, config: ExpertConfig, only_layers=None):
        """only_layers: train those of these layers alone, though the configuration names more."""
        check(model, config)
        model.requires_grad_(False)
        self.parts = [Part(p, rows) for p, rows in trained(model, config, only_layers)]

    def parameters(self):
        """What an optimiser is to change."""
        return [part.master for part in self.parts]

    def write_back(self):
        """Brings the optimiser's step into the model."""
        for part in self.parts:
            part.write_back()


def trained(model, config: ExpertConfig, only_layers=None):
    """(parameter, rows) of everything that a configuration trains, in the order of layers; rows None for all."""
    for layer, block in moe_blocks(model).items():
        if only_layers and layer not in only_layers:
            continue
        rows = config.experts.get(layer)
        if rows:
            yield block.experts.gate_up_proj, rows
            yield block.experts.down_proj, rows
        if config.shared:
            mlp, _ = shared_mlp(block)
            for name in MATRICES.values():
                yield getattr(mlp, name).weight, None


def tensors(model, config: ExpertConfig):
    """Name to matrix of every expert of a configuration, as an adapter's file has them; views of the model's weights."""
    names = Names.of(model.config.model_type)
    found = {}
    for layer, block in moe_blocks(model).items():
        for e in config.experts.get(layer, []):
            gate, up = block.experts.gate_up_proj.data[e].chunk(2)
            for matrix, value in (("gate", gate), ("up", up), ("down", block.experts.down_proj.data[e])):
                found[names.expert(layer, f"experts.{e}", matrix)] = value
        if config.shared:
            mlp, name = shared_mlp(block)
            for matrix, attribute in MATRICES.items():
                found[names.expert(layer, name, matrix)] = getattr(mlp, attribute).weight.data
    return found
