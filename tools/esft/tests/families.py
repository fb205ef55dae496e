"""Tiny checkpoints of every family, which transformers and the platform both read."""

from pathlib import Path

REPO = Path(__file__).parents[3]
MODELS = {"deepseek-v2": REPO / "testdata/oracle/lite-yarn"} | {
    name: REPO / "testdata/oracle-families" / name
    for name in ("deepseek-v3", "glm4-moe", "mixtral", "olmoe", "qwen2-moe", "qwen3-moe", "qwen3-moe-dense-tied")
}
