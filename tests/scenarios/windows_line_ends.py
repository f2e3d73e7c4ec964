"""The notebook was edited on Windows: its lines end in CR and LF."""

# %% account
class Account:
    """Of
    several lines."""

    def __init__(self, balance=0):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("""not
            enough""")
        self.balance -= amount

    def __eq__(self, other):
        return self.balance == other.balance


# %% hand in
for c in notebook.cells:
    c.source = c.source.replace("\n", "\r\n")
