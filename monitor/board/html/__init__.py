"""The board for people: a page of all vendors, and one of each.

- `overview` is the page of all, `vendor` that of one; `targets` and `outages` are its tables, `days` draws its past.
- `verdict` says in a sentence whether anything is wrong; `kinds` is what each vendor is shown as, `glance` each part of
  what is known of it. `legend` is how to read all that.
- `words` is what the pages are written with, `head` what is around them; `style.css` is how they look.

The rules of this folder:

- A page is whole: nothing else is loaded, nothing runs. It works without JavaScript, and is as safe as `monitor.hypertext`.
- It never reloads itself: that would throw whoever reads with a screen reader or a keyboard back to its beginning (WCAG
  2.2, success criteria 2.2.1 and 3.2.5). It says of when it is, and has a link that reads it anew.
- Nothing is told by colour alone, nor by a picture alone: a state has a word and a shape, what a strip shows is in words.
- Links are relative, so that a proxy may serve the board below a path of its own.
"""
