"""Settings of torch and NumPy are changed for the whole notebook."""

# %%
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(1)
torch.set_printoptions(precision=1, sci_mode=True)
np.seterr(all="raise")
np.random.seed(1)
