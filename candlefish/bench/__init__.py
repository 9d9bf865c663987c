"""`candlefish bench`: how the fish performs in a real browser, with honest statistics and a verdict.

Needs the ``bench`` extra (Playwright) and a Chromium; serving a built site needs the ``service`` extra too.
"""
