"""The answers are nested a hundred thousand deep, or contain themselves."""


# %% mean_square
def mean_square(x):
    answer = []
    for _ in range(100_000):
        answer = [answer]
    return answer


# %% halve
def halve(x):
    answer = {}
    answer["self"] = [answer, (answer,)]
    return answer


# %% answer
answer = []
answer.append(answer)
