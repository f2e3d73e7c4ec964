"""Other right ways to solve the exercises of 02-probability: each must earn every point."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import alternative

# One of K ------------------------------------------------------------------------------------


@alternative("softmax")
def softmax_through_its_logarithm(logits: Tensor, dim: int = -1) -> Tensor:
    shifted = logits - logits.max(dim=dim, keepdim=True).values
    return torch.exp(shifted - shifted.exp().sum(dim=dim, keepdim=True).log())


@alternative("softmax")
def softmax_by_a_loop_over_slices(logits: Tensor, dim: int = -1) -> Tensor:
    moved = logits.movedim(dim, -1)
    rows = []
    for row in moved.reshape(-1, moved.shape[-1]):
        weights = torch.exp(row - row.max())
        rows.append(weights / sum(weights))
    return torch.stack(rows).reshape(moved.shape).movedim(-1, dim)


@alternative("softmax")
def softmax_by_ratios(logits: Tensor, dim: int = -1) -> Tensor:
    # 1 / Σ_j exp(z_j − z_k): where that overflows, 1/∞ = 0 is right. The floor avoids ∞ − ∞.
    z = logits.movedim(dim, -1).clamp(min=-1e6)
    differences = z.unsqueeze(-2) - z.unsqueeze(-1)
    return (1 / differences.exp().sum(dim=-1)).movedim(-1, dim)


@alternative("softmax")
def softmax_with_powers_of_e(logits: Tensor, dim: int = -1) -> Tensor:
    last = logits.transpose(dim, -1)
    weights = math.e ** (last - last.max(-1).values.detach().unsqueeze(-1))
    return F.normalize(weights, p=1, dim=-1).transpose(dim, -1)


@alternative("log_sum_exp")
def log_sum_exp_by_adding_one_at_a_time(x: Tensor, dim: int = -1) -> Tensor:
    slices = x.unbind(dim)
    total = slices[0]
    for entry in slices[1:]:
        total = torch.logaddexp(total, entry)
    return total


@alternative("log_sum_exp")
def log_sum_exp_with_a_clamped_shift(x: Tensor, dim: int = -1) -> Tensor:
    shift = x.max(dim, keepdim=True)[0].clamp(min=torch.finfo(x.dtype).min)
    return (torch.log(torch.exp(x - shift).sum(dim, keepdim=True)) + shift).squeeze(dim)


@alternative("log_sum_exp")
def log_sum_exp_with_an_indexed_shift(x: Tensor, dim: int = -1) -> Tensor:
    shift = x.detach().amax(dim=dim, keepdim=True).clone()
    shift[torch.isinf(shift)] = 0
    total = (x - shift).exp().sum(dim=dim)
    return shift.squeeze(dim) + torch.log(total)


@alternative("categorical_sample")
def categorical_sample_by_counting_boundaries(probs: Tensor, uniforms: Tensor) -> Tensor:
    below = probs.cumsum(dim=-1).unsqueeze(-2) <= uniforms.unsqueeze(-1)
    return below[..., :-1].sum(dim=-1)


@alternative("categorical_sample")
def categorical_sample_by_walking_along(probs: Tensor, uniforms: Tensor) -> Tensor:
    drawn = []
    p_rows = probs.reshape(-1, probs.shape[-1]).tolist()
    for p, row in zip(p_rows, uniforms.reshape(len(p_rows), -1).tolist(), strict=True):
        for u in row:
            k, boundary = 0, p[0]
            while boundary <= u and k < len(p) - 1:
                k += 1
                boundary += p[k]
            drawn.append(k)
    return torch.tensor(drawn).reshape(uniforms.shape)


@alternative("categorical_sample")
def categorical_sample_by_the_first_boundary_above(probs: Tensor, uniforms: Tensor) -> Tensor:
    boundaries = torch.cumsum(probs, -1)
    boundaries = boundaries / boundaries[..., -1:]
    above = (uniforms[..., None] < boundaries[..., None, :]).int()
    return above.argmax(dim=-1)


@alternative("categorical_sample")
def categorical_sample_by_counting_starts(probs: Tensor, uniforms: Tensor) -> Tensor:
    starts = F.pad(probs.cumsum(dim=-1), (1, 0))[..., :-1]
    return torch.stack([(u[..., None] >= starts).sum(-1) - 1 for u in uniforms.unbind(-1)], -1)


@alternative("expectation_and_variance")
def expectation_and_variance_from_the_first_value(
    values: Tensor, probs: Tensor
) -> tuple[Tensor, Tensor]:
    # The formula that cancels is harmless after a shift to one of the values.
    shift = values[..., :1]
    near = values - shift
    mean = (near * probs).sum(-1)
    return mean + shift.squeeze(-1), (near * near * probs).sum(-1) - mean**2


@alternative("expectation_and_variance")
def expectation_and_variance_by_einsum(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    values = values.expand_as(probs)
    mean = torch.einsum("...k,...k->...", values, probs)
    distance = values - mean.unsqueeze(-1)
    return mean, torch.einsum("...k,...k,...k->...", distance, distance, probs)


@alternative("expectation_and_variance")
def expectation_and_variance_by_a_loop(values: Tensor, probs: Tensor) -> list[Tensor]:
    x, p = torch.broadcast_tensors(values, probs)
    mean = sum(p[..., k] * x[..., k] for k in range(p.shape[-1]))
    variance = sum(p[..., k] * (x[..., k] - mean).pow(2) for k in range(p.shape[-1]))
    return [mean, variance]


@alternative("expectation_and_variance")
def expectation_and_variance_by_pairs(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    # Half the expected squared distance of two independent draws.
    x, p = torch.broadcast_tensors(values, probs)
    squared = (x.unsqueeze(-1) - x.unsqueeze(-2)) ** 2
    pairs = p.unsqueeze(-1) * p.unsqueeze(-2)
    return (p * x).sum(-1), (pairs * squared).sum(dim=(-2, -1)) / 2 / p.sum(-1) ** 2


# Yes or no -----------------------------------------------------------------------------------


@alternative("bernoulli_log_prob")
def bernoulli_log_prob_by_log_sigmoids(x: Tensor, logits: Tensor) -> Tensor:
    return x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)


@alternative("bernoulli_log_prob")
def bernoulli_log_prob_minus_a_log_sum_exp(x: Tensor, logits: Tensor) -> Tensor:
    return x * logits - torch.logaddexp(torch.zeros_like(logits), logits)


@alternative("bernoulli_log_prob")
def bernoulli_log_prob_by_softplus(x: Tensor, logits: Tensor) -> Tensor:
    return torch.where(x == 1, -F.softplus(-logits), -F.softplus(logits))


@alternative("bernoulli_log_prob")
def bernoulli_log_prob_by_log1p(x: Tensor, logits: Tensor) -> Tensor:
    return x * logits - logits.clamp(min=0) - torch.log1p(torch.exp(-logits.abs()))


@alternative("bernoulli_log_prob")
def bernoulli_log_prob_as_a_softmax_of_two(x: Tensor, logits: Tensor) -> Tensor:
    both = torch.stack([torch.zeros_like(logits), logits], dim=-1).log_softmax(dim=-1)
    return (1 - x) * both[..., 0] + x * both[..., 1]


@alternative("bernoulli_log_prob")
def bernoulli_log_prob_by_the_sign(x: Tensor, logits: Tensor) -> Tensor:
    margin = (2 * x - 1) * logits
    return -(-margin).relu() - torch.log(1 + torch.exp(-margin.abs()))


# The normal distribution ---------------------------------------------------------------------


@alternative("normal_log_prob")
def normal_log_prob_with_the_variance(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    variance = sigma**2
    return -((x - mu) ** 2) / (2 * variance) - 0.5 * torch.log(2 * torch.pi * variance)


@alternative("normal_log_prob")
def normal_log_prob_from_the_standard_normal(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    z = (x - mu) / sigma
    log_root_two_pi = torch.tensor(2 * torch.pi, dtype=x.dtype).sqrt().log()
    return -(z * z / 2 + log_root_two_pi + sigma.log())


@alternative("normal_log_prob")
def normal_log_prob_with_the_precision(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    root_precision = 1 / sigma
    factor = root_precision / math.sqrt(2 * math.pi)
    return factor.log() - ((x - mu) * root_precision).square() / 2


@alternative("normal_cdf")
def normal_cdf_by_erfc(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return torch.special.erfc((mu - x) / (sigma * 2**0.5)) / 2


@alternative("normal_cdf")
def normal_cdf_by_chi_square(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    # z² is chi-square with one degree of freedom: P(z² ≤ t) is an incomplete gamma function.
    z = (x - mu) / sigma
    inside = torch.special.gammainc(torch.tensor(0.5, dtype=x.dtype), z**2 / 2)
    return 0.5 + 0.5 * torch.sign(z) * inside


@alternative("normal_cdf")
def normal_cdf_by_erf(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    scaled = torch.div(x - mu, sigma * torch.sqrt(torch.tensor(2.0, dtype=x.dtype)))
    return torch.add(scaled.erf(), 1).mul(0.5)


# Many numbers at once ------------------------------------------------------------------------


@alternative("covariance")
def covariance_by_a_loop_over_examples(X: Tensor) -> Tensor:
    mean = X.sum(0) / len(X)
    total = torch.zeros(X.shape[1], X.shape[1], dtype=X.dtype)
    for x in X:
        total = total + torch.outer(x - mean, x - mean)
    return total / (len(X) - 1)


@alternative("covariance")
def covariance_by_einsum(X: Tensor) -> Tensor:
    d = X - X.mean(0, keepdim=True)
    return torch.einsum("ni,nj->ij", d, d) / (len(d) - 1)


@alternative("covariance")
def covariance_by_pairs_of_examples(X: Tensor) -> Tensor:
    # All differences of two examples know nothing of the mean: half their mean square.
    n = len(X)
    differences = (X.unsqueeze(0) - X.unsqueeze(1)).reshape(n * n, -1)
    return differences.T @ differences / (2 * n * (n - 1))


@alternative("covariance")
def covariance_entry_by_entry(X: Tensor) -> Tensor:
    columns = [column - column.mean() for column in X.unbind(dim=1)]
    rows = [torch.stack([(a * b).sum() / (len(X) - 1) for b in columns]) for a in columns]
    return torch.stack(rows)


@alternative("mvn_log_prob")
def mvn_log_prob_by_the_inverse_and_slogdet(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    difference = x - mu
    precision = torch.linalg.inv(cov)
    squared = torch.einsum("...i,...ij,...j->...", difference, precision, difference)
    log_det = torch.linalg.slogdet(cov).logabsdet
    return -0.5 * (squared + log_det + x.shape[-1] * math.log(2 * math.pi))


@alternative("mvn_log_prob")
def mvn_log_prob_along_the_eigenvectors(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    variances, directions = torch.linalg.eigh(cov)
    along = (directions.mT @ (x - mu).unsqueeze(-1)).squeeze(-1)
    one_by_one = -0.5 * along**2 / variances - 0.5 * torch.log(2 * torch.pi * variances)
    return one_by_one.sum(dim=-1)


@alternative("mvn_log_prob")
def mvn_log_prob_by_solving(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    column = (x - mu)[..., None]
    squared = (column.mT @ torch.linalg.solve(cov, column))[..., 0, 0]
    constant = torch.tensor(2 * torch.pi, dtype=x.dtype).log() * x.size(-1)
    return -(squared + torch.logdet(cov) + constant) / 2


@alternative("mvn_sample")
def mvn_sample_by_the_symmetric_root(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    variances, directions = torch.linalg.eigh(cov)
    root = directions @ torch.diag_embed(variances.sqrt()) @ directions.mT
    return mu + torch.einsum("...ij,...j->...i", root, z)


@alternative("mvn_sample")
def mvn_sample_with_rows_and_an_upper_factor(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    upper = torch.linalg.cholesky(cov, upper=True)
    return mu - torch.einsum("...j,...ji->...i", z, upper)


@alternative("mvn_sample")
def mvn_sample_by_scaled_eigenvectors(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    variances, directions = torch.linalg.eigh(cov)
    return mu + (directions * (z * variances.sqrt()).unsqueeze(-2)).sum(dim=-1)


@alternative("mvn_sample")
def mvn_sample_feature_by_feature(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    L = torch.linalg.cholesky(cov)
    features = [(L[..., i, : i + 1] * z[..., : i + 1]).sum(-1) for i in range(z.shape[-1])]
    return torch.stack(features, dim=-1) + mu


# Distributions over probabilities ------------------------------------------------------------


@alternative("beta_mean_and_mode")
def beta_mean_and_mode_by_ratios(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    mode = 1 / (1 + (b - 1) / (a - 1))
    mode = mode.masked_fill((a <= 1) | (b <= 1), float("nan"))
    return 1 / (1 + b / a), mode


@alternative("beta_mean_and_mode")
def beta_mean_and_mode_by_index(a: Tensor, b: Tensor) -> list[Tensor]:
    a, b = torch.broadcast_tensors(a, b)
    mode = torch.full(a.shape, torch.nan, dtype=a.dtype)
    peak = torch.minimum(a, b) > 1
    mode[peak] = ((a - 1) / (a + b - 2))[peak]
    return [1 - b / (a + b), mode]


@alternative("dirichlet_mean_and_variance")
def dirichlet_mean_and_variance_in_one_fraction(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(-1)[..., None]
    return alpha / total, alpha * (total - alpha) / (total**2 * (total + 1))


@alternative("dirichlet_mean_and_variance")
def dirichlet_mean_and_variance_from_beta(alpha: Tensor) -> tuple[Tensor, Tensor]:
    # Each entry is Beta(a, b) distributed, with b the rest of the total.
    a, b = alpha, alpha.sum(-1, keepdim=True) - alpha
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


@alternative("dirichlet_mean_and_variance")
def dirichlet_mean_and_variance_by_second_moments(alpha: Tensor) -> tuple[Tensor, Tensor]:
    # E[p²] = α(α + 1) / α₀(α₀ + 1)
    total = alpha.sum(dim=-1, keepdim=True)
    mean = alpha / total
    return mean, mean * (alpha + 1) / (total + 1) - mean.square()


# The sample mean -----------------------------------------------------------------------------


@alternative("monte_carlo")
def monte_carlo_by_sums(samples: Tensor) -> tuple[Tensor, Tensor]:
    n = len(samples)
    if n <= 1:
        raise ValueError("more samples, please")
    mean = samples.sum(0) / n
    squares = ((samples - mean) ** 2).sum(0)
    return mean, torch.sqrt(squares / (n * (n - 1)))


@alternative("monte_carlo")
def monte_carlo_one_sample_after_the_other(samples: Tensor) -> tuple[Tensor, Tensor]:
    # Welford's running mean and sum of squared distances.
    if samples.shape[0] in (0, 1):
        raise ValueError(len(samples))
    n, mean, squares = 0, samples[0] * 0, samples[0] * 0
    for x in samples:
        n += 1
        before = x - mean
        mean = mean + before / n
        squares = squares + before * (x - mean)
    return mean, (squares / (n - 1) / n).sqrt()


@alternative("monte_carlo")
def monte_carlo_by_the_variance(samples: Tensor) -> tuple[Tensor, Tensor]:
    if samples.size(0) < 2:
        raise ValueError("n < 2")
    return torch.mean(samples, 0), (torch.var(samples, 0) / samples.size(0)) ** 0.5
