"""Flows that people play to their end while the network, the processes and Redis do what they like."""
