"""A year of one practice group, lived before the first visitor comes: a living chama instead of an empty screen.

Development only. Everything is done by the verbs and the jobs of the product on a clock that is turned, up to this moment.
"""
