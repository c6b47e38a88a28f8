package telegram

import (
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/util"
)

func itoa(n int) string { return strconv.Itoa(n) }

// unescape undoes what CommonMark escapes in plain text: backslashes before
// punctuation, and entities.
func unescape(s string) string {
	if strings.Contains(s, `\`) {
		s = string(util.UnescapePunctuations([]byte(s)))
	}
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	return s
}
