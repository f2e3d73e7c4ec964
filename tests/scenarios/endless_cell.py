"""A cell never ends; what stands behind the loop is not defined."""
# earns: cube-tests=0
# says: cube: CellTimeoutError

# %% cube
def square(n):
    return n * n


n = 1
while n < 10:
    square(n)


def cube(n):
    return n * square(n)
