"""What the network that reads printed lines is taught by."""

from __future__ import annotations

import torch
from torch import nn

from pipeline.printed import STRIDE

#: Share of the time in which columns are taught directly, fading, and their most weight.
_COLUMNS_TIME, _COLUMNS_WEIGHT = 1 / 3, 0.8


def wanted_of(codes: torch.Tensor, places: torch.Tensor, columns: int) -> torch.Tensor:
    """What each column should say (N, columns): a code, 0, or -1 where either will do.

    Of a strip whose places are not known (NaN) nothing is asked.
    """
    place = codes.device
    wanted = torch.zeros(len(codes), columns, dtype=torch.long, device=place)
    known = (codes > 0) & ~places.isnan()
    at = (places.nan_to_num(0) / STRIDE).long().clamp(0, columns - 1)
    rows = torch.arange(len(codes), device=place).unsqueeze(1).expand_as(at)
    for near in (-1, 0, 1):
        wanted[rows[known], (at + near).clamp(0, columns - 1)[known]] = -1
    wanted[rows[known], at[known]] = codes[known]
    unknown = ((codes > 0) & places.isnan()).any(dim=1)
    wanted[unknown] = -1
    return wanted


def loss_of(
    scores: torch.Tensor, codes: torch.Tensor, places: torch.Tensor, spent: float
) -> torch.Tensor:
    """CTC, and what each column should say: CTC alone needs many times as many steps.

    Args:
        scores: (N, classes, 1, columns).
        codes: (N, longest) places of signs in ALPHABET from 1; 0 fills up.
        places: (N, longest) x of each sign, pixels.
        spent: share of the time for training that is over.
    """
    logs = scores[:, :, 0].float().log_softmax(1)
    lengths = (codes > 0).sum(1)
    columns = torch.full_like(lengths, logs.shape[-1])
    ctc = nn.functional.ctc_loss(logs.permute(2, 0, 1), codes, columns, lengths, zero_infinity=True)
    near = max(0.0, 1 - spent / _COLUMNS_TIME)
    if not near:
        return ctc
    wanted = wanted_of(codes, places, logs.shape[-1])
    each = nn.functional.nll_loss(logs, wanted, ignore_index=-1)
    return (1 - _COLUMNS_WEIGHT * near) * ctc + each * near
