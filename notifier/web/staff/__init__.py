"""The pages of who works here: signing in, accounts, keys of other systems, and the ledger of what was done."""
