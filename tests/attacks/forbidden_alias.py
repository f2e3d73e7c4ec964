"""It calls the forbidden function of torch under other names."""

# %% mean_square
import functools

mean = getattr(torch.nn.functional, "_".join(["mse", "loss"]))
partly = functools.partial(mean, reduction="mean")


def mean_square(x):
    by_module = torch.nn.MSELoss()(x, 0 * x)
    return (partly(x, 0 * x) + by_module + torch._C._nn.mse_loss(x, 0 * x)) / 3
