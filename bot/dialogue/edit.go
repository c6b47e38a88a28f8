package dialogue

import (
	"unicode/utf8"

	"latchkey/bot"
)

// spoilEdit notes that something came after the customer's newest message: an
// edit of it can no longer take its place.
func (t *turn) spoilEdit() {
	if e := t.s.Edit; e != nil && e.Undo >= 0 {
		t.s.Edit = &EditMark{Message: e.Message, Undo: -1}
	}
}

// markEdit lets an edit of the message that this turn has read replace it.
func (t *turn) markEdit(id bot.MessageID) {
	t.s.Edit = nil
	if id == "" || utf8.RuneCountInString(string(id)) > maxIDRunes {
		return
	}
	m := EditMark{Message: kept(id)}
	switch {
	case t.marked && t.fresh == 1:
		m.Undo = 1
	case t.marked:
		m.Undo = -1
	}
	t.s.Edit = &m
}

// kept is an id in the form in which a state keeps it.
func kept(id bot.MessageID) bot.MessageID { return bot.MessageID(clip(string(id), maxIDRunes)) }

// edited lets the new words of the newest message replace the old ones. Edits
// of older messages change nothing: what they answered has moved on.
func (t *turn) edited(ev bot.Event) {
	e := t.s.Edit
	if e == nil || e.Message != kept(ev.Message) || t.s.Phase != PhaseOpen {
		t.still = true
		return
	}
	if e.Undo < 0 || e.Undo > len(t.s.Back) {
		t.system("edited")
		return
	}
	if n := len(t.s.Last); n > 0 {
		t.s.Last = t.s.Last[:n-1]
	}
	if e.Undo > 0 {
		t.undo()
	}
	t.text(ev)
}
