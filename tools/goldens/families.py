"""Writes tiny checkpoints, adapters, and what transformers computes of them, as testdata/oracle/README.md describes.

usage: families.py OUT [CASE ...]      (pip install -e tools/esft)
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, DeepseekV3Config, MixtralConfig, Qwen2MoeConfig, Qwen3MoeConfig

from esft import adapter
from esft.config import ExpertConfig
from esft.experts import moe_blocks, shared_mlp, tensors

from fp8 import dequantized, quantized

VOCABULARY, GREEDY = 128, 32
COMMON = dict(
    vocab_size=VOCABULARY, hidden_size=32, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
    bos_token_id=0, eos_token_id=1, tie_word_embeddings=False, initializer_range=0.15,
)
CASES = {
    # Every layer attends to the last 21 tokens.
    "mixtral-window": MixtralConfig(
        **COMMON, intermediate_size=24, num_hidden_layers=2, num_local_experts=4, num_experts_per_tok=2, sliding_window=21),
    # Layers 0 and 2 attend to the last 40 tokens, layers 1 and 3 to all.
    "qwen2-moe-window": Qwen2MoeConfig(
        **COMMON, intermediate_size=40, num_hidden_layers=4, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16,
        shared_expert_intermediate_size=24, use_sliding_window=True, sliding_window=40, max_window_layers=3),
    # One key in a window of one tile and a half.
    "qwen3-moe-window": Qwen3MoeConfig(
        **COMMON, head_dim=16, intermediate_size=40, num_hidden_layers=2, num_experts=4, num_experts_per_tok=2,
        moe_intermediate_size=16, norm_topk_prob=True, use_sliding_window=True, sliding_window=48),
    # No size but one is a multiple of a block of 128.
    "deepseek-v3-fp8": DeepseekV3Config(
        **(COMMON | dict(hidden_size=160, num_key_value_heads=4, initializer_range=0.06)), intermediate_size=128,
        num_hidden_layers=2, n_routed_experts=4, num_experts_per_tok=2, n_shared_experts=1, moe_intermediate_size=136,
        q_lora_rank=48, kv_lora_rank=32, qk_nope_head_dim=16, qk_rope_head_dim=8, v_head_dim=16, n_group=2, topk_group=1,
        first_k_dense_replace=1, norm_topk_prob=True),
    # Every pair turns four times as slowly.
    "mixtral-linear": MixtralConfig(
        **COMMON, intermediate_size=24, num_hidden_layers=2, num_local_experts=4, num_experts_per_tok=2,
        rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=4.0)),
    # Of eight pairs the first keeps its frequency, two are in between, the slow ones are stretched.
    "qwen3-moe-llama3": Qwen3MoeConfig(
        **COMMON, head_dim=16, intermediate_size=40, num_hidden_layers=2, num_experts=4, num_experts_per_tok=2,
        moe_intermediate_size=16, norm_topk_prob=True,
        rope_parameters=dict(
            rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
            original_max_position_embeddings=64)),
}


def build(name, folder):
    """Writes a random checkpoint under published names."""
    config = CASES[name]
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    with torch.no_grad():
        for parameter, value in model.named_parameters():
            if value.dim() == 1:  # norms and biases: not all ones and zeros
                value.add_(torch.randn_like(value) * 0.2)
        for buffer, value in model.named_buffers():
            if buffer.endswith("e_score_correction_bias"):
                value.copy_(torch.randn_like(value) * 0.2)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    content = json.loads((folder / "config.json").read_text())
    content.pop("transformers_version", None)
    if name.endswith("fp8"):
        content["quantization_config"] = {
            "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}
        quantize(folder)
    (folder / "config.json").write_text(json.dumps(content, indent=2) + "\n")


def quantize(folder):
    """Makes e4m3 with scales of every linear layer, as DeepSeek-V3 has them: not of router, embedding, head and norms."""
    stored = {}
    for name, value in load_file(folder / "model.safetensors").items():
        if value.dim() == 2 and not any(s in name for s in ("embed_tokens", "lm_head", "mlp.gate.weight")):
            stored[name], stored[name.removesuffix("weight") + "weight_scale_inv"] = quantized(value.float())
        else:
            stored[name] = value
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})


def load(folder):
    """The model in float32, its quantized weights widened to bfloat16 first."""
    stored = load_file(folder / "model.safetensors")
    scales = {name for name in stored if name.endswith("weight_scale_inv")}
    if not scales:
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    widened = {}
    for name, value in stored.items():
        scale = name.removesuffix("weight") + "weight_scale_inv"
        if name not in scales:
            widened[name] = dequantized(value, stored[scale], torch.bfloat16) if scale in scales else value
    plain = folder.parent / "widened"
    plain.mkdir()
    save_file(widened, plain / "model.safetensors", metadata={"format": "pt"})
    content = json.loads((folder / "config.json").read_text())
    del content["quantization_config"]
    (plain / "config.json").write_text(json.dumps(content))
    model = AutoModelForCausalLM.from_pretrained(plain, dtype=torch.float32, attn_implementation="eager").eval()
    for file in plain.iterdir():
        file.unlink()
    plain.rmdir()
    return model


def adapters(model, folder):
    """Writes a, b and c: b with the shared experts where there are some and without "model."; c begins with the base's."""
    blocks = moe_blocks(model)
    layers = sorted(blocks)
    shared = shared_mlp(blocks[layers[0]])[0] is not None
    chosen = {
        "a": ExpertConfig({layers[-1]: [0, 3]}),
        "b": ExpertConfig({layer: [1 + i % 3] for i, layer in enumerate(layers)}, shared),
        "c": ExpertConfig({layers[0]: [2, 3]}),
    }
    for name, config in chosen.items():
        base = {key: value.clone() for key, value in tensors(model, config).items()}
        for i, value in enumerate(tensors(model, config).values()):
            if name != "c" or i >= 3:
                value.add_(torch.randn_like(value) * value.std())
        adapter.write(model, config, folder / name, torch.bfloat16)
        for key, value in tensors(model, config).items():
            value.copy_(base[key])
        if name == "b":
            path = folder / "b/model.safetensors"
            named = {key.removeprefix("model."): value for key, value in load_file(path).items()}
            save_file(named, path, metadata={"format": "pt"})


