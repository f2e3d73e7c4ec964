"""Known mistakes in the exercises of 04-information, each with the sentence that a student reads."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import mistake


def log(p: Tensor) -> Tensor:
    """Natural logarithm that stays finite at 0."""
    return torch.where(p > 0, p, 1.0).log()


@mistake("entropy", "These are bits: take the natural logarithm, the unit here is the nat.")
def entropy_in_bits(p: Tensor) -> Tensor:
    return -(p * torch.where(p > 0, p, 1.0).log2()).sum(dim=-1)


@mistake(
    "entropy",
    "The value is right, the gradient NaN at p = 0: choose before the logarithm, not after.",
)
def entropy_with_nan_in_the_gradient(p: Tensor) -> Tensor:
    return -torch.where(p > 0, p * p.log(), 0.0).sum(dim=-1)


@mistake("entropy", "0 · log 0 gives NaN here: an outcome of probability 0 contributes 0.")
def entropy_with_nan_at_zero(p: Tensor) -> Tensor:
    return -(p * p.log()).sum(dim=-1)


@mistake("entropy", "An ε inside the logarithm changes every answer: treat the zeros alone.")
def entropy_with_epsilon(p: Tensor) -> Tensor:
    return -(p * (p + 1e-10).log()).sum(dim=-1)


@mistake(
    "entropy", "Even an ε of 1e-12 in the logarithm shows where entropy is small: leave it out."
)
def entropy_with_tiny_epsilon(p: Tensor) -> Tensor:
    return -(p * (p + 1e-12).log()).sum(dim=-1)


@mistake("entropy", "The minus sign is missing: surprise is −log p, and entropy is never negative.")
def entropy_with_the_wrong_sign(p: Tensor) -> Tensor:
    return (p * log(p)).sum(dim=-1)


@mistake("entropy", "Entropy is a sum over the outcomes, not their mean: p already weighs them.")
def entropy_averaged_over_outcomes(p: Tensor) -> Tensor:
    return -(p * log(p)).mean(dim=-1)


@mistake("entropy", "It sums over the whole tensor: keep the batch, reduce the last axis only.")
def entropy_of_the_whole_batch(p: Tensor) -> Tensor:
    return -(p * log(p)).sum()


@mistake("entropy", "The surprises are added up without their weights: each counts p times.")
def entropy_without_weights(p: Tensor) -> Tensor:
    return -log(p).sum(dim=-1)


@mistake("entropy", "It detaches p, so the value is right and its gradient is lost.")
def entropy_half_detached(p: Tensor) -> Tensor:
    return -(p.detach() * log(p)).sum(dim=-1)


@mistake("cross_entropy", "The arguments are swapped: the label weighs, the forecast is surprised.")
def cross_entropy_swapped(p: Tensor, log_q: Tensor) -> Tensor:
    return -(log_q.exp() * p.log()).sum(dim=-1)


@mistake("cross_entropy", "`log_q` holds logarithms already: a second logarithm of them gives NaN.")
def cross_entropy_log_taken_twice(p: Tensor, log_q: Tensor) -> Tensor:
    return -(p * log_q.log()).sum(dim=-1)


@mistake(
    "cross_entropy", "It averages over the classes: p already weighs them, so the terms add up."
)
def cross_entropy_averaged_over_classes(p: Tensor, log_q: Tensor) -> Tensor:
    return -(p * torch.where(p > 0, log_q, 0.0)).mean(dim=-1)


@mistake(
    "cross_entropy", "0 · (−∞) gives NaN here: a class with p = 0 contributes 0 whatever q says."
)
def cross_entropy_with_nan(p: Tensor, log_q: Tensor) -> Tensor:
    return -(p * log_q).sum(dim=-1)


@mistake(
    "cross_entropy", "The minus sign is missing: a surprise is never negative, nor is its average."
)
def cross_entropy_with_the_wrong_sign(p: Tensor, log_q: Tensor) -> Tensor:
    return (p * torch.where(p > 0, log_q, 0.0)).sum(dim=-1)


@mistake("cross_entropy", "It goes back to q, which rounds to 0: stay with the log-probabilities.")
def cross_entropy_through_probabilities(p: Tensor, log_q: Tensor) -> Tensor:
    return -torch.special.xlogy(p, log_q.exp()).sum(dim=-1)


@mistake(
    "cross_entropy", "An infinite surprise was cut to a finite number: q = 0 where p > 0 costs ∞."
)
def cross_entropy_that_clamps(p: Tensor, log_q: Tensor) -> Tensor:
    return -(p * log_q.clamp(min=-100)).sum(dim=-1)


@mistake(
    "cross_entropy", "It averages over the batch: here each distribution keeps its own number."
)
def cross_entropy_of_the_whole_batch(p: Tensor, log_q: Tensor) -> Tensor:
    return -(p * torch.where(p > 0, log_q, 0.0)).sum(dim=-1).mean()


@mistake("cross_entropy", "Classes with q = 0 are left out: where p > 0 they cost infinitely much.")
def cross_entropy_ignoring_the_excluded(p: Tensor, log_q: Tensor) -> Tensor:
    return -(p * torch.where(log_q.isfinite(), log_q, 0.0)).sum(dim=-1)


@mistake("cross_entropy", "Only the likeliest class of the label pays: each class counts p times.")
def cross_entropy_of_one_class(p: Tensor, log_q: Tensor) -> Tensor:
    return -log_q.gather(-1, p.argmax(-1, keepdim=True)).squeeze(-1)


@mistake("cross_entropy", "`log_q` is weighed by itself: the weights are the label's, p.")
def cross_entropy_as_entropy_of_the_forecast(p: Tensor, log_q: Tensor) -> Tensor:
    return -(log_q.exp() * torch.where(log_q > -torch.inf, log_q, 0.0)).sum(dim=-1)


@mistake(
    "cross_entropy_from_logits",
    "Softmax first and the logarithm after: the probability rounds to 0 and the loss to infinity.",
)
def from_logits_log_of_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    q = torch.softmax(logits, dim=-1)
    return -q[torch.arange(len(labels)), labels].log().mean()


@mistake(
    "cross_entropy_from_logits",
    "Exponentials of large logits overflow: subtract each row's largest logit first.",
)
def from_logits_overflowing(logits: Tensor, labels: Tensor) -> Tensor:
    own = logits[torch.arange(len(labels)), labels]
    return (logits.exp().sum(dim=-1).log() - own).mean()


@mistake(
    "cross_entropy_from_logits",
    "One maximum for the whole batch: rows far below it underflow. Each row needs its own.",
)
def from_logits_with_one_maximum(logits: Tensor, labels: Tensor) -> Tensor:
    shifted = logits - logits.max()
    own = shifted[torch.arange(len(labels)), labels]
    return (shifted.exp().sum(dim=-1).log() - own).mean()


@mistake("cross_entropy_from_logits", "It adds the examples up: the loss is their mean.")
def from_logits_summed(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits.log_softmax(-1)[torch.arange(len(labels)), labels].sum()


@mistake("cross_entropy_from_logits", "It returns a loss for each example: take the mean of them.")
def from_logits_not_reduced(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits.log_softmax(-1)[torch.arange(len(labels)), labels]


@mistake(
    "cross_entropy_from_logits",
    "It normalizes along the batch: probabilities must sum to one over the classes of each row.",
)
def from_logits_normalized_over_the_batch(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits.log_softmax(0)[torch.arange(len(labels)), labels].mean()


@mistake(
    "cross_entropy_from_logits",
    "`[:, labels]` pairs every row with every label: each row needs its own label only.",
)
def from_logits_all_pairs(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits.log_softmax(-1)[:, labels].mean()


@mistake(
    "cross_entropy_from_logits",
    "The logits are taken for log-probabilities: normalize each row with its log-sum-exp.",
)
def from_logits_not_normalized(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits[torch.arange(len(labels)), labels].mean()


@mistake(
    "cross_entropy_from_logits",
    "Softmax is applied twice: log-softmax wants the logits, not probabilities.",
)
def from_logits_softmax_twice(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits.softmax(-1).log_softmax(-1)[torch.arange(len(labels)), labels].mean()


@mistake("cross_entropy_from_logits", "The sign is wrong: the loss is minus the log-probability.")
def from_logits_with_the_wrong_sign(logits: Tensor, labels: Tensor) -> Tensor:
    return logits.log_softmax(-1)[torch.arange(len(labels)), labels].mean()


@mistake(
    "cross_entropy_from_logits",
    "The maximum was subtracted inside the log-sum-exp and not added back.",
)
def from_logits_without_adding_the_maximum_back(logits: Tensor, labels: Tensor) -> Tensor:
    largest = logits.max(dim=-1, keepdim=True).values
    own = logits[torch.arange(len(labels)), labels]
    return ((logits - largest).exp().sum(dim=-1).log() - own).mean()


@mistake(
    "cross_entropy_from_logits",
    "An ε inside the logarithm caps the loss just where it matters: keep to the logits.",
)
def from_logits_with_epsilon(logits: Tensor, labels: Tensor) -> Tensor:
    q = torch.softmax(logits, dim=-1)
    return -(q[torch.arange(len(labels)), labels] + 1e-9).log().mean()


def soft_loss(logits: Tensor, smoothed: Tensor) -> Tensor:
    return -(smoothed * logits.log_softmax(-1)).sum(-1).mean()


@mistake(
    "soft_cross_entropy",
    "ε is spread over the K − 1 wrong classes: here each class gets ε/K, the true one too.",
)
def soft_smoothing_over_the_others(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    others = (1 - targets) * smoothing / (logits.shape[-1] - 1)
    return soft_loss(logits, (1 - smoothing) * targets + others)


@mistake(
    "soft_cross_entropy",
    "The targets are lowered but the uniform share is missing: they no longer sum to one.",
)
def soft_only_the_true_class(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return soft_loss(logits, (1 - smoothing) * targets)


@mistake(
    "soft_cross_entropy",
    "The uniform share is added on top: lower the targets by as much, or they sum to 1 + ε.",
)
def soft_share_on_top(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return soft_loss(logits, targets + smoothing / logits.shape[-1])


@mistake("soft_cross_entropy", "The smoothing has no effect: mix the targets with 1/K first.")
def soft_without_smoothing(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return soft_loss(logits, targets)


@mistake("soft_cross_entropy", "Each class gets ε instead of ε/K: the share must be divided by K.")
def soft_share_not_divided(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return soft_loss(logits, (1 - smoothing) * targets + smoothing)


@mistake(
    "soft_cross_entropy", "The two shares are swapped: ε is the uniform's, 1 − ε the target's."
)
def soft_shares_swapped(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return soft_loss(logits, smoothing * targets + (1 - smoothing) / logits.shape[-1])


@mistake("soft_cross_entropy", "It smooths the prediction: smoothing belongs to the targets alone.")
def soft_smoothing_the_prediction(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    q = (1 - smoothing) * logits.softmax(-1) + smoothing / logits.shape[-1]
    return -torch.special.xlogy(targets, q).sum(-1).mean()


@mistake(
    "soft_cross_entropy", "It averages over the classes too: sum over them, mean over the batch."
)
def soft_averaged_over_classes(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    smoothed = (1 - smoothing) * targets + smoothing / targets.shape[-1]
    return soft_loss(logits, smoothed) / targets.shape[-1]


@mistake("soft_cross_entropy", "It adds the examples up: the loss is their mean over the batch.")
def soft_summed_over_the_batch(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    smoothed = (1 - smoothing) * targets + smoothing / targets.shape[-1]
    return soft_loss(logits, smoothed) * len(logits)


@mistake(
    "soft_cross_entropy", "1/n is spread, n the batch: the uniform share is 1/K, K the classes."
)
def soft_divided_by_the_batch(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return soft_loss(logits, (1 - smoothing) * targets + smoothing / len(targets))


@mistake(
    "soft_cross_entropy",
    "The logarithm of a softmax that has rounded to 0 is −∞: take a log-softmax.",
)
def soft_log_of_softmax(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    smoothed = (1 - smoothing) * targets + smoothing / targets.shape[-1]
    return -(smoothed * logits.softmax(-1).log()).sum(-1).mean()


@mistake(
    "soft_cross_entropy",
    "Exponentials of large logits overflow: take a log-softmax, or torch.logsumexp.",
)
def soft_overflowing(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    smoothed = (1 - smoothing) * targets + smoothing / targets.shape[-1]
    return (logits.exp().sum(-1).log() - (smoothed * logits).sum(-1)).mean()


@mistake(
    "soft_cross_entropy", "Each target is rounded to its likeliest class: keep the distribution."
)
def soft_rounded_to_one_class(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    hard = F.one_hot(targets.argmax(-1), targets.shape[-1])
    return soft_loss(logits, (1 - smoothing) * hard + smoothing / targets.shape[-1])


def token_losses(logits: Tensor, labels: Tensor) -> Tensor:
    return -logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)


@mistake(
    "perplexity",
    "A softmax that has rounded to 0 makes perplexity infinite: keep to log-probabilities.",
)
def perplexity_through_probabilities(logits: Tensor, labels: Tensor) -> Tensor:
    q = logits.softmax(-1).gather(-1, labels.unsqueeze(-1))
    return (-q.log().mean()).exp()


@mistake(
    "perplexity", "Exponentials of large logits overflow: take a log-softmax, or torch.logsumexp."
)
def perplexity_overflowing(logits: Tensor, labels: Tensor) -> Tensor:
    own = logits.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return (logits.exp().sum(-1).log() - own).mean().exp()


@mistake(
    "perplexity", "The product of many probabilities rounds to 0: add up their logarithms instead."
)
def perplexity_by_a_product(logits: Tensor, labels: Tensor) -> Tensor:
    q = logits.softmax(-1).gather(-1, labels.unsqueeze(-1))
    return q.prod() ** (-1 / labels.numel())


@mistake(
    "perplexity", "The class axis changes places with the last one only: torch wants it on axis 1."
)
def perplexity_after_a_transpose(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits.mT if logits.ndim > 2 else logits, labels).exp()


@mistake("perplexity", "The loss is in nats and the base is 2: the base must fit the logarithm, e.")
def perplexity_base_two(logits: Tensor, labels: Tensor) -> Tensor:
    return 2 ** token_losses(logits, labels).mean()


@mistake("perplexity", "It averages the exponentials: average the losses first, exponentiate once.")
def perplexity_mean_of_exponentials(logits: Tensor, labels: Tensor) -> Tensor:
    return token_losses(logits, labels).exp().mean()


@mistake(
    "perplexity", "It gives one over the mean probability: the mean belongs to the logarithms."
)
def perplexity_of_the_mean_probability(logits: Tensor, labels: Tensor) -> Tensor:
    return 1 / (-token_losses(logits, labels)).exp().mean()


@mistake("perplexity", "It averages one perplexity for each sequence: one mean over all positions.")
def perplexity_by_sequence(logits: Tensor, labels: Tensor) -> Tensor:
    losses = token_losses(logits, labels)
    return (losses.mean(-1) if labels.ndim > 1 else losses).exp().mean()


@mistake("perplexity", "This is the loss itself: perplexity is its exponential.")
def perplexity_without_exponential(logits: Tensor, labels: Tensor) -> Tensor:
    return token_losses(logits, labels).mean()


@mistake("perplexity", "It is the wrong way up: perplexity grows with the loss and is at least 1.")
def perplexity_upside_down(logits: Tensor, labels: Tensor) -> Tensor:
    return (-token_losses(logits, labels).mean()).exp()


@mistake("perplexity", "It exponentiates the sum of the losses: perplexity is that of their mean.")
def perplexity_of_the_sum(logits: Tensor, labels: Tensor) -> Tensor:
    return token_losses(logits, labels).sum().exp()


@mistake("perplexity", "`F.cross_entropy` takes axis 1 for the classes: bring the last axis there.")
def perplexity_on_the_wrong_axis(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits, labels).exp()


@mistake(
    "perplexity", "`reshape` mixes times and classes: move the class axis, or merge the others."
)
def perplexity_after_a_reshape(logits: Tensor, labels: Tensor) -> Tensor:
    if logits.ndim == 3:
        logits = logits.reshape(logits.shape[0], logits.shape[2], logits.shape[1])
    return F.cross_entropy(logits, labels).exp()


def kl(p: Tensor, q: Tensor) -> Tensor:
    """Kullback–Leibler divergence along the last axis, right."""
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)


@mistake("kl_divergence", "The arguments are swapped: the first distribution weighs, so it is p.")
def kl_swapped(p: Tensor, q: Tensor) -> Tensor:
    return kl(q, p)


@mistake("kl_divergence", "This is the cross-entropy: the entropy of p is not subtracted.")
def kl_without_the_entropy(p: Tensor, q: Tensor) -> Tensor:
    return -torch.special.xlogy(p, q).sum(-1)


@mistake(
    "kl_divergence",
    "The value is right, the gradient NaN where p = 0 < q: choose before the logarithm, not after.",
)
def kl_with_nan_in_the_gradient(p: Tensor, q: Tensor) -> Tensor:
    return torch.where(p > 0, p * (p / q).log(), 0.0).sum(-1)


@mistake("kl_divergence", "0 · log 0 gives NaN here: an outcome with p = 0 contributes 0.")
def kl_with_nan(p: Tensor, q: Tensor) -> Tensor:
    return (p * (p / q).log()).sum(-1)


@mistake(
    "kl_divergence", "An ε keeps it finite where it is infinite, and shifts the rest: leave it out."
)
def kl_with_epsilon(p: Tensor, q: Tensor) -> Tensor:
    return (p * ((p + 1e-10) / (q + 1e-10)).log()).sum(-1)


@mistake(
    "kl_divergence", "Outcomes with q = 0 are left out: where p > 0 they make the divergence ∞."
)
def kl_ignoring_the_excluded(p: Tensor, q: Tensor) -> Tensor:
    both = (p > 0) & (q > 0)
    return (p * torch.where(both, p / q, 1.0).log()).sum(-1)


@mistake("kl_divergence", "The quotient is upside down: a divergence is never negative.")
def kl_upside_down(p: Tensor, q: Tensor) -> Tensor:
    return -kl(p, q)


@mistake("kl_divergence", "These are bits: take the natural logarithm, the unit here is the nat.")
def kl_in_bits(p: Tensor, q: Tensor) -> Tensor:
    return kl(p, q) / math.log(2)


@mistake(
    "kl_divergence", "It averages over the outcomes: p already weighs them, so the terms add up."
)
def kl_averaged_over_outcomes(p: Tensor, q: Tensor) -> Tensor:
    return kl(p, q) / p.shape[-1]


@mistake(
    "kl_divergence", "It averages over the batch: here each pair of distributions keeps its number."
)
def kl_of_the_whole_batch(p: Tensor, q: Tensor) -> Tensor:
    return kl(p, q).mean()


@mistake("kl_divergence", "The logarithms of the quotient are not weighed: each counts p times.")
def kl_without_weights(p: Tensor, q: Tensor) -> Tensor:
    return (log(p) - q.log()).sum(-1)


@mistake(
    "kl_divergence", "This is symmetric, the mean of both directions: only D(p ‖ q) is asked for."
)
def kl_of_both_directions(p: Tensor, q: Tensor) -> Tensor:
    return (kl(p, q) + kl(q, p)) / 2


@mistake("kl_gaussian", "The logarithm is upside down: a narrower first Gaussian makes it larger.")
def kl_gaussian_log_inverted(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s1 / s2).log() - 0.5 + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2)


@mistake("kl_gaussian", "σ stands where σ² should be: squared misses are compared with variances.")
def kl_gaussian_sigma_not_squared(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s2 / s1).log() - 0.5 + (s1 + (m1 - m2) ** 2) / (2 * s2)


@mistake("kl_gaussian", "The −½ is missing: equal Gaussians must be zero apart.")
def kl_gaussian_without_the_half(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s2 / s1).log() + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2)


@mistake("kl_gaussian", "The Gaussians are swapped: the expectation runs over the first one.")
def kl_gaussian_swapped(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s1 / s2).log() - 0.5 + (s2**2 + (m1 - m2) ** 2) / (2 * s1**2)


@mistake(
    "kl_gaussian",
    "The distance of the means is not squared: twice as far costs four times as much.",
)
def kl_gaussian_bias_not_squared(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s2 / s1).log() - 0.5 + (s1**2 + (m1 - m2)) / (2 * s2**2)


@mistake("kl_gaussian", "The fraction lacks its ½: the denominator is twice the second variance.")
def kl_gaussian_fraction_not_halved(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s2 / s1).log() - 0.5 + (s1**2 + (m1 - m2) ** 2) / s2**2


@mistake(
    "kl_gaussian", "The logarithm is of variances, which counts it twice: halve it, or take σ."
)
def kl_gaussian_log_of_variances(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s2**2 / s1**2).log() - 0.5 + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2)


@mistake("kl_gaussian", "It divides by the first variance: the surprise is the second Gaussian's.")
def kl_gaussian_divided_by_the_first(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return (s2 / s1).log() - 0.5 + (s1**2 + (m1 - m2) ** 2) / (2 * s1**2)


@mistake("kl_gaussian", "It adds the entries up: each pair of Gaussians keeps its own number.")
def kl_gaussian_summed(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    return ((s2 / s1).log() - 0.5 + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2)).sum()


@mistake("kl_gaussian", "An ε is added to the variances: it drowns narrow Gaussians. Leave it out.")
def kl_gaussian_with_epsilon(m1: Tensor, s1: Tensor, m2: Tensor, s2: Tensor) -> Tensor:
    v1, v2 = s1**2 + 1e-8, s2**2 + 1e-8
    return 0.5 * (v2 / v1).log() - 0.5 + (v1 + (m1 - m2) ** 2) / (2 * v2)


@mistake("vae_kl", "The log-variance is read as log σ: the exponential of log σ² is σ², not σ.")
def vae_kl_log_sigma(mu: Tensor, log_variance: Tensor) -> Tensor:
    return (0.5 * ((2 * log_variance).exp() + mu**2 - 1) - log_variance).sum(-1)


@mistake("vae_kl", "The exponential is squared once more: e to the log-variance is σ² already.")
def vae_kl_squared_again(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance.exp() ** 2 + mu**2 - 1 - log_variance).sum(-1)


@mistake("vae_kl", "It averages over the latent dimensions: independent dimensions add.")
def vae_kl_averaged_over_dimensions(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance.exp() + mu**2 - 1 - log_variance).mean(-1)


@mistake("vae_kl", "The sign is wrong: a divergence is never negative.")
def vae_kl_with_the_wrong_sign(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (1 + log_variance - mu**2 - log_variance.exp()).sum(-1)


@mistake("vae_kl", "The ½ in front is missing: it is twice what it should be.")
def vae_kl_not_halved(mu: Tensor, log_variance: Tensor) -> Tensor:
    return (log_variance.exp() + mu**2 - 1 - log_variance).sum(-1)


@mistake("vae_kl", "It reduces over the batch too: each example keeps its own penalty.")
def vae_kl_of_the_whole_batch(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance.exp() + mu**2 - 1 - log_variance).sum()


@mistake("vae_kl", "The mean is not squared: twice as far from 0 costs four times as much.")
def vae_kl_mean_not_squared(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance.exp() + mu - 1 - log_variance).sum(-1)


@mistake("vae_kl", "The exponential of half the log-variance is σ, and σ² is wanted.")
def vae_kl_sigma_for_variance(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * ((log_variance / 2).exp() + mu**2 - 1 - log_variance).sum(-1)


@mistake(
    "vae_kl", "The exponential is missing: the variance itself is needed beside its logarithm."
)
def vae_kl_without_exponential(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance + mu**2 - 1 - log_variance).sum(-1)


@mistake(
    "vae_kl", "It takes the logarithm of a variance that has rounded to 0: you were given that log."
)
def vae_kl_through_the_variance(mu: Tensor, log_variance: Tensor) -> Tensor:
    variance = log_variance.exp()
    return 0.5 * (variance + mu**2 - 1 - variance.log()).sum(-1)


@mistake("vae_kl", "It sums along the batch: the latent dimensions lie along the last axis.")
def vae_kl_along_the_batch(mu: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance.exp() + mu**2 - 1 - log_variance).sum(0)


@mistake(
    "js_divergence", "Only the divergence of p from the mixture is there: add that of q, halved."
)
def js_one_sided(p: Tensor, q: Tensor) -> Tensor:
    return kl(p, (p + q) / 2)


@mistake("js_divergence", "The two halves are added whole: each divergence counts one half.")
def js_without_the_half(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return kl(p, m) + kl(q, m)


@mistake("js_divergence", "The mixture p + q sums to two: halve it, so that it is a distribution.")
def js_mixture_not_halved(p: Tensor, q: Tensor) -> Tensor:
    return (kl(p, p + q) + kl(q, p + q)) / 2


@mistake(
    "js_divergence", "It averages both directions between p and q: compare each with the mixture."
)
def js_without_a_mixture(p: Tensor, q: Tensor) -> Tensor:
    return (kl(p, q) + kl(q, p)) / 2


@mistake("js_divergence", "The mixture comes second in each divergence: p and q do the weighing.")
def js_from_the_mixture(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return (kl(m, p) + kl(m, q)) / 2


@mistake("js_divergence", "0 · log 0 gives NaN here: an outcome of probability 0 contributes 0.")
def js_with_nan(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return ((p * (p / m).log()).sum(-1) + (q * (q / m).log()).sum(-1)) / 2


@mistake("js_divergence", "Outcomes that one of the two lacks are left out: the other has them.")
def js_on_common_outcomes(p: Tensor, q: Tensor) -> Tensor:
    both = (p > 0) & (q > 0)
    m = (p + q) / 2
    terms = p * log(p) + q * log(q) - (p + q) * log(m)
    return torch.where(both, terms, 0.0).sum(-1) / 2


@mistake("js_divergence", "This is the Jensen–Shannon distance: the divergence is its square.")
def js_distance(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return ((kl(p, m) + kl(q, m)) / 2).clamp_min(0).sqrt()


@mistake("js_divergence", "These are bits, at most 1: take the natural logarithm, at most ln 2.")
def js_in_bits(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return (kl(p, m) + kl(q, m)) / (2 * math.log(2))


@mistake(
    "js_divergence",
    "It averages over the outcomes: p and q already weigh them, so the terms add up.",
)
def js_averaged_over_outcomes(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return (kl(p, m) + kl(q, m)) / (2 * p.shape[-1])


@mistake(
    "js_divergence", "It reduces over the batch too: each pair of distributions keeps its number."
)
def js_of_the_whole_batch(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return ((kl(p, m) + kl(q, m)) / 2).mean()


def information(joint: Tensor) -> Tensor:
    product = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return (joint * (log(joint) - log(product))).sum((-2, -1))


@mistake(
    "mutual_information", "Both marginals sum over the same axis: X sums over y, and Y over x."
)
def information_same_marginal_twice(joint: Tensor) -> Tensor:
    p_x = joint.sum(-1, keepdim=True)
    return (joint * (log(joint) - log(p_x * p_x))).sum((-2, -1))


@mistake(
    "mutual_information", "The product of the marginals is transposed: X goes down, Y goes across."
)
def information_marginals_exchanged(joint: Tensor) -> Tensor:
    p_x, p_y = joint.sum(-1), joint.sum(-2)
    product = p_y.unsqueeze(-1) * p_x.unsqueeze(-2)
    return (joint * (log(joint) - log(product))).sum((-2, -1))


@mistake(
    "mutual_information", "These are bits: take the natural logarithm, the unit here is the nat."
)
def information_in_bits(joint: Tensor) -> Tensor:
    return information(joint) / math.log(2)


@mistake("mutual_information", "0 · log 0 gives NaN here: a cell of probability 0 contributes 0.")
def information_with_nan(joint: Tensor) -> Tensor:
    product = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return (joint * (joint / product).log()).sum((-2, -1))


@mistake(
    "mutual_information",
    "An ε beside every cell adds up over a large table: treat the zeros alone.",
)
def information_with_epsilon(joint: Tensor) -> Tensor:
    product = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return (joint * ((joint + 1e-10) / (product + 1e-10)).log()).sum((-2, -1))


@mistake("mutual_information", "The divergence runs backwards: the joint weighs, not the product.")
def information_backwards(joint: Tensor) -> Tensor:
    product = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return torch.special.xlogy(product, product / joint).nan_to_num(nan=0.0).sum((-2, -1))


@mistake(
    "mutual_information", "This is the joint entropy: subtract it from those of the marginals."
)
def information_as_joint_entropy(joint: Tensor) -> Tensor:
    return torch.special.entr(joint).sum((-2, -1))


@mistake(
    "mutual_information", "It is what Y leaves open about X, H(X | Y): you want what Y tells of it."
)
def information_as_conditional_entropy(joint: Tensor) -> Tensor:
    return torch.special.entr(joint).sum((-2, -1)) - torch.special.entr(joint.sum(-2)).sum(-1)


@mistake(
    "mutual_information", "It is what X leaves open about Y, H(Y | X): you want what X tells of it."
)
def information_as_the_other_conditional_entropy(joint: Tensor) -> Tensor:
    return torch.special.entr(joint).sum((-2, -1)) - torch.special.entr(joint.sum(-1)).sum(-1)


@mistake("mutual_information", "Only one marginal is divided out: the product has both.")
def information_with_one_marginal(joint: Tensor) -> Tensor:
    return (joint * (log(joint) - log(joint.sum(-1, keepdim=True)))).sum((-2, -1))


@mistake(
    "mutual_information",
    "It averages over the cells: the joint already weighs them, so add them up.",
)
def information_averaged_over_cells(joint: Tensor) -> Tensor:
    return information(joint) / (joint.shape[-1] * joint.shape[-2])


@mistake("mutual_information", "It sums over the batch too: each table keeps its own number.")
def information_of_the_whole_batch(joint: Tensor) -> Tensor:
    return information(joint).sum()


@mistake(
    "mutual_information",
    "The logarithms of the quotient are not weighed: each counts p(x, y) times.",
)
def information_without_weights(joint: Tensor) -> Tensor:
    product = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return torch.where(joint > 0, log(joint) - log(product), 0.0).sum((-2, -1))


@mistake(
    "mutual_information", "It counts the axes from the front: with a batch, the last two are meant."
)
def information_on_the_first_two_axes(joint: Tensor) -> Tensor:
    product = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    return (joint * (log(joint) - log(product))).sum()


# Found in answers that were written without a look at the tests ---------------------------


@mistake(
    "cross_entropy_from_logits",
    "It averages over the classes as well: only each row's own class counts, and rows are averaged.",
)
def cross_entropy_from_logits_averaged_over_classes(logits: Tensor, labels: Tensor) -> Tensor:
    return -(F.one_hot(labels, logits.shape[-1]) * logits.log_softmax(-1)).mean()


@mistake(
    "perplexity", "The labels are not used: this is how surprised the model expects itself to be."
)
def perplexity_of_its_own_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    log_q = logits.log_softmax(-1)
    return (-(log_q.exp() * log_q).sum(-1)).mean().exp()
