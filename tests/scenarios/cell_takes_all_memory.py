"""A cell of the student's own fills the memory."""
# says: further-1: MemoryError

# %%
pieces = []
while True:
    pieces.append(np.ones(10**6))
