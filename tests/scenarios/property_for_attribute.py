"""A class keeps its number elsewhere, and shows it by a property."""

# %% account
class Account:
    opened = 0

    def __init__(self, balance=0):
        type(self).opened += 1
        self.__entries = [balance]

    @property
    def balance(self):
        return sum(self.__entries)

    def deposit(self, amount):
        self.__entries.append(amount)
        return self

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError(f"only {self.balance} are there")
        return self.deposit(-amount)

    def __eq__(self, other):
        return self.balance == other.balance

    def __repr__(self):
        return f"Account({self.balance})"
