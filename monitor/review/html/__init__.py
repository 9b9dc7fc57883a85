"""A review as one file of HTML: to be printed, sent to a vendor, read on a phone, and kept for years.

- `page` puts the document together; `overview` is its first page, `vendor` a vendor's, `method` what explains both.
- `timelines`, `months`, `outages`, `latency`, `certificates`, `periods` and `sources` are parts of a vendor.
- `strips`, `scales` and `sparks` draw: plain values in, SVG out. `axes` says what stands below.
- `words` is what the parts are written with, beside `monitor.hypertext`; `style.css` is how they look.

The rules of this folder:

- The file is whole: no script, no font, no picture, no address that is loaded. Its policy (`Content-Security-Policy`)
  forbids all but its own style, which it knows by its hash, so that not even a style may stand at an element.
- What a vendor or a configuration said is hostile: it goes through `monitor.hypertext.markup`, as everything does.
- Nothing is told by colour alone, nor by a picture alone: what it shows stands in words or in a table too.
- Nothing is counted here: numbers are those of `monitor.review.values`. What a picture leaves out because it is too small,
  the document says.
"""
