"""Built-ins are used as names of variables."""

# %%
sum = 0
list = ["a", "list"]
max = min = 3
abs = sorted = None
print("the values", list)

# %%
isinstance = map = range = enumerate = "taken"
ValueError = NameError = "taken, too"

# %% heights
heights = []
for line in open("heights.csv").readlines()[1:]:
    heights.append(float(line.split(",")[1]))
    sum += heights[-1]
tallest = heights[-1]


# %% account
class Account:
    def __init__(self, balance=0):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise __import__("builtins").ValueError
        self.balance -= amount

    def __eq__(self, other):
        return self.balance == other.balance
