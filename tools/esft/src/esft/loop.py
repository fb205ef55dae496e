"""The training loop: steps of AdamW over whatever is trained."""

from dataclasses import dataclass
from typing import Callable

import torch


@dataclass(frozen=True)
class Schedule:
    """How far a training is, and how fast it learns.

    progress: share of the training that is done before a step, 0 to 1; the training ends where it is 1.
    rate: learning rate of a step, from its number and that share.
    """

    progress: Callable[[int], float]
    rate: Callable[[int, float], float]


def adam(parameters, weight_decay=0.0):
    """The optimiser; its rate is set step by step."""
    return torch.optim.AdamW(parameters, lr=0.0, betas=(0.9, 0.95), weight_decay=weight_decay)


def fit(trained, batches, loss_of, schedule: Schedule, optimizer, start=0, after_step=None):
    """Trains from step `start` on; returns how many steps there were in all.

    trained: has parameters() and write_back(), as ChosenExperts.
    batches: batches(step) gives the batches of a step, whose gradients are added.
    loss_of: loss_of(batch) gives the loss to follow downhill, and the loss to tell, both of which are added over a step.
    after_step: after_step(step, share done, loss, rate) is told of each step once it is done.
    """
    parameters, step = trained.parameters(), start
    while (done := schedule.progress(step)) < 1:
        rate = schedule.rate(step, done)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        told = 0.0
        for batch in batches(step):
            total, loss = loss_of(batch)
            total.backward()
            told += float(loss)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        trained.write_back()
        step += 1
        if after_step:
            after_step(step, done, told, rate)
    return step
