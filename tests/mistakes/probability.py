"""Known mistakes in the exercises of 02-probability, each with the sentence that a student reads."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import mistake

# One of K ------------------------------------------------------------------------------------


@mistake("softmax", "The exponential overflows for large logits: only differences of logits count.")
def softmax_with_an_overflow(logits: Tensor, dim: int = -1) -> Tensor:
    weights = logits.exp()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake(
    "softmax", "It normalizes over the whole tensor: each slice along `dim` sums to 1 by itself."
)
def softmax_over_the_whole_tensor(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.max()).exp()
    return weights / weights.sum()


@mistake("softmax", "`dim` is not used: it always normalizes along the last axis.")
def softmax_along_the_last_axis_only(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.amax(dim=-1, keepdim=True)).exp()
    return weights / weights.sum(dim=-1, keepdim=True)


@mistake("softmax", "It normalizes along the first axis, across the batch: use `dim`.")
def softmax_along_the_first_axis(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.amax(dim=0, keepdim=True)).exp()
    return weights / weights.sum(dim=0, keepdim=True)


@mistake(
    "softmax",
    "One maximum for the whole tensor leaves a slice far below it with 0/0: take one each.",
)
def softmax_with_one_maximum_for_all(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.max()).exp()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake(
    "softmax",
    "The mean is not enough of a shift: only the largest logit keeps every exponent at most 0.",
)
def softmax_shifted_by_the_mean(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.mean(dim=dim, keepdim=True)).exp()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake(
    "softmax",
    "The largest size is no shift for negative logits: take the largest logit, with its sign.",
)
def softmax_shifted_by_the_largest_size(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.abs().amax(dim=dim, keepdim=True)).exp()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake("softmax", "Clamping the logits makes large ones equal: shift them instead.")
def softmax_of_clamped_logits(logits: Tensor, dim: int = -1) -> Tensor:
    weights = logits.clamp(-80, 80).exp()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake(
    "softmax", "An ε in the denominator changes every answer, and the sum is never 0 after a shift."
)
def softmax_with_epsilon(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.amax(dim=dim, keepdim=True)).exp()
    return weights / (weights.sum(dim=dim, keepdim=True) + 1e-6)


@mistake("softmax", "The logits are divided by their sum, without an exponential.")
def softmax_without_the_exponential(logits: Tensor, dim: int = -1) -> Tensor:
    return logits / logits.sum(dim=dim, keepdim=True)


@mistake("softmax", "These are log-probabilities: the softmax gives the probabilities themselves.")
def softmax_left_as_a_logarithm(logits: Tensor, dim: int = -1) -> Tensor:
    shifted = logits - logits.amax(dim=dim, keepdim=True)
    return shifted - shifted.exp().sum(dim=dim, keepdim=True).log()


@mistake(
    "softmax", "The largest logit gets the smallest probability: the exponent's sign is wrong."
)
def softmax_of_the_negative(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits.amin(dim=dim, keepdim=True) - logits).exp()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake(
    "log_sum_exp", "The exponentials overflow, or all vanish: shift by the largest entry first."
)
def log_sum_exp_with_an_overflow(x: Tensor, dim: int = -1) -> Tensor:
    return x.exp().sum(dim=dim).log()


@mistake("log_sum_exp", "The maximum that was taken off is not added back.")
def log_sum_exp_without_the_maximum(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isfinite(), largest, 0.0)
    return (x - shift).exp().sum(dim=dim).log()


@mistake("log_sum_exp", "Where all entries are −∞ the shift is −∞ − (−∞), NaN: shift by 0 there.")
def log_sum_exp_of_nothing_is_nan(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    return (x - largest).exp().sum(dim=dim).log() + largest.squeeze(dim)


@mistake(
    "log_sum_exp",
    "One maximum for the whole tensor: a slice far below it vanishes, so take one each.",
)
def log_sum_exp_with_one_maximum_for_all(x: Tensor, dim: int = -1) -> Tensor:
    return (x - x.max()).exp().sum(dim=dim).log() + x.max()


@mistake(
    "log_sum_exp",
    "The largest size is no shift for negative entries: take the largest, with its sign.",
)
def log_sum_exp_shifted_by_the_largest_size(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.abs().amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isfinite(), largest, 0.0)
    return (x - shift).exp().sum(dim=dim).log() + shift.squeeze(dim)


@mistake("log_sum_exp", "Clamping the entries changes the sum: shift them instead.")
def log_sum_exp_of_clamped_entries(x: Tensor, dim: int = -1) -> Tensor:
    return x.clamp(-80, 80).exp().sum(dim=dim).log()


@mistake("log_sum_exp", "`dim` is not used: it always sums along the last axis.")
def log_sum_exp_along_the_last_axis_only(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=-1, keepdim=True)
    shift = torch.where(largest.isfinite(), largest, 0.0)
    return (x - shift).exp().sum(dim=-1).log() + shift.squeeze(-1)


@mistake("log_sum_exp", "It sums over the whole tensor: only the axis `dim` disappears.")
def log_sum_exp_over_the_whole_tensor(x: Tensor, dim: int = -1) -> Tensor:
    return (x - x.max()).exp().sum().log() + x.max()


@mistake("log_sum_exp", "The reduced axis is still there with length 1: `dim` should disappear.")
def log_sum_exp_with_the_axis_kept(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isfinite(), largest, 0.0)
    return (x - shift).exp().sum(dim=dim, keepdim=True).log() + shift


@mistake(
    "log_sum_exp", "This is the logarithm of the mean: the exponentials are summed, not averaged."
)
def log_mean_exp(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isfinite(), largest, 0.0)
    return (x - shift).exp().mean(dim=dim).log() + shift.squeeze(dim)


@mistake("log_sum_exp", "This is the plain maximum: the other entries count too.")
def log_sum_exp_as_the_maximum(x: Tensor, dim: int = -1) -> Tensor:
    return x.amax(dim=dim)


@mistake(
    "log_sum_exp", "The logarithm is taken before the sum, so this is only the sum of the entries."
)
def log_sum_exp_in_the_wrong_order(x: Tensor, dim: int = -1) -> Tensor:
    return x.sum(dim=dim)


@mistake("log_sum_exp", "An ε inside the logarithm changes the answer: treat −∞ alone.")
def log_sum_exp_with_epsilon(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isfinite(), largest, 0.0)
    return ((x - shift).exp().sum(dim=dim) + 1e-6).log() + shift.squeeze(dim)


@mistake(
    "categorical_sample", "Always the most probable outcome: that is no draw, and u is not used."
)
def categorical_sample_by_argmax(probs: Tensor, uniforms: Tensor) -> Tensor:
    return probs.argmax(dim=-1, keepdim=True).expand_as(uniforms)


@mistake(
    "categorical_sample", "Every outcome is one too high: outcome 0 has the interval from 0 to p₀."
)
def categorical_sample_one_too_high(probs: Tensor, uniforms: Tensor) -> Tensor:
    return torch.searchsorted(probs.cumsum(dim=-1), uniforms, right=True) + 1


@mistake(
    "categorical_sample", "Outcomes are one too low: count the boundaries at or below u, no less."
)
def categorical_sample_one_too_low(probs: Tensor, uniforms: Tensor) -> Tensor:
    found = torch.searchsorted(probs.cumsum(dim=-1), uniforms, right=True) - 1
    return found.clamp(min=0)


@mistake("categorical_sample", "u is compared with the probabilities: accumulate them first.")
def categorical_sample_without_accumulating(probs: Tensor, uniforms: Tensor) -> Tensor:
    below = probs.unsqueeze(-2) <= uniforms.unsqueeze(-1)
    return below.sum(dim=-1).clamp(max=probs.shape[-1] - 1)


@mistake(
    "categorical_sample", "All outcomes are drawn equally often: the probabilities are not used."
)
def categorical_sample_of_equal_outcomes(probs: Tensor, uniforms: Tensor) -> Tensor:
    return (uniforms * probs.shape[-1]).long()


@mistake(
    "categorical_sample",
    "A uniform on a boundary belongs above it; below, impossible outcomes are drawn.",
)
def categorical_sample_below_the_boundary(probs: Tensor, uniforms: Tensor) -> Tensor:
    found = torch.searchsorted(probs.cumsum(dim=-1), uniforms)
    return found.clamp(max=probs.shape[-1] - 1)


@mistake(
    "categorical_sample",
    "Rounding can leave the last boundary below 1: no outcome above K − 1 exists.",
)
def categorical_sample_past_the_end(probs: Tensor, uniforms: Tensor) -> Tensor:
    return torch.searchsorted(probs.cumsum(dim=-1), uniforms, right=True)


@mistake(
    "categorical_sample",
    "Where no boundary lies above u, the argmax of nothing is 0: draw the last outcome.",
)
def categorical_sample_by_the_first_boundary(probs: Tensor, uniforms: Tensor) -> Tensor:
    above = probs.cumsum(dim=-1).unsqueeze(-2) > uniforms.unsqueeze(-1)
    return above.float().argmax(dim=-1)


@mistake(
    "categorical_sample", "The uniforms are read from the wrong end: the smallest draw outcome 0."
)
def categorical_sample_from_the_wrong_end(probs: Tensor, uniforms: Tensor) -> Tensor:
    found = torch.searchsorted(probs.cumsum(dim=-1), 1 - uniforms, right=True)
    return found.clamp(max=probs.shape[-1] - 1)


@mistake("categorical_sample", "The sums run over the batch: accumulate along the last axis.")
def categorical_sample_accumulated_over_the_batch(probs: Tensor, uniforms: Tensor) -> Tensor:
    below = probs.cumsum(dim=0).unsqueeze(-2) <= uniforms.unsqueeze(-1)
    return below.sum(dim=-1).clamp(max=probs.shape[-1] - 1)


@mistake(
    "categorical_sample", "The nearest boundary is no interval: count the boundaries at or below u."
)
def categorical_sample_by_the_nearest_boundary(probs: Tensor, uniforms: Tensor) -> Tensor:
    distance = probs.cumsum(dim=-1).unsqueeze(-2) - uniforms.unsqueeze(-1)
    return distance.abs().argmin(dim=-1)


def moments(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1)
    return mean, (probs * (values - mean.unsqueeze(-1)) ** 2).sum(dim=-1)


@mistake(
    "expectation_and_variance",
    "These are plain averages: weigh the values with their probabilities.",
)
def moments_without_weights(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    values = values.expand_as(probs)
    return values.mean(dim=-1), values.var(dim=-1, correction=0)


@mistake("expectation_and_variance", "The squared distances in the variance are not weighted.")
def moments_with_an_unweighted_variance(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1)
    return mean, (values - mean.unsqueeze(-1)).square().mean(dim=-1)


@mistake("expectation_and_variance", "The expectation is not squared in E[X²] − E[X]².")
def moments_with_the_mean_not_squared(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1)
    return mean, (probs * values**2).sum(dim=-1) - mean


@mistake(
    "expectation_and_variance",
    "E[X²] − E[X]² cancels for large values: take distances first, then square.",
)
def moments_by_the_shortcut(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1)
    return mean, (probs * values**2).sum(dim=-1) - mean**2


@mistake(
    "expectation_and_variance", "No n − 1 here: the probabilities are known, nothing is estimated."
)
def moments_with_n_minus_one(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean, variance = moments(values, probs)
    outcomes = probs.shape[-1]
    return mean, variance * outcomes / (outcomes - 1)


@mistake("expectation_and_variance", "This is the standard deviation: the variance is its square.")
def moments_with_a_deviation(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean, variance = moments(values, probs)
    return mean, variance.sqrt()


@mistake(
    "expectation_and_variance",
    "This is E[X²]: the variance measures from the expectation, not from 0.",
)
def moments_about_zero(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    return (probs * values).sum(dim=-1), (probs * values**2).sum(dim=-1)


@mistake(
    "expectation_and_variance",
    "The weighted values are averaged: a sum is right, the weights add up to 1.",
)
def moments_divided_once_more(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).mean(dim=-1)
    return mean, (probs * (values - mean.unsqueeze(-1)) ** 2).mean(dim=-1)


@mistake(
    "expectation_and_variance", "The distances are not squared: without, they only add up to 0."
)
def moments_without_the_square(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1)
    return mean, (probs * (values - mean.unsqueeze(-1))).sum(dim=-1)


@mistake(
    "expectation_and_variance",
    "It sums over the whole batch: each distribution has its own moments.",
)
def moments_of_the_whole_batch(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum()
    return mean, (probs * (values - mean) ** 2).sum()


# Yes or no -----------------------------------------------------------------------------------


@mistake(
    "bernoulli_log_prob",
    "A sigmoid rounded to 0 or 1 has no useful logarithm: stay with the logits.",
)
def bernoulli_log_prob_by_a_sigmoid(x: Tensor, logits: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return x * p.log() + (1 - x) * (1 - p).log()


@mistake(
    "bernoulli_log_prob",
    "Choosing the side avoids the NaN, but the saturated sigmoid still gives −∞.",
)
def bernoulli_log_prob_by_a_chosen_sigmoid(x: Tensor, logits: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return torch.where(x == 1, p, 1 - p).log()


@mistake(
    "bernoulli_log_prob",
    "The sign is wrong: this is the loss, and a log-probability is never positive.",
)
def bernoulli_negative_log_prob(x: Tensor, logits: Tensor) -> Tensor:
    return F.softplus(logits) - x * logits


@mistake("bernoulli_log_prob", "Zeros and ones are swapped: the logit belongs to x = 1.")
def bernoulli_log_prob_of_the_other_side(x: Tensor, logits: Tensor) -> Tensor:
    return (1 - x) * logits - F.softplus(logits)


@mistake(
    "bernoulli_log_prob",
    "An ε inside the logarithm changes every answer and hides the sure mistakes.",
)
def bernoulli_log_prob_with_epsilon(x: Tensor, logits: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return x * (p + 1e-7).log() + (1 - x) * (1 - p + 1e-7).log()


@mistake(
    "bernoulli_log_prob",
    "Clipping the probability puts a floor under it: sure mistakes must cost more.",
)
def bernoulli_log_prob_with_clipping(x: Tensor, logits: Tensor) -> Tensor:
    p = torch.sigmoid(logits).clamp(1e-6, 1 - 1e-6)
    return x * p.log() + (1 - x) * (1 - p).log()


@mistake(
    "bernoulli_log_prob",
    "Clamping the logits caps what a sure mistake costs, and ends its gradient.",
)
def bernoulli_log_prob_of_clamped_logits(x: Tensor, logits: Tensor) -> Tensor:
    logits = logits.clamp(-30, 30)
    return x * logits - F.softplus(logits)


@mistake(
    "bernoulli_log_prob", "These are probabilities: take the logarithm, without leaving the logits."
)
def bernoulli_prob(x: Tensor, logits: Tensor) -> Tensor:
    return torch.where(x == 1, torch.sigmoid(logits), torch.sigmoid(-logits))


@mistake("bernoulli_log_prob", "log(1 + exp(z)) overflows: it is the log-sum-exp of 0 and z.")
def bernoulli_log_prob_with_an_overflow(x: Tensor, logits: Tensor) -> Tensor:
    return x * logits - torch.log(1 + torch.exp(logits))


@mistake("bernoulli_log_prob", "Only the ones count here: a zero has log(1 − p).")
def bernoulli_log_prob_of_ones_only(x: Tensor, logits: Tensor) -> Tensor:
    return x * F.logsigmoid(logits)


@mistake("bernoulli_log_prob", "It is averaged: give one log-probability for each entry.")
def bernoulli_log_prob_averaged(x: Tensor, logits: Tensor) -> Tensor:
    return (x * logits - F.softplus(logits)).mean()


@mistake("bernoulli_log_prob", "It is summed: give one log-probability for each entry.")
def bernoulli_log_prob_summed(x: Tensor, logits: Tensor) -> Tensor:
    return (x * logits - F.softplus(logits)).sum()


# The normal distribution ---------------------------------------------------------------------

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


@mistake(
    "normal_log_prob", "σ stands where σ² belongs: the squared distance is over twice the variance."
)
def normal_log_prob_with_sigma_for_variance(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * (x - mu) ** 2 / sigma - sigma.log() - HALF_LOG_TWO_PI


@mistake(
    "normal_log_prob", "`sigma` is taken for the variance in both places: it is the deviation."
)
def normal_log_prob_with_sigma_read_as_variance(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * (x - mu) ** 2 / sigma - 0.5 * sigma.log() - HALF_LOG_TWO_PI


@mistake(
    "normal_log_prob", "log σ is missing: without it a wide density is as high as a narrow one."
)
def normal_log_prob_without_log_sigma(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - HALF_LOG_TWO_PI


@mistake("normal_log_prob", "The ½ is missing in front of the squared distance.")
def normal_log_prob_without_the_half(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -(((x - mu) / sigma) ** 2) - sigma.log() - HALF_LOG_TWO_PI


@mistake("normal_log_prob", "This is the density: return its logarithm.")
def normal_density(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return torch.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))


@mistake(
    "normal_log_prob",
    "The density underflows far out, and its logarithm is −∞: never leave the logs.",
)
def normal_log_prob_of_an_underflow(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return normal_density(x, mu, sigma).log()


@mistake("normal_log_prob", "The constant with 2π is missing.")
def normal_log_prob_without_its_constant(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log()


@mistake("normal_log_prob", "The constant lost its ½: it is log √(2π).")
def normal_log_prob_with_a_whole_constant(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 2 * HALF_LOG_TWO_PI


@mistake(
    "normal_log_prob", "σ is not squared under the root: it is ½ log 2πσ², or log σ + ½ log 2π."
)
def normal_log_prob_with_sigma_under_the_root(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * (2 * torch.pi * sigma).log()


@mistake("normal_log_prob", "The constant has the wrong sign: √(2π) stands in the denominator.")
def normal_log_prob_with_the_constants_sign(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() + HALF_LOG_TWO_PI


@mistake("normal_log_prob", "log σ has the wrong sign: σ stands in the denominator of the density.")
def normal_log_prob_with_the_sign_of_log_sigma(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 + sigma.log() - HALF_LOG_TWO_PI


@mistake("normal_log_prob", "log σ counts twice: it is log σ, or ½ log σ².")
def normal_log_prob_with_log_variance(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - (sigma**2).log() - HALF_LOG_TWO_PI


@mistake("normal_log_prob", "The sign is wrong: this is the negative log-density, a loss.")
def normal_negative_log_prob(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * ((x - mu) / sigma) ** 2 + sigma.log() + HALF_LOG_TWO_PI


@mistake("normal_log_prob", "An ε or a floor under σ changes narrow densities: leave it as it is.")
def normal_log_prob_with_epsilon(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    z = (x - mu) / (sigma + 1e-8)
    return -0.5 * z**2 - (sigma + 1e-8).log() - HALF_LOG_TWO_PI


@mistake("normal_cdf", "√2 is missing: the error function's bell has no 2 in its exponent.")
def normal_cdf_without_the_root(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf((x - mu) / sigma))


@mistake("normal_cdf", "This divides by 2 where √2 belongs.")
def normal_cdf_with_two_for_its_root(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf((x - mu) / (2 * sigma)))


@mistake(
    "normal_cdf", "The error function runs from −1 to 1: shift and halve it to get a probability."
)
def normal_cdf_without_the_shift(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return torch.erf((x - mu) / (sigma * math.sqrt(2)))


@mistake(
    "normal_cdf",
    "The error function is halved but not shifted: half lies below the mean, not none.",
)
def normal_cdf_halved_only(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * torch.erf((x - mu) / (sigma * math.sqrt(2)))


@mistake("normal_cdf", "This is the upper tail: the CDF is the probability below x.")
def normal_upper_tail(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * torch.erfc((x - mu) / (sigma * math.sqrt(2)))


@mistake("normal_cdf", "The distance is divided by σ²: standardizing divides by σ.")
def normal_cdf_with_the_variance(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf((x - mu) / (sigma**2 * math.sqrt(2))))


@mistake("normal_cdf", "This is the density: the CDF is the area to the left of x.")
def normal_cdf_as_the_density(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return normal_density(x, mu, sigma)


@mistake("normal_cdf", "A sigmoid only comes close to the normal CDF: use the error function.")
def normal_cdf_by_a_sigmoid(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return torch.sigmoid(1.702 * (x - mu) / sigma)


@mistake("normal_cdf", "The tanh formula known from GELU only comes close: use the error function.")
def normal_cdf_by_a_tanh(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    z = (x - mu) / sigma
    return 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))


@mistake(
    "normal_cdf",
    "The distance has lost its sign: this is the probability of lying nearer to the mean.",
)
def normal_cdf_of_the_distance(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return torch.erf((x - mu).abs() / (sigma * math.sqrt(2)))


@mistake("normal_cdf", "The mean is not subtracted: half of the probability lies below mu.")
def normal_cdf_without_the_mean(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf(x / (sigma * math.sqrt(2)))) + 0 * mu


# Many numbers at once ------------------------------------------------------------------------


@mistake(
    "covariance", "It divides by n: the mean was estimated from the same rows, so divide by n − 1."
)
def covariance_divided_by_n(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=0)
    return centred.T @ centred / len(X)


@mistake("covariance", "It divides by d − 1: the examples are counted, not the features.")
def covariance_divided_by_the_features(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=0)
    return centred.T @ centred / (X.shape[1] - 1)


@mistake("covariance", "The products are summed and not averaged: divide by n − 1.")
def covariance_not_divided(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=0)
    return centred.T @ centred


@mistake("covariance", "The columns are not centred: subtract from each its mean.")
def covariance_not_centred(X: Tensor) -> Tensor:
    return X.T @ X / (len(X) - 1)


@mistake("covariance", "The mean of all entries is subtracted: every column has its own.")
def covariance_centred_by_one_mean(X: Tensor) -> Tensor:
    centred = X - X.mean()
    return centred.T @ centred / (len(X) - 1)


@mistake(
    "covariance", "The rows are centred: take the mean over the examples, along the first axis."
)
def covariance_centred_along_the_rows(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=1, keepdim=True)
    return centred.T @ centred / (len(X) - 1)


@mistake(
    "covariance", "This is (n, n), between examples: features are in the columns, so it is (d, d)."
)
def covariance_of_the_examples(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=1, keepdim=True)
    return centred @ centred.T / (X.shape[1] - 1)


@mistake("covariance", "The product is the wrong way round: it is (n, n), and (d, d) is wanted.")
def covariance_multiplied_the_wrong_way(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=0)
    return centred @ centred.T / (len(X) - 1)


@mistake("covariance", "This is the correlation: a covariance is not divided by the deviations.")
def covariance_as_a_correlation(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=0)
    sigma = X.std(dim=0)
    return centred.T @ centred / (len(X) - 1) / sigma.outer(sigma)


@mistake(
    "covariance", "Only the variances are here: two features share a covariance, off the diagonal."
)
def covariance_on_the_diagonal_only(X: Tensor) -> Tensor:
    return torch.diag(X.var(dim=0))


@mistake("covariance", "These are the d variances: the covariance matrix is (d, d).")
def covariance_as_variances(X: Tensor) -> Tensor:
    return X.var(dim=0)


@mistake("covariance", "Products minus products of means cancel far from the origin: centre first.")
def covariance_by_the_shortcut(X: Tensor) -> Tensor:
    mean = X.mean(dim=0)
    return (X.T @ X / len(X) - mean.outer(mean)) * len(X) / (len(X) - 1)


def parts(x: Tensor, mu: Tensor, cov: Tensor) -> tuple[Tensor, Tensor, float]:
    """Squared Mahalanobis distance, log-determinant and log 2π."""
    difference = x - mu
    squared = torch.einsum("...i,...ij,...j->...", difference, torch.linalg.inv(cov), difference)
    return squared, torch.logdet(cov), math.log(2 * math.pi)


@mistake("mvn_log_prob", "The log-determinant has the wrong sign: a wider density is a lower one.")
def mvn_log_prob_with_the_determinants_sign(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared - log_det + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "The log-determinant lost its ½.")
def mvn_log_prob_with_a_whole_determinant(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared + 2 * log_det + x.shape[-1] * log_two_pi)


@mistake(
    "mvn_log_prob", "The log-determinant is halved twice: Σ log L_ii is half of log det Σ already."
)
def mvn_log_prob_with_a_quarter_determinant(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared + 0.5 * log_det + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "The determinant is missing: it makes the density integrate to 1.")
def mvn_log_prob_without_the_determinant(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, _, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "The covariance stands where its inverse belongs.")
def mvn_log_prob_with_the_covariance_for_its_inverse(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    _, log_det, log_two_pi = parts(x, mu, cov)
    squared = torch.einsum("...i,...ij,...j->...", x - mu, cov, x - mu)
    return -0.5 * (squared + log_det + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "log 2π is counted once: it comes once for each of the d dimensions.")
def mvn_log_prob_without_d(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared + log_det + log_two_pi)


@mistake("mvn_log_prob", "The constant with log 2π is missing.")
def mvn_log_prob_without_its_constant(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, _ = parts(x, mu, cov)
    return -0.5 * (squared + log_det)


@mistake("mvn_log_prob", "d is the number of features: the last axis of x, not its first.")
def mvn_log_prob_with_the_batch_for_d(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared + log_det + len(x) * log_two_pi)


@mistake("mvn_log_prob", "The ½ is missing in front of the squared distance.")
def mvn_log_prob_without_the_half(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -squared - 0.5 * (log_det + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "The Mahalanobis distance is not squared.")
def mvn_log_prob_with_the_distance_not_squared(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared.sqrt() + log_det + x.shape[-1] * log_two_pi)


@mistake(
    "mvn_log_prob",
    "The determinant underflows to 0 before its logarithm: add up logarithms instead.",
)
def mvn_log_prob_of_an_underflow(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, _, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared + torch.linalg.det(cov).log() + x.shape[-1] * log_two_pi)


@mistake(
    "mvn_log_prob",
    "Every point is multiplied with every other: each has one squared distance of its own.",
)
def mvn_log_prob_for_pairs_of_points(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    _, log_det, log_two_pi = parts(x, mu, cov)
    difference = x - mu
    if difference.ndim == 1 or cov.ndim > 2:  # an exception here would be taken for any other
        return -0.5 * (parts(x, mu, cov)[0] + log_det + x.shape[-1] * log_two_pi)
    squared = difference @ torch.linalg.inv(cov) @ difference.mT
    return -0.5 * (squared + log_det + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "It sums over the batch: every point has a log-density of its own.")
def mvn_log_prob_summed(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return (-0.5 * (squared + log_det + x.shape[-1] * log_two_pi)).sum()


@mistake("mvn_log_prob", "Only the variances are used: the covariances off the diagonal are lost.")
def mvn_log_prob_on_the_diagonal_only(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    variance = cov.diagonal(dim1=-2, dim2=-1)
    return (-0.5 * (x - mu) ** 2 / variance - 0.5 * (2 * torch.pi * variance).log()).sum(dim=-1)


@mistake("mvn_log_prob", "It solves with Lᵀ: y is the solution of L y = x − μ.")
def mvn_log_prob_with_the_factor_transposed(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    _, log_det, log_two_pi = parts(x, mu, cov)
    L = torch.linalg.cholesky(cov)
    y = torch.linalg.solve_triangular(L.mT, (x - mu).unsqueeze(-1), upper=True).squeeze(-1)
    return -0.5 * (y.square().sum(dim=-1) + log_det + x.shape[-1] * log_two_pi)


@mistake("mvn_log_prob", "This is the density: return its logarithm.")
def mvn_density(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return (-0.5 * (squared + log_det + x.shape[-1] * log_two_pi)).exp()


def mapped(root: Tensor, z: Tensor) -> Tensor:
    return (root @ z.unsqueeze(-1)).squeeze(-1)


@mistake("mvn_sample", "z is multiplied by the covariance: it takes a root of it.")
def mvn_sample_with_the_covariance_for_its_root(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + mapped(cov, z)


@mistake(
    "mvn_sample", "The factor is transposed: the samples have the covariance LᵀL instead of LLᵀ."
)
def mvn_sample_with_the_factor_transposed(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + mapped(torch.linalg.cholesky(cov).mT, z)


@mistake("mvn_sample", "The mean is forgotten: shift the samples by mu.")
def mvn_sample_without_the_mean(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mapped(torch.linalg.cholesky(cov), z) + 0 * mu


@mistake("mvn_sample", "The mean is mapped too: add it after the linear map.")
def mvn_sample_with_the_mean_mapped(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mapped(torch.linalg.cholesky(cov), mu + z)


@mistake("mvn_sample", "Only the deviations are used: the features come out uncorrelated.")
def mvn_sample_on_the_diagonal_only(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + cov.diagonal(dim1=-2, dim2=-1).sqrt() * z


@mistake(
    "mvn_sample", "The root of every entry is no root of the matrix: A Aᵀ has to be the covariance."
)
def mvn_sample_with_entrywise_roots(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + mapped(cov.sqrt(), z)


@mistake(
    "mvn_sample", "The inverse covariance is factored: take the root of the covariance itself."
)
def mvn_sample_with_the_precision(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + mapped(torch.linalg.cholesky(torch.linalg.inv(cov)), z)


@mistake("mvn_sample", "Variances scale the noise here: each feature takes its deviation.")
def mvn_sample_with_variances(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + cov.diagonal(dim1=-2, dim2=-1) * z


@mistake("mvn_sample", "This factors the correlation: the deviations are lost.")
def mvn_sample_with_the_correlation(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    sigma = cov.diagonal(dim1=-2, dim2=-1).sqrt()
    correlation = cov / (sigma.unsqueeze(-1) * sigma.unsqueeze(-2))
    return mu + mapped(torch.linalg.cholesky(correlation), z)


@mistake("mvn_sample", "z @ L.mT fits one covariance only: with batch axes, make each z a column.")
def mvn_sample_for_one_covariance_only(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + z @ torch.linalg.cholesky(cov).mT


@mistake("mvn_sample", "The noise is not used: without z every sample is the mean.")
def mvn_sample_without_noise(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + 0 * z


# Distributions over probabilities ------------------------------------------------------------


def beta_mode(a: Tensor, b: Tensor) -> Tensor:
    return torch.where((a > 1) & (b > 1), (a - 1) / (a + b - 2), torch.nan)


@mistake(
    "beta_mean_and_mode",
    "The mode stands for the mean as well: they differ, the mean lies nearer ½.",
)
def beta_with_the_mode_for_the_mean(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return beta_mode(a, b), beta_mode(a, b)


@mistake(
    "beta_mean_and_mode", "The mean stands for the mode as well: the density is highest elsewhere."
)
def beta_with_the_mean_for_the_mode(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return a / (a + b), torch.where((a > 1) & (b > 1), a / (a + b), torch.nan)


@mistake("beta_mean_and_mode", "Mean and mode are in the wrong order: the mean comes first.")
def beta_in_the_wrong_order(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return beta_mode(a, b), a / (a + b)


@mistake("beta_mean_and_mode", "a and b are swapped: a large a pulls p towards 1.")
def beta_with_swapped_parameters(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return b / (a + b), beta_mode(b, a)


@mistake(
    "beta_mean_and_mode", "The mode's formula needs a > 1 and b > 1: elsewhere the answer is NaN."
)
def beta_with_a_mode_everywhere(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return a / (a + b), (a - 1) / (a + b - 2)


@mistake(
    "beta_mean_and_mode", "Clamping the mode hides that there is no peak: NaN is the answer there."
)
def beta_with_a_clamped_mode(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return a / (a + b), ((a - 1) / (a + b - 2)).clamp(0, 1)


@mistake(
    "beta_mean_and_mode",
    "Ones are added as if a and b were counts: the flat prior is in them already.",
)
def beta_with_ones_added(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    mode = torch.where((a > 1) & (b > 1), a / (a + b), torch.nan)
    return (a + 1) / (a + b + 2), mode


@mistake(
    "beta_mean_and_mode",
    "The mode's denominator takes 1 off: both parameters lose one, so it is 2.",
)
def beta_with_one_taken_off(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    mode = torch.where((a > 1) & (b > 1), (a - 1) / (a + b - 1), torch.nan)
    return a / (a + b), mode


@mistake("beta_mean_and_mode", "a/b are odds: a probability divides by the total.")
def beta_with_odds(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return a / b, torch.where((a > 1) & (b > 1), (a - 1) / (b - 1), torch.nan)


@mistake(
    "beta_mean_and_mode",
    "A parameter of exactly 1 has no peak inside either: the mode is NaN there too.",
)
def beta_with_a_mode_at_one(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return a / (a + b), torch.where((a >= 1) & (b >= 1), (a - 1) / (a + b - 2), torch.nan)


@mistake(
    "beta_mean_and_mode", "One parameter above 1 is taken for enough: a peak inside needs both."
)
def beta_with_one_parameter_above_one(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return a / (a + b), torch.where((a > 1) | (b > 1), (a - 1) / (a + b - 2), torch.nan)


@mistake(
    "dirichlet_mean_and_variance",
    "The total is not squared: the variance grows with it here, and should shrink.",
)
def dirichlet_with_the_total_not_squared(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    return alpha / total, alpha * (total - alpha) / (total * (total + 1))


@mistake(
    "dirichlet_mean_and_variance", "This is the variance of one draw: divide by the total plus 1."
)
def dirichlet_with_the_categorical_variance(alpha: Tensor) -> tuple[Tensor, Tensor]:
    mean = alpha / alpha.sum(dim=-1, keepdim=True)
    return mean, mean * (1 - mean)


@mistake(
    "dirichlet_mean_and_variance",
    "The variance divides by the total alone: it is the total plus 1.",
)
def dirichlet_without_the_one(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    mean = alpha / total
    return mean, mean * (1 - mean) / total


@mistake(
    "dirichlet_mean_and_variance", "One total for the whole batch: each distribution has its own."
)
def dirichlet_with_one_total(alpha: Tensor) -> tuple[Tensor, Tensor]:
    mean = alpha / alpha.sum()
    return mean, mean * (1 - mean) / (alpha.sum() + 1)


@mistake(
    "dirichlet_mean_and_variance",
    "It adds up over the batch: a distribution lies along the last axis.",
)
def dirichlet_along_the_first_axis(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=0)
    mean = alpha / total
    return mean, mean * (1 - mean) / (total + 1)


@mistake(
    "dirichlet_mean_and_variance",
    "The totals line up with the classes: keep their axis, with length 1.",
)
def dirichlet_without_keeping_the_axis(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1)
    mean = alpha / total
    return mean, mean * (1 - mean) / (total + 1)


@mistake(
    "dirichlet_mean_and_variance", "This is the standard deviation: the variance is its square."
)
def dirichlet_with_the_deviation(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    mean = alpha / total
    return mean, (mean * (1 - mean) / (total + 1)).sqrt()


@mistake("dirichlet_mean_and_variance", "Ones are taken off for the mean: that is the mode.")
def dirichlet_with_the_mode_for_the_mean(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    mean = alpha / total
    mode = (alpha - 1) / (total - alpha.shape[-1])
    return mode, mean * (1 - mean) / (total + 1)


@mistake("dirichlet_mean_and_variance", "The factor 1 − m is missing in the variance.")
def dirichlet_without_the_complement(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    return alpha / total, alpha / total / (total + 1)


@mistake(
    "dirichlet_mean_and_variance",
    "The variance divides by K + 1: it is the total of alpha that counts.",
)
def dirichlet_with_the_number_of_classes(alpha: Tensor) -> tuple[Tensor, Tensor]:
    mean = alpha / alpha.sum(dim=-1, keepdim=True)
    return mean, mean * (1 - mean) / (alpha.shape[-1] + 1)


# The sample mean -----------------------------------------------------------------------------


def standard_error(samples: Tensor, power: float = 0.5, correction: int = 1) -> Tensor:
    if len(samples) < 2:
        raise ValueError
    return samples.std(dim=0, correction=correction) / len(samples) ** power


@mistake(
    "monte_carlo", "This is the deviation of the samples: the error of their mean is smaller by √n."
)
def monte_carlo_with_the_deviation(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0), standard_error(samples, power=0)


@mistake("monte_carlo", "The deviation is divided by n: the error shrinks with √n only.")
def monte_carlo_divided_by_n(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0), standard_error(samples, power=1)


@mistake("monte_carlo", "This is the squared standard error: take the root of s²/n.")
def monte_carlo_squared(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0), standard_error(samples) ** 2


@mistake("monte_carlo", "The variance is divided by √n: take its root first.")
def monte_carlo_with_the_variance(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0), standard_error(samples, power=0.25) ** 2


@mistake("monte_carlo", "The deviation divides by n here: the mean was estimated, so it is n − 1.")
def monte_carlo_with_a_biased_deviation(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0), standard_error(samples, correction=0)


@mistake("monte_carlo", "√(n − 1) divides the deviation: n − 1 belongs inside it, √n outside.")
def monte_carlo_with_n_minus_one_twice(samples: Tensor) -> tuple[Tensor, Tensor]:
    n = len(samples)
    return samples.mean(dim=0), standard_error(samples) * math.sqrt(n / max(n - 1, 1))


@mistake(
    "monte_carlo", "This is half a 95 % interval: one standard error is asked for, without 1.96."
)
def monte_carlo_with_an_interval(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0), 1.96 * standard_error(samples)


@mistake(
    "monte_carlo", "It averages over everything: the samples are the first axis, the rest stays."
)
def monte_carlo_over_everything(samples: Tensor) -> tuple[Tensor, Tensor]:
    if len(samples) < 2:
        raise ValueError
    return samples.mean(), samples.std() / math.sqrt(samples.numel())


@mistake("monte_carlo", "It averages along the last axis: the samples are the first.")
def monte_carlo_along_the_last_axis(samples: Tensor) -> tuple[Tensor, Tensor]:
    if len(samples) < 2:
        raise ValueError
    return samples.mean(dim=-1), samples.std(dim=-1) / math.sqrt(samples.shape[-1])


@mistake("monte_carlo", "n counts all entries here: it is the number of samples, the first axis.")
def monte_carlo_with_all_entries_for_n(samples: Tensor) -> tuple[Tensor, Tensor]:
    if len(samples) < 2:
        raise ValueError
    return samples.mean(dim=0), samples.std(dim=0) / math.sqrt(samples.numel())


@mistake(
    "monte_carlo",
    "One sample tells nothing of the error: raise a ValueError instead of returning NaN.",
)
def monte_carlo_of_a_single_sample(samples: Tensor) -> tuple[Tensor, Tensor]:
    n = len(samples)
    mean = samples.mean(dim=0)
    squares = (samples - mean).square().sum(dim=0)
    return mean, (squares / (n - 1)).sqrt() / math.sqrt(n)


@mistake(
    "monte_carlo",
    "One sample does not make the error 0: nothing is known of it, raise a ValueError.",
)
def monte_carlo_of_a_single_sample_without_doubt(samples: Tensor) -> tuple[Tensor, Tensor]:
    if len(samples) < 2:
        return samples.mean(dim=0), torch.zeros_like(samples[0])
    return samples.mean(dim=0), standard_error(samples)


@mistake("monte_carlo", "The samples are summed: the estimate is their mean.")
def monte_carlo_by_a_sum(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.sum(dim=0), standard_error(samples)


# Sloppy shapes and rounded constants ---------------------------------------------------------


@mistake(
    "softmax", "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis."
)
def softmax_squeezed(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.amax(dim=dim, keepdim=True)).exp()
    return (weights / weights.sum(dim=dim, keepdim=True)).squeeze()


@mistake("softmax", "The sums come back as a last axis: bring them back to `dim`, with keepdim.")
def softmax_with_the_sums_on_the_last_axis(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.amax(dim=dim, keepdim=True)).exp()
    return weights / weights.sum(dim=dim).unsqueeze(-1)


@mistake("softmax", "Its gradient is cut off: no `detach()`, `.data` or `.item()` on the logits.")
def softmax_without_a_gradient(logits: Tensor, dim: int = -1) -> Tensor:
    weights = (logits - logits.amax(dim=dim, keepdim=True)).exp().detach()
    return weights / weights.sum(dim=dim, keepdim=True)


@mistake(
    "log_sum_exp", "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis."
)
def log_sum_exp_squeezed(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isinf(), 0.0, largest)
    return ((x - shift).exp().sum(dim=dim, keepdim=True).log() + shift).squeeze()


@mistake(
    "log_sum_exp", "The NaN is replaced by 0: a sum of nothing but zeros has the logarithm −∞."
)
def log_sum_exp_with_nan_replaced(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    total = (x - largest).exp().sum(dim=dim).log() + largest.squeeze(dim)
    return total.nan_to_num(nan=0.0)


@mistake("log_sum_exp", "This logarithm has base 2: it is the natural one throughout.")
def log_sum_exp_to_base_two(x: Tensor, dim: int = -1) -> Tensor:
    largest = x.amax(dim=dim, keepdim=True)
    shift = torch.where(largest.isinf(), 0.0, largest)
    return (x - shift).exp().sum(dim=dim).log2() + shift.squeeze(dim)


@mistake(
    "categorical_sample",
    "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis.",
)
def categorical_sample_squeezed(probs: Tensor, uniforms: Tensor) -> Tensor:
    reached = uniforms.unsqueeze(-1) >= probs.cumsum(dim=-1)[..., None, :-1]
    return reached.sum(dim=-1).squeeze()


@mistake(
    "categorical_sample",
    "The outcomes are sorted by probability first: lay them end to end in their own order.",
)
def categorical_sample_in_sorted_order(probs: Tensor, uniforms: Tensor) -> Tensor:
    ordered, outcomes = probs.sort(dim=-1, descending=True)
    reached = uniforms.unsqueeze(-1) >= ordered.cumsum(dim=-1)[..., None, :-1]
    return outcomes.gather(-1, reached.sum(dim=-1))


@mistake(
    "expectation_and_variance",
    "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis.",
)
def expectation_and_variance_squeezed(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1, keepdim=True)
    variance = (probs * (values - mean) ** 2).sum(dim=-1)
    return mean.squeeze(), variance.squeeze()


@mistake(
    "expectation_and_variance", "The reduced axis is still there with length 1: it should be gone."
)
def expectation_and_variance_with_an_axis_kept(
    values: Tensor, probs: Tensor
) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1, keepdim=True)
    return mean, (probs * (values - mean) ** 2).sum(dim=-1, keepdim=True)


@mistake("expectation_and_variance", "They are in the wrong order: the expectation comes first.")
def variance_and_expectation(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = (probs * values).sum(dim=-1, keepdim=True)
    return (probs * (values - mean) ** 2).sum(dim=-1), mean.squeeze(-1)


@mistake("bernoulli_log_prob", "log(1 + exp(−z)) overflows as well: take the stable function of z.")
def bernoulli_log_prob_with_an_overflow_on_either_side(x: Tensor, logits: Tensor) -> Tensor:
    one, zero = -torch.log1p(torch.exp(-logits)), -torch.log1p(torch.exp(logits))
    return torch.where(x > 0, one, zero)


@mistake(
    "bernoulli_log_prob",
    "`where` hides the overflow, but its gradient is NaN: use a function that never overflows.",
)
def bernoulli_log_prob_with_a_hidden_overflow(x: Tensor, logits: Tensor) -> Tensor:
    log_normalizer = torch.where(logits > 20, logits, torch.log1p(torch.exp(logits)))
    return x * logits - log_normalizer


@mistake(
    "bernoulli_log_prob", "Only the large part of log(1 + exp(z)) is here: the rest counts too."
)
def bernoulli_log_prob_with_a_hard_maximum(x: Tensor, logits: Tensor) -> Tensor:
    return x * logits - logits.clamp(min=0)


@mistake("bernoulli_log_prob", "x is not used: this is the log-probability of a one everywhere.")
def bernoulli_log_prob_of_ones(x: Tensor, logits: Tensor) -> Tensor:
    return F.logsigmoid(logits) + 0 * x


@mistake("normal_log_prob", "The constant has lost the 2 that goes with π.")
def normal_log_prob_with_a_lost_two(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * math.log(math.pi)


@mistake("normal_log_prob", "It is summed: give one log-density for each entry.")
def normal_log_prob_summed(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return (-0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * math.log(2 * math.pi)).sum()


@mistake(
    "normal_log_prob",
    "`tensor(...)` rounds the constant to float32: a plain number keeps its digits.",
)
def normal_log_prob_with_a_rounded_constant(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * torch.tensor(2 * math.pi).log()


@mistake("normal_cdf", "It is multiplied by √2, where it should be divided: mind the brackets.")
def normal_cdf_multiplied_by_the_root(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf((x - mu) / sigma * math.sqrt(2)))


@mistake("normal_cdf", "The distance lost its sign: below the mean the CDF is less than ½.")
def normal_cdf_of_the_size(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf((x - mu).abs() / (sigma * math.sqrt(2))))


@mistake(
    "normal_cdf", "`tensor(2.0)` has a root rounded to float32: a plain number keeps its digits."
)
def normal_cdf_with_a_rounded_root(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf((x - mu) / (sigma * torch.sqrt(torch.tensor(2.0)))))


@mistake(
    "mvn_log_prob",
    "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis.",
)
def mvn_log_prob_squeezed(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, log_two_pi = parts(x, mu, cov)
    return -0.5 * (squared.squeeze() + log_det + x.shape[-1] * log_two_pi)


@mistake(
    "mvn_log_prob", "`tensor(...)` rounds the constant to float32: a plain number keeps its digits."
)
def mvn_log_prob_with_a_rounded_constant(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    squared, log_det, _ = parts(x, mu, cov)
    return -0.5 * (squared + log_det + x.shape[-1] * torch.tensor(2 * math.pi).log())


@mistake(
    "mvn_sample", "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis."
)
def mvn_sample_squeezed(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    return mu + (torch.linalg.cholesky(cov) @ z.unsqueeze(-1)).squeeze()


@mistake(
    "mvn_sample", "The eigenvectors are transposed: the columns of Q are scaled, not its rows."
)
def mvn_sample_with_transposed_eigenvectors(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    variances, directions = torch.linalg.eigh(cov)
    return mu + mapped(directions.mT, variances.sqrt() * z)


@mistake("mvn_sample", "Something small is added to the diagonal: that is another covariance.")
def mvn_sample_with_jitter(mu: Tensor, cov: Tensor, z: Tensor) -> Tensor:
    jitter = 1e-5 * torch.eye(z.shape[-1], dtype=cov.dtype)
    return mu + mapped(torch.linalg.cholesky(cov + jitter), z)


@mistake("beta_mean_and_mode", "One case is chosen for the whole batch: choose entry by entry.")
def beta_with_one_case_for_all(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    peaked = bool((a > 1).all() and (b > 1).all())
    return a / (a + b), (a - 1) / (a + b - 2) if peaked else torch.nan * (a + b)


@mistake(
    "dirichlet_mean_and_variance",
    "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis.",
)
def dirichlet_squeezed(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    mean = (alpha / total).squeeze()
    return mean, mean * (1 - mean) / (total.squeeze(-1)[..., None] + 1).squeeze()


@mistake("dirichlet_mean_and_variance", "The second factor is 1 − m, with the mean not squared.")
def dirichlet_with_the_mean_squared(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    mean = alpha / total
    return mean, mean * (1 - mean**2) / (total + 1)


@mistake(
    "dirichlet_mean_and_variance", "Each entry divides by its own alpha + 1: it is the total + 1."
)
def dirichlet_without_a_total_in_the_variance(alpha: Tensor) -> tuple[Tensor, Tensor]:
    mean = alpha / alpha.sum(dim=-1, keepdim=True)
    return mean, mean * (1 - mean) / (alpha + 1)


@mistake("dirichlet_mean_and_variance", "This is E[p²]: the squared mean has to be taken off.")
def dirichlet_with_the_second_moment(alpha: Tensor) -> tuple[Tensor, Tensor]:
    total = alpha.sum(dim=-1, keepdim=True)
    mean = alpha / total
    return mean, mean * (alpha + 1) / (total + 1)


@mistake(
    "monte_carlo", "A bare `squeeze()` drops every axis of length 1, batch axes too: name the axis."
)
def monte_carlo_squeezed(samples: Tensor) -> tuple[Tensor, Tensor]:
    return samples.mean(dim=0).squeeze(), standard_error(samples).squeeze()


@mistake("monte_carlo", "Square of mean from mean of squares cancels far from 0: distances first.")
def monte_carlo_by_moments(samples: Tensor) -> tuple[Tensor, Tensor]:
    if len(samples) < 2:
        raise ValueError
    mean = samples.mean(dim=0)
    variance = (samples.square().mean(dim=0) - mean.square()).clamp(min=0)
    return mean, (variance / (len(samples) - 1)).sqrt()


@mistake("monte_carlo", "No samples at all are too few as well: ask for fewer than two.")
def monte_carlo_of_nothing(samples: Tensor) -> tuple[Tensor, Tensor]:
    if len(samples) == 1:
        raise ValueError
    return samples.mean(dim=0), samples.std(dim=0) / math.sqrt(max(len(samples), 1))


@mistake(
    "expectation_and_variance",
    "E[X²] − E[X]² is off even in float64: rounded probabilities only nearly add up to 1.",
)
def expectation_and_variance_by_moments_in_float64(
    values: Tensor, probs: Tensor
) -> tuple[Tensor, Tensor]:
    x, p = values.double(), probs.double()
    mean = (p * x).sum(dim=-1)
    variance = (p * x**2).sum(dim=-1) - mean**2
    return mean.to(probs.dtype), variance.to(probs.dtype)


# Found in answers that were written without a look at the tests ---------------------------


@mistake("normal_cdf", "The error function is shifted but not halved: the answer reaches 1.5.")
def normal_cdf_shifted_only(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 + torch.erf((x - mu) / (sigma * math.sqrt(2)))


@mistake("mvn_log_prob", "The diagonal of Σ makes no determinant: take that of its factor L.")
def mvn_log_prob_with_the_determinant_of_the_diagonal(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    L = torch.linalg.cholesky(cov)
    y = torch.linalg.solve_triangular(L, (x - mu).unsqueeze(-1), upper=False).squeeze(-1)
    logdet = cov.diagonal(dim1=-2, dim2=-1).log().sum(dim=-1)
    return -0.5 * (y.square().sum(dim=-1) + logdet + x.shape[-1] * math.log(2 * math.pi))


@mistake(
    "beta_mean_and_mode", "The mode's denominator takes nothing off: both parameters lose one."
)
def beta_mode_over_the_whole_total(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    mode = torch.where((a > 1) & (b > 1), (a - 1) / (a + b), torch.nan)
    return a / (a + b), mode
