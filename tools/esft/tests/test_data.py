import json

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from esft import Refusal
from esft.data import IGNORED, Batches, Sample, collate, read

TURNS = "{% for m in messages %}<{{ m.role[0] }}>{{ m.content }}{% if m.role == 'assistant' %}</s>{% endif %}{% endfor %}"
PROMPT = "{% if add_generation_prompt %}<a>{% endif %}"
FORGETFUL = TURNS.replace("{{ m.content }}", "{% if m.role != 'assistant' or loop.last %}{{ m.content }}{% endif %}")


@pytest.fixture
def tokenizer():
    characters = {c: i for i, c in enumerate(["</s>", "<u>", "<a>", *(chr(c) for c in range(32, 127))])}
    inner = Tokenizer(models.WordLevel(characters, unk_token=" "))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.add_special_tokens(["</s>", "<u>", "<a>"])
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="</s>", chat_template=TURNS + PROMPT)


def write(path, *lines):
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def chat(*contents):
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[i % 2], "content": c} for i, c in enumerate(contents)]}


def trained(tokenizer, sample):
    return tokenizer.decode([i for i, t in zip(sample.ids, sample.trained) if t]).replace(" ", "")


def test_answers_alone_are_trained_on_with_their_end(tokenizer, tmp_path):
    (sample,) = read(write(tmp_path / "f", chat("one", "two", "three", "four")), tokenizer, 100)
    assert trained(tokenizer, sample) == "two</s>four</s>"
    (sample,) = read(write(tmp_path / "f", chat("one", "two")), tokenizer, 100, all_tokens=True)
    assert trained(tokenizer, sample) == "<u>one<a>two</s>"


def test_texts_are_trained_on_as_a_whole_and_end(tokenizer, tmp_path):
    (sample,) = read(write(tmp_path / "f", "", {"text": "abc"}), tokenizer, 100)
    assert trained(tokenizer, sample) == "abc</s>"


def test_a_template_that_forgets_answers_makes_a_sample_of_each(tokenizer, tmp_path):
    tokenizer.chat_template = FORGETFUL + PROMPT
    samples = read(write(tmp_path / "f", chat("one", "two", "three", "four")), tokenizer, 100)
    assert [trained(tokenizer, s) for s in samples] == ["two</s>", "four</s>"]


def test_every_line_that_is_no_sample_is_named(tokenizer, tmp_path):
    file = write(tmp_path / "f", "{", {"text": 1}, {"messages": []}, {"text": "a"})
    with pytest.raises(Refusal, match="(?s)line 1: no JSON.*line 2: expected.*line 3: expected"):
        read(file, tokenizer, 100)
    with pytest.raises(Refusal, match="line 1: no answer of an assistant in its first 3 tokens"):
        read(write(tmp_path / "f", chat("long", "two")), tokenizer, 3)
    with pytest.raises(Refusal, match="no sample"):
        read(write(tmp_path / "f", ""), tokenizer, 3)


def test_every_epoch_has_every_sample_once():
    samples = [Sample([i, i], [True, True]) for i in range(7)]
    batches = Batches(samples, 2, 2, seed=5)
    epochs = [[batches.of(e * 2 + s) for s in range(2)] for e in range(2)]
    orders = [[row[0].item() for step in epoch for b in step for row in b[0]] for epoch in epochs]
    assert [sorted(order) for order in orders] == [list(range(7))] * 2
    assert orders[0] != orders[1]
    assert [len(b[0]) for b in epochs[0][1]] == [2, 1]
    assert epochs[0][1][0][3] == 3  # tokens of the whole step


def test_batches_are_filled_up_on_the_right():
    ids, mask, labels = collate([Sample([5, 6, 7], [False, True, True]), Sample([8], [True])])
    assert ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert labels.tolist() == [[IGNORED, 6, 7], [8, IGNORED, IGNORED]]
