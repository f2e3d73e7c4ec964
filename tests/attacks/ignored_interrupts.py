"""A loop without end that takes every signal and every exception for an encouragement."""

# %%
import signal


def insist():
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, lambda *args: None)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


# %% double
def double(x):
    insist()


# %% after essay
insist()
