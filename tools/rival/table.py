"""Prints the table of tools/rival/run: medians of tokens/s over its rounds, and ratios."""

import json
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path

PREFILLS = [512, 2048]
BATCHES = [1, 4, 8, 16]


def read(folder: Path) -> dict:
    """Tokens/s of each round by program, weights and what was run."""
    figures = defaultdict(list)
    for file in sorted(folder.glob("*.*.*.json")):
        program, weights = file.name.split(".")[:2]
        for work, speed in answers(program, file.read_text()):
            figures[program, weights, work].append(speed)
    return figures


def answers(program: str, text: str):
    if program == "heddle":
        answer = json.loads(text)
        for kind in ["prefill", "decode"]:
            for line in answer[kind]:
                size = line["prompt"] if kind == "prefill" else line["batch"]
                yield (kind, size), line["tokens_per_second"]
        yield ("memory", 0), answer["memory_gb_per_second"]
        return
    for line in map(json.loads, re.findall(r"^\{.*\}$", text, re.MULTILINE)):
        if "n_prompt" in line:
            yield ("prefill", line["n_prompt"]), line["avg_ts"]
        else:
            yield ("decode", line["pl"]), line["speed_tg"]


def main() -> None:
    figures = read(Path(sys.argv[1]))

    def median(program: str, weights: str, work) -> float | None:
        found = figures.get((program, weights, work))
        return statistics.median(found) if found else None

    def cells(weights: str, rival: str, work) -> str:
        ours, theirs = median("heddle", weights, work), median("llama", rival, work)
        if ours is None or theirs is None:
            return "| | "
        return f"| {ours:.1f} | **{ours / theirs:.2f}** "

    print("| | llama.cpp, BF16 | vector | | onednn | | llama.cpp, q8_0 | int8 | |")
    print("|---|---|---|---|---|---|---|---|---|")
    works = [("prefill", n) for n in PREFILLS] + [("decode", n) for n in BATCHES]
    for work in works:
        stored, rounded = median("llama", "bf16", work), median("llama", "int8", work)
        if stored is None or median("heddle", "bf16", work) is None:
            continue
        name = f"prefill of {work[1]}" if work[0] == "prefill" else f"decode, batch {work[1]}"
        print(
            f"| {name} | {stored:.1f} {cells('bf16', 'bf16', work)}{cells('onednn', 'bf16', work)}"
            f"| {rounded:.1f} {cells('int8', 'int8', work)}|"
        )
    memory = figures.get(("heddle", "bf16", ("memory", 0)), [])
    print(f"\nMemory reads: {min(memory):.1f} to {max(memory):.1f} GB/s.")


main()
