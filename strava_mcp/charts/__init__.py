"""Pictures of an athlete's answers: as a page inside a chat, as SVG and as PNG.

A ``Chart`` is what is drawn: series, axes, ticks, words. Each view has a file that makes one from
an answer of ``analysis`` and computes no measure itself. Two renderers draw any chart by the same
rules (``rules.json``): ``page/`` in a browser, where width, theme and zoom are known, and ``svg``
for pictures (``picture`` makes a PNG of it).

Nothing here is imported before the first chart is asked for.
"""
