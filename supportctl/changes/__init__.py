"""Every write is a plan: made, shown, stored, applied, journalled, read back."""
