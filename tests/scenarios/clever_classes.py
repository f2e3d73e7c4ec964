"""A class is a dataclass with a base of its own, an order and a strict `__eq__`."""

# %% account
import functools
from dataclasses import dataclass


class OverdrawnError(ValueError):
    def __init__(self, missing, *, hint):
        super().__init__(f"{missing} is missing: {hint}")


class Base:
    __slots__ = ()

    def deposit(self, amount):
        self.balance = self.balance + amount


@functools.total_ordering
@dataclass(eq=False, slots=True)
class Account(Base):
    balance: int = 0

    def withdraw(self, amount):
        if amount > self.balance:
            raise OverdrawnError(amount - self.balance, hint="pay in first")
        self.balance -= amount

    def __eq__(self, other):
        if type(other) is not Account:
            raise TypeError("accounts are compared with accounts only")
        return self.balance == other.balance

    def __lt__(self, other):
        return self.balance < other.balance

    __hash__ = None
