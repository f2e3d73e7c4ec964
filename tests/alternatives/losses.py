"""Other right ways to solve the exercises of 05-losses: each must earn every point."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, tensor

from torchmarks.catalogue import alternative


@alternative("gaussian_nll")
def gaussian_nll_in_three_terms(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    constant = 0.5 * torch.log(torch.tensor(2 * torch.pi))
    spread = 0.5 * torch.log(variance).mean()
    misfit = torch.mean((prediction - target) ** 2 / variance) / 2
    return constant + spread + misfit


@alternative("gaussian_nll")
def gaussian_nll_by_the_standardized_residual(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    sigma = variance.sqrt()
    z = (target - prediction) / sigma
    log_prob = -z.pow(2) / 2 - sigma.log() - 0.9189385332046727
    return -log_prob.sum() / log_prob.numel()


@alternative("gaussian_nll")
def gaussian_nll_by_a_loop(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    total = torch.zeros((), dtype=prediction.dtype)
    variance = variance.expand_as(prediction)
    for p, t, v in zip(prediction.flatten(), target.flatten(), variance.flatten(), strict=True):
        total = total + (torch.log(2 * torch.pi * v) + (t - p) ** 2 / v) / 2
    return total / prediction.numel()


@alternative("squared_error_noise")
def squared_error_noise_by_einsum(prediction: Tensor, target: Tensor) -> Tensor:
    residual = prediction - target
    return torch.einsum("nd,nd->d", residual, residual) / residual.shape[0]


@alternative("squared_error_noise")
def squared_error_noise_by_norms_of_the_columns(prediction: Tensor, target: Tensor) -> Tensor:
    columns = (target - prediction).unbind(dim=1)
    return torch.stack([torch.linalg.norm(c) ** 2 / len(c) for c in columns])


@alternative("squared_error_noise")
def squared_error_noise_by_variance_and_bias(prediction: Tensor, target: Tensor) -> Tensor:
    residual = target - prediction
    return residual.var(dim=0, correction=0) + residual.mean(dim=0) ** 2


@alternative("bce_with_logits")
def bce_by_the_maximum_and_log1p(logits: Tensor, targets: Tensor) -> Tensor:
    loss = logits.clamp(min=0) - logits * targets + torch.log1p(torch.exp(-logits.abs()))
    return loss.mean()


@alternative("bce_with_logits")
def bce_by_softplus(logits: Tensor, targets: Tensor) -> Tensor:
    return torch.mean(targets * F.softplus(-logits) + (1 - targets) * F.softplus(logits))


@alternative("bce_with_logits")
def bce_as_cross_entropy_of_two_classes(logits: Tensor, targets: Tensor) -> Tensor:
    two = torch.stack([torch.zeros_like(logits), logits], dim=-1)
    share = torch.stack([1 - targets, targets], dim=-1)
    return -(share * torch.log_softmax(two, dim=-1)).sum(dim=-1).mean()


@alternative("bce_with_logits")
def bce_by_logaddexp(logits: Tensor, targets: Tensor) -> Tensor:
    return (torch.logaddexp(torch.zeros_like(logits), logits) - targets * logits).mean()


@alternative("bce_with_logits")
def bce_by_one_logarithm_and_a_product(logits: Tensor, targets: Tensor) -> Tensor:
    return ((1 - targets) * logits - F.logsigmoid(logits)).mean()


@alternative("bce_with_logits")
def bce_by_torch_cross_entropy_of_two_classes(logits: Tensor, targets: Tensor) -> Tensor:
    z = logits.flatten()
    two = torch.stack([torch.zeros_like(z), z], dim=1)
    share = torch.stack([1 - targets.flatten(), targets.flatten()], dim=1)
    return F.cross_entropy(two, share)


@alternative("poisson_nll")
def poisson_nll_by_a_loop(log_rate: Tensor, counts: Tensor) -> Tensor:
    losses = [
        torch.exp(s) - k * s for s, k in zip(log_rate.flatten(), counts.flatten(), strict=True)
    ]
    return torch.stack(losses).mean()


@alternative("poisson_nll")
def poisson_nll_by_two_means(log_rate: Tensor, counts: Tensor) -> Tensor:
    return torch.exp(log_rate).mean() - torch.mul(counts.to(log_rate.dtype), log_rate).mean()


@alternative("pinball_loss")
def pinball_by_branches(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    if quantile <= 0 or quantile >= 1:
        raise ValueError("the quantile must lie between 0 and 1")
    error = target - prediction
    return torch.where(error >= 0, quantile * error, (1 - quantile) * -error).mean()


@alternative("pinball_loss")
def pinball_by_a_weight_for_each_entry(
    prediction: Tensor, target: Tensor, quantile: float
) -> Tensor:
    if not (quantile > 0 and quantile < 1):
        raise ValueError
    weight = torch.where(target > prediction, quantile, 1 - quantile)
    return (weight * torch.abs(target - prediction)).mean()


@alternative("pinball_loss")
def pinball_by_two_rectifiers(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    if not 0.0 < quantile < 1.0:
        raise ValueError("no quantile")
    short, over = torch.relu(target - prediction), torch.relu(prediction - target)
    return (quantile * short + (1 - quantile) * over).mean()


@alternative("pinball_loss")
def pinball_as_a_tilted_absolute_error(
    prediction: Tensor, target: Tensor, quantile: float
) -> Tensor:
    if not 0.0 < quantile < 1.0:
        raise ValueError("no quantile")
    r = target - prediction
    return (0.5 * r.abs() + (quantile - 0.5) * r).mean()


@alternative("huber_loss")
def huber_by_clipping(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (prediction - target).abs()
    clipped = size.clamp(max=delta)
    return (clipped * size - clipped**2 / 2).mean()


@alternative("huber_loss")
def huber_by_masks(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    r = target - prediction
    small = (r.abs() < delta).to(r.dtype)
    losses = small * 0.5 * r * r + (1 - small) * (delta * r.abs() - 0.5 * delta**2)
    return losses.sum() / r.numel()


@alternative("huber_loss")
def huber_by_a_parabola_and_a_tail(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (prediction - target).abs()
    return (0.5 * size.clamp(max=delta) ** 2 + delta * torch.relu(size - delta)).mean()


@alternative("huber_loss")
def huber_by_a_loop(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    total = torch.zeros((), dtype=prediction.dtype)
    for p, y in zip(prediction.flatten(), target.flatten(), strict=True):
        d = abs(p - y)
        total = total + (0.5 * d * d if d <= delta else delta * (d - 0.5 * delta))
    return total / prediction.numel()


@alternative("huber_loss")
def huber_by_indexing(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    r = torch.abs(target - prediction)
    loss = 0.5 * r**2
    outside = r > delta
    loss[outside] = delta * (r[outside] - delta / 2)
    return loss.mean()


@alternative("empirical_risk")
def empirical_risk_by_normalized_weights(losses: Tensor, weights: Tensor) -> Tensor:
    shares = weights / weights.sum(dim=-1, keepdim=True)
    return torch.einsum("...n,...n->...", shares, losses.masked_fill(weights == 0, 0.0))


@alternative("empirical_risk")
def empirical_risk_choosing_among_products(losses: Tensor, weights: Tensor) -> Tensor:
    products = torch.where(weights == 0, torch.zeros_like(losses), losses * weights)
    return products.sum(-1) / weights.sum(-1)


@alternative("empirical_risk")
def empirical_risk_by_a_loop_over_rows(losses: Tensor, weights: Tensor) -> Tensor:
    shape = losses.shape[:-1]
    risks = []
    n = losses.shape[-1]
    for row, w in zip(losses.reshape(-1, n), weights.reshape(-1, n), strict=True):
        kept = w != 0
        risks.append((row[kept] * w[kept]).sum() / w[kept].sum())
    return torch.stack(risks).reshape(shape)


@alternative("bootstrap_interval")
def bootstrap_by_a_loop_over_resamples(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = torch.stack([losses[row].mean() for row in indices])
    left_over = 1 - level
    return torch.quantile(means, tensor([left_over / 2, 1 - left_over / 2]))


@alternative("bootstrap_interval")
def bootstrap_by_counting_copies(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    n = len(losses)
    copies = F.one_hot(indices, n).sum(dim=1).to(losses.dtype)
    means = copies @ losses / n
    lower = torch.quantile(means, 0.5 - level / 2)
    upper = torch.quantile(means, 0.5 + level / 2)
    return torch.stack((lower, upper))


@alternative("bootstrap_interval")
def bootstrap_by_sorting_and_interpolating(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = torch.take(losses, indices).mean(-1).sort().values
    bounds = []
    for q in ((1 - level) / 2, (1 + level) / 2):
        place = q * (len(means) - 1)
        below = min(int(place), len(means) - 2)
        share = place - below
        bounds.append(means[below] * (1 - share) + means[below + 1] * share)
    return torch.stack(bounds)


@alternative("expected_calibration_error")
def ece_by_rounding_up_and_summing_gaps(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=1)
    gap = (predicted == labels).float() - confidence
    bin_of = (confidence * bins).ceil().long() - 1
    sums = torch.zeros(bins, dtype=gap.dtype).index_add(0, bin_of, gap)
    return sums.abs().sum() / len(labels)


@alternative("expected_calibration_error")
def ece_by_a_loop_over_edges(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence = probs.amax(dim=-1)
    accuracy = probs.argmax(dim=-1).eq(labels)
    edges = torch.linspace(0, 1, bins + 1)
    ece = torch.zeros(1)
    for lower, upper in zip(edges[:-1], edges[1:], strict=True):
        in_bin = (confidence > lower) & (confidence <= upper)
        share = in_bin.float().mean()
        if share > 0:
            ece += (accuracy[in_bin].float().mean() - confidence[in_bin].mean()).abs() * share
    return ece.squeeze()


@alternative("expected_calibration_error")
def ece_by_a_membership_matrix(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    right = (predicted == labels).to(probs.dtype)
    upper = torch.arange(1, bins + 1) / bins
    reached = (confidence[:, None] <= upper).to(probs.dtype)  # all bins from its own on
    member = torch.diff(reached, dim=1, prepend=torch.zeros(len(labels), 1))
    return (member.T @ (right - confidence)).abs().sum() / len(labels)


@alternative("expected_calibration_error")
def ece_with_numpy(probs: Tensor, labels: Tensor, bins: int) -> float:
    confidence, predicted = probs.max(1).values.numpy(), probs.argmax(1).numpy()
    which = np.digitize(confidence, np.linspace(0, 1, bins + 1), right=True)
    ece = 0.0
    for b in np.unique(which):
        inside = which == b
        accuracy = (predicted[inside] == labels.numpy()[inside]).mean()
        ece += inside.sum() / len(labels) * abs(accuracy - confidence[inside].mean())
    return float(ece)


@alternative("fit_temperature")
def temperature_by_newton_in_the_inverse(logits: Tensor, labels: Tensor) -> float:
    z = logits.double()
    true = z[torch.arange(len(z)), labels]
    beta = 1e-3  # from the left of a convex valley, with steps that at most double β
    for _ in range(200):
        p = torch.softmax(beta * z, dim=1)
        mean = (p * z).sum(dim=1)
        slope = (mean - true).mean()
        curvature = ((p * z**2).sum(dim=1) - mean**2).mean()
        step = (-slope / curvature).item()
        beta = min(max(beta + step, beta / 2), 2 * beta)
    return 1 / beta


@alternative("fit_temperature")
def temperature_by_adam_on_its_logarithm(logits: Tensor, labels: Tensor) -> Tensor:
    log_t = torch.nn.Parameter(torch.tensor(0.0))
    optimizer = torch.optim.Adam([log_t], lr=0.1)
    for _ in range(250):
        optimizer.zero_grad()
        F.cross_entropy(logits / log_t.exp(), labels).backward()
        optimizer.step()
    return log_t.exp().detach()


@alternative("fit_temperature")
def temperature_by_bisecting_the_slope(logits: Tensor, labels: Tensor) -> float:
    low, high = 0.01, 200.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        beta = torch.tensor(1 / middle, requires_grad=True)
        F.cross_entropy(logits * beta, labels).backward()
        low, high = (middle, high) if beta.grad > 0 else (low, middle)
    return middle


@alternative("fit_temperature")
def temperature_by_thirds_of_an_interval(logits: Tensor, labels: Tensor) -> float:
    low, high = 0.05, 50.0
    while high - low > 1e-4 * low:
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if F.cross_entropy(logits / a, labels) < F.cross_entropy(logits / b, labels):
            high = b
        else:
            low = a
    return (low + high) / 2


@alternative("fit_temperature")
def temperature_by_refined_grids(logits: Tensor, labels: Tensor) -> float:
    low, high = torch.tensor(0.05).log().item(), torch.tensor(50.0).log().item()
    for _ in range(5):
        grid = torch.linspace(low, high, 50)
        losses = [F.cross_entropy(logits / t.exp(), labels).item() for t in grid]
        best = grid[losses.index(min(losses))].item()
        width = (high - low) / 49
        low, high = best - width, best + width
    return float(torch.tensor(best).exp())


@alternative("fit_temperature")
def temperature_by_lbfgs_on_itself(logits: Tensor, labels: Tensor) -> float:
    temperature = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([temperature], lr=0.1, max_iter=500)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(logits / temperature, labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return temperature.item()
