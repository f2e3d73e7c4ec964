"""A cell and a solution ask for input, and nobody is there to give it."""
# earns: count_words-tests=0
# says: further-1: StdinNotImplementedError: a notebook that is graded cannot ask for input
# says: count_words-tests: StdinNotImplementedError: a notebook that is graded cannot ask for input

# %%
name = input("Your name? ")


# %% count_words
def count_words(text):
    text = text or input("A text? ")
    return len(text.split())
