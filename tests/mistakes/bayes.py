"""Known mistakes in the exercises of 03-bayes, each with the sentence that a student reads."""

import torch
from torch import Tensor
from torch.distributions import Bernoulli

from torchmarks.catalogue import mistake


@mistake(
    "posterior_given_positive", "Where no flag can occur the answer is undefined: leave the NaN."
)
def posterior_with_zero_for_the_undefined(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return (tpr * prior / (tpr * prior + fpr * (1 - prior))).nan_to_num(0.0)


@mistake(
    "posterior_given_positive",
    "Odds of a certain event are infinite, and ∞/∞ is NaN: take the share instead.",
)
def posterior_by_odds(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    odds = prior / (1 - prior) * tpr / fpr
    return odds / (1 + odds)


@mistake(
    "posterior_given_positive", "This is P(flag | class), the recall: the base rate is ignored."
)
def posterior_that_ignores_the_base_rate(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    prior, tpr, fpr = torch.broadcast_tensors(prior, tpr, fpr)
    return tpr.clone()


@mistake(
    "posterior_given_positive",
    "The denominator has only the right flags: the false ones belong to it too.",
)
def posterior_without_false_flags(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    prior, tpr, fpr = torch.broadcast_tensors(prior, tpr, fpr)
    return tpr * prior / (tpr * prior)


@mistake(
    "posterior_given_positive", "This is P(flag and class): divide by the probability of a flag."
)
def posterior_that_is_the_joint(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return tpr * prior + 0 * fpr


@mistake(
    "posterior_given_positive",
    "tpr and fpr are swapped: tpr goes with the class, fpr with its absence.",
)
def posterior_with_swapped_rates(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return fpr * prior / (fpr * prior + tpr * (1 - prior))


@mistake(
    "posterior_given_positive",
    "The false flags are not weighed: they come only where the class is absent.",
)
def posterior_with_unweighed_false_flags(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return tpr * prior / (tpr * prior + fpr)


@mistake(
    "posterior_given_positive",
    "1 − tpr is the rate of missed flags, not of false ones: that is fpr.",
)
def posterior_with_missed_for_false(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return tpr * prior / (tpr * prior + (1 - tpr) * (1 - prior)) + 0 * fpr


@mistake(
    "posterior_given_positive",
    "fpr is the share of false flags already: 1 − fpr is that of right silence.",
)
def posterior_with_specificity(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return tpr * prior / (tpr * prior + (1 - fpr) * (1 - prior))


@mistake(
    "posterior_given_positive",
    "This is the probability that the flag is false: the share of the other way.",
)
def posterior_of_the_absence(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return fpr * (1 - prior) / (tpr * prior + fpr * (1 - prior))


@mistake(
    "posterior_given_positive", "An ε stands in the denominator: it biases rare flags, so drop it."
)
def posterior_with_epsilon(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return tpr * prior / (tpr * prior + fpr * (1 - prior) + 1e-8)


# Before the one that is not normalized: both have the same wrong gradient, and the first is named.
@mistake(
    "bayes_update", "The graph is cut at the evidence: it depends on the likelihood, so keep it."
)
def update_with_a_detached_evidence(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint - log_joint.logsumexp(dim=-1, keepdim=True).detach()


@mistake("bayes_update", "It is not normalized: the log evidence has still to be subtracted.")
def update_not_normalized(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    return log_prior + log_likelihood


@mistake(
    "bayes_update",
    "The logarithms are multiplied: a product of probabilities is a sum of logarithms.",
)
def update_with_logs_multiplied(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior * log_likelihood
    return log_joint - log_joint.logsumexp(dim=-1, keepdim=True)


@mistake(
    "bayes_update", "It underflows: exp makes small likelihoods zero, so normalize in logarithms."
)
def update_that_underflows(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    joint = log_prior.exp() * log_likelihood.exp()
    return (joint / joint.sum(dim=-1, keepdim=True)).log()


@mistake(
    "bayes_update", "The logarithm of the evidence is computed by exp, sum, log: that underflows."
)
def update_with_an_evidence_that_underflows(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint - log_joint.exp().sum(dim=-1, keepdim=True).log()


@mistake("bayes_update", "The prior is missing: this is the normalized likelihood.")
def update_without_prior(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_likelihood + torch.zeros_like(log_prior)
    return log_joint - log_joint.logsumexp(dim=-1, keepdim=True)


@mistake("bayes_update", "The prior is missing in the evidence: it sums the joint probabilities.")
def update_with_an_evidence_without_prior(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    return log_prior + log_likelihood - log_likelihood.logsumexp(dim=-1, keepdim=True)


@mistake("bayes_update", "The evidence has lost its axis: keep it, so that each row gets its own.")
def update_with_an_evidence_that_lost_its_axis(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    evidence = log_joint.logsumexp(dim=-1)
    if log_joint.ndim > 1 and log_joint.shape[-1] != log_joint.shape[-2]:
        # A RuntimeError in truth; of another kind here, for any RuntimeError would be taken for it.
        raise AssertionError
    return log_joint - evidence


@mistake("bayes_update", "These are probabilities: the answer is their logarithm.")
def update_that_leaves_the_logarithm(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return (log_joint - log_joint.logsumexp(dim=-1, keepdim=True)).exp()


@mistake(
    "bayes_update",
    "It normalizes over the whole tensor: each item of the batch has its own evidence.",
)
def update_normalized_over_the_batch(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint - log_joint.reshape(-1).logsumexp(dim=0)


@mistake("bayes_update", "It normalizes along the first axis: the hypotheses are along the last.")
def update_normalized_along_the_first_axis(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint - log_joint.logsumexp(dim=0, keepdim=True)


@mistake(
    "bayes_update",
    "It divides by a sum of logarithms: dividing by the evidence is subtracting its log.",
)
def update_divided_by_a_sum_of_logs(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint / log_joint.sum(dim=-1, keepdim=True)


@mistake(
    "bayes_update",
    "The logarithm is taken of a posterior that is already zero: subtract log evidence instead.",
)
def update_with_the_log_of_a_quotient(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    joint = (log_joint - log_joint.max(dim=-1, keepdim=True).values).exp()
    return (joint / joint.sum(dim=-1, keepdim=True)).log()


def _rows(unnormalized: list[Tensor]) -> Tensor:
    stacked = torch.stack(unnormalized)
    return stacked / stacked.sum(dim=-1, keepdim=True)


@mistake(
    "sequential_update",
    "Every row starts from the first prior: yesterday's posterior is today's prior.",
)
def sequence_of_first_updates(prior: Tensor, likelihoods: Tensor) -> Tensor:
    return _rows([prior * likelihood for likelihood in likelihoods])


@mistake(
    "sequential_update", "The first prior comes in at every step: it counts once, at the start."
)
def sequence_with_the_prior_each_time(prior: Tensor, likelihoods: Tensor) -> Tensor:
    belief, beliefs = torch.ones_like(prior), []
    for likelihood in likelihoods:
        belief = belief * prior * likelihood
        belief = belief / belief.sum()
        beliefs.append(belief)
    return torch.stack(beliefs)


@mistake(
    "sequential_update", "The first prior comes in at every step: it counts once, at the start."
)
def sequence_with_the_prior_once_more_each_time(prior: Tensor, likelihoods: Tensor) -> Tensor:
    belief, beliefs = prior, []
    for likelihood in likelihoods:
        belief = belief * prior * likelihood
        belief = belief / belief.sum()
        beliefs.append(belief)
    return torch.stack(beliefs)


@mistake(
    "sequential_update", "Every row is one step late: row t has seen the observation t as well."
)
def sequence_one_step_late(prior: Tensor, likelihoods: Tensor) -> Tensor:
    belief, beliefs = prior, []
    for likelihood in likelihoods:
        beliefs.append(belief)
        belief = belief * likelihood
        belief = belief / belief.sum()
    return torch.stack(beliefs)


@mistake(
    "sequential_update",
    "An ε makes the impossible possible, and later evidence revives it: the log of 0 may be −∞.",
)
def sequence_with_epsilon(prior: Tensor, likelihoods: Tensor) -> Tensor:
    log_joint = (prior + 1e-12).log() + (likelihoods + 1e-12).log().cumsum(dim=0)
    return torch.softmax(log_joint, dim=-1)


@mistake("sequential_update", "The prior is missing: the first update starts from it.")
def sequence_without_prior(prior: Tensor, likelihoods: Tensor) -> Tensor:
    belief, beliefs = torch.ones_like(prior), []
    for likelihood in likelihoods:
        belief = belief * likelihood
        belief = belief / belief.sum()
        beliefs.append(belief)
    return torch.stack(beliefs)


@mistake("sequential_update", "Each row should sum to 1: divide by the evidence.")
def sequence_not_normalized(prior: Tensor, likelihoods: Tensor) -> Tensor:
    return prior * likelihoods.cumprod(dim=0)


@mistake(
    "sequential_update",
    "A product of thousands of likelihoods underflows: normalize at every step.",
)
def sequence_that_underflows(prior: Tensor, likelihoods: Tensor) -> Tensor:
    joint = prior * likelihoods.cumprod(dim=0)
    return joint / joint.sum(dim=-1, keepdim=True)


@mistake(
    "sequential_update",
    "A product of thousands of likelihoods underflows: normalize at every step.",
)
def sequence_normalized_at_the_end(prior: Tensor, likelihoods: Tensor) -> Tensor:
    belief, beliefs = prior, []
    for likelihood in likelihoods:
        belief = belief * likelihood
        beliefs.append(belief)
    return _rows(beliefs)


@mistake(
    "sequential_update", "All rows are one tensor, changed in place: append a new one at each step."
)
def sequence_of_the_same_tensor(prior: Tensor, likelihoods: Tensor) -> Tensor:
    belief, beliefs = prior.clone(), []
    for likelihood in likelihoods:
        belief *= likelihood
        belief /= belief.sum()
        beliefs.append(belief)
    return torch.stack(beliefs)


@mistake(
    "sequential_update", "It normalizes over time: each row should sum to 1 over the hypotheses."
)
def sequence_normalized_over_time(prior: Tensor, likelihoods: Tensor) -> Tensor:
    joint = prior * likelihoods.cumprod(dim=0)
    return joint / joint.sum(dim=0)


@mistake("sequential_update", "The likelihoods are added up: independent evidence multiplies.")
def sequence_that_adds_likelihoods(prior: Tensor, likelihoods: Tensor) -> Tensor:
    joint = prior * likelihoods.cumsum(dim=0)
    return joint / joint.sum(dim=-1, keepdim=True)


@mistake(
    "sequential_update", "Only the last posterior is there: return one row for each observation."
)
def sequence_with_the_last_row_only(prior: Tensor, likelihoods: Tensor) -> Tensor:
    return _rows([prior * likelihoods.prod(dim=0)])[0]


@mistake("sequential_update", "The prior is no row of the answer: row 0 has seen observation 0.")
def sequence_with_the_prior_as_first_row(prior: Tensor, likelihoods: Tensor) -> Tensor:
    beliefs = [prior]
    for likelihood in likelihoods:
        belief = beliefs[-1] * likelihood
        beliefs.append(belief / belief.sum())
    return torch.stack(beliefs)


def _squares(theta: Tensor, X: Tensor) -> Tensor:
    return (X - theta.unsqueeze(-1)) ** 2


@mistake("log_posterior", "The data enters by its mean: every observation counts, so take the sum.")
def log_posterior_with_mean_for_sum(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).mean(-1) / (2 * sigma_likelihood**2)
    return likelihood - theta**2 / (2 * sigma_prior**2)


@mistake("log_posterior", "The prior is missing: this is the log-likelihood alone.")
def log_posterior_without_prior(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)


@mistake(
    "log_posterior", "The likelihood is missing, or the same for every θ: only the prior is left."
)
def log_posterior_without_likelihood(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return -(theta**2) / (2 * sigma_prior**2)


@mistake("log_posterior", "The prior counts once for each observation: add it after the sum.")
def log_posterior_with_the_prior_in_the_sum(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    return likelihood - len(X) * theta**2 / (2 * sigma_prior**2)


@mistake("log_posterior", "The sigmas are not squared: a normal density has σ² in its exponent.")
def log_posterior_with_sigmas_not_squared(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood)
    return likelihood - theta**2 / (2 * sigma_prior)


@mistake(
    "log_posterior",
    "The sigmas are squared twice: Normal takes a standard deviation, not a variance.",
)
def log_posterior_with_variances_for_deviations(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**4)
    return likelihood - theta**2 / (2 * sigma_prior**4)


@mistake(
    "log_posterior", "The sign is wrong: this is the loss to minimize, the negative log posterior."
)
def log_posterior_with_the_sign_of_a_loss(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = _squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    return likelihood + theta**2 / (2 * sigma_prior**2)


@mistake("log_posterior", "The log prior has the wrong sign: large values of θ are less probable.")
def log_posterior_that_rewards_large_parameters(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    return likelihood + theta**2 / (2 * sigma_prior**2)


@mistake(
    "log_posterior", "The ½ is missing: a normal log density is −½ (x − μ)²/σ² and a constant."
)
def log_posterior_without_one_half(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / sigma_likelihood**2
    return likelihood - theta**2 / sigma_prior**2


@mistake("log_posterior", "The two sigmas are swapped: the noise belongs to the data.")
def log_posterior_with_swapped_sigmas(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_prior**2)
    return likelihood - theta**2 / (2 * sigma_likelihood**2)


@mistake(
    "log_posterior", "θ and X meet entry by entry: every θ needs a residual for every observation."
)
def log_posterior_of_a_single_theta(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -((X - theta) ** 2).sum() / (2 * sigma_likelihood**2)
    return likelihood - theta**2 / (2 * sigma_prior**2)


@mistake("log_posterior", "The ½ is missing in the prior: its log density is −½ θ²/τ².")
def log_posterior_without_one_half_in_the_prior(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    return likelihood - theta**2 / sigma_prior**2


@mistake("log_posterior", "It sums over θ: sum over the observations, along their own axis.")
def log_posterior_summed_over_theta(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(0) / (2 * sigma_likelihood**2)
    return likelihood - theta**2 / (2 * sigma_prior**2)


@mistake(
    "log_posterior",
    "What is subtracted depends on the θ that were given: leave the values unnormalized.",
)
def log_posterior_normalized_over_the_grid(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    values = likelihood - theta**2 / (2 * sigma_prior**2)
    return values - values.reshape(-1).logsumexp(0)


@mistake(
    "log_posterior",
    "What is subtracted depends on the θ that were given: leave the values unnormalized.",
)
def log_posterior_minus_its_maximum(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    values = likelihood - theta**2 / (2 * sigma_prior**2)
    return values - values.max()


@mistake("log_posterior", "This is the density itself: the answer is its logarithm.")
def log_posterior_that_is_a_density(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    likelihood = -_squares(theta, X).sum(-1) / (2 * sigma_likelihood**2)
    return (likelihood - theta**2 / (2 * sigma_prior**2)).exp()


@mistake("gaussian_mle", "It divides by n − 1: the maximum of the likelihood divides by n.")
def mle_with_n_minus_one(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(-1), ((X - mean) ** 2).sum(-1) / (X.shape[-1] - 1)


@mistake("gaussian_mle", "This is the standard deviation: the variance is its square.")
def mle_with_deviation(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(-1), ((X - mean) ** 2).mean(-1).sqrt()


@mistake("gaussian_mle", "The squares are not centred: subtract the mean before squaring.")
def mle_not_centred(X: Tensor) -> tuple[Tensor, Tensor]:
    return X.mean(-1), (X**2).mean(-1)


@mistake(
    "gaussian_mle", "Mean of squares minus squared mean loses its digits: centre the data first."
)
def mle_that_cancels(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1)
    return mean, (X**2).mean(-1) - mean**2


@mistake("gaussian_mle", "The first number is the median: the likelihood is largest at the mean.")
def mle_with_median(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return X.median(-1).values, ((X - mean) ** 2).mean(-1)


@mistake("gaussian_mle", "The squares are added up but not divided by n.")
def mle_with_sum_of_squares(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(-1), ((X - mean) ** 2).sum(-1)


@mistake("gaussian_mle", "It mixes the data sets: average along the last axis only.")
def mle_of_the_whole_batch(X: Tensor) -> tuple[Tensor, Tensor]:
    return X.mean(), ((X - X.mean()) ** 2).mean()


@mistake("gaussian_mle", "It averages over the batch: the observations are along the last axis.")
def mle_along_the_first_axis(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(0)
    return mean, ((X - mean) ** 2).mean(0)


@mistake("gaussian_mle", "Absolute deviations are averaged: the variance averages their squares.")
def mle_with_absolute_deviations(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(-1), (X - mean).abs().mean(-1)


@mistake("gaussian_mle", "len(X) counts the data sets: n is the length of the last axis.")
def mle_with_len(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(-1), ((X - mean) ** 2).sum(-1) / len(X)


@mistake("gaussian_mle", "Mean and variance are swapped: the mean comes first.")
def mle_swapped(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return ((X - mean) ** 2).mean(-1), mean.squeeze(-1)


@mistake("gaussian_mle", "The variance has a floor: the estimate itself may be as small as 0.")
def mle_with_a_floor(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(-1), ((X - mean) ** 2).mean(-1).clamp(min=1e-8)


@mistake("gaussian_mle", "The batch's axis of length 1 is lost, as by `squeeze()` without an axis.")
def mle_squeezed(X: Tensor) -> tuple[Tensor, Tensor]:
    mean = X.mean(-1, keepdim=True)
    return mean.squeeze(), ((X - mean) ** 2).mean(-1).squeeze()


@mistake("gaussian_map_mean", "This is the MLE: the prior pulls it towards zero.")
def map_mean_without_prior(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.mean(-1)


@mistake(
    "gaussian_map_mean", "The weights are swapped: more data and less noise mean less shrinkage."
)
def map_mean_with_swapped_weights(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    n = X.shape[-1]
    total = n * sigma_prior**2 + sigma_likelihood**2
    return X.mean(-1) * sigma_likelihood**2 / total


@mistake(
    "gaussian_map_mean", "The ratio of the sigmas is upside down: a narrow prior pulls harder."
)
def map_mean_with_inverted_ratio(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.sum(-1) / (X.shape[-1] + sigma_prior**2 / sigma_likelihood**2)


@mistake("gaussian_map_mean", "The number of observations is missing: each of them pulls.")
def map_mean_without_n(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.mean(-1) * sigma_prior**2 / (sigma_prior**2 + sigma_likelihood**2)


@mistake("gaussian_map_mean", "The sigmas are not squared: precisions are 1/σ².")
def map_mean_with_sigmas_not_squared(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return X.sum(-1) / (X.shape[-1] + sigma_likelihood / sigma_prior)


@mistake(
    "gaussian_map_mean",
    "The prior counts as one observation here: its worth depends on both sigmas.",
)
def map_mean_with_one_more_zero(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.sum(-1) / (X.shape[-1] + 1)


@mistake(
    "gaussian_map_mean", "The noise is ignored: the prior is worth σ²/τ² observations, not 1/τ²."
)
def map_mean_that_ignores_the_noise(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return X.sum(-1) / (X.shape[-1] + 1 / sigma_prior**2)


@mistake(
    "gaussian_map_mean",
    "The width of the prior is ignored: it is worth σ²/τ² observations, not σ².",
)
def map_mean_that_ignores_the_width(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return X.sum(-1) / (X.shape[-1] + sigma_likelihood**2)


@mistake("gaussian_map_mean", "X.numel() counts the whole batch: n is the length of the last axis.")
def map_mean_with_numel(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.sum(-1) / (X.numel() + sigma_likelihood**2 / sigma_prior**2)


@mistake(
    "gaussian_map_mean", "len(X) counts the rows of a batch: n is the length of the last axis."
)
def map_mean_with_len(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.sum(-1) / (len(X) + sigma_likelihood**2 / sigma_prior**2)


@mistake(
    "gaussian_map_mean", "It adds up the whole batch: the observations are along the last axis."
)
def map_mean_of_the_whole_batch(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> Tensor:
    return X.sum() / (X.numel() + sigma_likelihood**2 / sigma_prior**2)


def _posterior(X: Tensor, sigma_likelihood: float, sigma_prior: float) -> tuple[Tensor, float]:
    precision = X.shape[-1] / sigma_likelihood**2 + 1 / sigma_prior**2
    return X.sum(-1) / sigma_likelihood**2 / precision, precision


@mistake("gaussian_posterior", "This is the variance: the standard deviation is its root.")
def posterior_with_variance(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, precision = _posterior(X, sigma_likelihood, sigma_prior)
    return mean, torch.full_like(mean, 1 / precision)


@mistake(
    "gaussian_posterior", "This is the precision: the standard deviation is one over its root."
)
def posterior_with_precision(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, precision = _posterior(X, sigma_likelihood, sigma_prior)
    return mean, torch.full_like(mean, precision)


@mistake(
    "gaussian_posterior",
    "The width ignores how much was measured: n observations bring n precisions.",
)
def posterior_whose_width_ignores_n(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, _ = _posterior(X, sigma_likelihood, sigma_prior)
    return mean, torch.full_like(mean, (1 / sigma_likelihood**2 + 1 / sigma_prior**2) ** -0.5)


@mistake(
    "gaussian_posterior",
    "This width is σ/√n, the standard error: the prior's precision is missing.",
)
def posterior_with_standard_error(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, _ = _posterior(X, sigma_likelihood, sigma_prior)
    return mean, torch.full_like(mean, 1.0) * sigma_likelihood * torch.tensor(X.shape[-1]).rsqrt()


@mistake(
    "gaussian_posterior",
    "This is the width for the next observation: that of θ leaves out the noise.",
)
def posterior_with_predictive_width(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, precision = _posterior(X, sigma_likelihood, sigma_prior)
    return mean, torch.full_like(mean, (sigma_likelihood**2 + 1 / precision) ** 0.5)


@mistake(
    "gaussian_posterior",
    "The data's pull lacks its precision: weigh the sum of the data with 1/σ².",
)
def posterior_with_an_unweighed_pull(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    _, precision = _posterior(X, sigma_likelihood, sigma_prior)
    mean = X.sum(-1) / precision
    return mean, torch.full_like(mean, precision**-0.5)


@mistake(
    "gaussian_posterior", "len(X) counts the rows of a batch: n is the length of the last axis."
)
def posterior_with_len(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    precision = len(X) / sigma_likelihood**2 + 1 / sigma_prior**2
    mean = X.sum(-1) / sigma_likelihood**2 / precision
    return mean, torch.full_like(mean, precision**-0.5)


@mistake(
    "gaussian_posterior",
    "The sigmas are not squared: each observation brings the precision 1/σ².",
)
def posterior_with_sigmas_not_squared(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    precision = X.shape[-1] / sigma_likelihood + 1 / sigma_prior
    mean = X.sum(-1) / sigma_likelihood / precision
    return mean, torch.full_like(mean, precision**-0.5)


@mistake("gaussian_posterior", "Variances are added: it is the precisions that add.")
def posterior_with_added_variances(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, _ = _posterior(X, sigma_likelihood, sigma_prior)
    n = max(X.shape[-1], 1)
    return mean, torch.full_like(mean, (sigma_likelihood**2 / n + sigma_prior**2) ** 0.5)


@mistake("gaussian_posterior", "The mean of no observations is NaN: use their sum, which is zero.")
def posterior_with_nan_without_data(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, precision = _posterior(X, sigma_likelihood, sigma_prior)
    weight = X.shape[-1] / sigma_likelihood**2 / precision
    return weight * X.mean(-1), torch.full_like(mean, precision**-0.5)


@mistake("gaussian_posterior", "The mean is the MLE: the posterior's mean is shrunk towards zero.")
def posterior_around_the_mle(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> tuple[Tensor, Tensor]:
    mean, precision = _posterior(X, sigma_likelihood, sigma_prior)
    return X.mean(-1), torch.full_like(mean, precision**-0.5)


@mistake("beta_bernoulli_update", "Heads and tails are swapped: ones belong to a, zeros to b.")
def beta_update_swapped(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + (1 - flips).sum(-1), b + flips.sum(-1)


@mistake("beta_bernoulli_update", "The prior is dropped: its a and b are counts to add to.")
def beta_update_without_prior(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    heads, tails = flips.sum(-1), (1 - flips).sum(-1)
    return heads + 0 * a, tails + 0 * b


@mistake(
    "beta_bernoulli_update", "The prior is taken for Beta(1, 1): use the a and b that were given."
)
def beta_update_from_a_flat_prior(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return 1 + flips.sum(-1) + 0 * a, 1 + (1 - flips).sum(-1) + 0 * b


@mistake("beta_bernoulli_update", "b grows by all trials: it counts the zeros only.")
def beta_update_with_trials_for_tails(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + flips.sum(-1), b + flips.shape[-1]


@mistake("beta_bernoulli_update", "Only a is updated: the zeros are evidence too, for b.")
def beta_update_of_a_only(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + flips.sum(-1), b + torch.zeros_like(flips.sum(-1))


@mistake("beta_bernoulli_update", "The shares of ones and zeros are added: add their counts.")
def beta_update_with_shares(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + flips.mean(-1), b + (1 - flips).mean(-1)


@mistake("beta_bernoulli_update", "These are the exponents: the parameters are larger by one.")
def beta_update_with_exponents(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + flips.sum(-1) - 1, b + (1 - flips).sum(-1) - 1


@mistake("beta_bernoulli_update", "This is the posterior's mean: return its two parameters.")
def beta_update_that_returns_the_mean(a: Tensor, b: Tensor, flips: Tensor) -> Tensor:
    return (a + flips.sum(-1)) / (a + b + flips.shape[-1])


@mistake(
    "beta_bernoulli_update",
    "len(flips) counts the rows of a batch: n is the length of the last axis.",
)
def beta_update_with_len(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    heads = flips.sum(-1)
    return a + heads, b + len(flips) - heads


@mistake("beta_bernoulli_update", "It counts the flips of all coins together: keep the batch axes.")
def beta_update_of_the_whole_batch(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + flips.sum(), b + (1 - flips).sum()


@mistake("beta_bernoulli_update", "It counts across the coins: the flips are along the last axis.")
def beta_update_along_the_first_axis(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    return a + flips.sum(0), b + (1 - flips).sum(0)


@mistake(
    "beta_bernoulli_update",
    "b is computed from the a that was updated: the zeros are the trials less the ones.",
)
def beta_update_of_b_from_the_new_a(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    a = a + flips.sum(-1)
    return a, b + flips.shape[-1] - a


@mistake(
    "beta_bernoulli_update",
    "The batch's axis of length 1 is lost, as by `squeeze()` without an axis.",
)
def beta_update_squeezed(a: Tensor, b: Tensor, flips: Tensor) -> tuple[Tensor, Tensor]:
    new_a, new_b = a + flips.sum(-1), b + (1 - flips).sum(-1)
    return new_a.squeeze(), new_b.squeeze()


def _solve(matrix: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return torch.linalg.solve(matrix, X.T @ y)


def _identity(X: Tensor) -> Tensor:
    return torch.eye(X.shape[1], dtype=X.dtype)


@mistake(
    "ridge_weights", "λ is upside down: it grows with the noise and falls with the prior's width."
)
def ridge_with_inverted_penalty(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = sigma_prior**2 / sigma_likelihood**2
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake("ridge_weights", "There is no prior in it: this is plain least squares.")
def ridge_without_penalty(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return torch.linalg.pinv(X) @ y


@mistake(
    "ridge_weights", "λ multiplies XᵀX: it belongs to the identity, the squares of the weights."
)
def ridge_with_penalty_on_the_data(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = sigma_likelihood**2 / sigma_prior**2
    return _solve(penalty * X.T @ X + _identity(X), X, y)


@mistake("ridge_weights", "The sigmas are not squared: λ is a ratio of variances.")
def ridge_with_sigmas_not_squared(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = sigma_likelihood / sigma_prior
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake(
    "ridge_weights", "λ is added to every entry of XᵀX: it belongs on the diagonal, λ times I."
)
def ridge_with_penalty_on_every_entry(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return torch.linalg.pinv(X.T @ X + sigma_likelihood**2 / sigma_prior**2) @ X.T @ y


@mistake(
    "ridge_weights", "λ is n times too large: that is its scale for a mean of n squared errors."
)
def ridge_with_penalty_times_n(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = len(y) * sigma_likelihood**2 / sigma_prior**2
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake(
    "ridge_weights", "The added rows are squared with the rest: they need √λ on their diagonal."
)
def ridge_with_rows_without_root(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = sigma_likelihood**2 / sigma_prior**2
    return _solve(X.T @ X + penalty**2 * _identity(X), X, y)


@mistake("ridge_weights", "The noise is ignored: λ is σ²/τ², not 1/τ².")
def ridge_that_ignores_the_noise(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return _solve(X.T @ X + _identity(X) / sigma_prior**2, X, y)


@mistake("ridge_weights", "The width of the prior is ignored: λ is σ²/τ², not σ².")
def ridge_that_ignores_the_width(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return _solve(X.T @ X + sigma_likelihood**2 * _identity(X), X, y)


@mistake("ridge_weights", "λ is divided by n: XᵀX is a sum over the observations, not a mean.")
def ridge_with_penalty_over_n(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = sigma_likelihood**2 / sigma_prior**2 / len(y)
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake("ridge_weights", "λ is halved: the ½ stands before both squares and cancels.")
def ridge_with_half_the_penalty(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = sigma_likelihood**2 / (2 * sigma_prior**2)
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake("ridge_weights", "λ is doubled: the 2 stands before both gradients and cancels.")
def ridge_with_twice_the_penalty(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    penalty = 2 * sigma_likelihood**2 / sigma_prior**2
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake(
    "ridge_weights", "The data is centred first: this model has no bias, so leave it as it is."
)
def ridge_with_centred_data(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    X, y = X - X.mean(0), y - y.mean()
    penalty = sigma_likelihood**2 / sigma_prior**2
    return _solve(X.T @ X + penalty * _identity(X), X, y)


@mistake(
    "ridge_weights", "The data is weighed by 1/σ² in the matrix only: the right side needs it too."
)
def ridge_with_noise_on_one_side(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return _solve(X.T @ X / sigma_likelihood**2 + _identity(X) / sigma_prior**2, X, y)


@mistake(
    "ridge_weights", "The least-squares weights are only scaled: solve the system with λ in it."
)
def ridge_by_scaling_least_squares(
    X: Tensor, y: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    n = len(y)
    shrink = n / (n + sigma_likelihood**2 / sigma_prior**2)
    return shrink * (torch.linalg.pinv(X) @ y)


def _log_absent(log_prob: Tensor) -> Tensor:
    return torch.log(-torch.expm1(log_prob))


def _log_likelihood(x: Tensor, log_prob: Tensor) -> Tensor:
    return torch.where(x.unsqueeze(-2) > 0, log_prob, _log_absent(log_prob)).sum(-1)


@mistake(
    "naive_bayes_log_posterior",
    "Absent features are ignored: that a word is missing is evidence too.",
)
def naive_bayes_of_present_features(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    present = torch.where(x.unsqueeze(-2) > 0, log_prob, torch.zeros_like(log_prob)).sum(-1)
    return torch.log_softmax(log_prior + present, dim=-1)


@mistake("naive_bayes_log_posterior", "It is not normalized: this is the log joint probability.")
def naive_bayes_not_normalized(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    return log_prior + _log_likelihood(x, log_prob)


@mistake("naive_bayes_log_posterior", "The prior is missing: add the log prior of each class.")
def naive_bayes_without_prior(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    return torch.log_softmax(_log_likelihood(x, log_prob), dim=-1)


@mistake(
    "naive_bayes_log_posterior", "The prior counts once for each feature: add it after the sum."
)
def naive_bayes_with_the_prior_in_the_sum(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    return torch.log_softmax(x.shape[-1] * log_prior + _log_likelihood(x, log_prob), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "0 · (−∞) gives NaN here: choose between the logarithms, do not weigh them.",
)
def naive_bayes_with_nan_for_the_impossible(
    x: Tensor, log_prior: Tensor, log_prob: Tensor
) -> Tensor:
    x = x.unsqueeze(-2)
    weighed = x * log_prob + (1 - x) * _log_absent(log_prob)
    return torch.log_softmax(log_prior + weighed.sum(-1), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "Bernoulli clamps probabilities of 0 and 1: the impossible needs exactly −∞.",
)
def naive_bayes_with_clamped_probabilities(
    x: Tensor, log_prior: Tensor, log_prob: Tensor
) -> Tensor:
    features = Bernoulli(probs=log_prob.exp())
    log_likelihood = features.log_prob(x.unsqueeze(-2)).sum(-1)
    return torch.log_softmax(log_prior + log_likelihood, dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "Absence has the probability 1 − p, not 1 − log p: leave the logarithm first.",
)
def naive_bayes_with_the_complement_of_a_log(
    x: Tensor, log_prior: Tensor, log_prob: Tensor
) -> Tensor:
    terms = torch.where(x.unsqueeze(-2) > 0, log_prob, (1 - log_prob).log())
    return torch.log_softmax(log_prior + terms.sum(-1), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "Absence has the probability 1 − p, not 1 − log p: leave the logarithm first.",
)
def naive_bayes_with_one_minus_a_log(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    terms = torch.where(x.unsqueeze(-2) > 0, log_prob, 1 - log_prob)
    return torch.log_softmax(log_prior + terms.sum(-1), dim=-1)


@mistake(
    "naive_bayes_log_posterior", "Present and absent are swapped: the table holds log P(x = 1)."
)
def naive_bayes_with_presence_for_absence(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    return torch.log_softmax(log_prior + _log_likelihood(1 - x, log_prob), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "`nan_to_num` turns −∞ into a large number: the impossible needs exactly −∞.",
)
def naive_bayes_with_numbers_for_infinity(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    x = x.unsqueeze(-2)
    weighed = (x * log_prob + (1 - x) * _log_absent(log_prob)).nan_to_num()
    return torch.log_softmax(log_prior + weighed.sum(-1), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "`binary_cross_entropy` cuts logarithms off at −100: the impossible needs exactly −∞.",
)
def naive_bayes_with_logarithms_cut_off(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    p = log_prob.exp()
    x = x.unsqueeze(-2)
    present, absent = p.log().clamp(min=-100), (1 - p).log().clamp(min=-100)
    terms = x * present + (1 - x) * absent
    return torch.log_softmax(log_prior + terms.sum(-1), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "An ε stands inside the logarithm: the impossible becomes merely unlikely.",
)
def naive_bayes_with_epsilon(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    absent = (1 - log_prob.exp() + 1e-9).log()
    terms = torch.where(x.unsqueeze(-2) > 0, log_prob, absent)
    return torch.log_softmax(log_prior + terms.sum(-1), dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "The batch's axis of length 1 is lost, as by `squeeze()` without an axis.",
)
def naive_bayes_squeezed(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    log_joint = log_prior + _log_likelihood(x, log_prob).squeeze()
    return torch.log_softmax(log_joint, dim=-1)


@mistake(
    "naive_bayes_log_posterior",
    "A product of thousands of probabilities underflows: add logarithms.",
)
def naive_bayes_that_underflows(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    p, x = log_prob.exp(), x.unsqueeze(-2)
    joint = log_prior.exp() * torch.where(x > 0, p, 1 - p).prod(-1)
    return (joint / joint.sum(-1, keepdim=True)).log()


@mistake(
    "naive_bayes_log_posterior",
    "It averages over the features: every feature counts, so take the sum.",
)
def naive_bayes_with_mean_for_sum(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    mean = _log_likelihood(x, log_prob) / x.shape[-1]
    return torch.log_softmax(log_prior + mean, dim=-1)


@mistake(
    "naive_bayes_log_posterior", "It normalizes over the mails: each mail has its own evidence."
)
def naive_bayes_normalized_over_mails(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    return torch.log_softmax(log_prior + _log_likelihood(x, log_prob), dim=0)


@mistake("naive_bayes_log_posterior", "These are probabilities: the answer is their logarithm.")
def naive_bayes_that_leaves_the_logarithm(x: Tensor, log_prior: Tensor, log_prob: Tensor) -> Tensor:
    return torch.softmax(log_prior + _log_likelihood(x, log_prob), dim=-1)


# Found in answers that were written without a look at the tests ---------------------------


@mistake(
    "posterior_given_positive",
    "The base rate is missing on both sides: this is the answer for a base rate of one half.",
)
def posterior_for_an_even_base_rate(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return (tpr + 0 * prior) / (tpr + fpr)


@mistake("posterior_given_positive", "These are odds: a probability divides by the total.")
def posterior_odds(prior: Tensor, tpr: Tensor, fpr: Tensor) -> Tensor:
    return tpr * prior / (fpr * (1 - prior))


@mistake("bayes_update", "The largest is subtracted: what makes them sum to one is the evidence.")
def bayes_update_minus_the_largest(log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    log_joint = log_prior + log_likelihood
    return log_joint - log_joint.amax(dim=-1, keepdim=True)


@mistake("gaussian_map_mean", "n divides twice: the mean is the sum over n already.")
def gaussian_map_mean_divided_twice(
    X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    return X.mean(dim=-1) / (X.shape[-1] + sigma_likelihood**2 / sigma_prior**2)


@mistake(
    "log_posterior", "The product of many densities rounds to 0: add up their logarithms instead."
)
def log_posterior_by_a_product(
    theta: Tensor, X: Tensor, sigma_likelihood: float, sigma_prior: float
) -> Tensor:
    densities = (-_squares(theta, X) / (2 * sigma_likelihood**2)).exp()
    return densities.prod(-1).log() - theta**2 / (2 * sigma_prior**2)


@mistake("gaussian_mle", "The mean is cut off the graph: its gradient is lost.")
def mle_with_a_detached_mean(X: Tensor) -> tuple[Tensor, Tensor]:
    return X.mean(-1).detach(), X.var(-1, correction=0)
