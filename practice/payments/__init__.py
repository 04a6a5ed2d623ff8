"""This folder knows money on its way: orders and their lines, payments, refunds, transfers, payouts, disputes."""
