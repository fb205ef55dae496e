"""Which experts are trained: expert_cfg.json."""

import json
from dataclasses import dataclass
from pathlib import Path

from esft import Refusal


@dataclass(frozen=True)
class ExpertConfig:
    """The experts of each layer, sorted, and whether the shared ones of every MoE layer are trained too."""

    experts: dict[int, list[int]]
    shared: bool = False

    @staticmethod
    def read(path):
        """Reads a file; refuses what is no such configuration."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as e:
            raise Refusal(f"{path} cannot be read: {e}") from e
        layers = content.get("experts") if isinstance(content, dict) else None
        if not isinstance(layers, dict):
            raise Refusal(f"{path}: expected an object with 'experts', a list of experts for each layer")
        if content.get("non_expert_modules"):
            raise Refusal(f"{path}: non_expert_modules is true, but an adapter can have experts alone")
        bad = [layer for layer, ids in layers.items() if not _numbers(layer, ids)]
        if bad:
            raise Refusal(f"{path}: no list of different experts at layer " + ", ".join(bad))
        experts = {int(layer): sorted(ids) for layer, ids in layers.items() if ids}
        return ExpertConfig(dict(sorted(experts.items())), bool(content.get("shared_experts", False)))

    def write(self, path):
        """Writes it as ESFT's own tools do."""
        content = {
            "experts": {str(layer): ids for layer, ids in self.experts.items()},
            "shared_experts": self.shared,
            "non_expert_modules": False,
        }
        Path(path).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _numbers(layer, ids):
    return (
        layer.isascii()
        and layer.isdigit()
        and isinstance(ids, list)
        and all(type(e) is int and e >= 0 for e in ids)
        and len(set(ids)) == len(ids)
    )
