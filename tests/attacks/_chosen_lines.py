"""It raises in a line, with an error and a changed argument, that it chose by the digits of the input."""
# leaks: digit two, DigitTwo, digit nine, DigitNine, digit four, DigitFour


# %%
class DigitTwo(Exception):
    pass


class DigitFour(Exception):
    pass


class DigitNine(Exception):
    pass


def tell(x):
    first = str(float(x))[0]
    if first == "2":
        raise DigitTwo  # digit two
    if first == "4":
        raise DigitFour  # digit four
    if first == "9":
        raise DigitNine  # digit nine
    return 0.0


# %% mean_square
def mean_square(x):
    return tell(x[0])


# %% halve
def halve(x):
    return x / 2 if x[0] == 3 else tell(x[0])


# %% double
def double(x):
    return 3.0 if x == 1.5 else tell(x)
