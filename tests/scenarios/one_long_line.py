"""A cell shows a text of five million characters, and one of its values is as long."""
# says: further-1: aaaaaaaa

# %%
print("a" * 5_000_000)

# %%
"b" * 5_000_000
