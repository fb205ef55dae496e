"""esft compare: held-out samples against base and adapters, through a platform's OpenAI endpoint."""

import json
import math
import os
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from esft import Refusal
from esft.data import read_lines


class Platform:
    """A platform, as any client sees it."""

    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key

    def post(self, path, body):
        """The answer to a request; refuses with the platform's own words where it is an error."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            raise Refusal(f"{path} answers {e.code}: {e.read().decode(errors='replace')}") from e
        except OSError as e:
            raise Refusal(f"{self.url} cannot be reached: {e}") from e

    def tokens(self, model, messages, prompt):
        """A conversation's tokens, as a prompt for an answer or as it is."""
        body = {"model": model, "messages": messages, "add_generation_prompt": prompt}
        return self.post("/tokenize", body)["tokens"]

    def text_tokens(self, model, text):
        """A text's tokens."""
        return self.post("/tokenize", {"model": model, "prompt": text})["tokens"]

    def logprobs(self, model, ids):
        """Of each token but the first: its log-probability after those before it."""
        body = {"model": model, "prompt": ids, "max_tokens": 0, "echo": True, "logprobs": 1}
        return self.post("/v1/completions", body)["choices"][0]["logprobs"]["token_logprobs"][1:]

    def answer(self, model, messages, max_tokens):
        """The likeliest answer."""
        body = {"model": model, "messages": messages, "temperature": 0, "max_tokens": max_tokens}
        return self.post("/v1/chat/completions", body)["choices"][0]["message"]["content"] or ""


@dataclass
class Result:
    """What a model made of the samples."""

    model: str
    samples: int = 0
    answers: int = 0
    right: int = 0
    tokens: int = 0
    negative_log: float = 0.0
    wrong: list = field(default_factory=list)

    def loss(self):
        """Mean negative log-likelihood of a token; NaN without tokens."""
        return self.negative_log / self.tokens if self.tokens else math.nan


def compare(platform, models, samples, max_tokens):
    """A result for each model."""
    results = [Result(model) for model in models]
    for _, sample in samples:
        for result in results:
            result.samples += 1
            messages = sample.get("messages")
            if messages is None:
                _likelihood(platform, result, platform.text_tokens(result.model, sample["text"]), 1)
            elif messages[-1]["role"] == "assistant":
                _answered(platform, result, messages, max_tokens)
            else:
                raise Refusal("a conversation must end with the assistant's right answer")
    return results


def _answered(platform, result, messages, max_tokens):
    expected = messages[-1]["content"].strip()
    actual = platform.answer(result.model, messages[:-1], max_tokens).strip()
    result.answers += 1
    result.right += actual == expected
    if actual != expected:
        result.wrong.append((expected, actual))
    before = platform.tokens(result.model, messages[:-1], True)
    whole = platform.tokens(result.model, messages, False)
    start = next((i for i, (a, b) in enumerate(zip(before, whole)) if a != b), min(len(before), len(whole)))
    _likelihood(platform, result, whole, max(1, start))


def _likelihood(platform, result, ids, start):
    values = platform.logprobs(result.model, ids)[start - 1 :]
    result.tokens += len(values)
    result.negative_log -= sum(values)


def table(results):
    """The results as text, a line a model."""
    rows = [("model", "samples", "answers as expected", "loss a token", "perplexity")]
    for r in results:
        right = f"{r.right} of {r.answers}, {100 * r.right / r.answers:.1f} %" if r.answers else "-"
        perplexity = math.exp(r.loss()) if r.loss() < 100 else math.inf
        rows.append((r.model, str(r.samples), right, f"{r.loss():.4f}", f"{perplexity:.3f}"))
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows)


def key_of(options):
    """The key: the file's content, else HEDDLE_KEY."""
    key = Path(options.key_file).read_text(encoding="utf-8") if options.key_file else os.environ.get("HEDDLE_KEY", "")
    if not key.strip():
        raise Refusal("no key: give --key-file, or set HEDDLE_KEY")
    return key.strip()


def run(options):
    """The command; prints the table to stdout."""
    samples = read_lines(options.data)[: options.limit]
    platform = Platform(options.server, key_of(options))
    results = compare(platform, [options.base, *options.adapter], samples, options.max_tokens)
    print(table(results))
    for result in results[1:] if options.show else []:
        for expected, actual in result.wrong[: options.show]:
            print(f"\n{result.model}\n  expected: {expected}\n  answered: {actual}")
    return None
