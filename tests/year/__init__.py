"""A simulated year of many groups on a clock that is turned: every rule of groups is used, and the books are looked at each night."""
