"""A network is trained in a cell, with autograd, and used in a solution."""
# says: further-1: loss

# %%
line = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(line.parameters(), lr=0.1)
points = torch.linspace(-1, 1, 20).reshape(-1, 1)
for step in range(200):
    optimizer.zero_grad()
    loss = ((line(points) - 2 * points) ** 2).mean()
    loss.backward()
    optimizer.step()
print("loss", loss.item())


# %% rms
def rms(x):
    twice = round(line.weight.item())
    return (x * x * twice / 2).mean().sqrt()
