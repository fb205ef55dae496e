"""Adapters that esft trained, pushed to a platform, answer as transformers does. Run by tools/esft/check."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from esft import adapter
from esft.compare import Platform, compare, table
from esft.data import read_lines
from families import MODELS

TEMPLATE = (
    "{% for m in messages %}{{ bos_token + m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ bos_token }}{% endif %}"
)
NEAR = 2e-3  # of a log-probability
CLEAR = 1e-2  # a margin that no rounding decides


def base(family, folder):
    """A tiny checkpoint with a tokenizer of bytes."""
    shutil.copytree(MODELS[family] / "model", folder)
    vocabulary = {"<s>": 0, "</s>": 1} | {c: i + 2 for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "chat_template": TEMPLATE}))


def data(path):
    """Questions with their right answers."""
    pairs = [(f"{a}+{b}", str(a + b)) for a in range(4) for b in range(4)]
    lines = [{"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]} for q, a in pairs]
    path.write_text("\n".join(map(json.dumps, lines)))


class Server:
    """A platform with a model of its own, which ends with the block."""

    def __init__(self, repo, model, folder):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.repo, self.key, self.url = repo, secrets.token_hex(24), f"http://127.0.0.1:{port}"
        self.log = folder / "platform.log"
        self.environment = os.environ | {
            "HEDDLE_MODEL": str(model), "HEDDLE_PORT": str(port), "HEDDLE_DATA": str(folder / "data"), "HEDDLE_MEMORY": "1200MB",
            "HEDDLE_BOOTSTRAP_ADMIN_KEY": self.key, "HEDDLE_SERVER": self.url, "HEDDLE_KEY": self.key}

    def __enter__(self):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [self.repo / "heddle", "serve"], env=self.environment, stdout=log, stderr=subprocess.STDOUT)
        end = time.time() + 600
        while time.time() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url + "/actuator/health/readiness").close()
                return self
            except OSError:
                time.sleep(0.3)
        self.__exit__()
        sys.exit("the platform did not start:\n" + self.log.read_text())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def run(self, *command):
        subprocess.run([self.repo / "heddle", *command], env=self.environment, check=True, stdout=subprocess.DEVNULL)


@torch.no_grad()
def expected(model, ids):
    """Of each token but the first its log-probability, as transformers computes it."""
    logits = model(torch.tensor([ids])).logits[0].log_softmax(-1)
    return logits[:-1].gather(-1, torch.tensor(ids[1:])[:, None])[:, 0].tolist()


@torch.no_grad()
def greedy(model, ids, count):
    """The likeliest continuation, up to where rounding might decide."""
    found = []
    for _ in range(count):
        best = model(torch.tensor([ids + found])).logits[0, -1].topk(2)
        if best.values[0] - best.values[1] < CLEAR or int(best.indices[0]) == 1:
            break
        found.append(int(best.indices[0]))
    return found


def check(repo, family, folder):
    """Trains, pushes, compares; returns what was compared."""
    base(family, folder / "base")
    data(folder / "data.jsonl")
    out = folder / "adapter"
    subprocess.run(
        [sys.executable, "-m", "esft.cli", "train", "--base", folder / "base", "--data", folder / "data.jsonl", "--config",
         MODELS[family] / "adapters/b/expert_cfg.json", "--out", out, "--steps", "12", "--rate", "0.01", "--float32"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    plain = AutoModelForCausalLM.from_pretrained(folder / "base", dtype=torch.float32).eval()
    tuned = AutoModelForCausalLM.from_pretrained(folder / "base", dtype=torch.float32).eval()
    adapter.apply(tuned, out)
    tokenizer = AutoTokenizer.from_pretrained(folder / "base")
    ids = tokenizer("what is 3+2, and why? " * 4, add_special_tokens=False)["input_ids"]
    with Server(repo, folder / "base", folder) as server:
        server.run("push", str(out), "--name", "tuned", "--publish")
        platform = Platform(server.url, server.key)
        for name, model in (("base", plain), ("tuned", tuned)):
            actual = platform.logprobs(name, ids)
            worst = max(abs(a - b) for a, b in zip(actual, expected(model, ids), strict=True))
            assert worst < NEAR, f"{family} {name}: a log-probability differs by {worst}"
            wanted = greedy(model, ids, 12)
            body = {"model": name, "prompt": ids, "max_tokens": max(1, len(wanted)), "temperature": 0}
            text = platform.post("/v1/completions", body)["choices"][0]["text"]
            assert not wanted or text == tokenizer.decode(wanted), f"{family} {name}: {text!r}, not {tokenizer.decode(wanted)!r}"
        different = max(abs(a - b) for a, b in zip(platform.logprobs("base", ids), platform.logprobs("tuned", ids)))
        assert different > NEAR, f"{family}: the adapter answers as its base"
        results = compare(platform, ["base", "tuned"], read_lines(folder / "data.jsonl"), 8)
        assert results[1].loss() < results[0].loss(), f"{family}: training made it worse\n{table(results)}"
        return table(results)


def main(repo, *families):
    torch.set_num_threads(1)
    for family in families or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{family}: as transformers answers\n{check(Path(repo), family, Path(folder))}\n", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
