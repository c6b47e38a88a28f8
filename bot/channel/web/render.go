package web

import (
	"bytes"
	"path"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"latchkey/bot"
)

// shown is a line of the conversation in the form the page gets it.
type shown struct {
	ID       int64         `json:"id,omitempty"`
	From     string        `json:"from"`
	Author   string        `json:"author,omitempty"`
	At       time.Time     `json:"at"`
	Text     string        `json:"text,omitempty"` // plain, of the customer
	HTML     string        `json:"html,omitempty"` // safe, of the bot or a person
	Lang     string        `json:"lang,omitempty"`
	Choices  []shownChoice `json:"choices,omitempty"`
	Media    []shownMedia  `json:"media,omitempty"`
	Progress *bot.Progress `json:"progress,omitempty"`
}

type shownChoice struct {
	Label string `json:"label"`
	Token string `json:"token"`
	Minor bool   `json:"minor,omitempty"`
}

type shownMedia struct {
	Kind string `json:"kind"`
	URL  string `json:"url"`
	Alt  string `json:"alt"`
}

func (c *Chat) render(entries []Entry) []shown {
	out := make([]shown, len(entries))
	for i, e := range entries {
		out[i] = c.renderOne(e)
	}
	return out
}

func (c *Chat) renderOne(e Entry) shown {
	s := shown{ID: e.ID, From: e.From, Author: e.Author, At: e.At, Text: e.Text}
	if e.Msg == nil {
		return s
	}
	s.HTML, s.Lang, s.Progress = markdown(e.Msg.Text), e.Msg.Lang, e.Msg.Progress
	for i, ch := range e.Msg.Choices {
		if i < len(e.Tokens) {
			s.Choices = append(s.Choices, shownChoice{Label: ch.Label, Token: e.Tokens[i], Minor: ch.Minor})
		}
	}
	for _, m := range e.Msg.Media {
		url := m.URL
		if m.Path != "" {
			url = "chat/media/" + strings.TrimPrefix(path.Clean("/"+m.Path), "/media/")
		}
		s.Media = append(s.Media, shownMedia{Kind: string(m.Kind), URL: url, Alt: m.Alt})
	}
	return s
}

// markdown renders the CommonMark subset of bot.Message. Raw HTML and
// dangerous addresses are left out by the renderer (goldmark, "Security").
func markdown(s string) string {
	md := goldmark.New(goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(linksOut{}, 100))))
	var b bytes.Buffer
	if err := md.Convert([]byte(s), &b); err != nil {
		return ""
	}
	return b.String()
}

// linksOut lets links open beside the chat, without telling where they were
// clicked.
type linksOut struct{}

func (linksOut) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && (n.Kind() == ast.KindLink || n.Kind() == ast.KindAutoLink) {
			n.SetAttributeString("target", []byte("_blank"))
			n.SetAttributeString("rel", []byte("noopener noreferrer"))
		}
		return ast.WalkContinue, nil
	})
}
