"""Figures are drawn in several ways, and left open."""
# says: further-1: [image/png]
# says: further-2: [image/png]
# says: further-3: <Figure size

# %%
import matplotlib.pyplot as plt

%matplotlib inline
plt.plot([1, 2, 3])
plt.title("σ and µ")
plt.show()

# %%
figure, axes = plt.subplots(2)
axes[0].hist(np.random.randn(100))

# %%
for n in range(3):
    plt.figure()
    plt.imshow(torch.rand(4, 4))
plt.gcf()


# %% rms
def rms(x):
    plt.plot(x.flatten())
    plt.show()
    return (x * x).mean().sqrt()
