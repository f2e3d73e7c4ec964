"""Magics and commands of the shell stand between the solutions."""
# says: further-1: loop
# says: further-2: time
# says: further-2: 45
# says: further-3: heights.csv
# says: further-4: 'heights.csv'
# says: further-6: 4
# says: further-7: not found

# %%
%timeit -n 2 -r 1 sum(range(100))

# %%
%%time
sum(range(10))

# %%
!ls
%cd -q .
%load_ext autoreload
%autoreload 2

# %%
files = !ls *.csv
list(files)

# %%
%%capture shown
print(2 + 2)

# %%
print(shown.stdout)

# %%
!no-such-command --help

# %% count_words
def count_words(text):
    !true
    return len(text.split())
