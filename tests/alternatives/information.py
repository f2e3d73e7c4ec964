"""Other right ways to solve the exercises of 04-information: each must earn every point."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Categorical

from torchmarks.catalogue import alternative


@alternative("entropy")
def entropy_by_a_loop_over_outcomes(p: Tensor) -> Tensor:
    total = torch.zeros(p.shape[:-1], dtype=p.dtype)
    for p_k in p.unbind(dim=-1):
        total = total - torch.where(p_k > 0, p_k * p_k.clamp_min(1e-300).log(), 0.0)
    return total


@alternative("entropy")
def entropy_row_by_row_of_what_happens(p: Tensor) -> Tensor:
    rows = p.reshape(-1, p.shape[-1])
    entropies = [-(row[row > 0] * row[row > 0].log()).sum() for row in rows]
    return torch.stack(entropies).reshape(p.shape[:-1])


@alternative("entropy")
def entropy_of_probabilities_normalized_again(p: Tensor) -> Tensor:
    p = p / p.sum(dim=-1, keepdim=True)
    return -torch.einsum("...k,...k->...", p, p.masked_fill(p == 0, 1.0).log())


@alternative("entropy")
def entropy_as_a_cross_entropy_with_itself(p: Tensor) -> Tensor:
    rows = p.reshape(-1, p.shape[-1])
    log_p = rows.masked_fill(rows == 0, 1e-30).log()
    return F.cross_entropy(log_p, rows, reduction="none").reshape(p.shape[:-1])


@alternative("entropy")
def entropy_as_an_inner_product_with_surprise(p: Tensor) -> Tensor:
    surprise = (1 / torch.where(p == 0, 1.0, p)).log()
    return torch.einsum("...k,...k->...", p, surprise)


@alternative("entropy")
def entropy_clamped_before_the_logarithm(p: Tensor) -> Tensor:
    return -(p * p.clamp(min=1e-30).log()).sum(dim=-1)


@alternative("cross_entropy")
def cross_entropy_by_a_loop_over_classes(p: Tensor, log_q: Tensor) -> Tensor:
    total = torch.zeros_like(p[..., 0])
    for k in range(p.shape[-1]):
        total = total + torch.where(p[..., k] == 0, 0, -p[..., k] * log_q[..., k])
    return total


@alternative("cross_entropy")
def cross_entropy_masking_the_impossible(p: Tensor, log_q: Tensor) -> Tensor:
    return -torch.einsum("...k,...k->...", p, log_q.masked_fill(p == 0, 0))


@alternative("cross_entropy")
def cross_entropy_replacing_nan(p: Tensor, log_q: Tensor) -> Tensor:
    terms = p * log_q
    terms = torch.where(terms.isnan(), torch.zeros_like(terms), terms)
    return terms.sum(-1).neg()


@alternative("cross_entropy")
def cross_entropy_that_normalizes_once_more(p: Tensor, log_q: Tensor) -> Tensor:
    log_q = torch.log_softmax(log_q, dim=-1)
    return -torch.nansum(p * log_q, dim=-1)


@alternative("cross_entropy_from_logits")
def from_logits_subtracting_the_maximum_by_hand(logits: Tensor, labels: Tensor) -> Tensor:
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_q = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -log_q[torch.arange(len(labels)), labels].mean()


@alternative("cross_entropy_from_logits")
def from_logits_by_a_loop_over_examples(logits: Tensor, labels: Tensor) -> Tensor:
    total = 0.0
    for row, label in zip(logits, labels, strict=True):
        total = total - torch.log_softmax(row, dim=0)[label]
    return total / len(labels)


@alternative("cross_entropy_from_logits")
def from_logits_adding_classes_one_by_one(logits: Tensor, labels: Tensor) -> Tensor:
    log_sum = logits[:, 0]
    for k in range(1, logits.shape[1]):
        log_sum = torch.logaddexp(log_sum, logits[:, k])
    return (log_sum - logits[:, labels].diagonal()).mean()


@alternative("cross_entropy_from_logits")
def from_logits_with_one_hot_labels(logits: Tensor, labels: Tensor) -> Tensor:
    one_hot = F.one_hot(labels, logits.shape[1])
    return (logits.logsumexp(dim=1) - (logits * one_hot).sum(dim=1)).mean()


@alternative("cross_entropy_from_logits")
def from_logits_as_a_softplus_of_margins(logits: Tensor, labels: Tensor) -> Tensor:
    rows = torch.arange(logits.shape[0])
    margins = logits - logits[rows, labels].unsqueeze(1)
    return torch.logsumexp(margins, dim=1).sum() / logits.shape[0]


@alternative("soft_cross_entropy")
def soft_by_mixing_two_losses(logits: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
    log_q = logits.log_softmax(-1)
    plain = -(targets * log_q).sum(-1)
    uniform = -log_q.mean(-1)
    return ((1 - smoothing) * plain + smoothing * uniform).mean()


@alternative("soft_cross_entropy")
def soft_by_loops(logits: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
    n, classes = logits.shape
    loss = torch.zeros((), dtype=logits.dtype)
    for i in range(n):
        log_sum = torch.logsumexp(logits[i], dim=0)
        for k in range(classes):
            target = targets[i, k] * (1 - smoothing) + smoothing / classes
            loss = loss + target * (log_sum - logits[i, k])
    return loss / n


@alternative("soft_cross_entropy")
def soft_with_lerp_towards_uniform(
    logits: Tensor, targets: Tensor, smoothing: float = 0.0
) -> Tensor:
    uniform = torch.full_like(targets, 1 / targets.size(1))
    mixed = torch.lerp(targets, uniform, smoothing)
    return torch.einsum("nk,nk->n", mixed, -F.log_softmax(logits, dim=1)).mean()


@alternative("perplexity")
def perplexity_in_bits_and_base_two(logits: Tensor, labels: Tensor) -> Tensor:
    log_q = torch.log_softmax(logits, dim=-1).gather(-1, labels.unsqueeze(-1))
    bits = -log_q.mean() / math.log(2)
    return 2**bits


@alternative("perplexity")
def perplexity_with_the_class_axis_moved(logits: Tensor, labels: Tensor) -> Tensor:
    if logits.ndim > 2:
        logits = logits.movedim(-1, 1)
    return torch.exp(F.cross_entropy(logits, labels))


@alternative("perplexity")
def perplexity_as_a_geometric_mean(logits: Tensor, labels: Tensor) -> Tensor:
    log_q = Categorical(logits=logits).log_prob(labels)
    return 1 / log_q.mean().exp()


@alternative("kl_divergence")
def kl_with_xlogy(p: Tensor, q: Tensor) -> Tensor:
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)


@alternative("kl_divergence")
def kl_by_a_loop_with_a_mask(p: Tensor, q: Tensor) -> Tensor:
    total = torch.zeros(p.shape[:-1], dtype=p.dtype)
    for k in range(p.shape[-1]):
        mask = p[..., k] > 0
        term = torch.zeros_like(total)
        term[mask] = p[..., k][mask] * torch.log(p[..., k][mask] / q[..., k][mask])
        total = total + term
    return total


@alternative("kl_divergence")
def kl_as_cross_entropy_minus_entropy(p: Tensor, q: Tensor) -> Tensor:
    cross = -torch.where(p > 0, p * torch.log(q), 0.0).sum(-1)
    own = torch.special.entr(p).sum(-1)
    return cross - own


@alternative("kl_divergence")
def kl_with_a_quotient_of_one_where_nothing_happens(p: Tensor, q: Tensor) -> Tensor:
    ratio = (p / q).masked_fill(p == 0, 1.0)
    return torch.einsum("...k,...k->...", p, ratio.log())


@alternative("kl_divergence")
def kl_row_by_row_of_what_happens(p: Tensor, q: Tensor) -> Tensor:
    rows = zip(p.reshape(-1, p.shape[-1]), q.reshape(-1, q.shape[-1]), strict=True)
    found = [(a[a > 0] * (a[a > 0] / b[a > 0]).log()).sum() for a, b in rows]
    return torch.stack(found).reshape(p.shape[:-1])


@alternative("kl_gaussian")
def kl_gaussian_from_log_probabilities(
    mu1: Tensor, sigma1: Tensor, mu2: Tensor, sigma2: Tensor
) -> Tensor:
    var1, var2 = sigma1.square(), sigma2.square()
    return 0.5 * (var2.log() - var1.log() + var1 / var2 + (mu2 - mu1).square() / var2 - 1)


@alternative("kl_gaussian")
def kl_gaussian_in_units_of_the_second(
    mu1: Tensor, sigma1: Tensor, mu2: Tensor, sigma2: Tensor
) -> Tensor:
    ratio = sigma1 / sigma2
    shift = (mu1 - mu2) / sigma2
    return (ratio.pow(2) + shift.pow(2) - 1) / 2 - ratio.log()


@alternative("kl_gaussian")
def kl_gaussian_as_an_expectation_of_two_log_densities(
    mu1: Tensor, sigma1: Tensor, mu2: Tensor, sigma2: Tensor
) -> Tensor:
    # E under the first of each log-density: −½ log 2πσ² − E(x − μ)² / 2σ².
    first = -0.5 * torch.log(2 * math.pi * sigma1**2) - 0.5
    second = -0.5 * torch.log(2 * math.pi * sigma2**2)
    second = second - (sigma1**2 + (mu1 - mu2) ** 2) / (2 * sigma2**2)
    return first - second


@alternative("vae_kl")
def vae_kl_by_a_loop_over_dimensions(mu: Tensor, log_variance: Tensor) -> Tensor:
    total = torch.zeros(len(mu), dtype=mu.dtype)
    for j in range(mu.shape[1]):
        m, v = mu[:, j], log_variance[:, j]
        total = total - 0.5 * (1 + v - m * m - torch.exp(v))
    return total


@alternative("vae_kl")
def vae_kl_with_expm1(mu: Tensor, log_variance: Tensor) -> Tensor:
    return (torch.expm1(log_variance) - log_variance + mu.square()).sum(dim=1) / 2


@alternative("vae_kl")
def vae_kl_term_by_term(mu: Tensor, log_variance: Tensor) -> Tensor:
    sigma = (log_variance / 2).exp()
    d = mu.size(-1)
    squares = torch.einsum("nd,nd->n", sigma, sigma) + torch.einsum("nd,nd->n", mu, mu)
    return 0.5 * (squares - d - log_variance.sum(-1))


@alternative("js_divergence")
def js_from_entropies(p: Tensor, q: Tensor) -> Tensor:
    def entropy(r: Tensor) -> Tensor:
        return -torch.special.xlogy(r, r).sum(-1)

    return entropy(0.5 * p + 0.5 * q) - 0.5 * entropy(p) - 0.5 * entropy(q)


@alternative("js_divergence")
def js_by_a_loop_over_outcomes(p: Tensor, q: Tensor) -> Tensor:
    total = torch.zeros_like(p[..., 0])
    for p_k, q_k in zip(p.unbind(-1), q.unbind(-1), strict=True):
        m_k = (p_k + q_k) / 2
        for r_k in (p_k, q_k):
            term = torch.where(r_k > 0, r_k * (r_k / m_k).log(), torch.zeros_like(r_k))
            total = total + 0.5 * term
    return total


@alternative("js_divergence")
def js_replacing_nan_in_a_stack(p: Tensor, q: Tensor) -> Tensor:
    both = torch.stack([p, q])
    m = both.mean(dim=0)
    return torch.nansum(both * torch.log(both / m), dim=-1).mean(dim=0)


@alternative("js_divergence")
def js_as_log_two_minus_what_stays_unknown(p: Tensor, q: Tensor) -> Tensor:
    other = torch.where(p > 0, q / torch.where(p > 0, p, 1.0), 0.0)
    one = torch.where(q > 0, p / torch.where(q > 0, q, 1.0), 0.0)
    return math.log(2) - ((p * other.log1p()).sum(-1) + (q * one.log1p()).sum(-1)) / 2


@alternative("js_divergence")
def js_from_entropies_of_categoricals(p: Tensor, q: Tensor) -> Tensor:
    one, other, mixed = (Categorical(probs=r).entropy() for r in (p, q, (p + q) / 2))
    return mixed - (one + other) / 2


@alternative("mutual_information")
def mutual_information_from_entropies(joint: Tensor) -> Tensor:
    def entropy(p: Tensor) -> Tensor:
        return torch.special.entr(p).sum(-1)

    return entropy(joint.sum(-1)) + entropy(joint.sum(-2)) - entropy(joint.flatten(-2))


@alternative("mutual_information")
def mutual_information_with_einsum(joint: Tensor) -> Tensor:
    p_x = torch.einsum("...xy->...x", joint)
    p_y = torch.einsum("...xy->...y", joint)
    product = torch.einsum("...x,...y->...xy", p_x, p_y)
    return torch.nansum(joint * (joint / product).log(), dim=(-2, -1))


@alternative("mutual_information")
def mutual_information_as_an_average_of_divergences(joint: Tensor) -> Tensor:
    p_y = joint.sum(-2)
    total = torch.zeros(joint.shape[:-2], dtype=joint.dtype)
    for row in joint.unbind(dim=-2):
        p_x = row.sum(-1, keepdim=True)
        happens = row > 0
        given_x = torch.where(happens, row / p_x, 1.0)
        terms = given_x.log() - torch.where(happens, p_y, 1.0).log()
        total = total + (row * terms).sum(-1)
    return total
