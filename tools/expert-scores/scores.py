"""Writes what transformers computes of the ESFT paper's relevance scores (arXiv 2407.01906, equations 5 to 7).

usage: scores.py MODEL SAMPLES.jsonl OUT.json      (pip install torch transformers)

SAMPLES has {"text": ...} or {"messages": [...]} a line, each of which is run alone in float32. OUT has the tokens of each
sample, for each MoE layer both scores of every expert, and the experts that reach some shares p. A gate value is the softmax
of the router's logits where the expert is among the token's top k, else 0; a scaling factor of the model is left out.
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

SHARES = {"token": [0.1, 0.2, 0.45], "gate": [0.05, 0.1, 0.2]}


def chosen(scores, p):
    """The fewest experts, most relevant first, whose scores sum to p; the lower id first among equals."""
    order = sorted(range(len(scores)), key=lambda e: (-scores[e], e))
    taken, total = [], 0.0
    for expert in order:
        if total >= p - 1e-9:
            break
        taken.append(expert)
        total += scores[expert]
    return sorted(taken)


@torch.no_grad()
def main(folder, samples, out):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    routers = {i: layer.mlp.gate for i, layer in enumerate(model.model.layers) if hasattr(layer.mlp, "gate")}
    experts, k = model.config.n_routed_experts, model.config.num_experts_per_tok
    gate = {i: torch.zeros(experts, dtype=torch.float64) for i in routers}
    picks = {i: torch.zeros(experts, dtype=torch.float64) for i in routers}

    def listen(layer):
        def hook(module, given, answer):
            logits, _, indices = answer
            share = logits.softmax(-1).gather(-1, indices).double()
            gate[layer].scatter_add_(0, indices.flatten(), share.flatten())
            picks[layer].scatter_add_(0, indices.flatten(), torch.ones_like(share).flatten())
        return hook

    for layer, router in routers.items():
        router.register_forward_hook(listen(layer))
    lengths = []
    for line in open(samples):
        sample = json.loads(line)
        if "text" in sample:
            ids = tokenizer(sample["text"])["input_ids"]
        else:
            text = tokenizer.apply_chat_template(sample["messages"], tokenize=False, add_generation_prompt=False)
            ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        lengths.append(len(ids))
        model(input_ids=torch.tensor([ids]))
    tokens = sum(lengths)
    layers = [
        {"layer": i, "gate": (gate[i] / tokens).tolist(), "token": (picks[i] / (tokens * k)).tolist()} for i in routers
    ]
    choices = [
        {"score": name, "p": p, "experts": {str(l["layer"]): chosen(l[name], p) for l in layers}}
        for name, shares in SHARES.items()
        for p in shares
    ]
    with open(out, "w") as f:
        lines = ",\n".join("  " + json.dumps(l) for l in layers)
        choice_lines = ",\n".join("  " + json.dumps(c) for c in choices)
        f.write(f'{{"lengths": {lengths},\n "layers": [\n{lines}\n ],\n "choices": [\n{choice_lines}\n ]}}\n')


main(*sys.argv[1:])
