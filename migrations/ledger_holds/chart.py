"""The chart of accounts: every account that isn't one person's or one treasury's, and what it means."""

# kind, name, meaning
ACCOUNTS = (
    (
        "system",
        "mpesa_utility",
        "Mirror of the paybill's utility account: -500 means that Safaricom holds 500 shillings for us",
    ),
    ("system", "mpesa_working", "Mirror of the paybill's working account: -500 means that Safaricom holds 500 shillings there"),
    ("system", "mpesa_charges", "What Safaricom has charged us for paying out: below zero, a cost"),
    ("system", "suspense", "Money that arrived and can't be given to anybody yet; should return to zero"),
    ("system", "platform_fees", "What members and groups paid in fees: revenue"),
    ("system", "fx", "What exchanges took in and gave out, a row per currency: together the open position"),
    ("system", "chain_custody", "Mirror of our wallets on the chain, a row per token: -5 means that the wallets hold 5"),
    ("system", "network_fees", "What the chain has charged for transactions: below zero, a cost"),
    ("pot", "welfare", "A group's welfare kitty, apart from its savings"),
    ("pot", "loans", "A group's money for lending: loans are paid from it and paid back into it, with their interest"),
    ("pot", "rotation", "What was collected for this round's turn of the merry-go-round"),
    ("pot", "shares", "What members paid for shares until the share-out"),
    ("pot", "project", "What was collected for a purpose"),
    ("pot", "reserve", "What a group keeps back and doesn't spend"),
)
