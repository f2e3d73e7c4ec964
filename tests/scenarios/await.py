"""Cells await, and a solution runs an event loop."""
# says: further-2: slept
# says: further-3: ['slept', 'slept']

# %%
import asyncio

async def slept():
    await asyncio.sleep(0.01)
    return "slept"

# %%
await slept()

# %%
results = await asyncio.gather(slept(), slept())
results


# %% count_words
async def words(text):
    return text.split()


def count_words(text):
    return len(asyncio.new_event_loop().run_until_complete(words(text)))
