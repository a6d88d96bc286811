### Ledger

error-insufficient-funds = Your balance is not enough. You have { $available } and { $needed } is needed.
error-key-reused = This was already done with other details. Nothing more was paid. Please start again.
error-outcome-unknown = We can't tell yet whether this went through. Please look again in a little while.
error-hold-resolved = This was already settled or let go. Nothing more was paid.
error-already-reversed = This was already taken back. Nothing more was moved.
