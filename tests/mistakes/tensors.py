"""Known mistakes in the exercises of 01-tensors, each with the sentence that a student reads."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import mistake


@mistake("dot", "These are the products one by one: a dot product also adds them up.")
def dot_without_the_sum(x: Tensor, y: Tensor) -> Tensor:
    return x * y


@mistake("dot", "This is the mean of the products: a dot product is their sum.")
def dot_as_a_mean(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).mean()


@mistake(
    "dot", "The two vectors are summed before they are multiplied: multiply entry by entry first."
)
def dot_of_the_sums(x: Tensor, y: Tensor) -> Tensor:
    return x.sum() * y.sum()


@mistake("dot", "This is the table of all pairs: only entries at the same position are multiplied.")
def dot_as_an_outer_product(x: Tensor, y: Tensor) -> Tensor:
    return x.unsqueeze(1) * y.unsqueeze(0)


@mistake("dot", "The signs got lost: negative products count as negative.")
def dot_of_absolute_values(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).abs().sum()


@mistake("dot", "The result is a vector of length 1: a dot product has no axes at all.")
def dot_with_an_axis_left(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).sum(dim=0, keepdim=True)


@mistake(
    "dot", "The graph is cut on the way: no NumPy, no `.detach()`, no new `torch.tensor(...)`."
)
def dot_through_numpy(x: Tensor, y: Tensor) -> Tensor:
    return torch.tensor((x.detach().numpy() * y.detach().numpy()).sum())


@mistake("dot", "The sum is made in float32: keep the dtype of the vectors.")
def dot_in_single_precision(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).float().sum()


@mistake(
    "dot", "It returns a plain Python number: keep it a tensor, or no gradient can flow through it."
)
def dot_as_a_python_number(x: Tensor, y: Tensor) -> float:
    return (x * y).sum().item()


@mistake("matvec", "This is Aᵀx: take the dot products with the rows of A, not with its columns.")
def matvec_transposed(A: Tensor, x: Tensor) -> Tensor:
    return (A.T * x).sum(dim=-1)


@mistake(
    "matvec", "The columns are scaled, but not yet added: the result is one vector, not a matrix."
)
def matvec_without_the_sum(A: Tensor, x: Tensor) -> Tensor:
    return A * x


@mistake("matvec", "The result is a column (m, 1): it should have one axis, (m).")
def matvec_as_a_column(A: Tensor, x: Tensor) -> Tensor:
    return (A * x).sum(dim=-1, keepdim=True)


@mistake("matvec", "It adds up along the wrong axis: each row leaves one number, not each column.")
def matvec_summed_over_rows(A: Tensor, x: Tensor) -> Tensor:
    return (A * x).sum(dim=0)


@mistake(
    "matvec", "`squeeze` takes away too much: for a single row the result is still a vector, (1)."
)
def matvec_squeezed(A: Tensor, x: Tensor) -> Tensor:
    return (A * x).sum(dim=-1, keepdim=True).squeeze()


@mistake("matvec", "It adds up everything: there should be one number for each row of A.")
def matvec_summed_over_everything(A: Tensor, x: Tensor) -> Tensor:
    return (A * x).sum()


@mistake("matvec", "This is a mean over the columns: a product is their sum.")
def matvec_as_a_mean(A: Tensor, x: Tensor) -> Tensor:
    return (A * x).mean(dim=-1)


@mistake("matvec", "A new tensor is float32 unless told otherwise: make it with the dtype of A.")
def matvec_in_single_precision(A: Tensor, x: Tensor) -> Tensor:
    result = torch.zeros(A.shape[0])
    for i in range(A.shape[0]):
        result[i] = (A[i] * x).sum()
    return result


@mistake(
    "linear", "It works for one batch axis only: let any further axes in front of X pass through."
)
def linear_for_two_axes_only(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return torch.mm(X, W) + b


@mistake("linear", "The bias is cut off the graph, by `.data` or `.detach()`: it never learns.")
def linear_with_a_detached_bias(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W + b.detach()


@mistake("linear", "`squeeze` takes away too much: a single example is still a row, (1, k).")
def linear_squeezed(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return (X @ W + b).squeeze()


@mistake("linear", "All batch axes are merged into one: those in front of X stay in front of Y.")
def linear_with_a_flat_batch(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X.reshape(-1, X.shape[-1]) @ W + b


@mistake("linear", "The bias is missing: each output adds its own constant.")
def linear_without_the_bias(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W


@mistake(
    "linear", "The bias is added down the rows, one for each example: it belongs to the outputs."
)
def linear_with_a_bias_for_each_example(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W + b.unsqueeze(-1)


@mistake("linear", "The result is transposed: examples are its rows, outputs its columns.")
def linear_transposed(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return (X @ W + b).mT


@mistake(
    "linear", "W is used transposed: its shape here is (d, k), unlike the weight of nn.Linear."
)
def linear_with_w_transposed(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W.T + b


@mistake("linear", "The bias is subtracted: it is added.")
def linear_minus_the_bias(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W - b


@mistake("linear", "The bias is added to the weights: multiply first, then add it to the result.")
def linear_with_the_bias_in_the_weights(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ (W + b)


@mistake("linear", "The bias reaches the first example only: every row of the batch gets it.")
def linear_with_one_biased_example(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    Y = X @ W
    first = torch.zeros_like(Y)
    first[..., 0, :] = b
    return Y + first


@mistake(
    "linear", "One and the same number is added to all outputs: each output has a bias of its own."
)
def linear_with_the_summed_bias(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W + b.sum()


@mistake(
    "batched_matmul",
    "Only the first pair of the batch is multiplied: each position has its own product.",
)
def batched_matmul_of_the_first(A: Tensor, B: Tensor) -> Tensor:
    while A.ndim > 2:
        A = A[0]
    while B.ndim > 2:
        B = B[0]
    return torch.mm(A, B)


@mistake(
    "batched_matmul",
    "It handles one batch axis at most: count the last two axes from the end, as −2 and −1.",
)
def batched_matmul_for_one_batch_axis(A: Tensor, B: Tensor) -> Tensor:
    if A.ndim == 2:
        return torch.mm(A, B)
    return torch.einsum("bij,bjk->bik", A, B)


@mistake(
    "batched_matmul", "This multiplies entry by entry: a matrix product takes rows times columns."
)
def batched_matmul_entrywise(A: Tensor, B: Tensor) -> Tensor:
    return A * B


@mistake(
    "batched_matmul", "B is used transposed: the columns of B, not its rows, meet the rows of A."
)
def batched_matmul_with_b_transposed(A: Tensor, B: Tensor) -> Tensor:
    return torch.einsum("...mn,...pn->...mp", A, B)


@mistake(
    "batched_matmul", "A is used transposed: the rows of A, not its columns, meet the columns of B."
)
def batched_matmul_with_a_transposed(A: Tensor, B: Tensor) -> Tensor:
    return torch.einsum("...nm,...np->...mp", A, B)


@mistake(
    "batched_matmul",
    "It pairs the entries of the first axis: there may be no batch axis, or several of them.",
)
def batched_matmul_along_the_first_axis(A: Tensor, B: Tensor) -> Tensor:
    return torch.stack([torch.mm(a, b) for a, b in zip(A, B, strict=False)])


@mistake(
    "batched_matmul",
    "The sum runs over the columns of B: it belongs to the axis that A and B share.",
)
def batched_matmul_summed_over_columns(A: Tensor, B: Tensor) -> Tensor:
    return (A.unsqueeze(-1) * B.unsqueeze(-3)).sum(dim=-1)


@mistake(
    "batched_matmul",
    "The axis to sum is counted from the front: with batch axes it lies elsewhere, so count from −1.",
)
def batched_matmul_summed_over_axis_one(A: Tensor, B: Tensor) -> Tensor:
    return (A.unsqueeze(-1) * B.unsqueeze(-3)).sum(dim=1)


@mistake(
    "batched_matmul", "It takes single matrices only: the axes before the last two are a batch."
)
def batched_matmul_for_two_axes_only(A: Tensor, B: Tensor) -> Tensor:
    return torch.mm(A, B)


@mistake("batched_matmul", "The products are summed over the batch: each position keeps its own.")
def batched_matmul_summed_over_the_batch(A: Tensor, B: Tensor) -> Tensor:
    products = torch.einsum("...mn,...np->...mp", A, B)
    return products.reshape(-1, *products.shape[-2:]).sum(dim=0)


@mistake("batched_matmul", "The products are transposed: rows come from A, columns from B.")
def batched_matmul_transposed(A: Tensor, B: Tensor) -> Tensor:
    return torch.einsum("...mn,...np->...pm", A, B)


@mistake("batched_matmul", "The factors change places: AB and BA are different products.")
def batched_matmul_in_the_other_order(A: Tensor, B: Tensor) -> Tensor:
    return torch.einsum("...mn,...np->...mp", B, A)


@mistake("batched_matmul", "The products are still to be summed over the axis that A and B share.")
def batched_matmul_without_the_sum(A: Tensor, B: Tensor) -> Tensor:
    return A.unsqueeze(-1) * B.unsqueeze(-3)


@mistake(
    "batched_matmul", "The batch axes are broadcast in torch: one matrix may serve a whole batch."
)
def batched_matmul_for_equal_batches_only(A: Tensor, B: Tensor) -> Tensor:
    pairs = zip(A.reshape(-1, *A.shape[-2:]), B.reshape(-1, *B.shape[-2:]), strict=True)
    products = torch.stack([torch.mm(a, b) for a, b in pairs])
    return products.reshape(*A.shape[:-2], A.shape[-2], B.shape[-1])


@mistake(
    "vector_norm",
    "The absolute value is missing: negative entries cancel the others in odd powers.",
)
def vector_norm_without_absolute_values(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=-1)
    return x.pow(p).sum(dim=-1).pow(1 / p)


@mistake("vector_norm", "The absolute value comes too late: entries cancel in the sum already.")
def vector_norm_with_absolute_values_too_late(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=-1)
    return x.pow(p).sum(dim=-1).abs().pow(1 / p)


@mistake("vector_norm", "`1 // p` is a whole number, 0 for every p above 1: divide with `/`.")
def vector_norm_with_a_whole_exponent(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=-1)
    return x.abs().pow(p).sum(dim=-1).pow(1 // p)


@mistake("vector_norm", "For p = ∞ it takes the smallest absolute entry: the largest is asked for.")
def vector_norm_with_the_smallest_entry(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amin(dim=-1)
    return x.abs().pow(p).sum(dim=-1).pow(1 / p)


@mistake("vector_norm", "The root is missing: after the sum of p-th powers comes the p-th root.")
def vector_norm_without_the_root(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=-1)
    return x.abs().pow(p).sum(dim=-1)


@mistake(
    "vector_norm", "For p = ∞ it takes the largest entry: the largest absolute value is asked for."
)
def vector_norm_infinity_without_absolute_values(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.amax(dim=-1)
    return x.abs().pow(p).sum(dim=-1).pow(1 / p)


@mistake(
    "vector_norm",
    "`max` along an axis returns values and their indices: take the values, or `amax`.",
)
def vector_norm_with_values_and_indices(x: Tensor, p: float) -> tuple[Tensor, Tensor] | Tensor:
    if p == math.inf:
        return x.abs().max(dim=-1)
    return x.abs().pow(p).sum(dim=-1).pow(1 / p)


@mistake("vector_norm", "p = ∞ does not go into the power formula: it needs a case of its own.")
def vector_norm_with_infinity_as_a_power(x: Tensor, p: float) -> Tensor:
    return x.abs().pow(p).sum(dim=-1).pow(1 / p)


@mistake("vector_norm", "It is the Euclidean norm whatever p is: power and root depend on p.")
def vector_norm_that_ignores_p(x: Tensor, p: float) -> Tensor:
    return x.square().sum(dim=-1).sqrt()


@mistake("vector_norm", "The root is always a square root: it has to undo the p-th power.")
def vector_norm_with_a_square_root(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=-1)
    return x.abs().pow(p).sum(dim=-1).sqrt()


@mistake("vector_norm", "It measures the whole tensor: keep the batch, reduce the last axis only.")
def vector_norm_of_the_whole_tensor(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().max()
    return x.abs().pow(p).sum().pow(1 / p)


@mistake("vector_norm", "It reduces the first axis: a vector lies along the last one.")
def vector_norm_along_the_first_axis(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=0)
    return x.abs().pow(p).sum(dim=0).pow(1 / p)


@mistake("vector_norm", "This averages the powers: a norm adds them up.")
def vector_norm_of_the_mean_power(x: Tensor, p: float) -> Tensor:
    if p == math.inf:
        return x.abs().amax(dim=-1)
    return x.abs().pow(p).mean(dim=-1).pow(1 / p)


def _unit(X: Tensor, dim: int = -1) -> Tensor:
    return F.normalize(X, dim=dim)


def _guarded(norms: Tensor) -> Tensor:
    return torch.where(norms > 0, norms, 1.0)


@mistake(
    "normalize_rows", "The columns are normalized: a row is a vector, and lies along the last axis."
)
def normalize_columns(X: Tensor) -> Tensor:
    return _unit(X, dim=-2)


@mistake("normalize_rows", "It divides by the squared norm: the square root is missing.")
def normalize_rows_by_the_squared_norm(X: Tensor) -> Tensor:
    return X / _guarded(X.square().sum(dim=-1, keepdim=True))


@mistake("normalize_rows", "A row of zeros becomes NaN, 0/0: leave it zero.")
def normalize_rows_with_nan(X: Tensor) -> Tensor:
    return X / torch.linalg.vector_norm(X, dim=-1, keepdim=True)


@mistake(
    "normalize_rows", "It divides by the norm of the whole matrix: each row has a norm of its own."
)
def normalize_the_whole_matrix(X: Tensor) -> Tensor:
    return X / _guarded(X.square().sum(dim=(-2, -1), keepdim=True).sqrt())


@mistake("normalize_rows", "The rows sum to 1 in absolute value: the L2 norm is asked for.")
def normalize_rows_in_l1(X: Tensor) -> Tensor:
    return X / _guarded(X.abs().sum(dim=-1, keepdim=True))


@mistake("normalize_rows", "The largest entry of each row becomes 1: the L2 norm is asked for.")
def normalize_rows_by_the_largest_entry(X: Tensor) -> Tensor:
    return X / _guarded(X.abs().amax(dim=-1, keepdim=True))


@mistake(
    "normalize_rows", "An ε added to the norm makes every row too short: treat the zeros alone."
)
def normalize_rows_with_epsilon(X: Tensor) -> Tensor:
    return X / (torch.linalg.vector_norm(X, dim=-1, keepdim=True) + 1e-8)


@mistake("normalize_rows", "An ε under the root makes short rows too short: treat the zeros alone.")
def normalize_rows_with_epsilon_under_the_root(X: Tensor) -> Tensor:
    return X / (X.square().sum(dim=-1, keepdim=True) + 1e-12).sqrt()


@mistake(
    "normalize_rows",
    "It reduces axis 1, counted from the front: with batch axes the rows lie along −1.",
)
def normalize_rows_counted_from_the_front(X: Tensor) -> Tensor:
    return _unit(X, dim=1)


@mistake("normalize_rows", "Rows shorter than 1 are left as they are: only zeros are an exception.")
def normalize_long_rows_only(X: Tensor) -> Tensor:
    return X / torch.linalg.vector_norm(X, dim=-1, keepdim=True).clamp_min(1.0)


@mistake(
    "normalize_rows",
    "The norms are overwritten in place, but their gradient needs them: use `torch.where`.",
)
def normalize_rows_overwriting_the_norms(X: Tensor) -> Tensor:
    norms = torch.linalg.vector_norm(X, dim=-1, keepdim=True)
    norms[norms == 0] = 1.0
    return X / norms


@mistake("normalize_rows", "The signs got lost: only the length of a row is to change.")
def normalize_absolute_rows(X: Tensor) -> Tensor:
    return _unit(X.abs())


@mistake("normalize_rows", "The norms (n) line up with the columns of X: keep their axis, (n, 1).")
def normalize_rows_without_keepdim(X: Tensor) -> Tensor:
    return X / _guarded(torch.linalg.vector_norm(X, dim=-1))


@mistake(
    "normalize_rows", "This standardizes: mean 0 and deviation 1 are another thing than length 1."
)
def standardize_rows(X: Tensor) -> Tensor:
    return (X - X.mean(dim=-1, keepdim=True)) / X.std(dim=-1, keepdim=True)


@mistake(
    "normalize_rows",
    "The rows are centred as well: only their length is to change, not their direction.",
)
def normalize_centred_rows(X: Tensor) -> Tensor:
    return _unit(X - X.mean(dim=-1, keepdim=True))


@mistake(
    "cosine_similarity_matrix",
    "It works for matrices only: with batch axes swap the last two axes, `.mT`.",
)
def cosine_for_matrices_only(X: Tensor, Y: Tensor) -> Tensor:
    return torch.mm(_unit(X), _unit(Y).t())


@mistake(
    "cosine_similarity_matrix",
    "With batch axes `.T` and `transpose(1, 2)` do not swap the last two: take `.mT`.",
)
def cosine_transposed_from_the_front(X: Tensor, Y: Tensor) -> Tensor:
    return _unit(X) @ _unit(Y).transpose(1, 2)


@mistake(
    "cosine_similarity_matrix",
    "These are plain dot products: divide by the lengths of both vectors.",
)
def cosine_without_normalization(X: Tensor, Y: Tensor) -> Tensor:
    return X @ Y.mT


@mistake(
    "cosine_similarity_matrix",
    "Only row i with row i is compared: every row of X meets every row of Y.",
)
def cosine_of_matching_pairs(X: Tensor, Y: Tensor) -> Tensor:
    return (_unit(X) * _unit(Y)).sum(dim=-1)


@mistake("cosine_similarity_matrix", "Only X is normalized: the lengths of Y's rows still count.")
def cosine_with_y_not_normalized(X: Tensor, Y: Tensor) -> Tensor:
    return _unit(X) @ Y.mT


@mistake("cosine_similarity_matrix", "Only Y is normalized: the lengths of X's rows still count.")
def cosine_with_x_not_normalized(X: Tensor, Y: Tensor) -> Tensor:
    return X @ _unit(Y).mT


@mistake("cosine_similarity_matrix", "A vector of zeros gives NaN, 0/0: its similarity is 0.")
def cosine_with_nan(X: Tensor, Y: Tensor) -> Tensor:
    return X @ Y.mT / (X.norm(dim=-1).unsqueeze(-1) * Y.norm(dim=-1).unsqueeze(-2))


@mistake(
    "cosine_similarity_matrix", "It divides by the squared lengths: the square roots are missing."
)
def cosine_with_squared_norms(X: Tensor, Y: Tensor) -> Tensor:
    x, y = X.square().sum(-1, keepdim=True), Y.square().sum(-1, keepdim=True)
    return (X / _guarded(x)) @ (Y / _guarded(y)).mT


@mistake("cosine_similarity_matrix", "The table is transposed: rows belong to X, columns to Y.")
def cosine_transposed(X: Tensor, Y: Tensor) -> Tensor:
    return _unit(Y) @ _unit(X).mT


@mistake(
    "cosine_similarity_matrix", "This is the cosine distance, 1 − cos: the similarity is asked for."
)
def cosine_distance(X: Tensor, Y: Tensor) -> Tensor:
    return 1 - _unit(X) @ _unit(Y).mT


@mistake(
    "cosine_similarity_matrix",
    "The vectors are centred first, which is a correlation: leave them as they are.",
)
def cosine_of_centred_vectors(X: Tensor, Y: Tensor) -> Tensor:
    return _unit(X - X.mean(-1, keepdim=True)) @ _unit(Y - Y.mean(-1, keepdim=True)).mT


@mistake(
    "cosine_similarity_matrix", "The columns are normalized: a vector lies along the last axis."
)
def cosine_of_normalized_columns(X: Tensor, Y: Tensor) -> Tensor:
    return _unit(X, dim=-2) @ _unit(Y, dim=-2).mT


@mistake(
    "cosine_similarity_matrix",
    "Short vectors are not brought to length 1: only vectors of zeros are an exception.",
)
def cosine_with_a_lower_bound_of_one(X: Tensor, Y: Tensor) -> Tensor:
    lengths = X.norm(dim=-1).unsqueeze(-1) * Y.norm(dim=-1).unsqueeze(-2)
    return X @ Y.mT / lengths.clamp_min(1.0)


@mistake(
    "cosine_similarity_matrix",
    "It normalizes along axis 1, counted from the front: the features lie along −1.",
)
def cosine_normalized_along_axis_one(X: Tensor, Y: Tensor) -> Tensor:
    return _unit(X, dim=1) @ _unit(Y, dim=1).mT


@mistake(
    "cosine_similarity_matrix",
    "It divides by the norms of the whole tensors: each vector has a length of its own.",
)
def cosine_with_the_norms_of_the_matrices(X: Tensor, Y: Tensor) -> Tensor:
    return X @ Y.mT / (X.norm() * Y.norm())


@mistake("cosine_similarity_matrix", "The signs got lost: opposite vectors have the cosine −1.")
def absolute_cosine(X: Tensor, Y: Tensor) -> Tensor:
    return (_unit(X) @ _unit(Y).mT).abs()


@mistake(
    "cosine_similarity_matrix",
    "An ε added to the lengths makes every cosine too small: treat the zeros alone.",
)
def cosine_with_epsilon(X: Tensor, Y: Tensor) -> Tensor:
    lengths = X.norm(dim=-1).unsqueeze(-1) * Y.norm(dim=-1).unsqueeze(-2)
    return X @ Y.mT / (lengths + 1e-8)


@mistake(
    "attention_weights",
    "It works for matrices only: with batch axes swap the last two axes, `.mT`.",
)
def attention_for_matrices_only(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.t() / math.sqrt(Q.shape[-1]), dim=-1)


@mistake(
    "attention_weights",
    "With batch axes `.T` and `transpose(1, 2)` do not swap the last two: take `.mT`.",
)
def attention_transposed_from_the_front(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.transpose(1, 2) / math.sqrt(Q.shape[-1]), dim=-1)


@mistake(
    "attention_weights",
    "d is read off axis 1, counted from the front: with batch axes it is the last, −1.",
)
def attention_with_d_counted_from_the_front(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[1]), dim=-1)


@mistake(
    "attention_weights",
    "The softmax runs over axis 1, counted from the front: the keys lie along −1.",
)
def attention_over_axis_one(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), dim=1)


@mistake("attention_weights", "The scores are not divided by √d.")
def attention_without_scaling(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT, dim=-1)


@mistake("attention_weights", "The scores are divided by d: their size grows like √d only.")
def attention_divided_by_d(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / Q.shape[-1], dim=-1)


@mistake(
    "attention_weights",
    "The softmax runs over the queries: each query shares its weight among the keys.",
)
def attention_over_the_queries(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), dim=-2)


@mistake("attention_weights", "These are the scores: the softmax is still to come.")
def attention_without_softmax(Q: Tensor, K: Tensor) -> Tensor:
    return Q @ K.mT / math.sqrt(Q.shape[-1])


@mistake(
    "attention_weights",
    "The scores are divided after the softmax: the rows do not sum to 1 any more.",
)
def attention_scaled_too_late(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT, dim=-1) / math.sqrt(Q.shape[-1])


@mistake(
    "attention_weights",
    "The divisor is the root of the number of keys: d is the length of one query.",
)
def attention_scaled_by_the_number_of_keys(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / math.sqrt(K.shape[-2]), dim=-1)


@mistake(
    "attention_weights",
    "The divisor is the root of the number of queries: d is the length of one query.",
)
def attention_scaled_by_the_number_of_queries(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-2]), dim=-1)


@mistake("attention_weights", "The scores are multiplied by √d: they are to be divided by it.")
def attention_scaled_up(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT * math.sqrt(Q.shape[-1]), dim=-1)


@mistake(
    "attention_weights",
    "All weights together sum to 1: every single query has a weight of 1 to share.",
)
def attention_over_the_whole_table(Q: Tensor, K: Tensor) -> Tensor:
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    return torch.softmax(scores.flatten(-2), dim=-1).reshape(scores.shape)


@mistake(
    "attention_weights",
    "The largest score of the whole table is subtracted: rows far below it become 0/0, NaN.",
)
def attention_shifted_by_the_overall_maximum(Q: Tensor, K: Tensor) -> Tensor:
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    exponentials = torch.exp(scores - scores.max())
    return exponentials / exponentials.sum(dim=-1, keepdim=True)


@mistake("attention_weights", "The divisor is always 2, which is √d for d = 4 only: read off d.")
def attention_divided_by_two(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / 2, dim=-1)


@mistake("attention_weights", "The table is transposed: rows belong to queries, columns to keys.")
def attention_transposed(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), dim=-1).mT


@mistake("attention_weights", "The keys ask the queries: K stands first where Q should.")
def attention_of_the_keys(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(K @ Q.mT / math.sqrt(Q.shape[-1]), dim=-1)


@mistake(
    "attention_weights", "Queries and keys are normalized: scores are plain dot products over √d."
)
def attention_of_cosines(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(_unit(Q) @ _unit(K).mT, dim=-1)


@mistake(
    "attention_weights", "These are the logarithms of the weights: take softmax, not log_softmax."
)
def attention_in_logarithms(Q: Tensor, K: Tensor) -> Tensor:
    return torch.log_softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), dim=-1)


@mistake(
    "attention_weights", "The exponentials overflow for large scores: let torch.softmax take them."
)
def attention_that_overflows(Q: Tensor, K: Tensor) -> Tensor:
    exponentials = torch.exp(Q @ K.mT / math.sqrt(Q.shape[-1]))
    return exponentials / exponentials.sum(dim=-1, keepdim=True)


def _residual(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.numel() != target.numel():
        raise ValueError
    return prediction.flatten() - target.flatten()


@mistake(
    "mean_squared_error",
    "Only too few targets are refused: too few predictions are an error as well.",
)
def mean_squared_error_refusing_one_side(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.numel() > target.numel():
        raise ValueError
    return (prediction.flatten() - target.flatten()).square().mean()


@mistake(
    "mean_squared_error",
    "The numbers of predictions and targets are not compared: raise ValueError if they differ.",
)
def mean_squared_error_of_unequal_numbers(prediction: Tensor, target: Tensor) -> Tensor:
    return (prediction.flatten() - target.flatten()).square().mean()


@mistake(
    "mean_squared_error",
    "Equal shapes are demanded: (n, 1) and (n) belong together, only their numbers must agree.",
)
def mean_squared_error_of_equal_shapes_only(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.shape != target.shape:
        raise ValueError
    return (prediction - target).square().mean()


@mistake(
    "mean_squared_error",
    "(n, 1) − (n) is broadcast to (n, n), all pairs: bring both to one shape first.",
)
def mean_squared_error_over_all_pairs(prediction: Tensor, target: Tensor) -> Tensor:
    return (prediction - target).square().mean()


@mistake(
    "mean_squared_error",
    "(n, 1) − (n) is broadcast to all n² pairs before the sum: bring both to one shape first.",
)
def mean_squared_error_summed_over_all_pairs(prediction: Tensor, target: Tensor) -> Tensor:
    return (prediction - target).square().sum() / prediction.numel()


@mistake(
    "mean_squared_error", "This compares all pairs, (n, n): prediction i belongs to target i alone."
)
def mean_squared_error_over_all_pairs_guarded(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.numel() != target.numel():
        raise ValueError
    return (prediction.reshape(-1, 1) - target.reshape(1, -1)).square().mean()


@mistake("mean_squared_error", "This is the sum of the squares: divide by their number.")
def sum_of_squared_errors(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).square().sum()


@mistake("mean_squared_error", "The errors are not squared: positive and negative ones cancel.")
def mean_error(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).mean()


@mistake("mean_squared_error", "This is the mean absolute error: the squares are asked for.")
def mean_absolute_error(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).abs().mean()


@mistake(
    "mean_squared_error", "This is the root of the mean squared error: leave out the square root."
)
def root_mean_squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).square().mean().sqrt()


@mistake("mean_squared_error", "There is a factor ½: the mean squared error has none.")
def half_mean_squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).square().mean() / 2


@mistake("mean_squared_error", "The mean is squared, not the errors: square first, then average.")
def squared_mean_error(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).mean().square()


@mistake("mean_squared_error", "It divides by n − 1, as a variance does: a mean divides by n.")
def squared_errors_over_n_minus_one(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).square().sum() / (prediction.numel() - 1)


@mistake("mean_squared_error", "The mean has an axis left, (1): the result has no axes.")
def mean_squared_error_with_an_axis_left(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).square().unsqueeze(-1).mean(dim=0)


@mistake("mean_squared_error", "The squares are not averaged: one number is asked for.")
def squared_errors(prediction: Tensor, target: Tensor) -> Tensor:
    return _residual(prediction, target).square()


def _global_norm(gradients: list[Tensor]) -> Tensor:
    return torch.sqrt(sum(g.square().sum() for g in gradients))


@mistake(
    "clip_by_global_norm",
    "Each tensor is clipped alone: one factor, from the norm of all, serves for all.",
)
def clip_each_alone(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    return [g * torch.clamp(max_norm / g.norm(), max=1.0) if g.any() else g for g in gradients]


@mistake(
    "clip_by_global_norm",
    "The entries are clipped one by one: that bends the direction, scale them together.",
)
def clip_by_value(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    return [g.clamp(-max_norm, max_norm) for g in gradients]


@mistake("clip_by_global_norm", "Short gradients are scaled up: the factor is never more than 1.")
def clip_that_scales_up(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients)
    return [g * max_norm / norm if norm > 0 else g for g in gradients]


@mistake("clip_by_global_norm", "The gradients that came in are overwritten: return new tensors.")
def clip_in_place(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients)
    if norm > max_norm:
        for g in gradients:
            g.mul_(max_norm / norm)
    return gradients


@mistake(
    "clip_by_global_norm", "The norms are added: their squares add up, and the root comes last."
)
def clip_by_the_sum_of_norms(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = sum(g.norm() for g in gradients)
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake("clip_by_global_norm", "This is the squared global norm: the square root is missing.")
def clip_by_the_squared_norm(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients) ** 2
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake(
    "clip_by_global_norm",
    "The factor comes from the largest tensor alone: all of them make the global norm.",
)
def clip_by_the_largest_norm(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = max(g.norm() for g in gradients)
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake(
    "clip_by_global_norm", "A global norm of zero gives NaN, 0/0: gradients of zero stay zero."
)
def clip_with_nan(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients)
    return [g / norm * norm.clamp(max=max_norm) for g in gradients]


@mistake("clip_by_global_norm", "It divides by a global norm of zero: gradients of zero stay zero.")
def clip_dividing_by_zero(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients).item()
    return [g * min(1.0, max_norm / norm) for g in gradients]


@mistake(
    "clip_by_global_norm",
    "The absolute entries are added up, an L1 norm: the global norm is the L2 norm.",
)
def clip_by_the_global_l1_norm(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = sum(g.abs().sum() for g in gradients)
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake(
    "clip_by_global_norm",
    "The largest singular value stands for a matrix: the norm runs over all of its entries.",
)
def clip_by_spectral_norms(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norms = [torch.linalg.matrix_norm(g, 2) if g.ndim == 2 else g.norm() for g in gradients]
    norm = torch.stack(norms).norm()
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake(
    "clip_by_global_norm",
    "The factor comes from the largest entry alone: all of them make the global norm.",
)
def clip_by_the_largest_entry(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = max(g.abs().max() for g in gradients)
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake(
    "clip_by_global_norm", "The squares are averaged in each tensor: they add up, all of them."
)
def clip_by_the_mean_squares(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = torch.sqrt(sum(g.square().mean() for g in gradients))
    return [g * max_norm / norm if norm > max_norm else g * 1 for g in gradients]


@mistake(
    "clip_by_global_norm",
    "The factor is made while the sum is still growing: finish the global norm, then scale.",
)
def clip_by_a_running_norm(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    total, clipped = 0.0, []
    for g in gradients:
        total += g.square().sum().item()
        clipped.append(g * min(1.0, max_norm / math.sqrt(total)) if total > 0 else g * 1)
    return clipped


@mistake("clip_by_global_norm", "The gradients come back in float32: keep their dtype.")
def clip_in_single_precision(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients)
    return [(g * max_norm / norm if norm > max_norm else g * 1).float() for g in gradients]


@mistake("clip_by_global_norm", "They come back as they were: above the limit all are scaled down.")
def clip_nothing(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    return [g.clone() for g in gradients]


@mistake("clip_by_global_norm", "They are scaled to norm 1: the limit is `max_norm`.")
def clip_to_norm_one(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients)
    return [g / norm if norm > max_norm else g * 1 for g in gradients]


@mistake("clip_by_global_norm", "The factor is c, where it should be c divided by the global norm.")
def clip_multiplied_by_the_limit(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = _global_norm(gradients)
    return [g * max_norm if norm > max_norm else g * 1 for g in gradients]
