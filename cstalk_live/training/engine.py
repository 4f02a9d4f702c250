"""Where a run computes: this process alone, or one of several that train the same network together.

Several processes are started by ``torchrun``; Lightning Fabric then finds the ranks, gives each its device and joins
them (NCCL between GPUs, gloo between CPUs). Each draws its own batch, the gradients are averaged, and so every rank
takes the same step: a step over ``world`` times as many rows, whose loss is the mean of the ranks' losses. One
process needs none of this and does not import it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from cstalk_live.errors import CSTalkError, UsageError

RANK_TIMEOUT = timedelta(minutes=15)
"""Longest wait for the other processes. Rank 0 validates alone meanwhile, and one machine may read its corpus more
slowly than another; who waits longer than this waits for a process that will never answer."""

Shared = TypeVar("Shared")


class LostRankError(CSTalkError):
    """Another process of this run has failed, or does not answer."""


def choose_device(wish: str) -> torch.device:
    """``auto`` takes CUDA if there is one.

    Raises:
        UsageError: CUDA is demanded and absent.
    """
    if wish == "cuda" and not torch.cuda.is_available():
        raise UsageError("device: cuda is asked for, but torch sees no CUDA GPU", "set device: auto or cpu")
    return torch.device("cuda" if wish != "cpu" and torch.cuda.is_available() else "cpu")


class Engine:
    """The processes of a run, seen from one of them; this one alone unless ``torchrun`` started several.

    Args:
        wish: the recipe's ``device``.
        timeout: longest wait for another process.

    Raises:
        UsageError: no such device, or Lightning Fabric is missing.
        LostRankError: the other processes do not come.
    """

    def __init__(self, wish: str, timeout: timedelta = RANK_TIMEOUT) -> None:
        self.device = choose_device(wish)
        self.rank, self.world = 0, int(os.environ.get("WORLD_SIZE", "1"))
        self.stop = False
        """This process wishes to end after the present step."""
        self._agreed = False
        self._fabric: Any = None
        if self.world > 1:
            self._join(timeout)

    @property
    def leads(self) -> bool:
        """This is rank 0, which alone validates, reports and writes files."""
        return self.rank == 0

    @property
    def stopping(self) -> bool:
        """All ranks end after this step, because one of them wished to before it."""
        return self.stop if self._fabric is None else self._agreed

    def average(self, numbers: Mapping[str, float], parameters: Iterable[nn.Parameter]) -> dict[str, float]:
        """After ``backward``: make every gradient its mean over the ranks, in place, and return the mean numbers.

        One message carries all of it. A parameter that has a gradient nowhere keeps none; alone, nothing changes.

        Raises:
            LostRankError: another process has failed. No gradient has changed then.
        """
        if self._fabric is None:
            return dict(numbers)
        owned = [p for p in parameters if p.requires_grad]
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in owned]
        notes = [float(self.stop), *numbers.values(), *(float(p.grad is not None) for p in owned)]
        message = torch.cat((torch.tensor(notes, device=self.device), *(g.float().flatten() for g in gradients)))
        mean = self._all_reduce(message)
        told, flat = mean[: len(notes)].tolist(), mean[len(notes) :]
        self._agreed = told[0] > 0.0
        parts = torch.split(flat, [p.numel() for p in owned])
        for parameter, had, part in zip(owned, told[1 + len(numbers) :], parts, strict=True):
            parameter.grad = part.view_as(parameter).to(parameter.dtype) if had > 0.0 else None
        return dict(zip(numbers, told[1 : 1 + len(numbers)], strict=True))

    def from_leader(self, value: Shared) -> Shared:
        """Rank 0's ``value`` on every rank; the others' own is dropped.

        Raises:
            LostRankError: another process has failed.
        """
        if self._fabric is None:
            return value
        try:
            shared: Shared = self._fabric.broadcast(value)
        except RuntimeError as error:
            raise self._lost(error) from error
        return shared

    def _join(self, timeout: timedelta) -> None:
        try:
            from lightning_fabric import Fabric
            from lightning_fabric.strategies import DDPStrategy
        except ModuleNotFoundError as error:
            raise UsageError(
                f"training in {self.world} processes needs the package '{error.name}'",
                "pip install 'cstalk-live[train]', or start one process without torchrun",
            ) from None
        logging.getLogger("lightning_fabric").setLevel(logging.ERROR)  # it greets in four lines on every start
        self.rank = int(os.environ.get("RANK", "0"))
        here = int(os.environ.get("LOCAL_WORLD_SIZE", str(self.world)))
        cuda = self.device.type == "cuda"
        if cuda and here > torch.cuda.device_count():
            raise UsageError(
                f"{here} processes are started here, and torch sees {torch.cuda.device_count()} CUDA GPUs",
                "give --nproc-per-node the number of GPUs, or set device: cpu",
            )
        try:
            fabric = Fabric(
                accelerator="cuda" if cuda else "cpu",
                strategy=DDPStrategy(process_group_backend="nccl" if cuda else "gloo", timeout=timeout),
                devices=here,
                num_nodes=self.world // here,
            )
            fabric.launch()
        except (RuntimeError, ValueError) as error:
            raise self._lost(error) from error
        self._fabric = fabric
        self.rank, self.device = fabric.global_rank, fabric.device

    def _all_reduce(self, message: Tensor) -> Tensor:
        try:
            mean: Tensor = self._fabric.all_reduce(message, reduce_op="mean")
        except RuntimeError as error:
            raise self._lost(error) from error
        return mean

    def _lost(self, error: Exception) -> LostRankError:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return LostRankError(
            f"rank {self.rank} of {self.world} lost the others ({lines[0][:160]})",
            "see what the rank that failed first says, then start the same command again",
        )
