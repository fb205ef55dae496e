import random

import pytest
import torch
from conftest import load, options
from safetensors.torch import load_file

from esft import Refusal, adapter
from esft.config import ExpertConfig
from esft.data import Batches, Sample
from esft.experts import ChosenExperts
from esft.train import loss_of, train
from families import MODELS


def samples(count=24, length=24):
    """Sequences that count upwards by a step of their own: soon learned."""
    r = random.Random(1)
    starts = [(r.randrange(300), r.randrange(1, 4)) for _ in range(count)]
    return [Sample([(s + d * i) % 320 for i in range(length)], [True] * length) for s, d in starts]


@torch.no_grad()
def loss(model):
    (batch,) = Batches(samples(), len(samples()), 1, seed=0).of(0)
    return loss_of(model)(batch)[1].item()


def test_exactly_the_named_experts_change(family, tmp_path):
    config = ExpertConfig.read(family / "adapters/b/expert_cfg.json")
    model = load(family)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    loss_before = loss(model)
    train(model, samples(), config, tmp_path / "out", torch.bfloat16, options())

    for name, value in model.state_dict().items():
        same = (value == before[name]).flatten(1).all(1) if ".experts." in name else (value == before[name]).all()
        if ".experts." in name:
            chosen = config.experts.get(int(name.split(".")[2]), [])
            assert [e for e, equal in enumerate(same.tolist()) if not equal] == chosen, name
        else:
            assert bool(same) != (config.shared and "shared_expert" in name and "shared_expert_gate" not in name), name
    assert loss(model) < loss_before


def test_optimiser_keeps_state_for_the_named_experts_alone(family):
    config = ExpertConfig.read(family / "adapters/a/expert_cfg.json")
    model = load(family)
    chosen = sum(p.numel() for p in ChosenExperts(model, config).parameters())

    expert = sum(value.numel() for value in load_file(family / "adapters/a/model.safetensors").values())
    assert chosen == expert


def test_loss_falls_far(tmp_path):
    family = MODELS["qwen3-moe"]
    config = ExpertConfig({layer: list(range(8)) for layer in range(3)})
    _, losses = train(load(family), samples(), config, tmp_path / "out", torch.bfloat16, options(steps=40, rate=1e-2))
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("kill_at", [3, 4, 5])
def test_resumed_training_gives_the_bits_of_an_uninterrupted_one(family, tmp_path, kill_at, monkeypatch):
    config = ExpertConfig.read(family / "adapters/b/expert_cfg.json")
    train(load(family), samples(), config, tmp_path / "whole", torch.bfloat16, options())

    class Killed(Exception):
        pass

    import esft.train as module

    class Mortal(module.Record):
        def step(self, step, loss, rate):
            if step == kill_at + 1:
                raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(module, "Record", Mortal)
        train(load(family), samples(), config, tmp_path / "broken", torch.bfloat16, options())
    _, losses = train(load(family), samples(), config, tmp_path / "broken", torch.bfloat16, options())

    assert len(losses) == 3
    whole, broken = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "broken"))
    assert whole.keys() == broken.keys()
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_other_settings_do_not_resume(tmp_path):
    family = MODELS["olmoe"]
    config = ExpertConfig.read(family / "adapters/a/expert_cfg.json")
    train(load(family), samples(), config, tmp_path / "out", torch.bfloat16, options(steps=1))
    with pytest.raises(Refusal, match="(?s)rate: 0.003, now 0.5.*seed: 3, now 4"):
        train(load(family), samples(), config, tmp_path / "out", torch.bfloat16, options(steps=1, rate=0.5, seed=4))


def test_an_adapter_that_was_written_gives_the_logits_of_the_trained_model(family, tmp_path):
    config = ExpertConfig.read(family / "adapters/b/expert_cfg.json")
    model = load(family)
    train(model, samples(), config, tmp_path / "out", torch.float32, options(steps=2))
    other = load(family)
    adapter.apply(other, tmp_path / "out")

    ids = torch.tensor([samples(1)[0].ids])
    with torch.no_grad():
        assert torch.equal(other(ids).logits, model(ids).logits)


def test_names_and_shapes_are_those_of_published_adapters(family, tmp_path):
    for name in ("a", "b", "c"):
        published = load_file(family / f"adapters/{name}/model.safetensors")
        model = load(family)
        config = adapter.apply(model, family / f"adapters/{name}")
        adapter.write(model, config, tmp_path / name, adapter.base_dtype(family / "model"))
        written = load_file(tmp_path / name / "model.safetensors")
        assert {n if n.startswith("model.") else "model." + n for n in published} == set(written)
        assert all(torch.equal(written[n], published.get(n, published.get(n.removeprefix("model.")))) for n in written)


def test_everything_wrong_with_a_configuration_is_named():
    model = load(MODELS["qwen2-moe"])
    with pytest.raises(Refusal) as refusal:
        ChosenExperts(model, ExpertConfig({0: [1], 1: [2, 8, 9]}))
    assert str(refusal.value).splitlines()[1:] == [
        "  layer 0 has no experts; layers with experts: 1, 3",
        "  layer 1 has no expert 8, but 0 to 7",
        "  layer 1 has no expert 9, but 0 to 7",
    ]
    with pytest.raises(Refusal, match="no shared experts"):
        ChosenExperts(load(MODELS["mixtral"]), ExpertConfig({0: [1]}, shared=True))
