"""Local far ends for the demo and the tests: Squeegee, the customer's mail server and phone.

They are real servers in their own processes, speak the real protocols and keep their own stores, so that what
Sill did can be checked from outside. They import nothing of the product. They bind to 127.0.0.1 only.
"""
