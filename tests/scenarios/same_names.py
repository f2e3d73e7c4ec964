"""The student's own variables are called like those of the tests."""

# %%
x = i = result = data = "mine"
marks = 17
accounts = account = None

# %% after mean_square
marks = "what I should get"
x = torch.zeros(3)

# %% after count_words
for i in range(3):
    result = data = {}

# %% after count_words-tests
x = data = None
result = []
i = i + 1 if isinstance(i, int) else 0

# %% cube
own_square = "mine"


def square(x):
    data = x * x
    return data


def cube(i):
    result = i * square(i)
    return result
