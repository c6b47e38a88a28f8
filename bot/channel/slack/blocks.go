package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"latchkey/bot"
)

// Slack's limits, in characters (https://docs.slack.dev/reference/block-kit/blocks);
// the one on all blocks together is not documented
// (https://github.com/slackapi/bolt-js/issues/2509).
const (
	maxSection  = 3000
	maxAll      = 12_000
	maxSections = 40 // of 50 blocks; the rest is for choices, progress and pictures
	maxButton   = 75
	maxOption   = 75
	maxButtons  = 5 // more are a menu
	maxOptions  = 100
	maxAlt      = 2000
	maxText     = 3000 // of the words for notifications, which stand beside the blocks
)

// Ids by which a press is known again.
const (
	choiceID   = "latchkey_choice"
	choicesID  = "latchkey_choices"
	feedbackID = "latchkey_rate"
	flowID     = "latchkey_flow"
	languageID = "latchkey_language"
)

// post is one message as Slack gets it.
type post struct {
	text   string // for notifications, and for when the blocks are refused
	blocks []api.Block
}

// posts are the messages that one of ours becomes, in order: more than one only
// when its text is longer than Slack takes at once.
func posts(m bot.Outgoing, words words) []post {
	text := m.Message.Text
	for _, x := range m.Message.Media {
		if x.URL != "" {
			text += "\n\n[" + bot.Escape(x.Alt) + "](" + x.URL + ")"
		}
	}
	paragraphs := mrkdwn(text)
	if m.Author != "" {
		paragraphs = append([]string{"*" + escape(tame(m.Author)) + "*"}, paragraphs...)
	}
	var out []post
	for _, group := range grouped(paragraphs) {
		p := post{text: clip(strings.Join(group, "\n"), maxText)}
		for _, s := range group {
			p.blocks = append(p.blocks, api.NewSectionBlock(api.NewTextBlockObject(api.MarkdownType, s, false, false), nil, nil))
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		out = []post{{text: " "}}
	}
	first, last := &out[0], &out[len(out)-1]
	if p := m.Message.Progress; p != nil {
		first.blocks = append([]api.Block{note(words.step(p.Step, p.Of))}, first.blocks...)
	}
	last.blocks = append(last.blocks, choices(m, words)...)
	return out
}

// grouped packs paragraphs into sections and sections into messages.
func grouped(paragraphs []string) [][]string {
	var out [][]string
	var now []string
	all := 0
	for _, p := range paragraphs {
		for _, s := range cut(p, maxSection) {
			n := utf8.RuneCountInString(s)
			if len(now) > 0 && (all+n > maxAll || len(now) == maxSections) {
				out, now, all = append(out, now), nil, 0
			}
			if k := len(now); k > 0 && utf8.RuneCountInString(now[k-1])+n+2 <= maxSection {
				now[k-1] += "\n\n" + s
			} else {
				now = append(now, s)
			}
			all += n + 2
		}
	}
	if len(now) > 0 {
		out = append(out, now)
	}
	return out
}

// cut splits a paragraph at a line end or a space where one is near, and never
// inside a link or an escaped character.
func cut(s string, limit int) []string {
	var out []string
	for utf8.RuneCountInString(s) > limit {
		rs := []rune(s)
		at := limit
		for i := limit; i > limit/2; i-- {
			if rs[i-1] == '\n' || rs[i-1] == ' ' {
				at = i
				break
			}
		}
		head := string(rs[:at])
		if i := strings.LastIndexByte(head, '<'); i > 0 && !strings.Contains(head[i:], ">") {
			head = head[:i]
		} else if i := strings.LastIndexByte(head, '&'); i > 0 && len(head)-i < 5 && !strings.Contains(head[i:], ";") {
			head = head[:i]
		}
		out = append(out, strings.TrimSpace(head))
		s = strings.TrimSpace(s[len(head):])
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}

func clip(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n-1]) + "…"
	}
	return s
}

func label(s string, n int) *api.TextBlockObject {
	return api.NewTextBlockObject(api.PlainTextType, clip(s, n), true, false)
}

func note(s string) *api.ContextBlock {
	return api.NewContextBlock("", api.NewTextBlockObject(api.MarkdownType, s, false, false))
}

// choices are buttons, or a menu when there are many. Ways out stand apart.
func choices(m bot.Outgoing, words words) []api.Block {
	n := min(len(m.Message.Choices), len(m.Tokens))
	if n == 0 {
		return nil
	}
	block := choicesID + ":" + ownerMark(m.Customer)
	if n > maxButtons {
		var options []*api.OptionBlockObject
		for i, ch := range m.Message.Choices[:min(n, maxOptions)] {
			options = append(options, api.NewOptionBlockObject(m.Tokens[i], label(ch.Label, maxOption), nil))
		}
		menu := api.NewOptionsSelectBlockElement(api.OptTypeStatic, label(words.choose, maxOption), choiceID, options...)
		return []api.Block{api.NewActionBlock(block, menu)}
	}
	var main, minor []api.BlockElement
	for i, ch := range m.Message.Choices[:n] {
		b := api.NewButtonBlockElement(choiceID+"_"+strconv.Itoa(i), m.Tokens[i], label(ch.Label, maxButton))
		if ch.Minor {
			minor = append(minor, b)
		} else {
			main = append(main, b)
		}
	}
	var out []api.Block
	if len(main) > 0 {
		out = append(out, api.NewActionBlock(block, main...))
	}
	if len(minor) > 0 {
		out = append(out, api.NewActionBlock(block+":minor", minor...))
	}
	return out
}

// ownerMark says whose buttons they are, without naming them.
func ownerMark(c bot.CustomerID) string {
	sum := sha256.Sum256([]byte(c))
	return hex.EncodeToString(sum[:8])
}

// mine tells whether a block of choices is for a customer.
func mine(block string, c bot.CustomerID) bool {
	f := strings.Split(block, ":")
	return len(f) < 2 || f[1] == ownerMark(c)
}

func isChoice(id string) bool { return id == choiceID || strings.HasPrefix(id, choiceID+"_") }
