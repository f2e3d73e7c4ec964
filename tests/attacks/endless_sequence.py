"""The answers are sequences of a billion items, each of them given when asked for."""


# %% halve
class Sequence:
    def __len__(self):
        return 10**9

    def __getitem__(self, index):
        return 0.0

    def __iter__(self):
        while True:
            yield 0.0

    def numpy(self):
        return self


calls = []


def halve(x):
    calls.append(x)
    return Sequence() if len(calls) == 3 else x / 2


# %% double
double = lambda x: Sequence()
