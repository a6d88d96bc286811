"""M-Pesa by Safaricom's Daraja API, as one adapter of the port in `core.payments.ports`."""
