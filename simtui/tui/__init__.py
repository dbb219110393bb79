"""The Textual app: the only folder that imports textual.

Where CSS lives: how a widget itself looks is its DEFAULT_CSS; how a screen lays out its parts, by the size of the
window too, is the .tcss beside its module, which several screens of a folder may share (home/form.tcss, dialogs.tcss);
app.tcss has only what all parts of the app share.

State flows down with data_bind, messages go up. What reaches into Textual's private parts is in _textual.py.
"""
