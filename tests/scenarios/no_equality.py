"""A class was to say when two of its objects are equal, and does not."""
# earns: account-tests=0
# says: account-tests: AssertionError

# %% account
class Account:
    def __init__(self, balance=0):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError
        self.balance -= amount
