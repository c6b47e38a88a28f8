package terminal

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// wrap breaks lines at spaces so that they fit the width; escape sequences
// and wide characters are counted as they show.
func wrap(s string, width int) string {
	if width <= 0 {
		return s
	}
	return ansi.Wordwrap(s, width, "")
}

// Clean takes control characters out of what a customer typed, so that it
// cannot move the cursor when it is shown again.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return -1
		}
		return r
	}, s)
}
