"""What tests share: a fake network above the real one, and values made in one line."""
