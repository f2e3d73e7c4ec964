"""A package is to be installed, and there is no network."""
# says: further-2: ModuleNotFoundError: No module named 'seaborn'

# %%
!pip install seaborn

# %%
import seaborn
