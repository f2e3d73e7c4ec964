"""An answer contains itself."""
# earns: mean_square-marks=0, count_words-tests=0
# says: mean_square-marks: Its answer cannot be read: it is nested without end
# says: count_words-tests: Its answer cannot be read: it is nested without end

# %% mean_square
def mean_square(x):
    answer = [(x * x).mean()]
    answer.append(answer)
    return answer


# %% count_words
def count_words(text):
    words = text.split()
    words.append(words)
    return words
