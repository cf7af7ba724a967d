"""Pictures of an athlete's answers: as a page inside a chat, as SVG and as PNG.

A ``Chart`` is what is drawn: series, axes, ticks, words. Each view has a file that makes one from
an answer of ``analysis`` and computes no measure itself. Two renderers draw any chart by the same
rules (``rules.json``): ``page/`` in a browser, where width, theme and zoom are known, and ``svg``
for pictures (``picture`` makes a PNG of it).

* ``chart``           what is drawn, free of pixels and themes
* ``scales``          domains and ticks of panels; ``axis_ticks`` those of the axis below them
* ``quantity_words``  values as text
* ``svg``             a chart as SVG: ``svg_panels`` with ``svg_marks`` and ``thinning``,
                      ``svg_grid``, ``svg_map``, ``svg_facts``, all from ``svg_elements``
* ``lettering``       how wide texts are in the bundled ``fonts``
* ``picture``         a chart as PNG
* ``activity``        the view of one activity: ``activity_panels``, ``activity_reading`` and
                      ``activity_words``, ``track_map`` and ``quantities``
* ``compare``         the view of two activities, with ``compare_reading``
* ``form``, ``curve``, ``weeks``, ``calendar``, ``map``  the views of a period
* ``views``           all views by name, for a ``question``
* ``page``            the files of ``page/`` as one document, or as script and style
* ``examples``        pictures of the sandbox athlete, for the README

Nothing here is imported before the first chart is asked for.
"""
