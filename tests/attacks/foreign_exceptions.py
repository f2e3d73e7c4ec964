"""It raises what a grader, nbgrader or Python itself would take for a reason to stop."""
# earns: answer-tests=2


# %%
def strange(module, name, base=Exception):
    return type(name, (base,), {"__module__": module, "__qualname__": name})


# %% mean_square
def mean_square(x):
    raise strange("sqlalchemy.exc", "OperationalError")("a", "b", "c")


# %% halve
def halve(x):
    raise strange("nbgrader.preprocessors.execute", "UnresponsiveKernelError")()


# %% double
def double(x):
    raise (SystemExit if x == 1.5 else GeneratorExit)(strange("asyncio", "CancelledError"))


# %% answer
answer = 60400 + 93

# %% after essay
raise strange("nbgrader.nbgraderformat.common", "SchemaTooNewError", BaseException)()
