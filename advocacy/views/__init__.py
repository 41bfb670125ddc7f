"""The pages: public ones for supporters, the desk for staff."""
