"""What became of vendors, month by month, for whoever holds an agreement beside it: what ``vendorwatch report`` writes.

"Review", because a report is what a status page says, in this program's words.

- `values` is what a review consists of, with `details`; `objective` and `periods` have its arithmetic.
- `months` are the months of a zone's calendar, `zones` finds that zone.
- `gather` puts a review together out of what `stored` reads: `accounts` of months, `targets`, `excuses`, and
  `certificates` and `findings` out of judgements.
- `text` and `markdown` write down the same `blocks`, which `layout` and its `sections` put in order. `table` is CSV,
  `document` (with `tlsdocument`) JSON, and `html` a page. `wording`, `claimwording` and `tlswording` are what they say
  alike.

The rules of this package:

- Nothing is measured here and nothing judged anew: every number is counted of stored rows, and says of which (`Rows`).
- Availability is `monitor.history.tally`'s. What was not seen counts neither for a vendor nor against it, and is said.
- Texts from outside are one bounded line before they come here (`gather`), and are no markup of what is written.
- No writer asks the store, and none knows another.
"""
