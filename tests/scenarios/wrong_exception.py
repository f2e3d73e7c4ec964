"""A method raises another exception than it should."""
# earns: account-tests=0
# says: account-tests: KeyError

# %% account
class Account:
    def __init__(self, balance=0):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise KeyError(amount)
        self.balance -= amount

    def __eq__(self, other):
        return self.balance == other.balance
