"""Known mistakes in the exercises of 05-losses, each with the sentence that a student reads."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import mistake

# Gaussian noise ------------------------------------------------------------------------------


@mistake(
    "gaussian_nll", "The constant ½ log 2π is missing: it moves no minimum, but the NLL has it."
)
def gaussian_nll_without_its_constant(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    return (0.5 * variance.log() + (target - prediction) ** 2 / (2 * variance)).mean()


@mistake("gaussian_nll", "The variance is squared once more: v is σ² already, not σ.")
def gaussian_nll_with_the_variance_squared(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    density = 2 * torch.pi * variance**2
    return (0.5 * density.log() + (target - prediction) ** 2 / (2 * variance**2)).mean()


@mistake(
    "gaussian_nll", "The residual is divided by σ, but its square belongs over the variance σ²."
)
def gaussian_nll_with_sigma_under_the_residual(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    residual = target - prediction
    return (0.5 * (2 * torch.pi * variance).log() + residual**2 / (2 * variance.sqrt())).mean()


@mistake("gaussian_nll", "The residual is not squared.")
def gaussian_nll_with_an_absolute_residual(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    residual = target - prediction
    return (0.5 * (2 * torch.pi * variance).log() + residual.abs() / (2 * variance)).mean()


@mistake("gaussian_nll", "The log-variance lost its ½: it is ½ log v, which is log σ.")
def gaussian_nll_with_a_whole_log_variance(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    constant = 0.5 * torch.tensor(2 * torch.pi, dtype=prediction.dtype).log()
    return (constant + variance.log() + (target - prediction) ** 2 / (2 * variance)).mean()


@mistake("gaussian_nll", "The squared residual lost its ½: the Gaussian's exponent is −r²/2v.")
def gaussian_nll_with_a_whole_residual(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    return (0.5 * (2 * torch.pi * variance).log() + (target - prediction) ** 2 / variance).mean()


@mistake("gaussian_nll", "Nothing pays for a large variance here: the term in log v is missing.")
def gaussian_nll_without_log_variance(
    prediction: Tensor, target: Tensor, variance: Tensor
) -> Tensor:
    constant = 0.5 * torch.tensor(2 * torch.pi, dtype=prediction.dtype).log()
    return (constant + (target - prediction) ** 2 / (2 * variance)).mean()


@mistake("gaussian_nll", "This is the log-likelihood: a loss is its negative.")
def gaussian_log_likelihood(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    residual = target - prediction
    return -(0.5 * (2 * torch.pi * variance).log() + residual**2 / (2 * variance)).mean()


@mistake(
    "gaussian_nll", "An ε or a floor under the variance changes small variances: leave it as it is."
)
def gaussian_nll_with_a_floor(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    variance = variance.clamp(min=1e-6)
    return (
        0.5 * (2 * torch.pi * variance).log() + (target - prediction) ** 2 / (2 * variance)
    ).mean()


@mistake(
    "gaussian_nll",
    "A density far from the mean underflows to 0: simplify its logarithm on paper first.",
)
def gaussian_nll_by_the_density(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    scale = torch.sqrt(2 * torch.pi * variance)
    density = torch.exp(-((target - prediction) ** 2) / (2 * variance)) / scale
    return -density.log().mean()


@mistake(
    "gaussian_nll", "Negative losses are cut off at 0: a density above 1 is no bug, so let them be."
)
def gaussian_nll_never_negative(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    residual = target - prediction
    loss = 0.5 * (2 * torch.pi * variance).log() + residual**2 / (2 * variance)
    return loss.clamp(min=0).mean()


@mistake(
    "gaussian_nll", "The variances are averaged first: each entry has its own, so average last."
)
def gaussian_nll_of_a_mean_variance(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    v = variance.mean()
    return (0.5 * (2 * torch.pi * v).log() + (target - prediction) ** 2 / (2 * v)).mean()


@mistake("gaussian_nll", "The logarithm is in bits: the loss is asked for in nats.")
def gaussian_nll_in_bits(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    residual = target - prediction
    return (0.5 * (2 * torch.pi * variance).log2() + residual**2 / (2 * variance)).mean()


@mistake("gaussian_nll", "This is the sum over the entries: the loss is their mean.")
def gaussian_nll_summed(prediction: Tensor, target: Tensor, variance: Tensor) -> Tensor:
    return (
        0.5 * (2 * torch.pi * variance).log() + (target - prediction) ** 2 / (2 * variance)
    ).sum()


@mistake("squared_error_noise", "This is σ: maximum likelihood asks for σ² here, so take no root.")
def noise_as_a_deviation(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).square().mean(dim=0).sqrt()


@mistake(
    "squared_error_noise", "The divisor is n: no mean was fitted, so there is no bias to repair."
)
def noise_with_n_minus_one(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).square().sum(dim=0) / (len(target) - 1)


@mistake(
    "squared_error_noise", "These residuals are centred: a constant miss counts as noise as well."
)
def noise_of_centred_residuals(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).var(dim=0, correction=0)


@mistake("squared_error_noise", "`var` centres the residuals and divides by n − 1: do neither.")
def noise_by_the_default_variance(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).var(dim=0)


@mistake("squared_error_noise", "One number for all outputs: average over the examples only.")
def noise_over_everything(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).square().mean()


@mistake("squared_error_noise", "It averages over the outputs: the examples are the first axis.")
def noise_of_each_example(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).square().mean(dim=1)


@mistake("squared_error_noise", "This is a sum over the examples: the variance is their mean.")
def noise_summed(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).square().sum(dim=0)


@mistake("squared_error_noise", "This is the mean absolute residual: square it before averaging.")
def noise_as_an_absolute_error(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).abs().mean(dim=0)


@mistake(
    "squared_error_noise",
    "The mean residual is squared: misses of opposite sign have cancelled, so square first.",
)
def noise_as_a_squared_mean(prediction: Tensor, target: Tensor) -> Tensor:
    return (target - prediction).mean(dim=0).square()


@mistake("squared_error_noise", "A factor ½ too many: the maximum lies at the mean square itself.")
def noise_halved(prediction: Tensor, target: Tensor) -> Tensor:
    return 0.5 * (target - prediction).square().mean(dim=0)


@mistake(
    "squared_error_noise",
    "The square is multiplied out, and small residuals drown in rounding: subtract first.",
)
def noise_by_the_square_multiplied_out(prediction: Tensor, target: Tensor) -> Tensor:
    return (target**2 - 2 * target * prediction + prediction**2).mean(dim=0)


# Coins and counts ----------------------------------------------------------------------------


@mistake(
    "bce_with_logits", "log(1 + exp(z)) overflows for large logits: keep every exponent negative."
)
def bce_with_an_overflow(logits: Tensor, targets: Tensor) -> Tensor:
    return ((1 + logits.exp()).log() - targets * logits).mean()


@mistake(
    "bce_with_logits",
    "exp overflows for large logits, and 0 · ∞ is NaN: keep every exponent negative.",
)
def bce_with_two_overflows(logits: Tensor, targets: Tensor) -> Tensor:
    yes, no = torch.log1p(torch.exp(-logits)), torch.log1p(torch.exp(logits))
    return (targets * yes + (1 - targets) * no).mean()


@mistake(
    "bce_with_logits",
    "A sigmoid rounded to 0 or 1 has no logarithm: stay with log σ(z) in one step.",
)
def bce_by_a_sigmoid(logits: Tensor, targets: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


@mistake(
    "bce_with_logits",
    "A sigmoid rounded to 0 or 1 has no logarithm: stay with log σ(z) in one step.",
)
def bce_by_a_sigmoid_and_xlogy(logits: Tensor, targets: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return -(torch.xlogy(targets, p) + torch.xlogy(1 - targets, 1 - p)).mean()


@mistake(
    "bce_with_logits",
    "Double precision only moves the limit: there a sigmoid is 1 from a logit of about 37 on.",
)
def bce_by_a_sigmoid_in_double(logits: Tensor, targets: Tensor) -> Tensor:
    p = torch.sigmoid(logits.double())
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean().to(logits.dtype)


@mistake(
    "bce_with_logits",
    "The classes get the logits z and −z, which differ by 2z: one of the two should be 0.",
)
def bce_with_a_doubled_logit(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * F.logsigmoid(2 * logits) + (1 - targets) * F.logsigmoid(-2 * logits)).mean()


@mistake(
    "bce_with_logits",
    "An ε inside the logarithm caps the loss and ends the gradient of sure, wrong logits.",
)
def bce_with_epsilon(logits: Tensor, targets: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return -(targets * (p + 1e-7).log() + (1 - targets) * (1 - p + 1e-7).log()).mean()


@mistake(
    "bce_with_logits",
    "Clipping the probability caps the loss: sure and wrong logits must cost more.",
)
def bce_with_clipped_probabilities(logits: Tensor, targets: Tensor) -> Tensor:
    p = torch.sigmoid(logits).clamp(1e-6, 1 - 1e-6)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


@mistake(
    "bce_with_logits",
    "Only the positive term is here: where the answer is no, 1 − y must weigh in too.",
)
def bce_of_the_positives(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * F.logsigmoid(logits)).mean()


@mistake(
    "bce_with_logits", "The minus sign is missing: log-probabilities are negative, a loss is not."
)
def bce_with_the_wrong_sign(logits: Tensor, targets: Tensor) -> Tensor:
    return (targets * F.logsigmoid(logits) + (1 - targets) * F.logsigmoid(-logits)).mean()


@mistake("bce_with_logits", "Yes and no are swapped: a large logit means yes.")
def bce_with_yes_and_no_swapped(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * F.logsigmoid(-logits) + (1 - targets) * F.logsigmoid(logits)).mean()


@mistake("bce_with_logits", "A sigmoid is applied twice: what comes in are logits, once is enough.")
def bce_with_two_sigmoids(logits: Tensor, targets: Tensor) -> Tensor:
    z = torch.sigmoid(logits)
    return -(targets * F.logsigmoid(z) + (1 - targets) * F.logsigmoid(-z)).mean()


@mistake(
    "bce_with_logits", "Targets are rounded to yes or no: a soft target weighs both logarithms."
)
def bce_with_hard_targets(logits: Tensor, targets: Tensor) -> Tensor:
    return torch.where(targets > 0.5, -F.logsigmoid(logits), -F.logsigmoid(-logits)).mean()


@mistake("bce_with_logits", "A soft target counts as a plain no: a share weighs both logarithms.")
def bce_with_soft_targets_as_a_no(logits: Tensor, targets: Tensor) -> Tensor:
    return torch.where(targets == 1, -F.logsigmoid(logits), -F.logsigmoid(-logits)).mean()


@mistake(
    "bce_with_logits",
    "This is the sum over the entries: the binary cross-entropy here is their mean.",
)
def bce_summed(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * F.logsigmoid(logits) + (1 - targets) * F.logsigmoid(-logits)).sum()


@mistake("poisson_nll", "It reads the log-rate as a rate: the rate is its exponential.")
def poisson_of_a_rate(log_rate: Tensor, counts: Tensor) -> Tensor:
    return (log_rate - counts * log_rate.log()).mean()


@mistake(
    "poisson_nll", "The rate is missing its exponential: only the count's term takes the log-rate."
)
def poisson_without_an_exponential(log_rate: Tensor, counts: Tensor) -> Tensor:
    return (log_rate - counts * log_rate).mean()


@mistake(
    "poisson_nll", "The count multiplies the rate itself: it belongs to the logarithm of the rate."
)
def poisson_with_the_count_at_the_rate(log_rate: Tensor, counts: Tensor) -> Tensor:
    return (log_rate.exp() - counts * log_rate.exp()).mean()


@mistake(
    "poisson_nll", "The sign is reversed: this is the log-likelihood, and a loss is its negative."
)
def poisson_log_likelihood(log_rate: Tensor, counts: Tensor) -> Tensor:
    return (counts * log_rate - log_rate.exp()).mean()


@mistake(
    "poisson_nll",
    "The two terms are added: a count speaks for a higher rate, so its term is subtracted.",
)
def poisson_with_a_sum_of_terms(log_rate: Tensor, counts: Tensor) -> Tensor:
    return (log_rate.exp() + counts * log_rate).mean()


@mistake(
    "poisson_nll",
    "The log of a rounded rate: where it underflows to 0 that is −∞. You have the log-rate.",
)
def poisson_through_the_rate(log_rate: Tensor, counts: Tensor) -> Tensor:
    rate = log_rate.exp()
    return (rate - counts * rate.log()).mean()


@mistake(
    "poisson_nll",
    "An ε under the logarithm of the rate falsifies small rates: use the log-rate as it is.",
)
def poisson_with_epsilon(log_rate: Tensor, counts: Tensor) -> Tensor:
    rate = log_rate.exp()
    return (rate - counts * (rate + 1e-8).log()).mean()


@mistake("poisson_nll", "The term log k! is included: here it is left out, as it moves no minimum.")
def poisson_with_the_factorial(log_rate: Tensor, counts: Tensor) -> Tensor:
    factorial = torch.lgamma(counts.to(log_rate.dtype) + 1)
    return (log_rate.exp() - counts * log_rate + factorial).mean()


@mistake("poisson_nll", "This is the sum over the entries: the Poisson loss here is their mean.")
def poisson_summed(log_rate: Tensor, counts: Tensor) -> Tensor:
    return (log_rate.exp() - counts * log_rate).sum()


# Costs ---------------------------------------------------------------------------------------


def _checked(quantile: float) -> None:
    if not 0 < quantile < 1:
        raise ValueError("quantile")


@mistake("pinball_loss", "The two sides are swapped: a prediction below the target costs q a unit.")
def pinball_with_sides_swapped(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = target - prediction
    return torch.maximum((1 - quantile) * r, -quantile * r).mean()


@mistake(
    "pinball_loss",
    "A factor 2 too many: at q = ½ the loss is half the absolute error, not all of it.",
)
def pinball_doubled(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = target - prediction
    return 2 * torch.maximum(quantile * r, (quantile - 1) * r).mean()


@mistake(
    "pinball_loss", "A factor ½ too many: the weights q and 1 − q are all the factors there are."
)
def pinball_halved(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = target - prediction
    return 0.5 * torch.maximum(quantile * r, (quantile - 1) * r).mean()


@mistake(
    "pinball_loss", "Both sides are charged q: a prediction above the target costs 1 − q a unit."
)
def pinball_alike_on_both_sides(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    return (quantile * (target - prediction).abs()).mean()


@mistake(
    "pinball_loss", "A prediction above the target costs nothing here: it should cost 1 − q a unit."
)
def pinball_on_one_side(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    return (quantile * (target - prediction).clamp(min=0)).mean()


@mistake(
    "pinball_loss",
    "The lower branch is negative: for r < 0 the loss is (1 − q)(−r), never below 0.",
)
def pinball_with_a_negative_branch(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = target - prediction
    return torch.where(r >= 0, quantile * r, (1 - quantile) * r).mean()


@mistake(
    "pinball_loss",
    "The residuals are averaged before the loss: misses above and below have cancelled.",
)
def pinball_of_the_mean_residual(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = (target - prediction).mean()
    return torch.maximum(quantile * r, (quantile - 1) * r)


@mistake("pinball_loss", "The residual is squared: the pinball loss grows in straight lines.")
def pinball_squared(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = target - prediction
    return (torch.where(r >= 0, quantile, 1 - quantile) * r**2).mean()


@mistake("pinball_loss", "This is the sum over the entries: the pinball loss here is their mean.")
def pinball_summed(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    _checked(quantile)
    r = target - prediction
    return torch.maximum(quantile * r, (quantile - 1) * r).sum()


@mistake("pinball_loss", "A level of 0 or 1, or outside, must raise ValueError: it is no quantile.")
def pinball_of_any_level(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    r = target - prediction
    return torch.maximum(quantile * r, (quantile - 1) * r).mean()


@mistake("pinball_loss", "A level of 0 or 1, or outside, must raise ValueError: it is no quantile.")
def pinball_of_a_level_at_an_end(prediction: Tensor, target: Tensor, quantile: float) -> Tensor:
    if not 0 <= quantile <= 1:
        raise ValueError("quantile")
    r = target - prediction
    return torch.maximum(quantile * r, (quantile - 1) * r).mean()


@mistake(
    "huber_loss",
    "The branches do not meet: at |r| = δ the line must start where the parabola ends.",
)
def huber_with_a_jump(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, 0.5 * size**2, delta * size).mean()


@mistake("pinball_loss", "A level of 0 is let through: it must lie strictly between 0 and 1.")
def pinball_that_accepts_a_level_of_zero(
    prediction: Tensor, target: Tensor, quantile: float
) -> Tensor:
    if not 0 <= quantile < 1:
        raise ValueError(f"quantile must lie strictly between 0 and 1, and is {quantile}")
    gap = target - prediction
    return torch.maximum(quantile * gap, (quantile - 1) * gap).mean()


@mistake("pinball_loss", "A level above 1 is let through: it must lie strictly between 0 and 1.")
def pinball_that_accepts_levels_above_one(
    prediction: Tensor, target: Tensor, quantile: float
) -> Tensor:
    if quantile <= 0 or quantile == 1:
        raise ValueError(f"quantile must lie strictly between 0 and 1, and is {quantile}")
    gap = target - prediction
    return torch.maximum(quantile * gap, (quantile - 1) * gap).mean()


@mistake("huber_loss", "The constant of the line is ½δ², not ½δ: the two differ unless δ is 1.")
def huber_with_delta_unsquared(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, 0.5 * size**2, delta * size - 0.5 * delta).mean()


@mistake("huber_loss", "One `if` decides for all entries: choose the branch entry by entry.")
def huber_with_one_branch_for_all(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    if (size <= delta).all():
        return (0.5 * size**2).mean()
    return (delta * (size - 0.5 * delta)).mean()


@mistake("huber_loss", "The line starts at 0: at |r| = δ the parabola has reached ½δ² already.")
def huber_with_a_line_from_zero(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, 0.5 * size**2, delta * (size - delta)).mean()


@mistake("huber_loss", "Beyond δ the loss is flat here: clip its slope, not the residual itself.")
def huber_of_a_clipped_residual(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    return (0.5 * (target - prediction).clamp(-delta, delta) ** 2).mean()


@mistake(
    "huber_loss",
    "The smaller of the two is always the line, which is tangent to the parabola from below.",
)
def huber_by_a_minimum(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.minimum(0.5 * size**2, delta * (size - 0.5 * delta)).mean()


@mistake("huber_loss", "The root of a square has no gradient at 0: use the absolute value.")
def huber_by_the_root_of_a_square(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = ((target - prediction) ** 2).sqrt()
    return torch.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta)).mean()


@mistake("huber_loss", "The line has slope 1: beyond |r| = δ the slope stays at δ.")
def huber_with_slope_one(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, 0.5 * size**2, size - 0.5 * delta).mean()


@mistake("huber_loss", "The parabola lost its ½.")
def huber_with_a_whole_square(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, size**2, delta * (size - 0.5 * delta)).mean()


@mistake("huber_loss", "The condition looks at r itself: a large negative residual is large too.")
def huber_with_a_signed_condition(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    r = target - prediction
    return torch.where(r <= delta, 0.5 * r**2, delta * (r.abs() - 0.5 * delta)).mean()


@mistake("huber_loss", "The branches are swapped: the parabola is for small residuals.")
def huber_with_branches_swapped(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size > delta, 0.5 * size**2, delta * (size - 0.5 * delta)).mean()


@mistake("huber_loss", "This is the smooth L1 loss: Huber's is δ times as large.")
def huber_divided_by_delta(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, 0.5 * size**2 / delta, size - 0.5 * delta).mean()


@mistake("huber_loss", "δ is ignored: the branches change over at |r| = δ, not at 1.")
def huber_with_delta_one(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= 1, 0.5 * size**2, size - 0.5).mean()


@mistake("huber_loss", "The line lacks the absolute value: negative residuals lower the loss.")
def huber_without_an_absolute_value(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    r = target - prediction
    return torch.where(r.abs() <= delta, 0.5 * r**2, delta * (r - 0.5 * delta)).mean()


@mistake("huber_loss", "This is the sum over the entries: the Huber loss here is their mean.")
def huber_summed(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    size = (target - prediction).abs()
    return torch.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta)).sum()


# Risk ----------------------------------------------------------------------------------------


@mistake(
    "empirical_risk", "It divides by n: divide by the total weight, or padding shrinks the risk."
)
def risk_divided_by_n(losses: Tensor, weights: Tensor) -> Tensor:
    return torch.where(weights > 0, weights * losses, 0.0).mean(dim=-1)


@mistake("empirical_risk", "It divides by how many weights are not 0: divide by their sum.")
def risk_divided_by_the_count(losses: Tensor, weights: Tensor) -> Tensor:
    total = torch.where(weights > 0, weights * losses, 0.0).sum(dim=-1)
    return total / (weights > 0).sum(dim=-1)


@mistake(
    "empirical_risk", "0 · ∞ is NaN: leave the loss out where its weight is 0, before multiplying."
)
def risk_with_nan_behind_the_mask(losses: Tensor, weights: Tensor) -> Tensor:
    return (weights * losses).sum(dim=-1) / weights.sum(dim=-1)


@mistake(
    "empirical_risk", "A NaN that counts is dropped: leave a loss out for its weight of 0 alone."
)
def risk_dropping_nan_products(losses: Tensor, weights: Tensor) -> Tensor:
    return torch.nansum(weights * losses, dim=-1) / weights.sum(dim=-1)


@mistake(
    "empirical_risk",
    "`nan_to_num` also hides the broken losses that count: replace only where the weight is 0.",
)
def risk_with_nan_to_num(losses: Tensor, weights: Tensor) -> Tensor:
    return (weights * torch.nan_to_num(losses)).sum(dim=-1) / weights.sum(dim=-1)


@mistake(
    "empirical_risk", "An ε in the divisor shrinks the risk when weights are small: leave it out."
)
def risk_with_epsilon(losses: Tensor, weights: Tensor) -> Tensor:
    total = torch.where(weights > 0, weights * losses, 0.0).sum(dim=-1)
    return total / (weights.sum(dim=-1) + 1e-8)


@mistake(
    "empirical_risk",
    "Small weights are treated as 0: only a weight of exactly 0 leaves a loss out.",
)
def risk_with_a_threshold(losses: Tensor, weights: Tensor) -> Tensor:
    kept = torch.where(weights > 1e-4, losses, 0.0)
    return (weights * kept).sum(dim=-1) / weights.sum(dim=-1)


@mistake("empirical_risk", "This is the weighted sum: divide it by the total weight.")
def risk_not_normalized(losses: Tensor, weights: Tensor) -> Tensor:
    return torch.where(weights > 0, weights * losses, 0.0).sum(dim=-1)


@mistake(
    "empirical_risk",
    "The weights only mask here: each loss also counts as much as its weight says.",
)
def risk_with_weights_as_a_mask(losses: Tensor, weights: Tensor) -> Tensor:
    kept = weights > 0
    return torch.where(kept, losses, 0.0).sum(dim=-1) / kept.sum(dim=-1)


@mistake("empirical_risk", "Weights are shares already: a softmax turns them into other ones.")
def risk_with_a_softmax(losses: Tensor, weights: Tensor) -> Tensor:
    return (weights.softmax(dim=-1) * losses).sum(dim=-1)


@mistake(
    "empirical_risk",
    "One number for the whole tensor: each sample along the last axis has its own risk.",
)
def risk_of_the_whole_tensor(losses: Tensor, weights: Tensor) -> Tensor:
    return torch.where(weights > 0, weights * losses, 0.0).sum() / weights.sum()


@mistake(
    "bootstrap_interval", "One-sided: at level 0.95 only half of the 5 % is cut off at each end."
)
def bootstrap_with_whole_tails(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    return torch.stack([means.quantile(1 - level), means.quantile(level)])


@mistake(
    "bootstrap_interval",
    "Only one end is cut: the interval leaves equal shares out below and above.",
)
def bootstrap_cut_above_only(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    return torch.stack([means.quantile(0.0), means.quantile(level)])


@mistake(
    "bootstrap_interval",
    "Mean ± deviations assumes a Gaussian: the interval is a pair of quantiles.",
)
def bootstrap_by_deviations(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    z = torch.special.ndtri(torch.tensor((1 + level) / 2, dtype=means.dtype))
    return torch.stack([means.mean() - z * means.std(), means.mean() + z * means.std()])


@mistake(
    "bootstrap_interval", "One standard deviation is no interval of a chosen level: take quantiles."
)
def bootstrap_by_one_deviation(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    return torch.stack([means.mean() - means.std(), means.mean() + means.std()])


@mistake(
    "bootstrap_interval",
    "These are quantiles of single losses: reduce each resample to its mean first.",
)
def bootstrap_of_single_losses(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    drawn = losses[indices].flatten()
    return torch.stack([drawn.quantile((1 - level) / 2), drawn.quantile((1 + level) / 2)])


@mistake(
    "bootstrap_interval",
    "The sample itself gives no scatter of its mean: the resamples are not used.",
)
def bootstrap_without_resamples(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    return torch.stack([losses.quantile((1 - level) / 2), losses.quantile((1 + level) / 2)])


@mistake(
    "bootstrap_interval", "The means run over the wrong axis: each row of indices is one resample."
)
def bootstrap_over_columns(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=0)
    return torch.stack([means.quantile((1 - level) / 2), means.quantile((1 + level) / 2)])


@mistake(
    "bootstrap_interval", "These are medians of the resamples: the interval is one of their means."
)
def bootstrap_of_medians(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    medians = losses[indices].quantile(0.5, dim=1)
    return torch.stack([medians.quantile((1 - level) / 2), medians.quantile((1 + level) / 2)])


@mistake(
    "bootstrap_interval",
    "The quantiles jump to the nearest mean: interpolate linearly between neighbours.",
)
def bootstrap_to_the_nearest_mean(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    levels = torch.tensor([(1 - level) / 2, (1 + level) / 2], dtype=means.dtype)
    return torch.quantile(means, levels, interpolation="nearest")


@mistake(
    "bootstrap_interval",
    "This reflects the quantiles about the mean: here they are the bounds themselves.",
)
def bootstrap_reflected(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    upper, lower = means.quantile((1 - level) / 2), means.quantile((1 + level) / 2)
    return 2 * losses.mean() - torch.stack([lower, upper])


@mistake(
    "bootstrap_interval", "The upper bound comes first: return the lower bound, then the upper."
)
def bootstrap_upside_down(losses: Tensor, indices: Tensor, level: float) -> Tensor:
    means = losses[indices].mean(dim=1)
    return torch.stack([means.quantile((1 + level) / 2), means.quantile((1 - level) / 2)])


# Calibration ---------------------------------------------------------------------------------


def _bin_sums(gap: Tensor, bin_of: Tensor, bins: int) -> Tensor:
    return torch.zeros(bins, dtype=gap.dtype).index_add(0, bin_of, gap)


def _bin_of(confidence: Tensor, bins: int) -> Tensor:
    return (confidence * bins).ceil().long().clamp(min=1) - 1


@mistake(
    "expected_calibration_error",
    "All bins count alike: weigh each by its share of the predictions.",
)
def ece_with_unweighted_bins(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    gap = (predicted == labels).to(probs.dtype) - confidence
    counts = torch.bincount(bin_of, minlength=bins)
    return (_bin_sums(gap, bin_of, bins).abs()[counts > 0] / counts[counts > 0]).mean()


@mistake(
    "expected_calibration_error",
    "The gaps are summed without weights: each counts with its bin's share.",
)
def ece_with_summed_gaps(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    gap = (predicted == labels).to(probs.dtype) - confidence
    counts = torch.bincount(bin_of, minlength=bins)
    return (_bin_sums(gap, bin_of, bins).abs()[counts > 0] / counts[counts > 0]).sum()


@mistake(
    "expected_calibration_error",
    "This is the label's probability: confidence is that of the prediction.",
)
def ece_of_the_label(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence = probs.gather(1, labels[:, None]).squeeze(1)
    gap = (probs.argmax(dim=-1) == labels).to(probs.dtype) - confidence
    return _bin_sums(gap, _bin_of(confidence, bins), bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "Gaps of opposite sign cancel: take each bin's absolute value before adding.",
)
def ece_with_signed_gaps(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    return ((predicted == labels).to(probs.dtype) - confidence).mean()


@mistake(
    "expected_calibration_error",
    "The absolute value comes too late: bins of opposite sign have cancelled.",
)
def ece_with_a_late_absolute_value(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    return ((predicted == labels).to(probs.dtype) - confidence).mean().abs()


@mistake(
    "expected_calibration_error",
    "Here each prediction is its own bin: average within bins before comparing.",
)
def ece_without_bins(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    return ((predicted == labels).to(probs.dtype) - confidence).abs().mean()


@mistake(
    "expected_calibration_error",
    "This is the largest gap: the expected one is the weighted mean over bins.",
)
def ece_as_the_largest_gap(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    gap = (predicted == labels).to(probs.dtype) - confidence
    counts = torch.bincount(bin_of, minlength=bins).clamp(min=1)
    return (_bin_sums(gap, bin_of, bins).abs() / counts).max()


@mistake(
    "expected_calibration_error",
    "A confidence of exactly 1 falls out of every bin: the last bin holds it.",
)
def ece_without_the_upper_edge(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    gap = (predicted == labels).to(probs.dtype) - confidence
    inside = confidence < 1
    bin_of = (confidence * bins).long().clamp(max=bins - 1)
    return _bin_sums(gap[inside], bin_of[inside], bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "A confidence on an edge is one bin too high: the upper edge belongs to the bin.",
)
def ece_with_the_lower_edge(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    gap = (predicted == labels).to(probs.dtype) - confidence
    bin_of = (confidence * bins).long().clamp(max=bins - 1)
    return _bin_sums(gap, bin_of, bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "An empty bin gives NaN: a mean over nothing; such a bin adds nothing.",
)
def ece_with_nan_from_empty_bins(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    right = (predicted == labels).to(probs.dtype)
    error = probs.new_zeros(())
    for b in range(bins):
        inside = bin_of == b
        gap = (right[inside].mean() - confidence[inside].mean()).abs()
        error = error + inside.to(probs.dtype).mean() * gap
    return error


@mistake(
    "expected_calibration_error", "The middle of the bin stands in for the mean confidence in it."
)
def ece_with_the_middle_of_the_bin(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    middle = (bin_of.to(probs.dtype) + 0.5) / bins
    gap = (predicted == labels).to(probs.dtype) - middle
    return _bin_sums(gap, bin_of, bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "These probabilities go through a softmax once more: use them as they are.",
)
def ece_of_a_second_softmax(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.softmax(dim=-1).max(dim=-1)
    gap = (predicted == labels).to(probs.dtype) - confidence
    return _bin_sums(gap, _bin_of(confidence, bins), bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "The gaps are squared: the expected calibration error weighs absolute gaps.",
)
def ece_with_squared_gaps(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    gap = (predicted == labels).to(probs.dtype) - confidence
    counts = torch.bincount(bin_of, minlength=bins)
    squares = _bin_sums(gap, bin_of, bins) ** 2 / counts.clamp(min=1)
    return (squares.sum() / len(labels)).sqrt()


@mistake(
    "expected_calibration_error",
    "Confidences are rounded to the nearest edge: a bin lies between two edges.",
)
def ece_with_rounded_bins(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    gap = (predicted == labels).to(probs.dtype) - confidence
    return _bin_sums(gap, (confidence * bins).round().long(), bins + 1).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "These bins hold equal numbers of examples: here they have equal width.",
)
def ece_with_bins_of_equal_count(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    gap = ((predicted == labels).to(probs.dtype) - confidence)[confidence.argsort()]
    return torch.stack([part.sum().abs() for part in gap.chunk(bins)]).sum() / len(labels)


@mistake("expected_calibration_error", "`bins` is ignored: cut 0 to 1 into that many parts.")
def ece_with_ten_bins(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    gap = (predicted == labels).to(probs.dtype) - confidence
    return _bin_sums(gap, _bin_of(confidence, 10), 10).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "Every bin counts 1/M here, the empty ones too: weigh each by its share of the predictions.",
)
def ece_divided_by_the_number_of_bins(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    bin_of = _bin_of(confidence, bins)
    gap = (predicted == labels).to(probs.dtype) - confidence
    counts = torch.bincount(bin_of, minlength=bins).clamp(min=1)
    return (_bin_sums(gap, bin_of, bins).abs() / counts).mean()


@mistake("expected_calibration_error", "The last bin is left out: M bins have M + 1 edges.")
def ece_without_the_last_bin(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    gap = (predicted == labels).to(probs.dtype) - confidence
    return _bin_sums(gap, _bin_of(confidence, bins), bins)[:-1].abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "The probabilities of all classes are binned: only the predicted one is a confidence.",
)
def ece_of_all_classes(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    right = F.one_hot(labels, probs.shape[1]).to(probs.dtype)
    gap = (right - probs).flatten()
    return _bin_sums(gap, _bin_of(probs.flatten(), bins), bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "The bins start at 1/K, the least confidence there can be: they should divide 0 to 1.",
)
def ece_with_bins_from_the_least_confidence(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    least = 1 / probs.shape[1]
    gap = (predicted == labels).to(probs.dtype) - confidence
    bin_of = _bin_of((confidence - least) / (1 - least), bins)
    return _bin_sums(gap, bin_of, bins).abs().sum() / len(labels)


@mistake(
    "expected_calibration_error",
    "The bins span the confidences that occur: they should divide 0 to 1.",
)
def ece_with_bins_over_the_range(probs: Tensor, labels: Tensor, bins: int) -> Tensor:
    confidence, predicted = probs.max(dim=-1)
    span = (confidence - confidence.min()) / (confidence.max() - confidence.min() + 1e-9)
    gap = (predicted == labels).to(probs.dtype) - confidence
    return _bin_sums(gap, _bin_of(span, bins), bins).abs().sum() / len(labels)


def _minimized(loss: Callable[[float], float]) -> float:
    """The T between 0.05 and 50 that minimizes a function with one valley, by golden sections."""
    low, high = -3.0, 4.0
    shrink = (5**0.5 - 1) / 2
    for _ in range(60):
        a, b = high - shrink * (high - low), low + shrink * (high - low)
        if loss(2.718281828459045**a) < loss(2.718281828459045**b):
            high = b
        else:
            low = a
    return 2.718281828459045 ** ((low + high) / 2)


def _best(logits: Tensor, labels: Tensor) -> float:
    logits = logits.double()
    return _minimized(lambda t: F.cross_entropy(logits / t, labels).item())


@mistake(
    "fit_temperature", "This is 1/T, by which logits would be multiplied: T is what divides them."
)
def temperature_inverted(logits: Tensor, labels: Tensor) -> float:
    return 1 / _best(logits, labels)


@mistake("fit_temperature", "This is log T: exponentiate what the search found.")
def temperature_left_as_a_logarithm(logits: Tensor, labels: Tensor) -> float:
    return torch.tensor(_best(logits, labels)).log().item()


@mistake(
    "fit_temperature", "This T minimizes the calibration error: fit by likelihood, judge by ECE."
)
def temperature_by_ece(logits: Tensor, labels: Tensor) -> float:
    # So fine a grid that it meets the likelihood's T wherever the two agree.
    candidates = torch.logspace(-1.3, 1.7, 1500)
    right = (logits.argmax(dim=1) == labels).float()
    confidence = torch.softmax(logits / candidates[:, None, None], dim=2).amax(dim=2)
    bin_of = _bin_of(confidence, 10)
    sums = torch.zeros(1500, 10).scatter_add(1, bin_of, right - confidence)
    return candidates[sums.abs().sum(dim=1).argmin()].item()


@mistake(
    "fit_temperature",
    "This T matches mean confidence to accuracy: the likelihood asks for more than that.",
)
def temperature_by_mean_confidence(logits: Tensor, labels: Tensor) -> float:
    accuracy = (logits.argmax(dim=1) == labels).double().mean()
    low, high = -4.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        confidence = torch.softmax(logits.double() / 2.718281828459045**middle, dim=1).amax(dim=1)
        low, high = (middle, high) if confidence.mean() > accuracy else (low, middle)
    return 2.718281828459045**low


@mistake(
    "fit_temperature",
    "The search stopped long before the valley's floor: go on until the loss stops falling.",
)
def temperature_after_a_few_steps(logits: Tensor, labels: Tensor) -> float:
    t = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([t], lr=0.03)
    for _ in range(30):
        optimizer.zero_grad()
        F.cross_entropy(logits / t, labels).backward()
        optimizer.step()
    return t.item()


@mistake(
    "fit_temperature",
    "Softmax runs twice: the temperature divides the logits, before the only softmax.",
)
def temperature_of_probabilities(logits: Tensor, labels: Tensor) -> float:
    return _best(logits.double().softmax(dim=1), labels)


@mistake(
    "fit_temperature", "T never left 1: does the search change it, and does its gradient arrive?"
)
def temperature_that_never_moves(logits: Tensor, labels: Tensor) -> float:
    return 1.0


@mistake(
    "fit_temperature",
    "This T minimizes the squared error of the probabilities: take their log-likelihood.",
)
def temperature_by_squared_error(logits: Tensor, labels: Tensor) -> float:
    z = logits.double()
    truth = F.one_hot(labels, logits.shape[1])
    return _minimized(lambda t: (torch.softmax(z / t, dim=1) - truth).square().mean().item())


@mistake("fit_temperature", "It returns the lowest loss: return the temperature that reaches it.")
def temperature_as_the_lowest_loss(logits: Tensor, labels: Tensor) -> float:
    return F.cross_entropy(logits.double() / _best(logits, labels), labels).item()
