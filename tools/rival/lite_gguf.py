"""Writes DeepSeek-V2-Lite's shape with fewer layers and random BF16 weights as a GGUF file.

    lite_gguf.py LAYERS FILE

The shape is that of `heddle bench --random lite:LAYERS`, and weights have the same deviation, so
that routers spread tokens alike. Each matrix is a piece of one block of noise.
"""

import sys
import zlib

import gguf
import numpy as np

HIDDEN, VOCABULARY, DENSE = 2048, 102400, 10944
HEADS, LATENT, NOPE, ROPE, VALUE = 16, 512, 128, 64, 128
EXPERTS, TOP_K, SHARED, WIDTH = 64, 6, 2, 1408
SPARE = 1 << 20


class Model:
    def __init__(self, layers: int, path: str):
        self.writer = gguf.GGUFWriter(path, "deepseek2")
        self.layers = layers
        largest = max(VOCABULARY * HIDDEN, EXPERTS * WIDTH * HIDDEN) + SPARE
        noise = np.random.default_rng(1).random(largest, dtype=np.float32)
        noise = (noise - 0.5) * np.float32(np.sqrt(12 / HIDDEN))
        self.noise = (noise.view(np.uint32) >> 16).astype(np.uint16)

    def write(self) -> None:
        self.describe()
        self.matrix("token_embd", VOCABULARY, HIDDEN)
        self.matrix("output", VOCABULARY, HIDDEN)
        self.ones("output_norm", HIDDEN)
        for layer in range(self.layers):
            self.attention(f"blk.{layer}.")
            self.feed_forward(f"blk.{layer}.", dense=layer == 0)
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()

    def describe(self) -> None:
        w = self.writer
        w.add_block_count(self.layers)
        w.add_context_length(163840)
        w.add_embedding_length(HIDDEN)
        w.add_feed_forward_length(DENSE)
        w.add_head_count(HEADS)
        w.add_head_count_kv(1)  # attention is absorbed: all heads share one latent
        w.add_key_length(LATENT + ROPE)
        w.add_value_length(LATENT)
        w.add_key_length_mla(NOPE + ROPE)
        w.add_value_length_mla(VALUE)
        w.add_q_lora_rank(0)
        w.add_kv_lora_rank(LATENT)
        w.add_rope_dimension_count(ROPE)
        w.add_rope_freq_base(10000.0)
        w.add_layer_norm_rms_eps(1e-6)
        w.add_leading_dense_block_count(1)
        w.add_expert_count(EXPERTS)
        w.add_expert_used_count(TOP_K)
        w.add_expert_shared_count(SHARED)
        w.add_expert_feed_forward_length(WIDTH)
        w.add_expert_weights_scale(1.0)
        w.add_expert_weights_norm(False)
        w.add_vocab_size(VOCABULARY)
        w.add_tokenizer_model("none")
        w.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)

    def attention(self, at: str) -> None:
        self.ones(at + "attn_norm", HIDDEN)
        self.matrix(at + "attn_q", HEADS * (NOPE + ROPE), HIDDEN)
        self.matrix(at + "attn_kv_a_mqa", LATENT + ROPE, HIDDEN)
        self.ones(at + "attn_kv_a_norm", LATENT)
        self.matrix(at + "attn_k_b", HEADS, LATENT, NOPE)
        self.matrix(at + "attn_v_b", HEADS, VALUE, LATENT)
        self.matrix(at + "attn_output", HIDDEN, HEADS * VALUE)

    def feed_forward(self, at: str, dense: bool) -> None:
        self.ones(at + "ffn_norm", HIDDEN)
        if dense:
            self.gated(at, "", DENSE)
            return
        router = self.piece(at + "router", EXPERTS * HIDDEN).astype(np.uint32) << 16
        self.writer.add_tensor(
            at + "ffn_gate_inp.weight", router.view(np.float32).reshape(EXPERTS, HIDDEN)
        )
        self.gated(at, "_exps", WIDTH, EXPERTS)
        self.gated(at, "_shexp", SHARED * WIDTH)

    def gated(self, at: str, kind: str, width: int, *count: int) -> None:
        self.matrix(f"{at}ffn_gate{kind}", *count, width, HIDDEN)
        self.matrix(f"{at}ffn_up{kind}", *count, width, HIDDEN)
        self.matrix(f"{at}ffn_down{kind}", *count, HIDDEN, width)

    def matrix(self, name: str, *shape: int) -> None:
        piece = self.piece(name, int(np.prod(shape))).reshape(shape)
        self.writer.add_tensor(
            name + ".weight", piece, raw_dtype=gguf.GGMLQuantizationType.BF16
        )

    def piece(self, name: str, size: int) -> np.ndarray:
        start = zlib.crc32(name.encode()) % SPARE
        return self.noise[start : start + size]

    def ones(self, name: str, size: int) -> None:
        self.writer.add_tensor(name + ".weight", np.ones(size, dtype=np.float32))


if __name__ == "__main__":
    Model(int(sys.argv[1]), sys.argv[2]).write()
