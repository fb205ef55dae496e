"""esft train."""

import hashlib
import json
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer

from esft import Refusal, adapter, checkpoint, memory
from esft.config import ExpertConfig
from esft.data import IGNORED, Batches, read
from esft.experts import ChosenExperts
from esft.loop import Schedule, adam, fit


def say(text):
    """Progress goes to stderr."""
    print(text, file=sys.stderr, flush=True)


def schedule(steps, rate, warmup):
    """A rise over the first steps, then a straight fall to a tenth."""
    def at(step, done):
        return rate * min((step + 1) / max(1, warmup), 1 - 0.9 * done)

    return Schedule(lambda step: step / steps, at)


def loss_of(model):
    """The cross entropy of a batch's labels, as its share of the step's mean."""
    def loss(batch):
        ids, mask, labels, total = batch
        device = model.device
        logits = model(input_ids=ids.to(device), attention_mask=mask.to(device), use_cache=False).logits
        target = labels[:, 1:].to(device)
        wanted = target != IGNORED
        value = F.cross_entropy(logits[:, :-1][wanted].float(), target[wanted], reduction="sum") / total
        return value, value.detach()

    return loss


class Record:
    """What a training says of itself, to stderr and as lines of JSON."""

    def __init__(self, folder, steps, every):
        self.path, self.steps, self.every = folder / "log.jsonl", steps, every
        self.start, self.seen = time.time(), []

    def step(self, step, loss, rate):
        """Notes a step; tells of every n-th, with the mean loss since the last that was told."""
        self.seen.append(loss)
        if step % self.every and step != self.steps:
            return
        mean = sum(self.seen) / len(self.seen)
        seconds = round(time.time() - self.start, 1)
        self.seen.clear()
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "loss": mean, "rate": rate, "seconds": seconds}) + "\n")
        say(f"step {step} of {self.steps}: loss {mean:.4f}, rate {rate:.2e}, {seconds:.0f} s")


def train(model, samples, config, out, dtype, options, settings=None):
    """Trains a loaded model on samples and writes the adapter. Returns how many steps there were, and the last losses.

    options: as the command's. settings: what else must be the same where a training goes on.
    """
    state = Path(str(out).rstrip("/") + ".training")
    state.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    chosen = ChosenExperts(model, config)
    optimizer = adam(chosen.parameters())
    batches = Batches(samples, options.batch, options.accumulate, options.seed)
    steps = options.steps or options.epochs * batches.steps_of_epoch
    settings = {**(settings or {}), "steps": steps, **{k: getattr(options, k) for k in SETTINGS}}
    start = checkpoint.restore(state, settings, chosen, optimizer)
    if start:
        say(f"going on from step {start}, in {state}")
    record, losses = Record(state, steps, options.log_every), []

    def after_step(step, done, loss, rate):
        losses.append(loss)
        record.step(step, loss, rate)
        if step % options.save_every == 0 and step < steps:
            checkpoint.save(state, settings, step, chosen, optimizer)

    model.train()
    fit(chosen, batches.of, loss_of(model), schedule(steps, options.rate, options.warmup), optimizer, start, after_step)
    model.eval()
    checkpoint.save(state, settings, steps, chosen, optimizer)
    adapter.write(model, config, out, dtype)
    return steps, losses


SETTINGS = ("batch", "accumulate", "rate", "warmup", "seed")


def digest(path):
    """SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(options):
    """The command: tells the memory, trains, writes the adapter; prints what came of it."""
    config = ExpertConfig.read(options.config)
    dtype = adapter.base_dtype(options.base)
    # Training overflows in float16; its weights are widened and rounded back at the end.
    computed = torch.float32 if options.float32 or dtype == torch.float16 else dtype
    device = torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    plan = memory.plan(options.base, config, computed, options.batch * options.max_length)
    for line in plan.lines():
        say(line)
    if options.plan:
        return {"bytes": plan.total(), "trained_weights": plan.trained_weights, "experts": plan.experts}
    free = memory.available(device)
    if plan.total() > free:
        raise Refusal(f"that is more than the {free / 1e9:.2f} GB that are free on {device.type}: choose fewer experts, "
                      "a smaller --batch or --max-length, or a larger machine")
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    samples = read(options.data, tokenizer, options.max_length, options.loss == "all")
    say(f"{len(samples)} samples, {sum(len(s.ids) for s in samples):,} tokens, "
        f"{sum(sum(s.trained[1:]) for s in samples):,} of them trained on")
    model = AutoModelForCausalLM.from_pretrained(options.base, dtype=computed).to(device)
    if options.gradient_checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    settings = {
        "base": digest(Path(options.base) / "config.json"),
        "data": digest(options.data),
        "experts": {str(layer): ids for layer, ids in config.experts.items()},
        "shared_experts": config.shared,
        "max_length": options.max_length,
        "loss": options.loss,
        "dtype": str(computed),
    }
    steps, losses = train(model, samples, config, options.out, dtype, options, settings)
    return {"adapter": str(options.out), "steps": steps, "first_loss": losses[0] if losses else None,
            "last_loss": losses[-1] if losses else None}
