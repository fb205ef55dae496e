"""Samples: lines of JSON, as tokens with what is trained of them."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from esft import Refusal

IGNORED = -100  # a label that has no part in the loss


@dataclass(frozen=True)
class Sample:
    """Tokens, and for each whether it is to be predicted."""

    ids: list[int]
    trained: list[bool]


def read_lines(path):
    """(line number, object) of every line that is not empty; refuses a file with lines that are no samples."""
    found, wrong = [], []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            sample = json.loads(line)
        except ValueError:
            wrong.append(f"line {number}: no JSON")
            continue
        if not isinstance(sample, dict) or not (_is_text(sample) or _is_chat(sample)):
            wrong.append(f"line {number}: expected a 'text', or 'messages' with roles and contents")
            continue
        found.append((number, sample))
    if not found and not wrong:
        wrong.append("it has no sample")
    if wrong:
        raise Refusal(f"{path} cannot be used:\n  " + "\n  ".join(wrong[:50]))
    return found


def _is_text(sample):
    return isinstance(sample.get("text"), str) and "messages" not in sample


def _is_chat(sample):
    messages = sample.get("messages")
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, dict) and isinstance(m.get("role"), str) and "content" in m for m in messages)
    )


def read(path, tokenizer, max_length, all_tokens=False):
    """The samples of a file.

    A text is trained on as a whole, with an end token after it. Of a conversation the assistant's answers are, each with
    what the chat template writes after it; all of it with all_tokens. Tokens after max_length are cut.
    """
    samples, wrong = [], []
    for number, line in read_lines(path):
        if "text" in line:
            ids = tokenizer(line["text"])["input_ids"]
            ids = ids if ids[-1:] == [tokenizer.eos_token_id] else ids + [tokenizer.eos_token_id]
            made = [Sample(ids, [True] * len(ids))]
        else:
            made = conversation(tokenizer, line, all_tokens)
        cut = [Sample(s.ids[:max_length], s.trained[:max_length]) for s in made]
        cut = [s for s in cut if any(s.trained[1:])]
        if not cut:
            wrong.append(f"line {number}: no answer of an assistant in its first {max_length} tokens")
        samples += cut
    if wrong:
        raise Refusal(f"{path} cannot be used:\n  " + "\n  ".join(wrong[:50]))
    return samples


def conversation(tokenizer, line, all_tokens):
    """One sample; or one for each answer where the template renders earlier answers otherwise than the last."""
    messages, extra = line["messages"], {k: line[k] for k in ("tools", "chat_template_kwargs") if k in line}

    def render(count, prompt):
        return tokenizer.apply_chat_template(
            messages[:count],
            tools=extra.get("tools"),
            tokenize=False,
            add_generation_prompt=prompt,
            **extra.get("chat_template_kwargs", {}),
        )

    if all_tokens:
        return [_encode(tokenizer, render(len(messages), False), None)]
    answers = []  # (text up to the answer's end, where the answer begins)
    for i, message in enumerate(messages):
        if message["role"] == "assistant":
            before, text = render(i, True), render(i + 1, False)
            start = len(before) if text.startswith(before) else len(_common(before, text))
            answers.append((text, start))
    if not answers:
        return []
    last = answers[-1][0]
    if all(last.startswith(text) for text, _ in answers):
        return [_encode(tokenizer, last, [(start, len(text)) for text, start in answers])]
    return [_encode(tokenizer, text, [(start, len(text))]) for text, start in answers]


def _common(a, b):
    n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return a[:n]


def _encode(tokenizer, text, spans):
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    if spans is None:
        return Sample(ids, [True] * len(ids))
    return Sample(ids, [any(start <= at < end for start, end in spans) for at, _ in offsets])


class Batches:
    """The batches of each step: every epoch all samples once, in an order that seed and epoch decide."""

    def __init__(self, samples, batch, accumulate, seed):
        self.samples, self.batch, self.accumulate, self.seed = samples, batch, accumulate, seed
        self.steps_of_epoch = -(-len(samples) // (batch * accumulate))

    def of(self, step):
        """The batches of a step: (ids, mask, labels, tokens that the step trains on)."""
        epoch, index = divmod(step, self.steps_of_epoch)
        order = torch.randperm(len(self.samples), generator=torch.Generator().manual_seed(self.seed * 1_000_003 + epoch))
        size = self.batch * self.accumulate
        chosen = [self.samples[i] for i in order[index * size : (index + 1) * size].tolist()]
        total = sum(sum(s.trained[1:]) for s in chosen)
        return [(*collate(chosen[i : i + self.batch]), total) for i in range(0, len(chosen), self.batch)]


def collate(samples):
    """(ids, attention mask, labels), filled up on the right."""
    width = max(len(s.ids) for s in samples)
    ids = torch.zeros(len(samples), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, IGNORED)
    for row, sample in enumerate(samples):
        n = len(sample.ids)
        ids[row, :n] = torch.tensor(sample.ids)
        mask[row, :n] = 1
        labels[row, :n] = torch.where(torch.tensor(sample.trained), ids[row, :n], IGNORED)
    return ids, mask, labels
