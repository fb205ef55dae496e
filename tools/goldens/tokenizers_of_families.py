"""Writes small tokenizers made as the families' are, and what transformers makes of texts and conversations with them.

usage: tokenizers_of_families.py OUT      (pip install sentencepiece protobuf too)
"""

import io
import json
import random
import sys
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

CORPUS = [
    "The quick brown fox jumps over the lazy dog. It's 12,345 o'clock; they're late, aren't they?",
    "def add(a, b):\n    return a + b\n\n\nprint(add(1, 22))  # 3333\n",
    "Grüße aus Zürich: naïve café, ça va? Übermäßig große Straße.",
    "你好，世界。今天天气很好。日本語のテキストです。 Привет, мир!",
    "{\"name\": \"weather\", \"arguments\": {\"city\": \"Zürich\", \"days\": 3}}",
] * 40
TEXTS = [
    "", " ", "hello world", "  two  spaces ", "It's 2024-11-05, isn't it?\n\n\tYES", "naïve Zürich", "a\u0301 e\u0301",
    "你好，世界 123456789", "👩‍👩‍👧 family", "x <|im_end|> y", "<think>\nhm\n</think>\n\nanswer", "</s><s>", "tail\n", "\u00a0nbsp\u3000",
    "<tool_call>{\"a\": 1}</tool_call>", "unknown \U0001f9ff bytes", "   ▁ lower", "[gMASK]<sop>x",
]
CONVERSATIONS = {
    "one": [{"role": "user", "content": "Hello, wörld"}],
    "turns": [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "a"},
              {"role": "assistant", "content": "<think>\nhm\n</think>\n\nb"}, {"role": "user", "content": "c"}],
    "called": [{"role": "user", "content": "Weather?"},
               {"role": "assistant", "content": "", "tool_calls": [
                   {"type": "function", "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 3}}}]},
               {"role": "tool", "content": "{\"sun\": true}"}],
}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Weather of a city",
                                           "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]

QWEN_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
GLM_SPLIT = QWEN_SPLIT.replace(r"\p{N}|", r"\p{N}{1,3}|", 1)

CHATML = """{%- if tools %}<|im_start|>system
{% for t in tools %}{{ t | tojson }}
{% endfor %}<|im_end|>
{% endif %}{%- for m in messages %}{% set text = m.content %}
{%- if m.role == 'assistant' and '</think>' in text %}{% set text = text.split('</think>')[-1].lstrip('\\n') %}{% endif %}
{{- '<|im_start|>' + m.role + '\\n' + text }}
{%- for call in m.tool_calls or [] %}{{ '<tool_call>\\n' }}{{ call.function | tojson }}{{ '\\n</tool_call>' }}{% endfor %}
{{- '<|im_end|>\\n' }}{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}"""
GLM = """[gMASK]<sop>{% if tools %}<|system|>
# Tools
{% for t in tools %}{{ t | tojson(ensure_ascii=False) }}
{% endfor %}{% endif %}{% for m in messages %}<|{{ 'observation' if m.role == 'tool' else m.role }}|>
{%- if m.role == 'assistant' %}
{{ '<think></think>' }}
{{ m.content.split('</think>')[-1].strip() }}
{%- for call in m.tool_calls or [] %}
{{ '<tool_call>' + call.function.name }}
{%- for k, v in call.function.arguments.items() %}
<arg_key>{{ k }}</arg_key>
<arg_value>{{ v | tojson(ensure_ascii=False) if v is not string else v }}</arg_value>{% endfor %}
</tool_call>{% endfor %}
{%- else %}
{{ m.content }}{{ '/nothink' if m.role == 'user' and enable_thinking is defined and not enable_thinking else '' }}
{%- endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>
{{- '\\n<think></think>' if enable_thinking is defined and not enable_thinking else '' }}{% endif %}"""
DEEPSEEK = """{%- if not thinking is defined %}{% set thinking = false %}{% endif %}{{ bos_token }}
{%- for m in messages if m.role == 'system' %}{{ m.content }}{% endfor %}
{%- for m in messages %}{% if m.role == 'user' %}{{ '<｜User｜>' + m.content }}
{%- elif m.role == 'tool' %}{{ '<｜tool▁output▁begin｜>' + m.content + '<｜tool▁output▁end｜>' }}
{%- elif m.role == 'assistant' %}{{ '<｜Assistant｜></think>' }}
{%- for call in m.tool_calls or [] %}{{ '<｜tool▁call▁begin｜>' + call.function.name + '<｜tool▁sep｜>' + call.function.arguments | tojson }}{% endfor %}
{{- (m.content or '').split('</think>', 1)[-1] + eos_token }}{% endif %}{% endfor %}
{%- if add_generation_prompt %}{{ '<｜Assistant｜>' + ('<think>' if thinking else '</think>') }}{% endif %}"""
INST = """{{ bos_token }}{% if tools %}[AVAILABLE_TOOLS] {{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}{% for m in messages %}
{%- if m.role in ('user', 'system') %}{{ '[INST] ' + m.content + ' [/INST]' }}
{%- elif m.role == 'tool' %}{{ '[TOOL_RESULTS] ' + m.content + '[/TOOL_RESULTS]' }}
{%- elif m.tool_calls %}{{ '[TOOL_CALLS] ' + m.tool_calls | map(attribute='function') | list | tojson + eos_token }}
{%- else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"""
OLMO = """{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content }}
{%- if m.role == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"""


def byte_level(size, split, normalizer=None, bos=None, specials=(), plain=()):
    """Byte-level BPE behind the splits given; special tokens, and added ones that are none, come last."""
    t = Tokenizer(models.BPE())
    t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizers.Sequence([*split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.add_special_tokens(list(specials))
    t.add_tokens([AddedToken(p, normalized=False) for p in plain])
    if bos:
        t.post_processor = processors.TemplateProcessing(single=f"{bos} $A", special_tokens=[(bos, t.token_to_id(bos))])
    return t


def split(pattern):
    return pre_tokenizers.Split(Regex(pattern), "isolated")


def piece():
    """A SentencePiece model with bytes to fall back on, as transformers converts Llama's and Mixtral's."""
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=trained, vocab_size=420, model_type="bpe", byte_fallback=True,
        character_coverage=0.98, add_dummy_prefix=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        split_digits=True, hard_vocab_limit=False, minloglevel=2)
    processor = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    vocabulary = {processor.id_to_piece(i): i for i in range(processor.get_piece_size())}
    merges = []
    for token, rank in vocabulary.items():
        parts = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in vocabulary and token[i:] in vocabulary]
        merges += [(rank, vocabulary[a], vocabulary[b], a, b) for a, b in parts if rank > 258]
    t = Tokenizer(models.BPE(vocabulary, [(a, b) for *_, a, b in sorted(merges)], unk_token="<unk>", fuse_unk=True,
                             byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                                   decoders.Strip(" ", 1, 0)])
    t.add_special_tokens(["<unk>", "<s>", "</s>"])
    t.add_special_tokens(["[TOOL_CALLS]"])
    t.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return t


FAMILIES = {
    "qwen3": (lambda: byte_level(420, [split(QWEN_SPLIT)], normalizers.NFC(), None,
                                 ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["<tool_call>", "</tool_call>", "<think>", "</think>"]),
              dict(eos_token="<|im_end|>", pad_token="<|endoftext|>"), CHATML),
    "glm4": (lambda: byte_level(420, [split(GLM_SPLIT)], None, None,
                                ["<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"],
                                ["<think>", "</think>", "<tool_call>", "</tool_call>"]),
             dict(eos_token="<|endoftext|>"), GLM),
    "deepseek-v3": (lambda: byte_level(
        420, [split(r"\p{N}{1,3}"), split(r"[一-龥぀-ゟ゠-ヿ]+"),
              split(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")],
        None, "<｜begin▁of▁sentence｜>", ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"],
        ["<｜User｜>", "<｜Assistant｜>", "<think>", "</think>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁output▁begin｜>",
         "<｜tool▁output▁end｜>"]),
        dict(bos_token="<｜begin▁of▁sentence｜>", eos_token="<｜end▁of▁sentence｜>"), DEEPSEEK),
    "mixtral": (piece, dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>"), INST),
    "olmoe": (lambda: byte_level(420, [pre_tokenizers.ByteLevel(add_prefix_space=False)], normalizers.NFC(), None,
                                 ["|||IP_ADDRESS|||", "<|padding|>", "<|endoftext|>"], ["  ", "   ", "\t\t"]),
              dict(bos_token="<|endoftext|>", eos_token="<|endoftext|>"), OLMO),
}


def golden(tokenizer, r):
    texts = [dict(text=t, ids=tokenizer(t)["input_ids"], bare=tokenizer(t, add_special_tokens=False)["input_ids"]) for t in TEXTS]
    size = len(tokenizer)
    decoded = []
    for ids in [t["bare"] for t in texts] + [[r.randrange(size) for _ in range(24)] for _ in range(40)]:
        decoded.append(dict(ids=ids, text=tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False),
                            all=tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)))
    chats = []
    for name, messages in CONVERSATIONS.items():
        for extra in ({}, {"enable_thinking": False}, {"thinking": True}):
            text = tokenizer.apply_chat_template(messages, tools=TOOLS if name == "called" else None, tokenize=False,
                                                 add_generation_prompt=True, **extra)
            chats.append(dict(messages=messages, tools=TOOLS if name == "called" else None, extra=extra, rendered=text,
                              ids=tokenizer(text, add_special_tokens=False)["input_ids"]))
    return dict(texts=texts, decoded=decoded, chats=chats)


def main(out):
    for name, (make, names, template) in FAMILIES.items():
        folder = Path(out) / name
        folder.mkdir(parents=True, exist_ok=True)
        made = json.loads(make().to_str())
        (folder / "tokenizer.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n")
        (folder / "tokenizer_config.json").write_text(json.dumps(
            dict(tokenizer_class="PreTrainedTokenizerFast", clean_up_tokenization_spaces=False, chat_template=template, **names),
            ensure_ascii=False, indent=1) + "\n")
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        (folder / "golden.json").write_text(json.dumps(golden(tokenizer, random.Random(1)), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
