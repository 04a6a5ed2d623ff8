"""This folder knows every change of invoices: writing them, settling a month's commission, what people say about
themselves on them."""

from .commission import settle_month
from .people import change_profile, forget_details, name_buyer
from .writing import write_about, write_all

__all__ = ["change_profile", "forget_details", "name_buyer", "settle_month", "write_about", "write_all"]
