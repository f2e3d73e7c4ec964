"""A function was to use another one, and does not."""
# earns: cube-tests=0
# says: cube-tests: AssertionError: cube does not use square

# %% cube
def square(n):
    return n * n


def cube(n):
    return n**3
