"""The command line."""

import argparse
import json
import os
import sys

from esft import Refusal


def parser():
    """Every command and option."""
    p = argparse.ArgumentParser(prog="esft", description=__import__("esft").__doc__)
    commands = p.add_subparsers(dest="command", required=True)
    t = commands.add_parser("train", help="train the experts of expert_cfg.json on samples, and nothing else")
    t.add_argument("--base", required=True, metavar="DIR", help="the base model, as on Hugging Face")
    t.add_argument("--data", required=True, metavar="FILE", help="samples, a JSON object a line: text, or messages")
    t.add_argument("--config", required=True, metavar="FILE", help="expert_cfg.json: the experts to train")
    t.add_argument("--out", required=True, metavar="DIR", help="the adapter; DIR.training keeps checkpoint and log")
    t.add_argument("--epochs", type=_positive(int), default=1, help="times that all samples are seen (1)")
    t.add_argument("--steps", type=_positive(int), help="steps in all, instead of epochs")
    t.add_argument("--batch", type=_positive(int), default=4, help="samples computed at once (4)")
    t.add_argument("--accumulate", type=_positive(int), default=1, help="batches of a step (1)")
    t.add_argument("--max-length", type=_positive(int), default=2048, help="longer samples are cut (2048)")
    t.add_argument("--loss", choices=("answers", "all"), default="answers", help="what of conversations is trained on")
    t.add_argument("--rate", type=_positive(float), default=1e-5, help="highest learning rate (1e-5)")
    t.add_argument("--warmup", type=int, default=10, help="steps until the rate is reached (10)")
    t.add_argument("--seed", type=int, default=0, help="decides the order of samples (0)")
    t.add_argument("--save-every", type=_positive(int), default=100, help="steps between checkpoints (100)")
    t.add_argument("--log-every", type=_positive(int), default=10, help="steps between lines of the log (10)")
    t.add_argument("--device", help="cpu, cuda, cuda:1, ... (cuda where there is one)")
    t.add_argument("--float32", action="store_true", help="compute in float32, whatever the base's type")
    t.add_argument("--gradient-checkpointing", action="store_true", help="less memory for activations, more time")
    t.add_argument("--plan", action="store_true", help="tell the memory it needs, and end")
    c = commands.add_parser("compare", help="held-out samples against base and adapters, through a platform")
    c.add_argument("--data", required=True, metavar="FILE", help="samples that were not trained on")
    c.add_argument("--adapter", required=True, action="append", metavar="NAME", help="may be given several times")
    c.add_argument("--base", default="base", metavar="NAME", help="the base model's name on the platform (base)")
    c.add_argument("--server", default=os.environ.get("HEDDLE_SERVER", "http://127.0.0.1:8080"), metavar="URL")
    c.add_argument("--key-file", metavar="FILE", help="the API key, else HEDDLE_KEY")
    c.add_argument("--max-tokens", type=_positive(int), default=256, help="most tokens of an answer (256)")
    c.add_argument("--limit", type=_positive(int), help="take so many samples")
    c.add_argument("--show", type=int, default=0, metavar="N", help="print N answers that were not as expected")
    return p


def _positive(kind):
    def parse(text):
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    parse.__name__ = kind.__name__
    return parse


def main(arguments=None):
    """Runs a command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "train":
            from esft.train import run
        else:
            from esft.compare import run
        result = run(options)
    except Refusal as e:
        print(f"esft: {e}", file=sys.stderr)
        return 2
    if result is not None:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
