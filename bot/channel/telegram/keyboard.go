package telegram

import (
	"fmt"
	"unicode/utf8"

	"latchkey/bot"
)

// keyboard are the buttons below a message. It is not the library's type,
// which puts an empty copy_text into every button.
type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
}

// label is what the button with some data says, or "".
func (k keyboard) label(data string) string {
	for _, row := range k.Rows {
		for _, b := range row {
			if b.Data == data {
				return b.Text
			}
		}
	}
	return ""
}

const (
	maxData  = 64 // bytes of callback_data
	rowWidth = 30 // characters that stand side by side on a narrow telephone
	maxRow   = 3  // buttons
)

// buttons puts choices in rows: answers one below the other, unless several
// are short enough to stand side by side; the ways out together at the end. owner
// is added to their tokens.
func buttons(m bot.Outgoing, owner string) (*keyboard, error) {
	var k keyboard
	for _, minor := range []bool{false, true} {
		var row []button
		width := 0
		for i, c := range m.Message.Choices {
			if c.Minor != minor {
				continue
			}
			data := ""
			if i < len(m.Tokens) && m.Tokens[i] != "" {
				data = m.Tokens[i] + owner
			}
			if data == "" || len(data) > maxData {
				return nil, fmt.Errorf("choice %d has no token that fits into a button", i)
			}
			b := button{clip(clean(c.Label), 200), data}
			if b.Text == "" {
				return nil, fmt.Errorf("choice %d has no label", i)
			}
			n := utf8.RuneCountInString(b.Text) + 2
			if len(row) > 0 && (len(row) == maxRow || width+n > rowWidth) {
				k.Rows, row, width = append(k.Rows, row), nil, 0
			}
			row, width = append(row, b), width+n
		}
		if len(row) > 0 {
			k.Rows = append(k.Rows, row)
		}
	}
	if len(k.Rows) == 0 {
		return nil, nil
	}
	return &k, nil
}

// clip shortens a text to some characters.
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
