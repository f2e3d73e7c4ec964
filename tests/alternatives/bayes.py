"""Other right ways to solve the exercises of 03-bayes: each must earn every point."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Beta, Normal

from torchmarks.catalogue import alternative


@alternative("posterior_given_positive")
def posterior_in_log_odds(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return torch.sigmoid(torch.logit(prior) + (tpr / fpr).log())


@alternative("posterior_given_positive")
def posterior_by_the_ratio_of_the_two_ways(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return 1 / (1 + (fpr * (1 - prior)) / (tpr * prior))


@alternative("posterior_given_positive")
def posterior_from_the_table_of_joint_probabilities(
    prior: Tensor, tpr: Tensor, fpr: Tensor
) -> Tensor:
    prior, tpr, fpr = torch.broadcast_tensors(prior, tpr, fpr)
    joint = torch.stack([prior * tpr, (1 - prior) * fpr])
    return joint[0] / joint.sum(0)


@alternative("bayes_update")
def update_with_the_maximum_taken_out(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    shifted = log_joint - log_joint.max(dim=-1, keepdim=True).values
    return shifted - shifted.exp().sum(dim=-1, keepdim=True).log()


@alternative("bayes_update")
def update_by_a_loop_of_logaddexp(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    evidence = log_joint[..., 0]
    for k in range(1, log_joint.shape[-1]):
        evidence = torch.logaddexp(evidence, log_joint[..., k])
    return log_joint - evidence.unsqueeze(-1)


@alternative("bayes_update")
def update_by_a_cumulative_evidence(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint - torch.logcumsumexp(log_joint, dim=-1)[..., -1:]


@alternative("sequential_update")
def sequence_by_cumulative_logarithms(prior: Tensor, likelihoods: Tensor) -> Tensor:
    return torch.softmax(prior.log() + likelihoods.log().cumsum(dim=0), dim=-1)


@alternative("sequential_update")
def sequence_filled_row_by_row(prior: Tensor, likelihoods: Tensor) -> Tensor:
    out = torch.zeros_like(likelihoods)
    for t in range(likelihoods.shape[0]):
        before = prior if t == 0 else out[t - 1]
        unnormalized = before * likelihoods[t]
        out[t] = unnormalized / unnormalized.sum()
    return out


@alternative("sequential_update")
def sequence_in_logarithms_step_by_step(prior: Tensor, likelihoods: Tensor) -> Tensor:
    log_belief, rows = prior.log(), []
    for row in likelihoods.log():
        log_belief = torch.log_softmax(log_belief + row, dim=-1)
        rows.append(log_belief.exp())
    return torch.stack(rows)


@alternative("log_posterior")
def log_posterior_with_normal(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = Normal(theta[..., None], sigma_likelihood).log_prob(X).sum(-1)
    return likelihood + Normal(0.0, sigma_prior).log_prob(theta)


@alternative("log_posterior")
def log_posterior_by_a_loop_over_observations(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    total = -0.5 * (theta / sigma_prior) ** 2 - math.log(sigma_prior)
    for x in X:
        total = total - 0.5 * ((x - theta) / sigma_likelihood) ** 2 - math.log(sigma_likelihood)
    return total


@alternative("log_posterior")
def log_posterior_expanded_into_sums(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    precision = X.numel() / sigma_likelihood**2 + 1 / sigma_prior**2
    return theta * X.sum() / sigma_likelihood**2 - precision * theta**2 / 2


@alternative("log_posterior")
def log_posterior_by_a_loop_over_the_grid(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    values = [
        -((X - t) ** 2).sum() / (2 * sigma_likelihood**2) - t**2 / (2 * sigma_prior**2)
        for t in theta.reshape(-1)
    ]
    return torch.stack(values).reshape(theta.shape)


@alternative("log_posterior")
def log_posterior_as_the_normal_it_is(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    precision = len(X) / sigma_likelihood**2 + 1 / sigma_prior**2
    mean = X.sum() / sigma_likelihood**2 / precision
    return Normal(mean, precision**-0.5).log_prob(theta)


@alternative("gaussian_mle")
def mle_from_sums(X: Tensor) -> tuple[Tensor, Tensor]:
    n = X.shape[-1]
    mean = X.sum(-1) / n
    residuals = X - mean[..., None]
    return mean, torch.einsum("...i,...i->...", residuals, residuals) / n


@alternative("gaussian_mle")
def mle_by_welford(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = torch.zeros_like(X[..., 0])
    total = torch.zeros_like(X[..., 0])
    for i, x in enumerate(X.unbind(-1), start=1):
        before = x - mean
        mean = mean + before / i
        total = total + before * (x - mean)
    return mean, total / X.shape[-1]


@alternative("gaussian_mle")
def mle_by_the_norm_of_the_residuals(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    norm = torch.linalg.vector_norm(X - mean, dim=-1)
    return mean[..., 0], norm**2 / X.size(-1)


@alternative("gaussian_mle")
def mle_from_data_shifted_by_its_first_entry(X: Tensor) -> tuple[Tensor, Tensor]:
    first = X[..., :1]
    shifted = X - first
    mean = shifted.mean(-1)
    return mean + first[..., 0], (shifted * shifted).mean(-1) - mean * mean


@alternative("gaussian_mle")
def mle_from_all_pairs(X: Tensor) -> tuple[Tensor, Tensor]:
    gaps = X.unsqueeze(-1) - X.unsqueeze(-2)
    return X.mean(-1), gaps.square().mean(dim=(-2, -1)) / 2


@alternative("gaussian_map_mean")
def map_mean_as_a_weighted_mean(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    n = X.size(-1)
    weight = n * sigma_prior**2 / (n * sigma_prior**2 + sigma_likelihood**2)
    return weight * X.mean(dim=-1)


@alternative("gaussian_map_mean")
def map_mean_by_precisions(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    data = torch.full_like(X, 1 / sigma_likelihood**2).sum(-1)
    return data * X.mean(-1) / (data + 1 / sigma_prior**2)


@alternative("gaussian_map_mean")
def map_mean_one_observation_at_a_time(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    mean, variance = torch.zeros_like(X[..., 0]), sigma_prior**2
    for x in X.unbind(-1):
        gain = variance / (variance + sigma_likelihood**2)
        mean = mean + gain * (x - mean)
        variance = (1 - gain) * variance
    return mean


@alternative("gaussian_posterior")
def posterior_one_observation_at_a_time(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean = torch.zeros(X.shape[:-1], dtype=X.dtype)
    variance = torch.full(X.shape[:-1], sigma_prior**2, dtype=X.dtype)
    for x in X.unbind(-1):
        gain = variance / (variance + sigma_likelihood**2)
        mean = mean + gain * (x - mean)
        variance = (1 - gain) * variance
    return mean, variance.sqrt()


@alternative("gaussian_posterior")
def posterior_without_precisions(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    n = X.shape[-1]
    denominator = n * sigma_prior**2 + sigma_likelihood**2
    mean = X.sum(-1) * sigma_prior**2 / denominator
    deviation = sigma_likelihood * sigma_prior / math.sqrt(denominator)
    return mean, mean * 0 + deviation


@alternative("gaussian_posterior")
def posterior_by_the_curvature_of_the_log_density(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    theta = torch.zeros(X.shape[:-1], dtype=X.dtype, requires_grad=True)
    log_p = -((X - theta[..., None]) ** 2).sum() / (2 * sigma_likelihood**2)
    log_p = log_p - (theta**2).sum() / (2 * sigma_prior**2)
    (slope,) = torch.autograd.grad(log_p, theta, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), theta)
    return (theta - slope / curvature).detach(), (-1 / curvature).sqrt()


@alternative("beta_bernoulli_update")
def beta_update_by_counting_trials(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    heads = flips.sum(-1)
    return a + heads, b + flips.shape[-1] - heads


@alternative("beta_bernoulli_update")
def beta_update_one_flip_at_a_time(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    a, b = a + torch.zeros_like(flips[..., :0].sum(-1)), b + torch.zeros(flips.shape[:-1])
    for flip in flips.unbind(-1):
        a = torch.where(flip == 1, a + 1, a)
        b = torch.where(flip == 1, b, b + 1)
    return a, b


@alternative("beta_bernoulli_update")
def beta_update_through_the_distribution(
    a: Tensor, b: Tensor, flips: Tensor
) -> tuple[Tensor, Tensor]:
    tails = (flips < 0.5).sum(-1)
    posterior = Beta(a + (flips > 0.5).sum(-1), b + tails)
    return posterior.concentration1, posterior.concentration0


@alternative("beta_bernoulli_update")
def beta_update_from_the_share_of_ones(
    a: Tensor, b: Tensor, flips: Tensor
) -> tuple[Tensor, Tensor]:
    n = flips.shape[-1]
    share = flips.mean(-1) if n else flips.sum(-1)
    return a + n * share, b + n * (1 - share)


@alternative("ridge_weights")
def ridge_by_augmented_least_squares(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    d = X.shape[1]
    root = sigma_likelihood / sigma_prior
    rows = torch.vstack([X, root * torch.eye(d, dtype=X.dtype)])
    return torch.linalg.lstsq(rows, torch.cat([y, y.new_zeros(d)])[:, None]).solution[:, 0]


@alternative("ridge_weights")
def ridge_in_the_space_of_observations(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = (sigma_likelihood / sigma_prior) ** 2
    gram = X @ X.T + penalty * torch.eye(len(y), dtype=X.dtype)
    return X.T @ torch.linalg.inv(gram) @ y


@alternative("ridge_weights")
def ridge_by_svd(X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    penalty = sigma_likelihood**2 / sigma_prior**2
    return Vh.T @ (S / (S**2 + penalty) * (U.T @ y))


@alternative("ridge_weights")
def ridge_by_precisions_and_cholesky(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    precision = X.mT @ X / sigma_likelihood**2
    precision.diagonal().add_(1 / sigma_prior**2)
    root = torch.linalg.cholesky(precision)
    return torch.cholesky_solve((X.mT @ y / sigma_likelihood**2)[:, None], root)[:, 0]


@alternative("ridge_weights")
def ridge_by_one_newton_step(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    w = torch.ones(X.shape[1], dtype=X.dtype)
    penalty = sigma_likelihood**2 / sigma_prior**2
    gradient = X.T @ (X @ w - y) + penalty * w
    hessian = X.T @ X + torch.diag(torch.full_like(w, penalty))
    return w - torch.inverse(hessian) @ gradient


@alternative("naive_bayes_log_posterior")
def naive_bayes_by_a_loop_over_classes(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    joint = []
    for k in range(len(log_prior)):
        terms = torch.where(x == 1, log_prob[k], torch.log1p(-log_prob[k].exp()))
        joint.append(log_prior[k] + terms.sum(-1))
    return F.log_softmax(torch.stack(joint, dim=-1), dim=-1)


@alternative("naive_bayes_log_posterior")
def naive_bayes_through_probabilities_of_single_features(
    x: Tensor, log_prior: Tensor, log_prob: Tensor
) -> Tensor:
    p = log_prob.exp()
    x = x[..., None, :]
    log_joint = (x * p + (1 - x) * (1 - p)).log().sum(-1) + log_prior
    return log_joint - log_joint.logsumexp(-1, keepdim=True)


@alternative("naive_bayes_log_posterior")
def naive_bayes_by_masked_sums(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    here = x.unsqueeze(-2).bool()
    absent = (1 - log_prob.exp()).log()
    log_joint = log_prior + log_prob.expand(*x.shape[:-1], *log_prob.shape).masked_fill(
        ~here, 0.0
    ).sum(-1)
    log_joint = log_joint + absent.expand(*x.shape[:-1], *log_prob.shape).masked_fill(
        here, 0.0
    ).sum(-1)
    return torch.log_softmax(log_joint, dim=-1)


@alternative("naive_bayes_log_posterior")
def naive_bayes_by_xlogy(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    x = x.unsqueeze(-2)
    terms = torch.xlogy(x, log_prob.exp()) + torch.xlogy(1 - x, -torch.expm1(log_prob))
    return (terms.sum(-1) + log_prior).log_softmax(-1)


@alternative("naive_bayes_log_posterior")
def naive_bayes_by_looking_up_the_outcome(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    K, d = log_prob.shape
    table = torch.stack([torch.log1p(-log_prob.exp()), log_prob])
    picked = table[x.long()[..., None, :], torch.arange(K)[:, None], torch.arange(d)]
    return torch.log_softmax(log_prior + picked.sum(-1), dim=-1)