def run(model, tokens):
    """Logits of a prompt, its greedy continuation, and by how much each of its tokens is the best."""
    logits = model(torch.tensor([tokens]), use_cache=False).logits[0]
    ids, greedy, margins = list(tokens), [], []
    for _ in range(GREEDY):
        best = model(torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
        greedy.append(int(best.indices[0]))
        margins.append(round(float(best.values[0] - best.values[1]), 5))
        ids.append(greedy[-1])
    return logits, greedy, margins


@torch.no_grad()
def main(out, *names):
    for number, name in enumerate(CASES):
        if names and name not in names:
            continue
        torch.manual_seed(number)
        folder = Path(out) / name
        build(name, folder / "model")
        model = load(folder / "model")
        adapters(model, folder / "adapters")
        prompts = [torch.randint(0, VOCABULARY, (n,)).tolist() for n in (1, 6, 37, 150)]
        runs, golden = [], {}
        for variant in ("base", "a", "b", "c"):
            model = load(folder / "model")
            if variant != "base":
                adapter.apply(model, folder / "adapters" / variant)
            for i, tokens in enumerate(prompts):
                if variant == "base" or len(tokens) in (37, 150):
                    logits, greedy, margins = run(model, tokens)
                    golden[f"{variant}.{i}.logits"] = logits.contiguous()
                    runs.append(dict(variant=variant, prompt=i, tokens=tokens, greedy=greedy, margins=margins))
        save_file(golden, folder / "golden.safetensors")
        lines = ",\n".join("  " + json.dumps(r) for r in runs)
        (folder / "golden.json").write_text(f'{{"case": "{name}", "runs": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main(*sys.argv[1:])
