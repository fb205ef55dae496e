"""Writes matrices of e4m3 numbers with scales by blocks of 128 x 128, and what torch and transformers make of them.

usage: fp8.py OUT
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers.integrations.finegrained_fp8 import Fp8Dequantize

BLOCK = 128
E4M3 = torch.float8_e4m3fn


def spread(scales, rows, cols):
    """A scale for each element."""
    return scales.repeat_interleave(BLOCK, 0)[:rows].repeat_interleave(BLOCK, 1)[:, :cols]


def quantized(value):
    """(e4m3 numbers, weight_scale_inv) of a matrix: each block's largest becomes 448."""
    rows, cols = value.shape
    scales = torch.empty(-(-rows // BLOCK), -(-cols // BLOCK))
    for i in range(scales.shape[0]):
        for j in range(scales.shape[1]):
            scales[i, j] = value[i * BLOCK : (i + 1) * BLOCK, j * BLOCK : (j + 1) * BLOCK].abs().max() / 448
    return (value / spread(scales, rows, cols)).to(E4M3), scales


def dequantized(value, scales, dtype):
    """The product in float32, rounded once, as DeepSeek's weight_dequant computes it."""
    return (value.float() * spread(scales.float(), *value.shape)).to(dtype)


def main(out):
    torch.manual_seed(0)
    every = torch.arange(256, dtype=torch.uint8)
    every = every[(every & 0x7F) != 0x7F]  # but the two that are no numbers
    stored = {}
    for name, (rows, cols) in {"whole": (256, 128), "cut": (130, 257)}.items():
        value = every[torch.randint(0, len(every), (rows, cols))]
        value[0, :127], value[1, :127] = every[:127], every[127:]
        value = value.view(E4M3)
        scales = torch.rand(-(-rows // BLOCK), -(-cols // BLOCK)) * 10.0 ** torch.randint(-6, 2, (1,))
        stored |= {f"{name}.weight": value, f"{name}.weight_scale_inv": scales,
                   f"{name}.bf16": dequantized(value, scales, torch.bfloat16),
                   f"{name}.f32": dequantized(value, scales, torch.float32)}
        if name == "whole":  # transformers takes whole blocks alone
            for dtype, key in ((torch.bfloat16, "bf16"), (torch.float32, "f32")):
                same = Fp8Dequantize(None)._dequantize_one(value, scales, dtype)
                assert torch.equal(same, stored[f"{name}.{key}"])
    Path(out).mkdir(parents=True, exist_ok=True)
    save_file(stored, Path(out) / "dequantized.safetensors")


if __name__ == "__main__":
    main(sys.argv[1])
